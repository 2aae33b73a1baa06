"""A power cut while a message is handed over: nobody can know, so the class decides whether it is sent again."""

import pytest

from admin_core.jobs.failpoints import VARIABLE
from admin_core.jobs.perform import Runner
from tests.admin_core.jobs.world import KILLED, in_child, until
from tests.admin_core.mail.post_office import PostOffice
from tests.admin_core.mail.world import QUICK, Post

BEFORE, BETWEEN, AFTER = "mail.taken", "mail.handed", "mail.answered"


@pytest.fixture
def crashed(served: Post, request: pytest.FixtureRequest) -> Post:
    """An installation whose worker was killed with a message in its hands; a new one has taken the job over."""
    template, place = request.param
    asked = served.ask(template, key="it")
    job = served.job_of(asked)
    runner = Runner(served.machine, "doomed", QUICK)
    assert in_child(served, lambda: runner.perform(job), **{VARIABLE: place}) == KILLED
    assert served.message(asked).state == "sending"
    until(served.reconcile)
    served.perform(job)
    return served


@pytest.mark.parametrize("crashed", [("shop.marketing", place) for place in (BEFORE, BETWEEN, AFTER)], indirect=True)
def test_advertising_is_never_sent_twice(crashed: Post, office: PostOffice) -> None:
    crashed.a_minute_passes()
    crashed.send_due()
    (message,) = crashed.rows("SELECT * FROM admin.mail_messages")
    assert message.state == "failed"
    assert "nobody knows whether it was sent" in message.error
    assert len(office.received) <= 1


@pytest.mark.parametrize(
    "crashed", [("shop.transactional", place) for place in (BEFORE, BETWEEN, AFTER)], indirect=True
)
def test_what_answers_the_person_arrives_in_the_end(crashed: Post, office: PostOffice) -> None:
    crashed.a_minute_passes()
    crashed.send_due()
    (message,) = crashed.rows("SELECT * FROM admin.mail_messages")
    assert (message.state, message.attempts) == ("sent", 2)
    assert 1 <= len(office.received) <= 2
    assert len({mail["Message-ID"] for mail in office.received}) == 1


def test_what_another_worker_holds_is_left_to_it(served: Post, office: PostOffice) -> None:
    served.ask()
    other = served.due_job()
    served.run(
        "UPDATE admin.jobs SET state = 'running', lease_until = now() + interval '1 hour' WHERE id = :id", id=other
    )
    served.run(
        "UPDATE admin.mail_messages SET state = 'sending', sent_at = now(), attempts = 1, job_id = :id", id=other
    )
    served.send_due()
    assert served.states() == ["sending"]
    served.run("UPDATE admin.jobs SET lease_until = now() - interval '1 s' WHERE id = :id", id=other)
    served.send_due()
    served.a_minute_passes()
    served.send_due()
    assert served.states() == ["sent"]
