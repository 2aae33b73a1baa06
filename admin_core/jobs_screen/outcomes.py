"""What became of each row of a job, as a file: only what the person may see, and nothing a spreadsheet would run."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin_core import csv_text
from admin_core.generator.registry import Registry
from admin_core.policy import Person, PolicySession, masked, may, sees
from schema.jobs import JobOutcome

HEADINGS = ("Row", "Outcome", "List", "Record", "Reason")
BATCH = 1_000
KEY = "job_outcomes"


def counts_of(session: Session, job_id: UUID) -> tuple[tuple[str, int], ...]:
    """Return how many rows ended how, in the order of the words."""
    statement = select(JobOutcome.kind, func.count()).where(JobOutcome.job_id == job_id).group_by(JobOutcome.kind)
    return tuple(sorted((kind.value, count) for kind, count in session.execute(statement)))


def shows_reasons(registry: Registry, person: Person) -> bool:
    """Return whether the person sees the reasons in clear: they may quote data."""
    return sees(person, registry.spec(KEY).columns["message"]) == "clear"


def lines(engine: Engine, registry: Registry, person: Person, job_id: UUID) -> Iterator[str]:
    """Yield the file line by line, reading in batches: a job may have a million rows."""
    yield csv_text.MARK + csv_text.line(HEADINGS)
    last = None
    with PolicySession(engine, person=person) as session:
        while rows := batch(session, job_id, last):
            for row in rows:
                yield csv_text.line(cells(registry, person, row))
            last = rows[-1].position
            session.rollback()  # gives the connection back while the reader takes its time
            session.expunge_all()


def batch(session: Session, job_id: UUID, after: int | None) -> list[JobOutcome]:
    """Return the next rows."""
    statement = select(JobOutcome).where(JobOutcome.job_id == job_id).order_by(JobOutcome.position).limit(BATCH)
    return list(session.scalars(statement if after is None else statement.where(JobOutcome.position > after)))


def cells(registry: Registry, person: Person, row: JobOutcome) -> tuple[object, ...]:
    """Return one row's cells; the record only where the person may read such records."""
    key = row.model_key or ""
    known = key in registry
    reads = not key or (known and may(person, "read", registry.spec(key)))
    reason = masked(person, registry.spec(KEY).columns["message"], row.message)
    name = registry.spec(key).plural if known else key
    return (row.position, row.kind.value, name, row.record_key if reads else None, reason)
