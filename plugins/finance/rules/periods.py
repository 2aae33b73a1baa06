"""Billing periods on our wall clock: when one ends, and how many of its whole days are left."""

import calendar
from datetime import date, datetime, timedelta

from admin_core.periods import local_day, month_of, months_later
from admin_core.theme.formats import ZONE
from schema.catalog import Interval

DAYS = {Interval.DAY: 1, Interval.WEEK: 7}
MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.HALF_YEAR: 6, Interval.YEAR: 12}


def period_end(start: datetime, interval: Interval, anchor: date) -> datetime:
    """Return when the period that begins at ``start`` ends, at the same time of day in Johannesburg.

    A month that lacks the anchor's day ends on its last one, and the next returns to the anchor: 31 January,
    28 February, 31 March.
    """
    local = start.astimezone(ZONE)
    if interval in DAYS:
        return (local + timedelta(days=DAYS[interval])).astimezone(start.tzinfo)
    day = in_month(months_later(month_of(local.date()), MONTHS[interval]), anchor.day)
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(start.tzinfo)


def in_month(month: date, wanted: int) -> date:
    """Return the ``wanted`` day of a month, or its last one when it has no such day."""
    return month.replace(day=min(wanted, calendar.monthrange(month.year, month.month)[1]))


def anchor_behind(start: date, began: date) -> date:
    """Return the anchor of a period that others counted: the day of the first one, where a month may have cut it."""
    return began if in_month(start, began.day) == start else start


def days_between(start: datetime, end: datetime) -> int:
    """Return the whole days from the day of one moment to the day of another; the day of ``start`` counts."""
    return (local_day(end) - local_day(start)).days
