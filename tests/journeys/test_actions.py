"""An action of a plugin on a record, from its button to what it leaves."""

import re
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from schema.staff import StaffMember
from schema.support import Ticket, TicketEvent, TicketStatus
from tests.journeys.site import Site, token_in

NAME = "support.assign-to-me"


def new_ticket(site: Site, status: str = "new") -> UUID:
    with site.machine.database.transaction() as session:
        opened = session.scalars(sa.select(sa.func.now())).one()
        solved = opened if status == "closed" else None
        ticket = Ticket(subject="Where is my invoice", status=TicketStatus(status), opened_at=opened, solved_at=solved)
        session.add(ticket)
        session.flush()
        return ticket.id


def url_of(ticket: object) -> str:
    return f"/admin/data/tickets/record/{ticket}/action/{NAME}"


def form_of(page: str) -> dict[str, str]:
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once, page
    return {"once": once[1], "csrf_token": token_in(page)}


def test_hook_register_actions_offers_a_verb_that_is_done_once(site: Site, owner: FlaskClient) -> None:
    ticket = new_ticket(site)
    assert url_of(ticket) in owner.get(f"/admin/data/tickets/record/{ticket}").text
    form = form_of(owner.get(url_of(ticket)).text)
    answers = [owner.post(url_of(ticket), data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    page = owner.get(f"/admin/data/tickets/record/{ticket}").text
    assert "the second click changed nothing" in page
    with site.machine.database.sessions() as session:
        found = session.scalars(sa.select(Ticket).where(Ticket.id == ticket)).one()
        assert found.status is TicketStatus.OPEN
        owner_id = session.scalars(sa.select(StaffMember.id).where(StaffMember.id == found.assignee_id)).one()
        events = session.execute(
            sa.select(TicketEvent.kind, TicketEvent.to_value).where(TicketEvent.ticket_id == ticket)
        ).all()
    assert {(str(kind), to) for kind, to in events} == {("assigned", str(owner_id)), ("status", "open")}


def test_a_refusal_is_said_on_the_page_and_changes_nothing(site: Site, owner: FlaskClient) -> None:
    ticket = new_ticket(site)
    owner.post(url_of(ticket), data=form_of(owner.get(url_of(ticket)).text))
    again = owner.post(url_of(ticket), data=form_of(owner.get(url_of(ticket)).text))
    assert again.status_code == 422
    assert "The ticket is yours already." in again.text


def test_what_does_not_apply_has_no_button(site: Site, owner: FlaskClient) -> None:
    ticket = new_ticket(site, "closed")
    assert url_of(ticket) not in owner.get(f"/admin/data/tickets/record/{ticket}").text
    page = owner.get(url_of(ticket)).text
    assert "there is nothing left to answer" in page
    assert '<form method="post" action="' + url_of(ticket) not in page


def test_otto_may_not(site: Site, viewer: FlaskClient) -> None:
    ticket = new_ticket(site)
    assert url_of(ticket) not in viewer.get(f"/admin/data/tickets/record/{ticket}").text
    assert viewer.get(url_of(ticket)).status_code == 403
    token = token_in(viewer.get("/admin/palette").text)
    assert viewer.post(url_of(ticket), data={"csrf_token": token}).status_code == 403
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(Ticket.assignee_id).where(Ticket.id == ticket)) is None


def test_what_is_not_there_is_said(site: Site, owner: FlaskClient) -> None:
    ticket = new_ticket(site)
    assert owner.get(url_of(uuid4())).status_code == 404
    assert owner.get(url_of("nonsense")).status_code == 404
    assert owner.get(url_of(ticket).replace(NAME, "support.no-such")).status_code == 404


def test_the_page_that_asks_stays_in_its_budget(site: Site, owner: FlaskClient) -> None:
    ticket = new_ticket(site)
    with site.counted() as statements:
        assert owner.get(url_of(ticket)).status_code == 200
    assert len(statements) <= 4, statements
