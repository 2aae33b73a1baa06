"""What people may do to a refused row, and to a value that could not be written back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import Action, ActionRefused, Effects, Question
from admin_core.policy import Person
from admin_core.sources.asking import SYNC, watched
from schema.sources import SourceKind, SourceMapping, SourceReject, SourceWrite, WriteState

CONTROL, LOAD_FILES = "core:sources:control", "core:sources:load"
REJECTS, WRITES = "source_rejects", "source_writes"
WRITE_BACK = "core.write-back"
WHY = Question(name="why", label="Why", kind="textarea", help="Name nobody: say what is wrong with it.", longest=500)


def set_aside(record: SourceReject, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Count it no more until their row changes."""
    record.resolved_at, record.resolved_by_id, record.aside_reason = now, person.id, answers["why"]
    return "Set aside. It comes back when the row changes over there and still does not fit."


def not_open(record: SourceReject) -> str:
    """Return why a refused row can't be set aside, empty when it can."""
    return "It is settled already." if record.resolved_at else ""


def try_again(session: Session, record: SourceReject, effects: Effects) -> str:
    """Have the row read before all others, now; one that was set aside is open again."""
    mapping = session.get_one(SourceMapping, record.mapping_id)
    if mapping.kind is not SourceKind.DATABASE:
        again = "Load the corrected file" if mapping.kind is SourceKind.CSV else "Send it again by API"
        raise ActionRefused("This row did not come from a database, so it can't be read again.", f"{again}.")
    if not mapping.enabled:
        raise ActionRefused(f"{mapping.name} is paused, so nothing of it is read.", "Resume it first.")
    if record.resolved_at is not None:
        reopen(session, record)
    record.run_id = None
    session.flush()
    effects.enqueue(SYNC, {})
    return "It is read again now. When it fits, it is resolved by itself."


def reopen(session: Session, record: SourceReject) -> None:
    """Let a row that was set aside be open again, unless the same row is open already."""
    same = (SourceReject.mapping_id == record.mapping_id, SourceReject.source_key == record.source_key)
    newer = select(SourceReject.id).where(*same, SourceReject.resolved_at.is_(None))
    if session.scalar(newer) is not None:
        raise ActionRefused("The row changed and was refused again since.", "Open the newer one.")
    record.resolved_at = record.resolved_by_id = record.aside_reason = None


def was_taken(record: SourceReject) -> str:
    """Return why a row need not be tried again, empty when it may be."""
    return "It was taken, or is gone, since." if record.resolved_at and not record.aside_reason else ""


def write_again(session: Session, record: SourceWrite, effects: Effects, now: datetime) -> str:
    """Try to write it back from the beginning."""
    in_force = watched(session)
    if in_force is None:
        raise ActionRefused("Nothing is written back here.", "Whoever runs the admin sets ADMIN_SOURCE_WRITE=1.")
    if record.name not in {each.name for each in in_force.writes}:
        raise ActionRefused(f"The source file has no statement {record.name!r} any more.", "Put it back into the file.")
    record.state, record.tries, record.error, record.next_at = WriteState.WAITING, 0, None, now
    effects.enqueue(WRITE_BACK, {})
    return "It is written back now."


def not_failed(record: SourceWrite) -> str:
    """Return why nothing needs to be written again, empty when something does."""
    return "It stands over there already." if record.state is WriteState.DONE else ""


ROW_ACTIONS = (
    Action(
        slug="set-aside",
        label="Set aside",
        model=REJECTS,
        permission=CONTROL,
        run=set_aside,
        refuses=not_open,
        questions=(WHY,),
        explain="It is counted and tried no more until the row changes over there.",
        many=True,
        icon="archive",
    ),
    Action(
        slug="try-again",
        label="Try again now",
        model=REJECTS,
        permission=CONTROL,
        run=try_again,
        refuses=was_taken,
        explain="The row is read from the other database before all others, as it is now.",
        many=True,
        icon="refresh",
    ),
    Action(
        slug="write-again",
        label="Write back now",
        model=WRITES,
        permission=CONTROL,
        run=write_again,
        refuses=not_failed,
        explain="What we have now is written to their row.",
        many=True,
        icon="database-export",
    ),
)
