"""Sums and distinct counts of periods: kept days as they are kept, marked and cut days from the rows themselves.

Two statements for any number of periods: one for what is kept and which days are marked, in one snapshot; one for the
rest, over an index and a few days. A rollup that is not kept yet is read from its rows alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.contributions import Measure, Rollup
from admin_core.database import connection_of
from admin_core.periods import Period, hull, local_day
from admin_core.rollups.sources import Kept, amount, closed_for_good, cut, day_of, is_day, merged, within
from schema.rollups import RollupDirtyDay, RollupState, RollupValue

MOST_PIECES = 20
"""More stretches of marked days than this are read as one, from the first to the last."""
BY_ROWS: ContextVar[bool] = ContextVar("rollups are read from the rows alone", default=False)


@contextmanager
def from_rows() -> Iterator[None]:
    """Read rollups from their rows alone within the block: the other side of a comparison."""
    token = BY_ROWS.set(True)
    try:
        yield
    finally:
        BY_ROWS.reset(token)


class Cell(NamedTuple):
    """An amount, and of how many rows it is made."""

    amount: Decimal
    cases: int

    def __add__(self, other: object) -> "Cell":
        """Return both together."""
        assert isinstance(other, Cell)  # the signature is a tuple's
        return Cell(self.amount + other.amount, self.cases + other.cases)


NOTHING = Cell(Decimal(0), 0)
Key = tuple[str, str | None]
"""Measure, and the value of the dimension asked for."""


@dataclass(frozen=True)
class Sums:
    """What a rollup came to in a period."""

    cells: Mapping[Key, Cell] = field(default_factory=dict)

    def __getitem__(self, measure: str) -> Decimal:
        """The amount of a measure, over all values of the dimension."""
        return self.cell(measure).amount

    def cell(self, measure: str) -> Cell:
        """Return amount and cases of a measure, over all values of the dimension."""
        return added(cell for (name, _), cell in self.cells.items() if name == measure)

    def parts(self, measure: str) -> dict[str, Cell]:
        """Return amount and cases by the dimension's value; rows without one stand under an empty text."""
        return {value or "": cell for (name, value), cell in self.cells.items() if name == measure}


def added(cells: Iterable[Cell]) -> Cell:
    """Return the sum of cells."""
    return sum(cells, NOTHING)


@dataclass(frozen=True)
class Question:
    """What is asked of a rollup: which measures, by which dimension, for which values of dimensions."""

    rollup: Rollup
    by: str = ""
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def kept_by(self) -> Any:
        """The dimension among what is kept."""
        return RollupValue.dimensions.op("->>")(self.by) if self.by else sa.null()

    @property
    def row_by(self) -> Any:
        """The dimension of a row."""
        return sa.cast(self.rollup.dimensions[self.by], sa.Text) if self.by else sa.null()

    def kept_only(self) -> list[Any]:
        """Return the conditions on what is kept."""
        return [RollupValue.dimensions.op("->>")(name).in_(values) for name, values in self.only.items()]

    def row_only(self) -> list[Any]:
        """Return the conditions on rows."""
        dimensions = self.rollup.dimensions
        return [sa.cast(dimensions[name], sa.Text).in_(values) for name, values in self.only.items()]


Cells = dict[Key, Cell]
ByDay = dict[date, Cells]


def totals(
    session: Session,
    rollup: Rollup,
    periods: Sequence[Period],
    by: str = "",
    only: Mapping[str, Sequence[str]] | None = None,
) -> list[Sums]:
    """Return what a rollup came to in each period, by a dimension where one is named."""
    return totals_of(session, [Question(rollup, by, only or {})], periods)[0]


def totals_of(session: Session, questions: Sequence[Question], periods: Sequence[Period]) -> list[list[Sums]]:
    """Return the answers to several questions about the same periods, in at most two statements for all of them."""
    spans = [[span_of(question.rollup, period) for period in periods] for question in questions]
    standings = kept_of(session, questions, spans)
    stretches = [few(merged([*standing.live])) for standing in standings]
    found = from_source(session, questions, stretches)
    return [
        [put_together(span, with_read(standing, found[place]), standing.cut_off) for span in spans[place]]
        for place, standing in enumerate(standings)
    ]


def with_read(standing: "Standing", found: ByDay) -> ByDay:
    """Return all whole days: those that are kept, and those that were read from the rows in their place."""
    return {**standing.days, **{day: cells for day, cells in found.items() if day in standing.live}}


def put_together(span: "Span", days: ByDay, cut_off: Mapping[Period, Cells]) -> Sums:
    """Return what a span comes to: its whole days and its pieces of days."""
    return Sums(summed([*(days.get(day, {}) for day in span.days), *(cut_off.get(piece, {}) for piece in span.pieces)]))


class Span(NamedTuple):
    """A period as it is read: whole days, and pieces of days at its ends."""

    first: date
    end: date
    pieces: tuple[Period, ...]

    @property
    def days(self) -> Iterator[date]:
        """The whole days in order."""
        return (self.first + timedelta(days=i) for i in range((self.end - self.first).days))


def span_of(rollup: Kept, period: Period) -> Span:
    """Return how a period is read; days that the source itself says cannot be cut."""
    if is_day(rollup):
        return Span(*(period.days if period.end > period.start else (period.days[0],) * 2), ())
    (first, end), pieces = cut(period)
    return Span(first, end, tuple(pieces))


def summed(found: Iterable[Cells]) -> Cells:
    """Return the sum of the cells of several days."""
    total: Cells = {}
    for cells in found:
        for key, cell in cells.items():
            total[key] = total.get(key, NOTHING) + cell
    return total


def few(stretches: list[Period]) -> list[Period]:
    """Return the stretches, as one where they are too many."""
    return stretches if len(stretches) <= MOST_PIECES else [hull(stretches)]


# --- What is kept
class Standing(NamedTuple):
    """What is kept of whole days, which days have to be read from the rows, and what pieces of days come to."""

    days: ByDay
    live: set[date]
    cut_off: dict[Period, Cells]


def kept_of(session: Session, questions: Sequence[Question], spans: Sequence[Sequence[Span]]) -> list[Standing]:
    """Return how each question's rollup stands, in one statement: one snapshot of what is kept and what is marked."""
    asked = [{day for span in each for day in span.days} for each in spans]
    pieces = [list(dict.fromkeys(piece for span in each for piece in span.pieces)) for each in spans]
    queries = [] if BY_ROWS.get() else [
        query
        for place, (question, days) in enumerate(zip(questions, asked, strict=True)) if days
        for query in standing(place, question, merged([*days]))
    ]  # fmt: skip
    queries += [
        of_piece(place, which, question, measure, piece)
        for place, question in enumerate(questions)
        for which, piece in enumerate(pieces[place])
        for measure in question.rollup.measures
    ]
    read = Reading([{} for _ in questions], [set() for _ in questions], set(), [{} for _ in questions])
    # On the connection: sums tell of nobody, and must not depend on which rows are hidden from whoever asks.
    for row in connection_of(session).execute(sa.union_all(*queries)) if queries else ():
        read.take(row, pieces)
    return [
        Standing(*read.whole(place, question.rollup, asked[place]), read.cut_off[place])
        for place, question in enumerate(questions)
    ]


class Reading(NamedTuple):
    """What the rows of the one statement say, by question."""

    found: list[ByDay]
    marked: list[set[date]]
    built: set[int]
    cut_off: list[dict[Period, Cells]]

    def take(self, row: Any, pieces: Sequence[Sequence[Period]]) -> None:
        """Put one row where it belongs."""
        place, kind, day, measure, value, total, cases = row
        if kind == BUILT:
            self.built.add(place)
        elif kind == MARKED:
            self.marked[place].add(day)
        elif kind == VALUE:
            self.found[place].setdefault(day, {})[measure, value] = Cell(total, int(cases))
        elif cases:
            cells = self.cut_off[place].setdefault(pieces[place][int(kind)], {})
            cells[measure, value] = Cell(total, int(cases))

    def whole(self, place: int, rollup: Kept, asked: set[date]) -> tuple[ByDay, set[date]]:
        """Return the kept days of a question, and those to be read from the rows."""
        if place not in self.built:
            return {}, asked
        return without_marked(rollup, self.found[place], self.marked[place] & asked)


def without_marked(rollup: Kept, found: ByDay, marked: set[date]) -> tuple[ByDay, set[date]]:
    """Return what is kept without marked days; a mark on a day whose rows have begun to go says nothing."""
    limit = closed_for_good(rollup, local_day(datetime.now(UTC)))
    live = {day for day in marked if day >= limit or day not in found}
    return {day: cells for day, cells in found.items() if day not in live}, live


VALUE, MARKED, BUILT = "value", "marked", "built"


def standing(place: int, question: Question, ranges: Sequence[Period]) -> list[sa.Select[Any]]:
    """Return the queries for what is kept, for marked days, and for whether the rollup is kept as it is declared."""
    rollup = question.rollup
    values = (
        sa.select(sa.literal(place), sa.literal(VALUE), RollupValue.day, RollupValue.measure)
        .add_columns(
            sa.cast(question.kept_by, sa.Text), sa.func.sum(RollupValue.amount), sa.func.sum(RollupValue.cases)
        )
        .where(RollupValue.name == rollup.name, in_days(RollupValue.day, ranges), *question.kept_only())
        .group_by(RollupValue.day, RollupValue.measure, *([sa.literal_column("5")] if question.by else []))
    )
    marks = (
        sa.select(sa.literal(place), sa.literal(MARKED), RollupDirtyDay.day, *NO_VALUE)
        .where(RollupDirtyDay.name == rollup.name, in_days(RollupDirtyDay.day, ranges))
        .distinct()
    )
    state = sa.select(sa.literal(place), sa.literal(BUILT), sa.cast(sa.null(), sa.Date), *NO_VALUE).where(
        RollupState.name == rollup.name, RollupState.version == rollup.version, RollupState.refreshed_at.is_not(None)
    )
    return [values, marks, state]


NO_VALUE = tuple(sa.cast(sa.null(), kind) for kind in (sa.Text, sa.Text, sa.Numeric, sa.BigInteger))


def in_days(column: Any, ranges: Sequence[Period]) -> sa.ColumnElement[bool]:
    """Return the condition that a day lies in one of the ranges."""
    return sa.or_(*(sa.and_(column >= period.days[0], column < period.days[1]) for period in ranges))


# --- What the rows say
def of_piece(place: int, which: int, question: Question, measure: Measure, piece: Period) -> sa.Select[Any]:
    """Return the query for one measure of a piece of a day."""
    total, cases = amount(measure)
    day = sa.cast(sa.null(), sa.Date)
    about = (
        sa.literal(place),
        sa.literal(str(which)),
        day,
        sa.literal(measure.name),
        sa.cast(question.row_by, sa.Text),
    )
    statement = sa.select(*about, sa.cast(total, sa.Numeric), cases)
    statement = statement.where(within(question.rollup, piece), *question.rollup.where, *question.row_only())
    return statement.group_by(question.rollup.dimensions[question.by]) if question.by else statement


def from_source(session: Session, questions: Sequence[Question], wanted: Sequence[Sequence[Period]]) -> list[ByDay]:
    """Return what the rows of stretches of whole days come to, by day, for each question."""
    found: list[ByDay] = [{} for _ in wanted]
    widest = max(len(question.rollup.measures) for question in questions)
    queries = [
        of_stretch(place, questions[place], stretch, widest) for place, each in enumerate(wanted) for stretch in each
    ]
    rows = connection_of(session).execute(sa.union_all(*queries)) if queries else ()
    for place, day, value, *amounts in rows:
        pairs = zip(questions[place].rollup.measures, zip(amounts[::2], amounts[1::2], strict=True), strict=False)
        cells = {(measure.name, value): Cell(total, int(cases)) for measure, (total, cases) in pairs if cases}
        found[place].setdefault(day, {}).update(cells)
    return found


def of_stretch(place: int, question: Question, stretch: Period, widest: int) -> sa.Select[Any]:
    """Return the query for one stretch, with as many amounts as the widest of its neighbours has."""
    rollup, day = question.rollup, day_of(question.rollup)
    amounts = [sa.cast(part, sa.Numeric) for measure in rollup.measures for part in amount(measure)]
    amounts += [sa.cast(sa.null(), sa.Numeric)] * (2 * widest - len(amounts))
    statement = sa.select(sa.literal(place), day, sa.cast(question.row_by, sa.Text), *amounts)
    statement = statement.where(within(rollup, stretch), *rollup.where, *question.row_only())
    return statement.group_by(day, *([rollup.dimensions[question.by]] if question.by else []))
