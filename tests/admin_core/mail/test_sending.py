"""Real conversations with a mail server: what leaves, what waits, what is given up, and what is never sent twice."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from admin_core.contributions import Letter
from admin_core.mail.configuration import MailSettings
from admin_core.mail.transport import Connection, NotReady, try_connection
from tests.admin_core.mail.post_office import PASSWORD, USER, Authority, PostOffice, authenticator, opened
from tests.admin_core.mail.world import Post, no

SMALL = (
    b"From: us@hireinbox.example\r\nTo: nomsa@example.com\r\nSubject: a\r\n"
    b"Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nMessage-ID: <a@b>\r\n\r\na\r\n"
)


def test_a_message_leaves_with_both_bodies_and_honest_headers(served: Post, office: PostOffice) -> None:
    asked = served.ask(name="Nomsa Dlamini, Ltd")
    sent = served.send(asked)
    (mail,) = office.received
    assert (sent.state, sent.attempts, sent.error) == ("sent", 1, None)
    assert mail["Subject"] == "Hello Zoë"
    assert b"=?utf-8?" in office.raw[0]
    assert mail["To"].addresses[0].display_name == "Nomsa Dlamini, Ltd"
    assert mail["Message-ID"] == sent.message_id == f"<{asked}@hireinbox.example>"
    assert abs(parsedate_to_datetime(mail["Date"]) - sent.sent_at) < timedelta(seconds=5)
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert ".starts with a dot" in text
    assert '<a href="https://example.com/a?b=1&amp;c=2">' in html
    assert "List-Unsubscribe" not in mail


@pytest.mark.parametrize("template", ["shop.marketing", "shop.digest"])
def test_what_can_be_unsubscribed_from_says_how_with_one_click(served: Post, office: PostOffice, template: str) -> None:
    asked = served.ask(template)
    sent = served.send(asked)
    (mail,) = office.received
    (url,) = re.findall("^<(https://[^>]+)>$", mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url == served.room.links.url(asked, "nomsa@example.com")
    assert url in mail.get_body(("plain",)).get_content()
    assert url in mail.get_body(("html",)).get_content()
    token = url.rpartition("/")[2]
    stored = " ".join(str(value) for value in sent)
    assert token not in stored, "only its hash is kept"


def test_a_mailbox_for_refusals_stands_beside_the_link(served: Post, office: PostOffice) -> None:
    served.run("INSERT INTO admin.settings (id, section, name, value) VALUES (gen_random_uuid(), 'mail',"
               " 'unsubscribe_email', jsonb_build_object('v', 'leave@hireinbox.example'))")  # fmt: skip
    served.send(served.ask("shop.marketing"))
    assert ", <mailto:leave@hireinbox.example?subject=unsubscribe>" in office.received[0]["List-Unsubscribe"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.usefixtures("trusted")
def test_mail_travels_encrypted_and_signed_in(
    post: Post, office: PostOffice, authority: Authority, security: str
) -> None:
    context = authority.context()
    # aiosmtpd does not count TLS from the first byte, so it can require a sign-in after STARTTLS only.
    starttls = {"tls_context": context, "require_starttls": True, "auth_required": True}
    options: dict[str, Any] = {"ssl_context": context, "auth_require_tls": False} if security == "tls" else starttls
    with opened(office, authenticator=authenticator, **options) as port:
        post.configure(port, security=security, username=USER, password=PASSWORD)
        assert post.send(post.ask()).state == "sent"
    assert (len(office.received), office.signed_in) == (1, True)


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_somebody_else_is_refused(
    post: Post, office: PostOffice, tmp_path: Path, security: str
) -> None:
    context = Authority.make(tmp_path, "stranger").context()
    options: dict[str, Any] = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    with opened(office, **options) as port:
        post.configure(port, security=security)
        asked = post.ask()
        job = post.perform(post.job_of(asked))
    assert (job.state, post.message(asked).state) == ("failed", "queued")
    assert "certificate" in job.error
    assert office.received == []


def test_without_starttls_nothing_is_said(post: Post, office: PostOffice) -> None:
    with opened(office) as port:
        post.configure(port, security="starttls")
        asked = post.ask()
        job = post.perform(post.job_of(asked))
    assert "STARTTLS" in job.error
    assert post.message(asked).state == "queued"
    assert office.received == []


def test_a_wrong_password_leaves_the_message_in_its_queue(post: Post, office: PostOffice) -> None:
    with opened(office, authenticator=authenticator, auth_require_tls=False) as port:
        post.configure(port, username=USER, password="wrong")
        asked = post.ask()
        job = post.perform(post.job_of(asked))
        assert "refused the user name or the password (code 535)" in job.error
        assert "wrong" not in job.error
        assert post.message(asked).state == "queued"


def test_the_clear_is_for_this_machine_only(post: Post) -> None:
    post.configure(25, host="mail.example.com")
    job = post.perform(post.job_of(post.ask()))
    assert "would travel in clear" in job.error


def test_a_slow_server_is_left_after_a_while(office: PostOffice) -> None:
    office.silent = True
    with opened(office) as port:
        settings = MailSettings(host="localhost", port=port, security="none", from_email="us@hireinbox.example")
        with Connection(settings, timeout_s=0.4) as connection:
            outcome = connection.deliver("us@hireinbox.example", "nomsa@example.com", SMALL)
    assert outcome.kind == "unknown"


def test_try_again_later_is_tried_again_later(served: Post, office: PostOffice) -> None:
    office.rcpt = ["451 4.7.1 Greylisted", "250 OK"]
    asked = served.ask()
    waiting = served.send(asked)
    assert (waiting.state, waiting.sent_at, waiting.attempts) == ("queued", None, 1)
    assert "code 451" in waiting.error
    assert waiting.send_at > waiting.created_at + timedelta(seconds=55)
    served.send_due()
    assert served.message(asked).state == "queued", "not before its time"
    served.a_minute_passes()
    served.send_due()
    sent = served.message(asked)
    assert (sent.state, sent.attempts, sent.error) == ("sent", 2, None)
    assert [row.kind for row in served.rows("SELECT kind FROM admin.mail_events")] == ["deferred"]


@pytest.mark.parametrize("answer", ["451 4.3.0 Try later", "421 4.3.2 Going down"])
def test_a_message_the_server_cannot_take_now_waits(served: Post, office: PostOffice, answer: str) -> None:
    office.data = [answer]
    assert served.send(served.ask("shop.marketing")).state == "queued"
    assert office.received == []


def test_an_unknown_address_is_never_written_to_again(served: Post, office: PostOffice) -> None:
    office.rcpt = ["550 5.1.1 <nomsa@example.com> unknown"]
    failed = served.send(served.ask())
    assert failed.state == "failed"
    assert "nomsa" not in failed.error
    assert "nomsa" in failed.server_answer, "kept where it is masked and erased"
    (event,) = served.rows("SELECT kind, permanent FROM admin.mail_events")
    assert tuple(event) == ("bounced", True)
    again = served.send(served.ask(to="Nomsa@Example.com"))
    assert (again.state, again.withheld_reason) == ("withheld", "suppressed-bounced")
    assert office.received == []


def test_a_message_refused_for_what_it_says_blames_no_address(served: Post, office: PostOffice) -> None:
    office.data = ["554 5.7.1 Looks like spam"]
    assert served.send(served.ask()).state == "failed"
    assert served.rows("SELECT 1 FROM admin.suppressions") == []
    assert served.send(served.ask()).state == "sent"


@pytest.mark.parametrize(
    ("template", "state", "copies"),
    [
        ("shop.marketing", "failed", 1),
        ("shop.service", "failed", 1),
        ("shop.transactional", "sent", 2),
        ("shop.internal", "sent", 2),
    ],
)
def test_nobody_knows_what_became_of_it(
    served: Post, office: PostOffice, template: str, state: str, copies: int
) -> None:
    office.data = ["drop"]
    asked = served.ask(template)
    first = served.send(asked)
    assert "connection broke" in first.error
    served.a_minute_passes()
    served.send_due()
    assert served.message(asked).state == state
    assert len(office.received) == copies
    assert len({mail["Message-ID"] for mail in office.received}) == 1, "receivers recognise the second copy"


def test_a_batch_goes_over_one_connection_and_survives_a_refusal_in_it(served: Post, office: PostOffice) -> None:
    office.rcpt = ["250 OK", "550 5.1.1 unknown", "250 OK", "250 OK"]
    asked = [served.ask(to=f"reader{n}@example.com") for n in range(4)]
    served.perform(served.job_of(asked[0]))
    assert sorted(served.states()) == ["failed", "sent", "sent", "sent"]
    assert office.connections == 1
    assert served.perform(served.job_of(asked[2])).result["summary"] == "Messages: none due."


def test_without_a_server_everything_waits_and_nobody_knocks_for_a_minute(post: Post) -> None:
    first, second = post.ask(), post.ask()
    job = post.perform(post.job_of(first))
    assert "Mail is not set up" in job.error
    assert post.perform(post.job_of(second)).state == "done"
    assert post.states() == ["queued", "queued"]
    assert post.message(second).attempts == 0


def test_a_message_for_later_waits_for_its_moment(served: Post, office: PostOffice) -> None:
    (now,) = served.rows("SELECT now() + interval '30 s'")[0]
    asked = served.ask(send_at=now)
    served.send_due()
    assert served.message(asked).state == "queued"
    served.a_minute_passes()
    served.send_due()
    assert served.message(asked).state == "sent"


def test_two_days_of_trying_are_enough(served: Post, office: PostOffice) -> None:
    office.rcpt = ["451 4.7.1 no"] * 60
    asked = served.ask()
    served.send(asked)
    served.run("UPDATE admin.mail_messages SET attempts = 49")
    served.an_hour_passes()
    served.send_due()
    given_up = served.message(asked)
    assert given_up.state == "failed"
    assert "given up" in given_up.error


def test_the_key_sends_once(served: Post, office: PostOffice) -> None:
    assert served.ask(key="welcome-1") == served.ask(key="welcome-1")
    served.send_due()
    assert len(office.received) == 1
    assert len(served.rows("SELECT 1 FROM admin.jobs WHERE name = 'core.send-mail'")) == 1


def test_a_plugin_that_says_no_keeps_the_message_here(served: Post, office: PostOffice) -> None:
    sent = served.with_plugins(a=no(), b=no("no-consent")).send(served.ask("shop.marketing"))
    assert (sent.state, sent.withheld_reason) == ("withheld", "no-consent")
    assert office.received == []


def test_a_plugin_is_not_asked_about_messages_of_the_team(served: Post) -> None:
    assert served.with_plugins(a=no("no-consent")).send(served.ask("shop.internal")).state == "sent"


def raising(session: Any) -> list[str]:
    session.connection().exec_driver_sql("SELECT 1 / 0")
    return []


def test_a_plugin_that_cannot_be_asked_counts_as_a_no_for_now(served: Post, office: PostOffice) -> None:
    asked = served.ask("shop.marketing")
    waiting = served.with_plugins(a=raising, b=no()).send(asked)
    assert (waiting.state, office.received) == ("queued", [])
    assert waiting.error.startswith("a could not be asked")
    served.a_minute_passes()
    served.send_due()
    assert served.message(asked).state == "sent"


def test_a_plugin_that_never_answers_withholds_in_the_end(served: Post) -> None:
    asked = served.ask("shop.marketing")
    served.run("UPDATE admin.mail_messages SET attempts = 49")
    ended = served.with_plugins(a=raising).send(asked)
    assert (ended.state, ended.withheld_reason) == ("withheld", "could-not-be-asked")


def test_the_connection_can_be_tried(office: PostOffice) -> None:
    with opened(office) as port:
        values = {"host": "localhost", "port": port, "security": "none", "from_email": "us@hireinbox.example"}
        assert (
            try_connection(values)
            == "localhost answered and accepted us; the connection is on this machine, not encrypted."
        )
    with pytest.raises(NotReady, match="cannot be reached"):
        try_connection(values)


def test_a_letter_shows_nobody_in_logs() -> None:
    letter = Letter(template="a.b", to="nomsa@example.com", name="Nomsa", variables={"name": "Nomsa"})
    assert "omsa" not in repr(letter)
