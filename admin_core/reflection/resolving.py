"""Finds out what became of writes elsewhere that a crash left open: PostgreSQL knows, by the transaction's number."""

from datetime import timedelta

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_core.audit import AuditLog, Entry
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.reflection.database import place_of
from schema.audit import ActorKind, AuditCategory
from schema.changes import OutsideWrite, OutsideWriteState

JOB = "core.resolve-outside-writes"
AT_ONCE = 100
SETTLED_AFTER = timedelta(seconds=30)
"""A write is left alone this long: whoever does it will say themselves what came of it."""
OUTCOMES = {
    "committed": (OutsideWriteState.DONE, None),
    "aborted": (OutsideWriteState.REFUSED, "It was rolled back: nothing was written."),
    None: (OutsideWriteState.UNKNOWN, "That database does not know the transaction (any more). Look at the row."),
}
NEVER_MADE = "22023"
"""What PostgreSQL answers to a number that lies ahead: it was restored from a backup since."""


def resolve_outside_writes(run: JobRun) -> str:
    """Of every write that was begun elsewhere it is known whether it was done."""
    reflection = run.machine.reflection
    if reflection is None or reflection.written is None:
        return "No other database is written to."
    engine, audit = reflection.written, run.machine.audit
    done = run.chunks(lambda session, at: resolved(session, at, engine, audit))
    return f"Resolved {done} writes."


def resolved(session: Session, at: Json, engine: Engine, audit: AuditLog) -> Chunk:
    """Ask about the oldest open writes, and write down what is known."""
    is_old = OutsideWrite.created_at < func.now() - SETTLED_AFTER
    is_open = OutsideWrite.state == OutsideWriteState.INTENDED
    wanted = select(OutsideWrite).where(is_open, is_old, OutsideWrite.source == place_of(engine))
    rows = session.scalars(wanted.order_by(OutsideWrite.created_at).limit(AT_ONCE).with_for_update(skip_locked=True))
    done = int(at.get("done", 0))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as theirs:  # one refusal spoils no other
        for row in rows.all():
            done += conclude(session, theirs, row, audit)
    return Chunk(at={"done": done}, done=done, is_last=True)


def conclude(session: Session, theirs: Connection, row: OutsideWrite, audit: AuditLog) -> bool:
    """Write down what became of one write; False while it is still going on."""
    status = status_of(theirs, row.txid)
    if status not in OUTCOMES:  # in progress
        return False
    state, error = OUTCOMES[status]
    known = {"state": state, "error": error, "resolved_at": func.now()}
    session.execute(update(OutsideWrite).where(OutsideWrite.id == row.id).values(known))
    entry = Entry(
        category=AuditCategory.JOB,
        action=f"{row.table_name}.write-{state.value}",
        actor_kind=ActorKind.SCHEDULE,
        actor_key=JOB,
        object_type=row.table_name,
        object_key=row.record_key.get("key"),
    )
    audit.record(session, entry)
    return True


def status_of(theirs: Connection, number: int | None) -> str | None:
    """Return what became of a transaction over there; None where nobody knows."""
    try:
        return theirs.execute(select(func.txid_status(number))).scalar() if number is not None else None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != NEVER_MADE:
            raise
        return None
