"""Computes marked days anew. One transaction takes the marks of some days and writes what their rows say now.

The marks go first: a row that is committed while the days are computed leaves a mark of its own, and its day is
computed again. Refreshes of one rollup take turns by the row that tells how it stands.
"""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.contributions import Actives
from admin_core.periods import Period, local_day, month_of, months_later
from admin_core.rollups.marking import unmarked
from admin_core.rollups.sources import (
    DISTINCT,
    Kept,
    Rollups,
    amount,
    closed_for_good,
    conditions,
    day_of,
    merged,
    table_of,
    within,
)
from schema.rollups import ActivityMonth, RollupDirtyDay, RollupState, RollupValue

DAYS_AT_ONCE = 31
"""A transaction's share: short enough to be stopped after, long enough that a month costs one scan."""
NOT_MARKED = (
    "Its source does not mark changed days: run admin db upgrade. Until then its figures are read from the rows."
)


def begin(session: Session, rollups: Rollups, rollup: Kept) -> RollupState | None:
    """Lock how the rollup stands; mark every day of a new one. None: its source does not mark days."""
    session.execute(insert(RollupState).values(name=rollup.name, version=rollup.version).on_conflict_do_nothing())
    locked = sa.select(RollupState).where(RollupState.name == rollup.name).with_for_update()
    state = session.scalars(locked, execution_options={"populate_existing": True}).one()
    if unmarked(session, rollups.of_table(table_of(rollup))):
        state.error, state.refreshed_at = NOT_MARKED, None
        return None
    if state.refreshed_at is None or state.version != rollup.version:
        mark_all(session, rollup)
        state.version, state.refreshed_at = rollup.version, datetime.now(UTC)
    state.error = None
    return state


def mark_all(session: Session, rollup: Kept) -> None:
    """Mark every day that has rows or is kept."""
    day = day_of(rollup)
    bounds = (day > date(1, 1, 2), day < date(9999, 12, 30))
    rows = sa.select(sa.literal(rollup.name), day).where(*bounds).distinct()
    kept = sa.select(RollupValue.name, RollupValue.day).where(RollupValue.name == rollup.name).distinct()
    session.execute(sa.insert(RollupDirtyDay).from_select(["name", "day"], sa.union(rows, kept)))


def marked_days(session: Session, rollup: Kept, after: date, most: int = DAYS_AT_ONCE) -> list[date]:
    """Return the next marked days behind a day, in order."""
    statement = (
        sa.select(RollupDirtyDay.day)
        .where(RollupDirtyDay.name == rollup.name, RollupDirtyDay.day > after)
        .distinct()
        .order_by(RollupDirtyDay.day)
        .limit(most)
    )
    return list(session.scalars(statement))


def refresh_days(session: Session, rollup: Kept, days: Sequence[date]) -> int:
    """Take the marks of some days away and keep what their rows say now; return how many values were written."""
    began = time.monotonic()
    marks = sa.delete(RollupDirtyDay).where(RollupDirtyDay.name == rollup.name, RollupDirtyDay.day.in_(days))
    session.execute(marks)
    computed = days_to_compute(session, rollup, days)
    written = 0
    if computed:
        if isinstance(rollup, Actives):
            keep_bits(session, rollup, computed)
        session.execute(sa.delete(RollupValue).where(RollupValue.name == rollup.name, RollupValue.day.in_(computed)))
        written = session.execute(keeping(rollup, computed)).rowcount  # type: ignore[attr-defined]  # of a cursor
    note(session, rollup, written, began)
    return written


def days_to_compute(session: Session, rollup: Kept, days: Sequence[date]) -> list[date]:
    """Return the days without those whose rows have begun to go and that are kept already."""
    limit = closed_for_good(rollup, local_day(datetime.now(UTC)))
    old = [day for day in days if day < limit]
    kept = sa.select(RollupValue.day).where(RollupValue.name == rollup.name, RollupValue.day.in_(old)).distinct()
    known = set(session.scalars(kept)) if old else set()
    return [day for day in days if day not in known]


def note(session: Session, rollup: Kept, written: int, began: float) -> None:
    """Write down that it was refreshed just now."""
    session.execute(
        sa.update(RollupState)
        .where(RollupState.name == rollup.name)
        .values(
            refreshed_at=sa.func.clock_timestamp(),
            rows_written=sa.func.coalesce(RollupState.rows_written, 0) + written,
            duration_ms=round((time.monotonic() - began) * 1000),
        )
    )


COLUMNS = ["name", "day", "measure", "dimension_key", "dimensions", "amount", "cases", "version"]


def keeping(rollup: Kept, days: Sequence[date]) -> Any:
    """Return the statement that keeps some days of a rollup: one scan, one row per measure."""
    found = sums(rollup, merged(days)).cte("found")
    parts = [
        sa.select(
            sa.literal(rollup.name),
            found.c.day,
            sa.literal(name),
            found.c.key,
            found.c.dimensions,
            found.c[f"amount_{i}"],
            found.c[f"cases_{i}"],
            sa.literal(rollup.version),
        ).where(found.c[f"cases_{i}"] > 0)
        for i, name in enumerate(measures_of(rollup))
    ]
    return sa.insert(RollupValue).from_select(COLUMNS, sa.union_all(*parts))


def sums(rollup: Kept, stretches: Sequence[Period]) -> sa.Select[Any]:
    """Return what the rows of some stretches of days come to, by day and dimensions."""
    day = day_of(rollup)
    ranges = sa.or_(*(within(rollup, stretch) for stretch in stretches))
    dimensions: dict[str, Any] = {} if isinstance(rollup, Actives) else dict(rollup.dimensions)
    key, words = dimension_key(dimensions)
    statement = sa.select(day.label("day"), key.label("key"), words.label("dimensions"), *columns(rollup))
    return statement.where(ranges, *conditions(rollup)).group_by(day, *dimensions.values())


def measures_of(rollup: Kept) -> list[str]:
    """Return the names of what is kept."""
    return [DISTINCT] if isinstance(rollup, Actives) else [measure.name for measure in rollup.measures]


def columns(rollup: Kept) -> list[sa.Label[Any]]:
    """Return amount and cases of each measure."""
    if isinstance(rollup, Actives):
        return [sa.func.count(rollup.subject.distinct()).label("amount_0"), sa.func.count().label("cases_0")]
    pairs = [amount(measure) for measure in rollup.measures]
    return [part.label(f"{word}_{i}") for i, pair in enumerate(pairs) for word, part in zip(WORDS, pair, strict=True)]


WORDS = ("amount", "cases")


def dimension_key(dimensions: dict[str, Any]) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Return the dimensions as a text that is unique, and as JSON by name."""
    if not dimensions:
        return sa.literal_column("''"), sa.literal_column("'{}'::jsonb")
    values = [sa.cast(column, sa.Text) for column in dimensions.values()]
    named: list[Any] = []
    for name, value in zip(dimensions, values, strict=True):
        named += [sa.literal_column(f"'{name}'"), value]
    return sa.cast(sa.func.jsonb_build_array(*values), sa.Text), sa.func.jsonb_build_object(*named)


# --- Who was active
def keep_bits(session: Session, rollup: Actives, days: Sequence[date]) -> None:
    """Clear the bits of some days and set them for those who were active."""
    for month in sorted({month_of(day) for day in days}):
        of_month = [day for day in days if month_of(day) == month]
        own = (
            ActivityMonth.subject_kind == rollup.kind,
            ActivityMonth.activity == rollup.name,
            ActivityMonth.month == month,
        )
        mask = bits_of(of_month)
        cleared = ActivityMonth.bits.op("&")(~mask)
        session.execute(
            sa.update(ActivityMonth).where(*own, ActivityMonth.bits.op("&")(mask) != 0).values(bits=cleared)
        )
        session.execute(setting(rollup, month, of_month))
        session.execute(sa.delete(ActivityMonth).where(*own, ActivityMonth.bits == 0))


def setting(rollup: Actives, month: date, days: Sequence[date]) -> Any:
    """Return the statement that sets the bits of some days of a month."""
    bit = sa.literal_column("1::bigint").op("<<")(sa.cast(sa.extract("day", day_of(rollup)), sa.Integer) - 1)
    ranges = sa.or_(*(within(rollup, period) for period in merged(days)))
    found = (
        sa.select(
            sa.literal(rollup.kind),
            rollup.subject,
            sa.literal(rollup.name),
            sa.literal(month),
            sa.cast(sa.func.bit_or(bit), sa.BigInteger),
        )
        .where(ranges, *conditions(rollup))
        .group_by(rollup.subject)
    )
    new = insert(ActivityMonth).from_select(["subject_kind", "subject_id", "activity", "month", "bits"], found)
    key = ["subject_kind", "subject_id", "activity", "month"]
    return new.on_conflict_do_update(index_elements=key, set_={"bits": ActivityMonth.bits.op("|")(new.excluded.bits)})


def bits_of(days: Sequence[date]) -> int:
    """Return days of one month as bits: the first of the month is the lowest."""
    return sum(1 << (day.day - 1) for day in set(days))


def month_masks(first: date, end: date) -> dict[date, int]:
    """Return by month the bits of the days of a half-open range."""
    found: dict[date, int] = {}
    month = month_of(first)
    while month < end:
        begins, ends = max(first, month), min(end, months_later(month, 1))
        found[month] = ((1 << (ends - begins).days) - 1) << (begins.day - 1)
        month = months_later(month, 1)
    return {month: mask for month, mask in found.items() if mask}
