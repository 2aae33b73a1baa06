"""Days and months of our wall clock as half-open ranges, for figures: as values, and as SQL. Costs keep UTC days.

A month is [its first day, the first day of the next). Nothing here asks what time it is.
"""

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
