"""Ask for a job: one row, in the caller's own transaction. Nothing here talks to Redis."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.jobs.arguments import Argument, fingerprint, stored_arguments
from admin_core.jobs.declared import Job as Declared
from schema.jobs import Job, JobState

OPEN = (JobState.WAITING, JobState.RUNNING)
PRIORITY = {"high": 10, "default": 100, "low": 1000}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who asked for a job, and in what connection. Everything empty: the schedule did."""

    actor_id: UUID | None = None
    request_id: str | None = None
    change_set_id: UUID | None = None
    selection_id: UUID | None = None
    parent_id: UUID | None = None
    title: str | None = None


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
    ``unique`` and one with the same arguments is not finished.
    """
    stored = stored_arguments(args or {})
    row = asdict(origin) | {
        "name": job.slug,
        "queue": job.queue,
        "priority": PRIORITY[job.queue],
        "args": stored,
        "unique_key": fingerprint(job.slug, stored) if job.unique else None,
        "idempotency_key": idempotency_key,
        "max_attempts": job.max_attempts,
        "timeout_s": job.timeout_s,
    }
    if run_at is not None:
        row["run_at"] = run_at
    return written(session, row)


def written(session: Session, row: Mapping[str, object]) -> UUID:
    """Insert the row, or find the one that holds its key."""
    while True:
        made: UUID | None = session.scalar(insert(Job).values(row).on_conflict_do_nothing().returning(Job.id))
        if made is not None:
            return made
        found: UUID | None = session.scalar(
            select(Job.id).where(
                or_(
                    Job.idempotency_key == row["idempotency_key"],
                    (Job.unique_key == row["unique_key"]) & Job.state.in_(OPEN),
                )
            )
        )
        if found is not None:  # None: the unique one finished between the two statements
            return found
