"""What is counted as an error, and when it is more than before."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from admin_core.contributions import Filters
from admin_core.periods import local_day

HOURS_SHOWN = 24


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
