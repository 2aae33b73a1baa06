"""Ask for a job: one row, in the caller's own transaction. Nothing here talks to Redis."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.jobs.arguments import Argument, fingerprint, stored_arguments
from admin_core.jobs.declared import Job as Declared
from schema.jobs import Job, JobState

OPEN = (JobState.WAITING, JobState.RUNNING)
PRIORITY = {"high": 10, "default": 100, "low": 1000}
SLOT = "slot"
"""The argument that tells a scheduled job which moment of the clock it is for."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who asked for a job, and in what connection. Everything empty: the schedule did."""

    actor_id: UUID | None = None
    request_id: str | None = None
    change_set_id: UUID | None = None
    selection_id: UUID | None = None
    parent_id: UUID | None = None
    title: str | None = None
    subject_kind: str | None = None
    subject_key: str | None = None
    """Whom it is about: it stands in their timeline."""


SCHEDULE = Origin()


def enqueue(
    session: Session,
    job: Declared,
    args: Mapping[str, Argument] | None = None,
    *,
    run_at: datetime | None = None,
    idempotency_key: str | None = None,
    origin: Origin = SCHEDULE,
) -> UUID:
    """Write the job and return its id; it starts if and when the caller commits.

    Returns the id of the existing job when the idempotency key was used before, or when the job is declared
    ``unique`` and one with the same arguments, but for the slot, is not finished.
    """
    stored = stored_arguments(args or {})
    row = asdict(origin) | {
        "name": job.slug,
        "queue": job.queue,
        "priority": PRIORITY[job.queue],
        "args": stored,
        "unique_key": unique_key(job, stored) if job.unique else None,
        "idempotency_key": idempotency_key,
        "max_attempts": job.max_attempts,
        "timeout_s": job.timeout_s,
    }
    if run_at is not None:
        row["run_at"] = run_at
    return written(session, row)


def unique_key(job: Declared, stored: Mapping[str, object]) -> str:
    """Return what no second open job may have. The moment of the clock tells no job apart from the one before it."""
    return fingerprint(job.slug, {name: value for name, value in stored.items() if name != SLOT})


def written(session: Session, row: Mapping[str, object]) -> UUID:
    """Insert the row, or find the one that holds its key."""
    while True:
        made: UUID | None = session.scalar(insert(Job).values(row).on_conflict_do_nothing().returning(Job.id))
        if made is not None:
            return made
        found: UUID | None = session.scalar(select(Job.id).where(holds_key_of(row)))
        if found is not None:  # None: the unique one finished between the two statements
            return found


def holds_key_of(row: Mapping[str, object]) -> ColumnElement[bool]:
    """Return whether a job holds a key of the row; one that the row has not is held by nobody, though NULL is NULL."""
    key, unique = row["idempotency_key"], row["unique_key"]
    holders = [] if key is None else [Job.idempotency_key == key]
    if unique is not None:
        holders.append((Job.unique_key == unique) & Job.state.in_(OPEN))
    return or_(false(), *holders)
