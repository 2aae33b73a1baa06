"""The page of sizes, and what health says on the system page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import Health, Visit
from admin_core.periods import in_words, local_day
from admin_core.theme import charts, formats
from plugins.health import queries, rules
from schema.health_checks import SizeSample

DAYS_SHOWN = 30
WINDOW, COMPARED, MOST_TABLES = timedelta(days=90), timedelta(days=30), 25
GIGABYTE = 10**9


@dataclass(frozen=True)
class Store:
    """A database or file store as the page shows it."""

    name: str
    kind: str
    size: int
    limit: int | None
    full_on: date | None
    chart: charts.Chart | None


def sizes(visit: Visit) -> dict[str, Any]:
    """Return how big databases, stores and tables are, how they grew, and when a limit is reached."""
    day = queries.newest_sample(visit.session)
    if day is None:
        return {"day": None}
    samples = queries.whole_sizes(visit.session, day - WINDOW)
    biggest = queries.biggest_tables(visit.session, day, MOST_TABLES)
    before = queries.table_sizes(visit.session, day - COMPARED, [table.name for table in biggest])
    stores = [store_of(list(found)) for _, found in groupby(samples, key=lambda s: (s.kind, s.name))]
    tables = [(table, growth(table, before)) for table in biggest]
    return {"day": day, "stores": sorted(stores, key=lambda s: -s.size), "tables": tables, "compared": COMPARED.days}


def store_of(samples: Sequence[SizeSample]) -> Store:
    """Return one store from its samples in the order of days."""
    newest = samples[-1]
    points = [(sample.day, sample.size_bytes) for sample in samples]
    chart = None
    if len(points) > 1:
        names = [in_words((day, day + timedelta(days=1))) for day, _ in points]
        chart = charts.lines(names, [("GB", [size / GIGABYTE for _, size in points])], f"Size of {newest.name} in GB")
    full = rules.full_on(points, newest.limit_bytes)
    return Store(newest.name, newest.kind, newest.size_bytes, newest.limit_bytes, full, chart)


def growth(table: SizeSample, before: dict[str, int]) -> str:
    """Return how a table grew, in words; empty when it was not measured then."""
    if table.name not in before:
        return ""
    grown = table.size_bytes - before[table.name]
    return f"{'-' if grown < 0 else '+'}{formats.bytes_(abs(grown))}"


def mail_fetches(session: Session, now: datetime) -> Health:
    """Return how fetching mail stands."""
    fetches = queries.fetches_since(session, now - timedelta(days=1))
    return rules.fetch_health(queries.mailboxes(session), fetches, now)


def database_growth(session: Session, now: datetime) -> Health:
    """Return how the database grows."""
    today = local_day(now)
    return rules.growth_health(queries.database_sizes(session, today - timedelta(days=DAYS_SHOWN)), today)
