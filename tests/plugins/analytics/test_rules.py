"""What is counted as use."""

from datetime import date

from plugins.analytics import rules


def test_a_range_leaves_out_its_end() -> None:
    by_day = {date(2026, 2, 28): 1, date(2026, 3, 1): 2, date(2026, 3, 2): 4}
    assert rules.within(by_day, (date(2026, 2, 28), date(2026, 3, 2))) == 3
