"""What accuracy means, case by case."""

from datetime import date

import pytest

from plugins.ai_quality import rules
from plugins.ai_quality.rules import Tally
from plugins.ai_quality.views import tiles

FIRST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("agreed", "counted", "low", "high"),
    [
        (159, 200, 0.733743, 0.845138),
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (1, 1, 0.206549, 1.0),
    ],
)
def test_the_interval_is_wilsons(agreed: int, counted: int, low: float, high: float) -> None:
    interval = rules.wilson(agreed, counted)
    assert interval is not None
    assert interval == pytest.approx((low, high), abs=5e-7)


def test_without_a_case_there_is_neither_share_nor_interval() -> None:
    assert rules.wilson(0, 0) is None
    assert Tally(left_out=3).share is None


def test_a_range_adds_its_days_and_leaves_out_its_end() -> None:
    by_day = {FIRST: Tally(2, 1), date(2026, 3, 2): Tally(3, 3, 1), date(2026, 3, 3): Tally(9, 0)}
    assert rules.within(by_day, (FIRST, date(2026, 3, 3))) == Tally(5, 4, 1)


def test_the_line_takes_seven_days_together_and_skips_empty_weeks() -> None:
    by_day = {FIRST: Tally(2, 1), date(2026, 3, 7): Tally(2, 2), date(2026, 3, 9): Tally(1, 0)}
    days = [date(2026, 2, 20), FIRST, date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 20)]
    assert rules.rolling(by_day, days) == [0.5, 0.75, 1.0, 2 / 3]


@pytest.mark.parametrize(
    ("share", "before", "expected"),
    [
        (0.9, None, ("", "flat", "neutral")),
        (0.9, 0.9, ("no change", "flat", "neutral")),
        (0.9, 0.875, ("+2,5 points", "up", "success")),
        (0.8, 0.9, ("-10,0 points", "down", "danger")),
    ],
)
def test_accuracy_moves_by_points(share: float, before: float | None, expected: tuple[str, str, str]) -> None:
    words, direction, tone = tiles.moved(share, before)
    assert (words.replace("\u00a0", " "), direction, tone) == expected
