"""Compares what is kept with what the rows say, in one statement each: one snapshot, so nothing differs by accident.

Marked days are left out, because a refresh is still to come; so are days whose rows have begun to go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.contributions import Actives
from admin_core.periods import Period, local_day, months_later, of_days
from admin_core.rollups.refreshing import measures_of, sums
from admin_core.rollups.sources import Kept, closed_for_good, conditions, day_of, within
from schema.rollups import ActivityMonth, RollupDirtyDay, RollupState, RollupValue, Verification, VerificationOutcome

LATELY = 35
"""Days that every check compares; of the older ones a month each day in turn."""
MOST_NAMED = 31


@dataclass(frozen=True)
class Compared:
    """What a comparison found."""

    rollup: str
    values: int = 0
    days: tuple[date, ...] = ()
    """Days that differ, in order."""
    kept: bool = True
    """False: it is not kept yet, so there is nothing to compare."""

    def __add__(self, other: "Compared") -> "Compared":
        """Return both together."""
        days = tuple(sorted({*self.days, *other.days}))
        return Compared(self.rollup, self.values + other.values, days, self.kept and other.kept)

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        if not self.kept:
            return f"{self.rollup}: not kept yet"
        if not self.days:
            return f"{self.rollup}: {self.values} values agree with the rows"
        named = ", ".join(day.isoformat() for day in self.days[:MOST_NAMED])
        more = f" and {len(self.days) - MOST_NAMED} more" if len(self.days) > MOST_NAMED else ""
        return f"{self.rollup}: {len(self.days)} days differ from the rows: {named}{more}"


def verify(session: Session, rollup: Kept, stretches: Iterable[Period]) -> Compared:
    """Compare some stretches of days."""
    found = Compared(rollup.name, kept=is_kept(session, rollup))
    for stretch in stretches if found.kept else ():
        found += compare(session, rollup, stretch)
        if isinstance(rollup, Actives):
            found += compare_bits(session, rollup, stretch)
    return found


def is_kept(session: Session, rollup: Kept) -> bool:
    """Return whether the rollup is kept as it is declared."""
    state = sa.select(RollupState.id).where(
        RollupState.name == rollup.name, RollupState.version == rollup.version, RollupState.refreshed_at.is_not(None)
    )
    return session.scalar(state) is not None


def compare(session: Session, rollup: Kept, stretch: Period) -> Compared:
    """Compare the values of a stretch."""
    found = sums(rollup, [stretch]).cte("found")
    parts = [
        sa.select(
            found.c.day,
            sa.literal(name).label("measure"),
            found.c.key,
            sa.cast(found.c[f"amount_{i}"], sa.Numeric(30, 10)).label("amount"),
            found.c[f"cases_{i}"].label("cases"),
        ).where(found.c[f"cases_{i}"] > 0)
        for i, name in enumerate(measures_of(rollup))
    ]
    rows = sa.union_all(*parts).subquery("of_rows")
    kept = values_kept(rollup, stretch).subquery("of_rollup")
    same = sa.and_(*(rows.c[name] == kept.c[name] for name in ("day", "measure", "key")))
    both = rows.outerjoin(kept, same, full=True)
    day = sa.func.coalesce(rows.c.day, kept.c.day)
    differs = sa.or_(rows.c.amount.is_distinct_from(kept.c.amount), rows.c.cases.is_distinct_from(kept.c.cases))
    statement = sa.select(sa.func.count(), sa.func.array_agg(day.distinct()).filter(differs))
    statement = statement.select_from(both).where(*comparable(rollup, day))
    count, days = session.execute(statement).one()
    return Compared(rollup.name, count, tuple(sorted(days or ())))


def values_kept(rollup: Kept, stretch: Period) -> Any:
    """Return the query for what is kept of a stretch."""
    first, end = stretch.days
    return sa.select(
        RollupValue.day,
        RollupValue.measure,
        RollupValue.dimension_key.label("key"),
        RollupValue.amount,
        RollupValue.cases,
    ).where(RollupValue.name == rollup.name, RollupValue.day >= first, RollupValue.day < end)


def comparable(rollup: Kept, day: Any) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on days that must agree now."""
    marked = sa.select(RollupDirtyDay.day).where(RollupDirtyDay.name == rollup.name)
    found: list[sa.ColumnElement[bool]] = [day.not_in(marked)]
    limit = closed_for_good(rollup, local_day(datetime.now(UTC)))
    return found if limit == date.min else [*found, day >= limit]


def compare_bits(session: Session, rollup: Actives, stretch: Period) -> Compared:
    """Compare who was active on which day of a stretch."""
    first, end = stretch.days
    days = sa.select(
        sa.cast(sa.func.generate_series(first, end - timedelta(days=1), timedelta(days=1)), sa.Date).label("day")
    )
    each = days.subquery("each")
    bit = ActivityMonth.bits.op(">>")(sa.cast(sa.extract("day", each.c.day), sa.Integer) - 1).op("&")(1) == 1
    kept = (
        sa.select(each.c.day, ActivityMonth.subject_id)
        .join(
            ActivityMonth,
            sa.and_(ActivityMonth.month == sa.cast(sa.func.date_trunc("month", each.c.day), sa.Date), bit),
        )
        .where(ActivityMonth.subject_kind == rollup.kind, ActivityMonth.activity == rollup.name)
    )
    day = day_of(rollup)
    rows = sa.select(day, rollup.subject).where(within(rollup, stretch), *conditions(rollup)).distinct()
    differing = sa.union_all(
        sa.except_(kept, rows).subquery().select(), sa.except_(rows, kept).subquery().select()
    ).subquery()
    on = differing.c[0]
    found = session.scalars(sa.select(on).where(*comparable(rollup, on)).distinct().order_by(on)).all()
    return Compared(rollup.name, 0, tuple(found))


# --- What to compare, and where it is written down
def all_days(session: Session, rollup: Kept) -> list[Period]:
    """Return every day that is kept or has rows, in months."""
    kept = session.execute(
        sa.select(sa.func.min(RollupValue.day), sa.func.max(RollupValue.day)).where(RollupValue.name == rollup.name)
    ).one()
    rows = session.execute(sa.select(sa.func.min(rollup.moment), sa.func.max(rollup.moment))).one()
    known = [as_day(value) for value in (*kept, *rows) if value is not None]
    return months(min(known), max(known) + timedelta(days=1)) if known else []


def as_day(value: date | datetime) -> date:
    """Return the day of a moment on our wall clock; a day is one already."""
    return local_day(value) if isinstance(value, datetime) else value


def months(first: date, end: date) -> list[Period]:
    """Return a half-open range of days, cut at the ends of months."""
    found, month = [], first.replace(day=1)
    while month < end:
        following = months_later(month, 1)
        found.append(of_days(max(first, month), min(end, following)))
        month = following
    return found


def lately(session: Session, rollup: Kept, today: date) -> list[Period]:
    """Return the last weeks, and one older month, another each day."""
    older = [stretch for stretch in all_days(session, rollup) if stretch.days[1] <= today - timedelta(days=LATELY)]
    turn = [older[today.toordinal() % len(older)]] if older else []
    return [*turn, of_days(today - timedelta(days=LATELY), today + timedelta(days=1))]


def write_down(session: Session, found: Sequence[Compared], job_id: UUID | None = None) -> None:
    """Keep what comparisons found."""
    for each in found:
        if each.kept:
            session.add(
                Verification(
                    name=each.rollup,
                    outcome=VerificationOutcome.DIFFERS if each.days else VerificationOutcome.AGREES,
                    rows_compared=each.values,
                    differences=len(each.days),
                    detail={"days": [day.isoformat() for day in each.days[:MOST_NAMED]]},
                    job_id=job_id,
                )
            )
