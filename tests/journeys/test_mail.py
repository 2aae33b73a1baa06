"""Mail over HTTP: texts, previews, a test to oneself, the outbox, the log, and the stranger who unsubscribes."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from admin_core.access.team import add_member
from admin_core.contributions import Letter
from admin_core.mail.asking import queue_mail
from schema.mail import MailEvent, MailMessage, MailState, Suppression
from schema.staff import Role, StaffMember
from schema.support import Ticket
from tests.journeys.site import Site, token_in
from tests.running import clear_the_post, perform_waiting

TEXTS, OUTBOX = "/admin/mail", "/admin/system/outbox"
TEXT = f"{TEXTS}/support.ticket-received"
SEND = "core.send-mail"
RECORD = "/admin/data/mail_messages/record"
PREVIEW = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
LOG_BUDGET = 3
"""Whether the same was read a moment ago, whose data it is, and the entry of who read it."""


def post(client: FlaskClient, page: str, url: str, **form: str) -> TestResponse:
    """Send a form as the page that holds it would."""
    return client.post(url, data={"csrf_token": token_in(client.get(page).text), **form})


def messages(site: Site, **criteria: Any) -> list[MailMessage]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(select(MailMessage).filter_by(**criteria).order_by(MailMessage.id)))


def queued(site: Site, template: str = "support.ticket-received", **words: Any) -> UUID:
    letter = Letter(template=template, to="nomsa@example.com", variables={"name": "Nomsa", "number": 7}, **words)
    with site.machine.database.transaction() as session:
        return queue_mail(session, site.machine.mailroom, letter)


@pytest.fixture(autouse=True)
def nothing_waits(site: Site) -> None:
    clear_the_post(site.machine)


@pytest.fixture
def advertised(site: Site) -> Iterator[UUID]:
    """A message with an unsubscribe link, and its end."""
    message = queued(site)
    with site.machine.database.transaction() as session:
        session.execute(update(MailMessage).where(MailMessage.id == message).values(mail_class="marketing"))
    yield message
    with site.machine.database.transaction() as session:
        for row in session.scalars(select(Suppression).where(Suppression.message_id == message)):
            session.delete(row)


@pytest.fixture(scope="module")
def machinist(site: Site) -> Iterator[FlaskClient]:
    """Somebody who looks after the machine and may see nobody's data."""
    with site.machine.database.transaction() as session:
        role = Role(name="Machinist", permissions=["page:*:read", "data:mail_messages:read"])
        member = add_member(session, name="Thandi", email="thandi@demo.example", roles=[role])
        session.flush()
        keys = member.id, role.id
    yield site.client("Machinist")
    with site.machine.database.transaction() as session:
        member = session.get_one(StaffMember, keys[0])  # stays: the audit log remembers them
        member.active, member.roles = False, []
        session.flush()
        session.delete(session.get_one(Role, keys[1]))


def test_the_texts_stand_in_a_list_with_their_state(site: Site, owner: FlaskClient) -> None:
    with site.counted() as statements:
        page = owner.get(TEXTS)
    assert page.status_code == 200
    assert "We have received your ticket" in page.text
    assert "Ready" in page.text
    assert f'href="{OUTBOX}"' in page.text
    assert len(statements) <= 3, statements


def test_a_text_is_previewed_as_its_own_harmless_document(owner: FlaskClient) -> None:
    page = owner.get(TEXT)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "We have received your request #1042" in page.text
    html = owner.get(f"{TEXT}/html")
    assert html.headers["Content-Security-Policy"] == PREVIEW
    assert "Nomsa Dlamini" in html.text
    assert "<script" not in html.text


def test_a_text_nobody_wrote_is_not_found(owner: FlaskClient) -> None:
    assert owner.get(f"{TEXTS}/nobody.wrote").status_code == 404
    assert owner.get(f"{TEXTS}/nobody.wrote/html").status_code == 404
    assert post(owner, TEXTS, f"{TEXTS}/nobody.wrote/test").status_code == 404


def test_a_test_goes_to_oneself_and_lands_in_the_outbox(site: Site, owner: FlaskClient) -> None:
    answer = post(owner, TEXT, f"{TEXT}/test", to="somebody@example.com")
    assert answer.status_code == 303
    message = messages(site, template_key="support.ticket-received", state=MailState.QUEUED)[-1]
    with site.machine.database.sessions() as session:
        member = session.get_one(StaffMember, message.member_id)
    assert message.to_email == member.email
    assert (message.mail_class, message.subject) == ("internal", "[Test] We have received your request #1042")
    assert perform_waiting(site.machine, SEND)
    kept = f"{OUTBOX}/{message.id}"
    with site.counted() as statements:
        page = owner.get(kept)
    assert "did not leave this machine" in page.text
    assert "[Test] We have received" in page.text
    assert len(statements) <= 3 + LOG_BUDGET
    assert "Nomsa Dlamini" in owner.get(f"{kept}/html").text
    assert owner.get(f"{kept}/html").headers["Content-Security-Policy"] == PREVIEW
    with site.counted() as statements:
        listed = owner.get(OUTBOX)
    assert f'href="{kept}"' in listed.text
    assert len(statements) <= 2 + LOG_BUDGET


def test_the_outbox_shows_only_what_was_kept(site: Site, owner: FlaskClient) -> None:
    waiting = queued(site)
    assert owner.get(f"{OUTBOX}/{waiting}").status_code == 404
    assert owner.get(f"{OUTBOX}/{waiting}/html").status_code == 404
    assert owner.get(f"{OUTBOX}?before=nonsense").status_code == 200


def test_otto_may_read_texts_and_nothing_else(site: Site, viewer: FlaskClient, owner: FlaskClient) -> None:
    message = queued(site)
    assert perform_waiting(site.machine, SEND)
    page = viewer.get(TEXT)
    assert page.status_code == 200
    assert "Send me a test" not in page.text
    assert post(viewer, "/admin/", f"{TEXT}/test").status_code == 403
    assert post(viewer, "/admin/", f"{TEXTS}/suppress", **{"q-email": "a@example.com"}).status_code == 403
    for address in (OUTBOX, f"{OUTBOX}/{message}", f"{OUTBOX}/{message}/html"):
        assert viewer.get(address).status_code == 403
        assert owner.get(address).status_code == 200
    for action in ("core.cancel-mail", "core.send-mail-again", "core.stop-writing"):
        assert viewer.get(f"{RECORD}/{message}/action/{action}").status_code == 403


def test_who_may_not_see_personal_data_sees_masks_in_the_outbox(site: Site, machinist: FlaskClient) -> None:
    message = queued(site)
    assert perform_waiting(site.machine, SEND)
    shown = machinist.get(f"{OUTBOX}/{message}")
    assert shown.status_code == 200
    assert "•••" in shown.text
    assert "nomsa" not in shown.text.lower()
    assert "nomsa" not in machinist.get(OUTBOX).text.lower()
    assert machinist.get(f"{OUTBOX}/{message}/html").status_code == 403


def test_an_address_is_not_written_to_any_more(site: Site, owner: FlaskClient) -> None:
    form = {"q-email": "Finn@Example.com", "q-scope": "all", "q-why": "Asked by phone today."}
    assert post(owner, TEXTS, f"{TEXTS}/suppress", **form).status_code == 303
    again = post(owner, TEXTS, f"{TEXTS}/suppress", **form)
    assert again.status_code == 422
    assert "not written to already" in again.text
    wrong = post(owner, TEXTS, f"{TEXTS}/suppress", **{"q-email": "finn", "q-scope": "all", "q-why": "Kept words"})
    assert wrong.status_code == 422
    assert "Write one e-mail address" in wrong.text
    assert "Kept words" in wrong.text
    with site.machine.database.sessions() as session:
        (found,) = session.scalars(select(Suppression).where(Suppression.email == "finn@example.com"))
    assert (found.scope, found.reason, found.note) == ("all", "manual", "Asked by phone today.")
    assert found.created_by_id is not None


def test_a_waiting_message_is_cancelled_and_sent_after_all(site: Site, owner: FlaskClient) -> None:
    message = queued(site)
    cancel = f"{RECORD}/{message}/action/core.cancel-mail"
    assert post(owner, cancel, cancel).status_code == 303
    assert perform_waiting(site.machine, SEND)
    assert messages(site, id=message)[0].state is MailState.CANCELLED
    again = f"{RECORD}/{message}/action/core.send-mail-again"
    assert post(owner, again, again).status_code == 303
    assert perform_waiting(site.machine, SEND)
    (sent,) = messages(site, id=message)
    assert (sent.state, sent.headers["kept_in"]) == (MailState.SENT, "outbox")
    assert "is sent" in owner.get(again).text, "what was sent is not offered again"


def test_a_refusal_is_written_from_a_message_and_lifted_with_a_reason(site: Site, owner: FlaskClient) -> None:
    message = queued(site)
    stop = f"{RECORD}/{message}/action/core.stop-writing"
    assert post(owner, stop, stop, **{"q-scope": "marketing", "q-why": "Rang us."}).status_code == 303
    with site.machine.database.sessions() as session:
        found = session.scalars(select(Suppression).where(Suppression.email == "nomsa@example.com")).one()
    lift = f"/admin/data/suppressions/record/{found.id}/action/core.lift-suppression"
    assert owner.get(lift).status_code in {200, 303}, "it may ask for a proof of identity first"
    with site.machine.database.transaction() as session:
        session.delete(session.get_one(Suppression, found.id))


def test_a_ticket_is_confirmed_once(site: Site, support: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        ticket = session.scalars(
            select(Ticket).where(Ticket.requester_email.is_not(None), Ticket.status == "open").limit(1)
        ).one()
    url = f"/admin/data/tickets/record/{ticket.id}/action/support.confirm-receipt"
    for _ in range(2):
        assert post(support, url, url).status_code == 303
    (message,) = messages(site, key=f"support.ticket-received:{ticket.id}")
    assert str(ticket.number) in message.subject
    assert message.customer_id == ticket.customer_id


def link(site: Site, message: UUID) -> str:
    return f"/u/{site.machine.mailroom.links.token(message, 'nomsa@example.com')}"


def test_a_stranger_unsubscribes_with_a_button_and_no_scanner_does(site: Site, advertised: UUID) -> None:
    stranger = site.app.test_client()
    page = stranger.get(link(site, advertised))
    assert page.status_code == 200
    assert "<button" in page.text
    assert "nomsa" not in page.text, "a link that was passed on tells nobody's address"
    assert "Set-Cookie" not in page.headers
    assert refusals(site, advertised) == []
    for _ in range(2):
        done = stranger.post(link(site, advertised))
        assert (done.status_code, "You are unsubscribed" in done.text) == (200, True)
    (found,) = refusals(site, advertised)
    assert (found.scope, found.reason, found.source) == ("marketing", "unsubscribed", "link")
    assert perform_waiting(site.machine, SEND)
    (withheld,) = messages(site, id=advertised)
    assert (withheld.state, withheld.withheld_reason) == (MailState.WITHHELD, "suppressed-unsubscribed")
    with site.machine.database.sessions() as session:
        assert len(session.scalars(select(MailEvent).where(MailEvent.message_id == advertised)).all()) == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_unsubscribes_with_one_click(site: Site, advertised: UUID, kind: str) -> None:
    program = site.app.test_client(use_cookies=False)
    done = program.post(link(site, advertised), data={"List-Unsubscribe": "One-Click"}, content_type=kind)
    assert done.status_code == 200
    assert [found.source for found in refusals(site, advertised)] == ["one-click"]


@pytest.mark.parametrize("token", ["x", "A" * 86, "é" * 86, "%00"])
def test_a_link_that_was_never_ours_says_so(site: Site, token: str) -> None:
    stranger = site.app.test_client()
    for answer in (stranger.get(f"/u/{token}"), stranger.post(f"/u/{token}")):
        assert answer.status_code == 404
        assert "This link does not work" in answer.text


def refusals(site: Site, message: UUID) -> list[Suppression]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(select(Suppression).where(Suppression.message_id == message)))


def test_the_page_of_texts_names_no_address(owner: FlaskClient) -> None:
    assert not re.search(r"[\w.]+@(?!example\.com)[\w.]+\.\w+", owner.get(TEXTS).text)
