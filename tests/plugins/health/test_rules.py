"""What counts as an error of the last day, and when fetching and growth are well, case by case."""

from datetime import UTC, date, datetime, timedelta

import pytest

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


@pytest.mark.parametrize(
    ("boxes", "count", "failed", "minutes_ago", "state", "says"),
    [
        (0, 0, 0, None, "unknown", "No mailbox"),
        (3, 0, 0, None, "failing", "Nothing was fetched from 3"),
        (3, 40, 0, 5, "ok", "40 fetches in 24 hours, 0 failed"),
        (3, 40, 4, 5, "ok", "4 failed"),
        (3, 40, 5, 5, "warning", "5 of 40"),
        (3, 40, 0, 121, "failing", "began 2"),
    ],
)
def test_fetching_is_judged_by_its_newest_and_its_failures(
    boxes: int, count: int, failed: int, minutes_ago: int | None, state: str, says: str
) -> None:
    newest = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    found = rules.fetch_health(boxes, (count, failed, newest), NOW)
    assert (found.state, says in found.sentence) == (state, True), found


TODAY = date(2026, 3, 5)
GB = 1_000_000_000


@pytest.mark.parametrize(
    ("sizes", "state", "says"),
    [
        ([], "unknown", "not noted lately"),
        ([(date(2026, 3, 1), GB, None)], "unknown", "not noted lately"),
        ([(TODAY, GB, None)], "unknown", "after two days"),
        ([(date(2026, 2, 23), GB, None), (TODAY, 2 * GB, None)], "ok", "100,0"),
        ([(date(2026, 2, 23), GB, 8 * GB), (TODAY, 2 * GB, 8 * GB)], "warning", "in 60 days"),
        ([(date(2026, 2, 23), GB, 30 * GB), (TODAY, 2 * GB, 30 * GB)], "ok", "grows"),
        ([(date(2026, 2, 23), 2 * GB, 3 * GB), (TODAY, GB, 3 * GB)], "ok", "-100,0"),
        ([(date(2026, 2, 23), 2 * GB, GB), (TODAY, 3 * GB, GB)], "warning", "limit of 1,0\u00a0GB is reached"),
        ([(date(2026, 2, 23), 3 * GB, GB), (TODAY, 3 * GB, GB)], "warning", "is reached"),  # full, and not growing
        ([(date(2026, 2, 23), 4 * GB, GB), (TODAY, 3 * GB, GB)], "warning", "is reached"),
        ([(TODAY, GB, GB)], "warning", "is reached"),
        ([(date(2026, 2, 23), GB, None), (TODAY, 2 * GB, 11 * GB)], "ok", "grows"),  # in 90 days
        ([(date(2026, 2, 23), GB, None), (TODAY, 2 * GB, 10_950_000_000)], "ok", "grows"),  # in 89,5 days: on the 90th
        ([(date(2026, 2, 23), GB, None), (TODAY, 2 * GB, 10_900_000_000)], "warning", "in 89 days"),
        ([(date(2026, 2, 20), GB, None), (date(2026, 3, 2), 2 * GB, 3 * GB)], "warning", "in 7 days"),  # from today
        ([(date(2026, 2, 20), GB, None), (date(2026, 3, 2), 2 * GB, 2_100_000_000)], "warning", "in 0 days"),
    ],
)
def test_growth_is_judged_by_when_it_reaches_the_limit(
    sizes: list[tuple[date, int, int | None]], state: str, says: str
) -> None:
    found = rules.growth_health(sizes, TODAY)
    assert (found.state, says in found.sentence) == (state, True), found
