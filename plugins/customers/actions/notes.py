"""Writing notes about customers. Each text that ever stood there is kept as a version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from plugins.customers.queries.notes import version_numbers
from plugins.customers.rules import notes as rules
from schema.accounts import CustomerNote, CustomerNoteRevision
from schema.customers import Customer

MODERATE = "customers:notes:moderate"


def add_note(session: Session, record: Customer, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Write a note about the customer."""
    body = answers["body"]
    note = CustomerNote(customer_id=record.id, author_id=person.id, body=body, is_pinned=answers["pin"], created_at=now)
    note.revisions = [CustomerNoteRevision(number=1, body=body, editor_id=person.id, created_at=now)]
    session.add(note)
    session.flush()
    return "The note stands on the customer's page." + (" It is pinned." if note.is_pinned else "")


def edit_note(session: Session, record: CustomerNote, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Put another text in place of a note's; the one before stays as a version."""
    require_theirs(record, person)
    body = answers["body"]
    if body == record.body:
        raise ActionRefused("The text is the same as before.", "Change it, or cancel.")
    numbers = list(version_numbers(session, record.id))
    if not numbers:  # written by another system: what stood there is kept, too
        first = {"number": 1, "body": record.body, "editor_id": record.author_id, "created_at": record.created_at}
        session.add(CustomerNoteRevision(note_id=record.id, **first))
        numbers = [1]
    version = {"number": rules.next_number(numbers), "body": body, "editor_id": person.id, "created_at": now}
    session.add(CustomerNoteRevision(note_id=record.id, **version))
    record.body, record.edited_at = body, now
    return "The note was changed. What stood there before is kept among its versions."


def pin_note(record: CustomerNote) -> str:
    """Let a note stand above the others."""
    record.is_pinned = True
    return "The note stands above the others."


def unpin_note(record: CustomerNote) -> str:
    """Let a note stand among the others again."""
    record.is_pinned = False
    return "The note stands among the others again."


def remove_note(record: CustomerNote, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Take a note from the customer's page; it and its versions are kept, with who removed it and why."""
    require_theirs(record, person)
    record.removed_at, record.removed_by_id, record.removal_reason = now, person.id, answers["reason"]
    record.is_pinned = False
    return "The note was removed from the customer's page. It is kept with your reason."


def require_theirs(note: CustomerNote, person: Person) -> None:
    """Refuse unless the note is the person's own, or they may change those of others."""
    if not rules.is_theirs(note, person.id) and not person.has(MODERATE):
        raise ActionRefused("Somebody else wrote this note.", "Ask them to change it, or write one of your own.")
