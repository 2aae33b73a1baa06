"""Figures over time: a chosen period cut into days, weeks or months, and the chart of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy.orm import Session

from admin_core.contributions import Figure, Trend, Value
from admin_core.dashboards import figures, wording
from admin_core.period_choice import Choice, days_in_words
from admin_core.periods import Period, month_of, months_later, start_of
from admin_core.policy import Person
from admin_core.theme import charts, formats
from admin_core.theme.drawing import Format
from admin_core.theme.formats import MONTHS, NBSP

Grain = Literal["day", "week", "month"]
FEWEST, MOST_DAYS, MOST_WEEKS, WEEK = 14, 45, 190, 7
"""A shorter period is shown with the days before it; a longer one by weeks, then by months."""
SMALL_CHANGE = 20
"""Amounts below this are drawn with their cents."""


@dataclass(frozen=True)
class Buckets:
    """The stretches of a period that a chart shows, in order."""

    grain: Grain
    periods: tuple[Period, ...]

    @property
    def names(self) -> list[str]:
        """What stands under each."""
        return [name_of(self.grain, period) for period in self.periods]

    @property
    def words(self) -> str:
        """What is shown, beside the title."""
        whole = days_in_words((self.periods[0].days[0], self.periods[-1].days[1]))
        last = f", the last {self.grain} up to now" if self.periods[-1].runs_until else ""
        return f"by {self.grain}, {whole}{last}"


def buckets_of(period: Period) -> Buckets:
    """Return the stretches of a period; of a short one also the days before, so that there is something to see."""
    first, end = period.days
    length = (end - first).days
    if length <= MOST_DAYS:
        return Buckets("day", tuple(cut(period, [min(first, end - timedelta(days=FEWEST)), end], "day")))
    grain: Grain = "week" if length <= MOST_WEEKS else "month"
    return Buckets(grain, tuple(cut(period, [first, end], grain)))


def cut(period: Period, days: Sequence[date], grain: Grain) -> list[Period]:
    """Return days cut at the starts of weeks or months; the last stretch ends with the period."""
    found, day = [], days[0]
    while day < days[1]:
        following = min(next_start(day, grain), days[1])
        starts, ends = start_of(day), start_of(following)
        found.append(Period(starts, min(ends, period.end), ends if ends > period.end else None))
        day = following
    return found


def next_start(day: date, grain: Grain) -> date:
    """Return when the next stretch begins."""
    if grain == "month":
        return months_later(month_of(day), 1)
    return day + timedelta(days=WEEK - day.weekday() if grain == "week" else 1)


def name_of(grain: Grain, period: Period) -> str:
    """Return what a stretch is called: ``5 Mar``, ``Mar 26``."""
    first = period.days[0]
    if grain == "month":
        return f"{MONTHS[first.month - 1]}{NBSP}{first.year % 100:02}"
    return f"{first.day}{NBSP}{MONTHS[first.month - 1]}"


@dataclass(frozen=True)
class Series:
    """The values of some figures over the same stretches."""

    figures: tuple[Figure, ...]
    buckets: Buckets
    values: tuple[tuple[Value, ...], ...]
    """One row of values for each figure."""

    @property
    def newest(self) -> Value | None:
        """The last value of the first figure."""
        return self.values[0][-1] if self.values and self.values[0] else None


def series_of(session: Session, person: Person | None, shown: Sequence[Figure], period: Period) -> Series:
    """Ask for the values of figures over a period's stretches."""
    buckets = buckets_of(period)
    found = [tuple(figures.values(session, person, figure, buckets.periods)) for figure in shown]
    return Series(tuple(shown), buckets, tuple(found))


def chart_of(series: Series, trend: Trend, choice: Choice) -> charts.Chart:
    """Return the drawing and its table."""
    rows = [
        (figure.title, [None if value.amount is None else float(value.amount) for value in values])
        for figure, values in zip(series.figures, series.values, strict=True)
    ]
    label = f"{trend.title}, {choice.words}"
    draw = charts.lines if trend.kind == "lines" else charts.columns
    return draw(series.buckets.names, rows, label, form_of(series.figures[0], series.values[0]))


def form_of(figure: Figure, values: Sequence[Value]) -> Format:
    """Return how the values of an axis are written: money without its cents, unless there is little of it."""
    currency = next((value.currency for value in values if value.currency), wording.CURRENCY)
    symbol = formats.SYMBOLS.get(currency, currency)

    divisor = 100 if figure.unit == "money" else 1
    largest = max((abs(value.amount) for value in values if value.amount is not None), default=Decimal(0)) / divisor
    decimals = 2 if largest < SMALL_CHANGE else 0

    def money(amount: float) -> str:
        whole = Decimal(str(amount)) / divisor
        sign = "-" if whole < 0 else ""
        return f"{sign}{symbol}{NBSP}{formats.number(abs(whole), decimals)}"

    return money if figure.unit in {"money", "cost"} else lambda amount: plain(figure, amount)


def plain(figure: Figure, amount: float) -> str:
    """Return a value that is no money."""
    whole = Decimal(str(amount))
    if figure.unit == "count" and whole != whole.to_integral_value():
        return formats.number(whole, 1)
    return wording.amount_in_words(figure.unit, whole)


def table_of(series: Series) -> tuple[list[str], list[list[object]]]:
    """Return the values as they go into a file: days of each stretch, amounts as numbers."""
    head = ["from", "to"]
    for figure in series.figures:
        head += [figure.name, f"{figure.name} n", f"{figure.name} unit"]
    rows = []
    for place, period in enumerate(series.buckets.periods):
        first, end = period.days
        row: list[object] = [first, end - timedelta(days=1)]
        for figure, values in zip(series.figures, series.values, strict=True):
            value = values[place]
            row += [value.amount, value.n, unit_of(figure, value)]
        rows.append(row)
    return head, rows


def unit_of(figure: Figure, value: Value) -> str:
    """Return in what a value is counted, for programs."""
    if figure.unit in {"money", "cost"}:
        currency = value.currency or wording.CURRENCY
        return f"{currency} cents" if figure.unit == "money" else currency
    return {"duration": "s"}.get(figure.unit, figure.unit)
