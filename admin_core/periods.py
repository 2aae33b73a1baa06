"""Days and months of our wall clock as half-open ranges, for figures: as values, and as SQL. Costs keep UTC days.

A month is [its first day, the first day of the next). Nothing here asks what time it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from admin_core.theme.formats import MONTHS, NBSP, ZONE

TO = "\u2013"
Days = tuple[date, date]
"""The first day, and the first day that no longer belongs to it."""


def local_day(moment: datetime) -> date:
    """Return the day of an aware moment on our wall clock."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """Return when a day begins on our wall clock, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


@dataclass(frozen=True)
class Period:
    """A half-open stretch of time, in UTC; one that still runs ends now and says when it will have run out."""

    start: datetime
    end: datetime
    runs_until: datetime | None = None

    @property
    def days(self) -> Days:
        """The days it touches, on our wall clock."""
        first = local_day(self.start)
        return first, max(first, local_day(self.end - timedelta(microseconds=1)) + timedelta(days=1))

    @property
    def cuts_a_day(self) -> bool:
        """True when it ends within a day."""
        return self.end != start_of(self.days[1]) and self.end > self.start

    @property
    def clock(self) -> str:
        """The time of day at which it ends: ``09:12``."""
        return self.end.astimezone(ZONE).strftime("%H:%M")

    def between(self, column: str) -> tuple[tuple[str, str], ...]:
        """Return a list's filters for its days, by a column with a day or a moment."""
        first, end = self.days
        return ((f"f.{column}.between", f"{first.isoformat()}..{(end - timedelta(days=1)).isoformat()}"),)


def of_days(first: date, end: date) -> Period:
    """Return whole days as a period."""
    return Period(start_of(first), start_of(end))


def hull(periods: Sequence[Period]) -> Period:
    """Return the shortest period that contains them all."""
    return Period(min(period.start for period in periods), max(period.end for period in periods))


def whole_day(text: str) -> date:
    """Return the day of a text like ``2026-11-26``; ValueError for none, and for one that ends beyond the calendar."""
    day = date.fromisoformat(text)
    try:
        start_of(day), start_of(day + timedelta(days=1))
    except OverflowError:
        raise ValueError("This day does not begin and end within the calendar.") from None
    return day


def as_rows(periods: Sequence[Period]) -> sa.Values:
    """Return periods as rows to join with: ``place``, ``start`` and ``end``."""
    moment = sa.DateTime(timezone=True)
    columns = (sa.column("place", sa.Integer), sa.column("start", moment), sa.column("end", moment))
    data = [(place, period.start, period.end) for place, period in enumerate(periods)]
    return sa.values(*columns, name="periods").data(data)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_later(first: date, months: int) -> date:
    """Return the first day of the month so many months later; negative is earlier."""
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def month_to_date(today: date) -> Days:
    """Return this month up to and including today."""
    return month_of(today), today + timedelta(days=1)


def month_before_to_date(today: date) -> Days:
    """Return the month before up to the same day, or to its end where it is shorter."""
    this = month_of(today)
    first = months_later(this, -1)
    return first, min(first + timedelta(days=today.day), this)


def last_days(today: date, count: int) -> list[date]:
    """Return so many days in order, today the last."""
    return [today - timedelta(days=ago) for ago in reversed(range(count))]


def last_months(today: date, count: int) -> list[date]:
    """Return the first days of so many months in order, this month the last."""
    return [months_later(month_of(today), -ago) for ago in reversed(range(count))]


def in_words(days: Days) -> str:
    """Return a range within one month, such as ``1-23 Nov``, with a dash for "to"."""
    first, last = days[0], days[1] - timedelta(days=1)
    month = MONTHS[last.month - 1]
    return f"{first.day}{TO}{last.day}{NBSP}{month}" if first != last else f"{last.day}{NBSP}{month}"


def local_day_of(moment: Any) -> sa.ColumnElement[date]:
    """Return the SQL for the day of a moment on our wall clock; the zone is literal so that GROUP BY repeats it."""
    zone: sa.ColumnElement[str] = sa.literal_column(f"'{ZONE.key}'")
    return sa.cast(sa.func.timezone(zone, moment), sa.Date)
