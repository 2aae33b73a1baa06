"""Questions about errors, by the hour as they are counted for ever, and about sizes, by the day as they are sampled."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from admin_core.contributions import Measure, Rollup
from schema.health import ErrorCount, ErrorEvent
from schema.health_checks import FetchOutcome, ImapMailbox, MailFetchRun, SizeSample
from schema.usage import UsageEvent

ERRORS = Rollup(
    name="health.errors",
    title="Errors reported by day",
    moment=ErrorCount.hour,
    measures=(Measure("received", total=ErrorCount.received),),
)
ACTS = Rollup(
    name="health.acts",
    title="What customers did, by day",
    moment=UsageEvent.occurred_at,
    measures=(Measure("events"),),
)
ROLLUPS = (ERRORS, ACTS)


def errors_in(session: Session, hours: Sequence[datetime]) -> dict[datetime, int]:
    """Return how many errors were reported in each of these hours; an hour without any is 0."""
    statement = select(ErrorCount.hour, func.sum(ErrorCount.received)).where(ErrorCount.hour.in_(hours))
    found = {hour: int(count) for hour, count in session.execute(statement.group_by(ErrorCount.hour))}
    return {hour: found.get(hour, 0) for hour in hours}


def newest_error(session: Session) -> datetime | None:
    """Return when the newest error that is kept occurred."""
    return session.scalar(select(func.max(ErrorEvent.occurred_at)))


class Size(NamedTuple):
    """How big one thing is now."""

    kind: str
    name: str
    size_bytes: int
    index_bytes: int | None
    row_count: int | None


OWN_SIZES = text("""
    SELECT 'database' AS kind, current_database()::text AS name, pg_database_size(current_database()) AS size_bytes,
           NULL::bigint AS index_bytes, NULL::bigint AS row_count
    UNION ALL
    SELECT 'table', n.nspname || '.' || c.relname, pg_total_relation_size(c.oid), pg_indexes_size(c.oid),
           CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples::bigint END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND length(n.nspname || '.' || c.relname) <= 200
""")
"""A row count is the planner's estimate; none for a table that was never analysed."""


def sizes_now(session: Session) -> Sequence[Size]:
    """Return the size of this database and of each of its tables, indexes included. For jobs: reads the catalogue."""
    return [Size(*row) for row in session.execute(OWN_SIZES)]


def newest_sample(session: Session) -> date | None:
    """Return the newest day on which sizes were recorded."""
    return session.scalar(select(func.max(SizeSample.day)))


def whole_sizes(session: Session, since: date) -> Sequence[SizeSample]:
    """Return the sizes of databases and file stores since a day, by name and day."""
    statement = select(SizeSample).where(SizeSample.day >= since, SizeSample.kind != "table")
    return session.scalars(statement.order_by(SizeSample.name, SizeSample.day)).all()


def biggest_tables(session: Session, day: date, most: int) -> Sequence[SizeSample]:
    """Return the biggest tables of a day, the biggest first."""
    statement = select(SizeSample).where(SizeSample.day == day, SizeSample.kind == "table")
    return session.scalars(statement.order_by(SizeSample.size_bytes.desc(), SizeSample.name).limit(most)).all()


def table_sizes(session: Session, day: date, names: Sequence[str]) -> dict[str, int]:
    """Return how big some tables were on a day."""
    statement = select(SizeSample.name, SizeSample.size_bytes).where(
        SizeSample.day == day, SizeSample.kind == "table", SizeSample.name.in_(names)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def mailboxes(session: Session) -> int:
    """Return how many mailboxes are to be fetched."""
    return session.scalar(select(func.count()).select_from(ImapMailbox).where(ImapMailbox.enabled)) or 0


def fetches_since(session: Session, since: datetime) -> tuple[int, int, datetime | None]:
    """Return how many fetches began since then, how many of them failed, and when the newest one began."""
    failed = func.count().filter(MailFetchRun.outcome != FetchOutcome.OK)
    statement = select(func.count(), failed, func.max(MailFetchRun.started_at)).where(MailFetchRun.started_at >= since)
    count, bad, newest = session.execute(statement).one()
    return count, bad, newest


def database_sizes(session: Session, since: date) -> list[tuple[date, int, int | None]]:
    """Return day, size and limit of our database by day, the oldest first."""
    statement = select(SizeSample.day, SizeSample.size_bytes, SizeSample.limit_bytes)
    statement = statement.where(SizeSample.kind == "database", SizeSample.day >= since).order_by(SizeSample.day)
    return [(day, size, limit) for day, size, limit in session.execute(statement)]
