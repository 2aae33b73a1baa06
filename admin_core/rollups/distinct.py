"""How many different subjects were active in a period: bits of whole days, the rows themselves for the rest.

One statement tells which days are marked, a second counts for all periods. Single whole days that nobody marked are
read as they are kept, without looking at anybody's bits.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.contributions import Actives, Measure, Rollup
from admin_core.database import connection_of
from admin_core.periods import Period
from admin_core.rollups.reading import Question, Span, few, kept_of, span_of
from admin_core.rollups.refreshing import month_masks
from admin_core.rollups.sources import DISTINCT, conditions, merged, within
from schema.rollups import ActivityMonth


def distinct(session: Session, rollup: Actives, periods: Sequence[Period]) -> list[int]:
    """Return how many different subjects were active in each period."""
    spans = [span_of(rollup, period) for period in periods]
    daily = Rollup(
        name=rollup.name,
        title=rollup.title,
        moment=rollup.moment,
        measures=(Measure(DISTINCT),),
        version=rollup.version,
    )
    whole = [span._replace(pieces=()) for span in spans]
    ((days, live, _),) = kept_of(session, [Question(daily)], [whole])
    found: dict[int, int] = {}
    for place, span in enumerate(spans):
        if is_one_day(span) and span.first not in live:
            cell = days.get(span.first, {}).get((DISTINCT, None))
            found[place] = int(cell.amount) if cell else 0
    asked = [(place, span) for place, span in enumerate(spans) if place not in found]
    found |= counted(session, rollup, asked, live) if asked else {}
    return [found[place] for place in range(len(spans))]


def is_one_day(span: Span) -> bool:
    """Return whether a span is exactly one whole day."""
    return span.end - span.first == timedelta(days=1) and not span.pieces


def counted(session: Session, rollup: Actives, asked: Sequence[tuple[int, Span]], live: set[date]) -> dict[int, int]:
    """Return the counts of some spans by their place."""
    queries = [
        sa.select(sa.literal(place), sa.func.count()).select_from(active(rollup, span, live)) for place, span in asked
    ]
    statement = sa.union_all(*queries) if len(queries) > 1 else queries[0]
    # On the connection, as all sums: a count of people does not depend on who counts.
    return {row[0]: row[1] for row in connection_of(session).execute(statement)}


def active(rollup: Actives, span: Span, live: set[date]) -> Any:
    """Return the query for the different subjects of a span: by their bits, and by the rows of days not kept."""
    of_rows = [day for day in span.days if day in live]
    stretches = [*few(merged(of_rows)), *span.pieces]
    masks = [(month, mask) for month, mask in bits_needed(span, live).items() if mask]
    parts = []
    if masks:
        bits = sa.or_(
            *(sa.and_(ActivityMonth.month == month, ActivityMonth.bits.op("&")(mask) != 0) for month, mask in masks)
        )
        own = (ActivityMonth.subject_kind == rollup.kind, ActivityMonth.activity == rollup.name)
        parts.append(sa.select(ActivityMonth.subject_id).where(*own, bits))
    if stretches:
        rows = sa.or_(*(within(rollup, stretch) for stretch in stretches))
        parts.append(sa.select(rollup.subject).where(rows, *conditions(rollup)))
    if not parts:
        return sa.select(ActivityMonth.subject_id).where(sa.false()).subquery()
    alone = len(parts) == 1 and len(masks) == 1
    return (
        parts[0].subquery()
        if alone
        else sa.union(*parts).subquery()
        if len(parts) > 1
        else parts[0].distinct().subquery()
    )


def bits_needed(span: Span, live: set[date]) -> dict[date, int]:
    """Return by month the bits of a span's days without those that are read from the rows."""
    found = month_masks(span.first, span.end)
    for day in span.days:
        if day in live:
            found[day.replace(day=1)] &= ~(1 << (day.day - 1))
    return found
