"""Changes of tickets. Each leaves an event: response and resolution times are computed from these."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Effects, Letter
from admin_core.policy import Person
from plugins.support.rules import RECEIVED
from schema.support import Ticket, TicketEvent, TicketEventKind, TicketStatus


def assign_to_me(session: Session, record: Ticket, person: Person, now: datetime) -> str:
    """Make the person answer for the ticket; a new one counts as open from then on."""
    if record.assignee_id == person.id:
        raise ActionRefused("The ticket is yours already.")
    words: dict[str, Any] = {"ticket_id": record.id, "staff_id": person.id, "occurred_at": now}
    before = str(record.assignee_id) if record.assignee_id else None
    session.add(TicketEvent(kind=TicketEventKind.ASSIGNED, from_value=before, to_value=str(person.id), **words))
    record.assignee_id = person.id
    if record.status is TicketStatus.NEW:
        record.status = TicketStatus.OPEN
        session.add(TicketEvent(kind=TicketEventKind.STATUS, from_value="new", to_value="open", **words))
    return f"Ticket {record.number} is yours."


def confirm_receipt(record: Ticket, effects: Effects) -> str:
    """Ask for a message that tells the customer the ticket's number; however often it is asked for, they get one."""
    assert record.requester_email is not None  # the action refuses a ticket without one
    letter = Letter(
        template=RECEIVED.key,
        to=record.requester_email,
        name=record.requester_name or "",
        variables={"name": record.requester_name or "there", "number": record.number},
        key=f"{RECEIVED.key}:{record.id}",
        customer_id=record.customer_id,
    )
    effects.mail(letter)
    return "The customer is told that we have received the request."
