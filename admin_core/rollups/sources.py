"""What a rollup keeps, as SQL over its source: the one definition that refreshing, reading and verifying share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from admin_core.contributions import Actives, Measure, Rollup
from admin_core.periods import Period, local_day, local_day_of, of_days
from admin_core.plugin_manager import Plugins
from schema.tags import options_of

DISTINCT = "actives"
"""The measure under which the different subjects of a day are kept."""
Kept = Rollup | Actives


@dataclass(frozen=True)
class Rollups:
    """The rollups that plugins declare, those of switched-off ones included: their rows go on changing."""

    by_name: dict[str, Kept] = field(default_factory=dict)

    @classmethod
    def of(cls, plugins: Plugins) -> Self:
        """Return the rollups of all running plugins."""
        answers = plugins.registered("register_rollups")
        return cls({rollup.name: rollup for answer in answers for rollup in answer.items})

    def __iter__(self) -> Iterator[Kept]:
        """Yield every rollup."""
        return iter(self.by_name.values())

    def of_table(self, table: sa.Table) -> list[Kept]:
        """Return the rollups of one source."""
        return [rollup for rollup in self if table_of(rollup) is table]

    def named(self, name: str) -> Kept:
        """Return a rollup; LookupError with a sentence for a name nobody declares."""
        if name not in self.by_name:
            raise LookupError(f"There is no rollup {name[:80]!r}. Known: {', '.join(sorted(self.by_name)) or 'none'}.")
        return self.by_name[name]


def table_of(rollup: Kept) -> sa.Table:
    """Return the table whose rows it sums up."""
    found: sa.Table = column_of(rollup.moment).table
    return found


def column_of(attribute: Any) -> Any:
    """Return the table's column behind a mapped attribute."""
    return attribute.property.columns[0]


def is_day(rollup: Kept) -> bool:
    """Return whether the source itself says a day, which no clock can cut."""
    return isinstance(column_of(rollup.moment).type, sa.Date)


def day_of(rollup: Kept) -> sa.ColumnElement[date]:
    """Return the SQL for the day on which a row counts."""
    return rollup.moment if is_day(rollup) else local_day_of(rollup.moment)


def within(rollup: Kept, period: Period) -> sa.ColumnElement[bool]:
    """Return the condition that a row lies in a period; an index on the moment serves it."""
    if is_day(rollup):
        first, end = period.days
        return sa.and_(rollup.moment >= first, rollup.moment < end)
    return sa.and_(rollup.moment >= period.start, rollup.moment < period.end)


def conditions(rollup: Kept) -> list[Any]:
    """Return what every row that counts fulfils."""
    known = [rollup.subject.is_not(None)] if isinstance(rollup, Actives) else []
    return [*rollup.where, *known]


def amount(measure: Measure) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Return a measure's amount, and of how many rows it is made."""
    cases = filtered(sa.func.count(), measure)
    if measure.total is None:
        return cases, cases
    return sa.func.coalesce(filtered(sa.func.sum(measure.total), measure), 0), cases


def filtered(aggregate: Any, measure: Measure) -> sa.ColumnElement[Any]:
    """Return an aggregate over the rows of a measure."""
    return aggregate if measure.where is None else aggregate.filter(measure.where)  # type: ignore[no-any-return]  # Any


def columns_read(rollup: Kept) -> list[str]:
    """Return the source's columns on which anything kept depends, in order."""
    parts: list[Any] = [rollup.moment, *rollup.where]
    if isinstance(rollup, Actives):
        parts.append(rollup.subject)
    else:
        parts += [*rollup.dimensions.values()]
        parts += [part for measure in rollup.measures for part in (measure.total, measure.where) if part is not None]
    found: set[str] = set()
    for part in parts:
        element = part.__clause_element__() if hasattr(part, "__clause_element__") else part
        found |= {each.name for each in visitors.iterate(element) if isinstance(each, sa.Column)}
        found |= {element.name} if isinstance(element, sa.Column) else set()
    return sorted(found)


def closed_for_good(rollup: Kept, today: date) -> date:
    """Return the day before which kept days are never computed again: their rows are deleted after their time.

    What was counted stays counted. A source without a retention by this very moment keeps its rows.
    """
    mapper = rollup.moment.class_
    retention = options_of(mapper).retention
    if retention is None or retention.after != rollup.moment.key:
        return date.min
    return today - timedelta(days=retention.days)


def merged(days: Sequence[date]) -> list[Period]:
    """Return days as few stretches as possible, in order."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + timedelta(days=1))
        else:
            found.append((day, day + timedelta(days=1)))
    return [of_days(first, end) for first, end in found]


def cut(period: Period) -> tuple[tuple[date, date], list[Period]]:
    """Return the whole days of a period as a half-open range, and the pieces of days at its ends."""
    first, last = local_day(period.start), local_day(period.end)
    begins, ends = of_days(first, first + timedelta(days=1)), of_days(last, last + timedelta(days=1))
    whole = (first if begins.start == period.start else first + timedelta(days=1), last)
    if period.start >= period.end:
        return (first, first), []
    if first == last:
        return (first, first), [period]
    pieces = [Period(period.start, begins.end)] if begins.start != period.start else []
    pieces += [Period(ends.start, period.end)] if ends.start != period.end else []
    return whole, pieces
