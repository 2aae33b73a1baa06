"""Versions of notes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.accounts import CustomerNoteRevision


def version_numbers(session: Session, note_id: UUID) -> Sequence[int]:
    """Return the numbers of a note's versions; none for a note that was never kept version by version."""
    wanted = select(CustomerNoteRevision.number).where(CustomerNoteRevision.note_id == note_id)
    return session.scalars(wanted).all()
