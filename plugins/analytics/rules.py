"""What is counted as use."""

from collections.abc import Mapping
from datetime import date

from admin_core.periods import Days


def within(by_day: Mapping[date, int], days: Days) -> int:
    """Return the sum of a half-open range of days."""
    return sum(count for day, count in by_day.items() if days[0] <= day < days[1])
