"""One limit per minute for the whole installation, however many workers send; nobody waits inside one."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from admin_core.jobs.perform import Runner
from tests.admin_core.mail.post_office import PostOffice, opened
from tests.admin_core.mail.world import QUICK, Post

LIMIT = 4


@pytest.fixture
def limited(post: Post, office: PostOffice) -> Iterator[Post]:
    with opened(office) as port:
        post.configure(port, per_minute=LIMIT)
        yield post


def test_two_workers_together_keep_to_the_limit(limited: Post, office: PostOffice) -> None:
    jobs = [limited.job_of(limited.ask(to=f"reader{n}@example.com")) for n in range(10)]

    def work(mine: list[UUID]) -> None:
        for job in mine:
            Runner(limited.machine, "worker", QUICK).perform(job)

    threads = [threading.Thread(target=work, args=(half,)) for half in (jobs[::2], jobs[1::2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.received) == LIMIT
    assert sorted(limited.states()) == ["queued"] * 6 + ["sent"] * LIMIT
    assert all(limited.job(job).state == "done" for job in jobs), "no worker waits"


def test_the_rest_goes_when_a_part_of_the_minute_is_free(limited: Post, office: PostOffice) -> None:
    asked = [limited.ask(to=f"reader{n}@example.com") for n in range(9)]
    for message in asked:
        limited.perform(limited.job_of(message))
    (later,) = limited.rows("SELECT * FROM admin.jobs WHERE name = 'core.send-due-mail'")
    (first,) = limited.rows("SELECT min(sent_at) AS at FROM admin.mail_messages")
    assert timedelta(seconds=58) < later.run_at - first.at < timedelta(seconds=62)
    for expected in (8, 9):
        limited.a_minute_passes()
        limited.send_due()
        assert len(office.received) == expected


def test_what_advertises_goes_last(limited: Post, office: PostOffice) -> None:
    for n in range(5):
        limited.ask("shop.marketing", to=f"reader{n}@example.com")
    limited.ask("shop.transactional", to="nomsa@example.com")
    limited.send_due()
    assert office.received[0]["To"] == "nomsa@example.com"
    assert len(office.received) == LIMIT
