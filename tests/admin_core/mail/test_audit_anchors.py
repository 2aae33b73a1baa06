"""Anchors of the audit log by real mail: once a day to each address, readable again from what a mailbox keeps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from admin_core.audit.anchors import AnchorError, armoured, newest, read_anchors
from admin_core.audit.custody import signer_at
from admin_core.audit.entries import run_entry
from admin_core.audit.sealer import Sealer
from admin_core.jobs.enqueue import enqueue
from admin_core.mail.anchor_section import check_addresses
from admin_core.mail.asking import Mailroom
from admin_core.mail.templates import OF_CORE, OfferedTemplate, Templates
from schema.settings import Setting
from tests.admin_core.audit.ledger import empty
from tests.admin_core.mail.post_office import PostOffice, opened
from tests.admin_core.mail.world import Post

TO = "auditor@example.com, Officer@example.org"
KEPT = (
    """UPDATE admin.mail_messages SET state = 'sent', sent_at = now(), headers = headers || '{"kept_in": "outbox"}'"""
)


@pytest.fixture
def sealed_post(post: Post, tmp_path: Path) -> Iterator[Post]:
    """An installation with core's own texts, and with a log in which something is sealed."""
    parts, url = post.machine, post.machine.settings.database_url
    core = Templates.of([OfferedTemplate("core", template) for template in OF_CORE])
    empty(url)
    found = Post(replace(parts, mailroom=Mailroom.of(parts.settings, core, parts.jobs)))
    with found.database.transaction() as session:
        parts.audit.record(session, run_entry("finished", "test.job", uuid4(), failed=False))
    Sealer(found.database, signer_at(found.database, tmp_path / "audit.key")).seal_all()
    yield found
    empty(url)


def mail_to(post: Post, text: str) -> None:
    with post.database.transaction() as session:
        session.add(Setting(section="audit", name="anchor_addresses", value={"v": text}))


def hour_passes(post: Post) -> str:
    with post.database.transaction() as session:
        job = enqueue(session, post.machine.jobs["core.mail-anchors"])
    return str(post.perform(job).result["summary"])


def known(post: Post) -> str:
    with post.database.sessions() as session:
        found = newest(session)
    assert found is not None
    return found.line()


def test_each_address_gets_the_newest_checkpoint_once_a_day(
    sealed_post: Post, office: PostOffice, tmp_path: Path
) -> None:
    with opened(office) as port:
        sealed_post.configure(port)
        mail_to(sealed_post, TO)
        for _ in range(2):
            hour_passes(sealed_post)
        assert [row.state for row in sealed_post.rows("SELECT state FROM admin.audit_anchors")] == ["pending"]
        for row in sealed_post.rows("SELECT id FROM admin.mail_messages"):
            sealed_post.send(row.id)
    assert "1 earlier anchors are settled" in hour_passes(sealed_post)
    (row,) = sealed_post.rows("SELECT * FROM admin.audit_anchors")
    assert (row.sink, row.state, row.receipt) == ("mail", "done", "The mail server took 2 of 2 messages.")
    assert sorted(str(mail["To"]) for mail in office.received) == ["Officer@example.org", "auditor@example.com"]
    for number, content in enumerate(office.raw):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(content)
        (anchor,) = read_anchors(path)
        assert anchor.is_genuine
        assert anchor.line() == known(sealed_post)


def test_nobody_named_mails_nothing(sealed_post: Post) -> None:
    assert hour_passes(sealed_post).startswith("No messages")
    assert sealed_post.rows("SELECT 1 FROM admin.audit_anchors") == []


def test_an_outbox_that_keeps_everything_is_no_place_outside(sealed_post: Post) -> None:
    mail_to(sealed_post, TO)
    hour_passes(sealed_post)
    sealed_post.run(KEPT)
    hour_passes(sealed_post)
    (row,) = sealed_post.rows("SELECT * FROM admin.audit_anchors")
    assert (row.state, "nothing of them left it" in row.receipt) == ("failed", True)


@pytest.mark.parametrize(
    "change",
    [
        lambda words: words,
        lambda words: "Fwd: see below\r\n\r\n" + "\r\n".join(f"> {line}" for line in words.splitlines()),
        lambda words: f"Subject: the log\nContent-Type: text/plain\n\nHello\n\n{words}\n\nRegards",
    ],
)
def test_an_anchor_is_read_as_it_was_saved_forwarded_or_quoted(
    sealed_post: Post, tmp_path: Path, change: Callable[[str], str]
) -> None:
    path = tmp_path / "saved.txt"
    path.write_text(change(armoured(known(sealed_post))), "utf-8")
    assert [each.line() for each in read_anchors(path)] == [known(sealed_post)]


@pytest.mark.parametrize("damage", ["Hello\n", "-----BEGIN AUDIT ANCHOR-----\nAAAA\n-----END AUDIT ANCHOR-----\n"])
def test_a_mail_without_a_whole_anchor_is_none(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "saved.eml"
    path.write_text(damage)
    with pytest.raises(AnchorError):
        list(read_anchors(path))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [(TO, False), ("a@b.example,", False), ("ada", True), ("a@example.com; b@example.com", True), (TO * 9, True)],
)
def test_addresses_are_checked_when_they_are_typed(typed: str, *, wrong: bool) -> None:
    assert bool(check_addresses(typed)) is wrong
