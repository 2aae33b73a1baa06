"""Changes of tickets. Each leaves an event: response and resolution times are computed from these."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
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
