"""What accuracy means, case by case."""

import pytest

from plugins.ai_quality import rules
from plugins.ai_quality.rules import Tally


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
    assert rules.accuracy(Tally(left_out=3)).amount is None


def test_scores_are_spread_over_tens_and_a_hundred_stands_alone() -> None:
    found = rules.spread({"0": 1, "9": 2, "10": 3})
    assert [name.replace("\u2013", "-") for name, _ in found][::5] == ["0-9", "50-59", "100"]
    assert [count for _, count in found] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3]
