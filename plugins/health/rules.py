"""What is counted as an error, when it is more than before, and when a store that grows will be full."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from admin_core.contributions import Filters
from admin_core.periods import local_day

HOURS_SHOWN = 24
LONGEST_FORECAST = 3650
"""Days. Farther away a forecast says nothing."""


def firing(_now: datetime) -> Filters:
    """Return the filters for alerts that fire."""
    return (("f.state.eq", "firing"),)


def two_days(by_hour: Mapping[datetime, int], now: datetime) -> tuple[int, int]:
    """Return the errors of the last 24 hours by the clock, the running one included, and of the 24 before."""
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = this_hour - timedelta(hours=HOURS_SHOWN - 1)
    before = first - timedelta(hours=HOURS_SHOWN)
    recent = sum(count for hour, count in by_hour.items() if first <= hour <= this_hour)
    return recent, sum(count for hour, count in by_hour.items() if before <= hour < first)


def by_day(by_hour: Mapping[datetime, int], days: Sequence[date]) -> list[int]:
    """Return the errors of each day on our wall clock."""
    found = dict.fromkeys(days, 0)
    for hour, count in by_hour.items():
        day = local_day(hour)
        if day in found:
            found[day] += count
    return list(found.values())


def full_on(sizes: Sequence[tuple[date, int]], limit: int | None) -> date | None:
    """Return the day on which a limit is reached at the average growth of these days; None when it never is.

    A straight line through the first and the last size: few figures, and nobody needs a finer guess years ahead.
    A limit that is reached already is reached on the last of the days.
    """
    if limit is None or not sizes:
        return None
    (first, start), (last, size) = sizes[0], sizes[-1]
    if size >= limit:
        return last
    growth = size - start
    if growth <= 0:
        return None
    days = -(-(limit - size) * (last - first).days // growth)
    return last + timedelta(days=days) if days <= LONGEST_FORECAST else None
