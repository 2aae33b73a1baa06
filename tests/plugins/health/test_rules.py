"""What counts as an error of the last day, case by case."""

from datetime import UTC, date, datetime

from plugins.health import rules

NOW = datetime(2026, 3, 5, 10, 40, tzinfo=UTC)


def hour(day: int, of_day: int) -> datetime:
    return datetime(2026, 3, day, of_day, tzinfo=UTC)


def test_a_day_is_24_hours_of_the_clock_with_the_running_one() -> None:
    counts = {hour(5, 10): 1, hour(4, 11): 2, hour(4, 10): 4, hour(3, 11): 8, hour(3, 10): 16}
    assert rules.two_days(counts, NOW) == (3, 12)


def test_days_of_the_line_are_those_of_johannesburg() -> None:
    days = [date(2026, 3, 3), date(2026, 3, 4)]
    counts = {hour(3, 21): 1, hour(3, 22): 2, hour(4, 21): 4, hour(4, 22): 8}
    assert rules.by_day(counts, days) == [1, 6]


def test_alerts_are_those_that_fire() -> None:
    assert rules.firing(NOW) == (("f.state.eq", "firing"),)
