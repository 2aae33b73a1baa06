"""When fetching and growth are well, case by case."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plugins.health import rules

NOW = datetime(2026, 3, 5, 10, 40, tzinfo=UTC)


def hour(day: int, of_day: int) -> datetime:
    return datetime(2026, 3, day, of_day, tzinfo=UTC)


def test_an_hour_is_compared_with_its_like() -> None:
    assert rules.hours_compared(NOW, 2) == (hour(5, 10), [hour(5, 10) - timedelta(days=7), hour(5, 10) - timedelta(14)])


@pytest.mark.parametrize(
    ("count", "before", "chance"),
    [
        (0, (), 1.0),
        (9, (3, 5, 4, 4), 0.0353),
        (10, (3, 5, 4, 4), 0.0168),
        (12, (3, 5, 4, 4), 0.00326),
        (14, (3, 5, 4, 4), 5.4e-4),
        (10**6, (3, 5, 4, 4), 0.0),
    ],
)
def test_the_chance_of_so_many_errors(count: int, before: tuple[int, ...], chance: float) -> None:
    assert rules.chance_of(count, before) == pytest.approx(chance, rel=0.01, abs=1e-9)


@pytest.mark.parametrize(
    ("count", "before", "is_one"),
    [
        (9, (0, 0, 0, 0), False),
        (10, (0, 0, 0, 0), True),
        (10, (), False),
        (15, (3, 5, 4, 4), False),
        (19, (3, 5, 4, 4), True),
        (130, (100, 90, 110, 100), False),
        (160, (100, 90, 110, 100), True),
        (50_000, (100, 90, 110, 100), True),
    ],
)
def test_a_spike_is_far_above_its_like_and_enough_to_get_up_for(
    count: int, before: tuple[int, ...], *, is_one: bool
) -> None:
    assert rules.is_spike(count, before) is is_one


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
