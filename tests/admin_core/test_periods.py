"""Days and months are those of Johannesburg, whatever the server's clock says."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from admin_core import periods
from admin_core.theme.formats import NBSP


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 22, 30, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 1, 31, 21, 59, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 22, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 12, 31, 22, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 7, 1, 0, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_day_begins_at_ten_in_the_evening_utc(session: Session, moment: datetime, day: date) -> None:
    assert periods.local_day(moment) == day
    assert periods.start_of(day) <= moment < periods.start_of(date.fromordinal(day.toordinal() + 1))
    assert session.scalar(select(periods.local_day_of(literal(moment)))) == day


@pytest.mark.parametrize(
    ("today", "this", "before"),
    [
        (date(2026, 11, 23), ("2026-11-01", "2026-11-24"), ("2026-10-01", "2026-10-24")),
        (date(2026, 3, 31), ("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")),
        (date(2024, 3, 30), ("2024-03-01", "2024-03-31"), ("2024-02-01", "2024-03-01")),
        (date(2026, 1, 1), ("2026-01-01", "2026-01-02"), ("2025-12-01", "2025-12-02")),
    ],
)
def test_a_month_is_compared_with_the_one_before_to_the_same_day(
    today: date, this: tuple[str, str], before: tuple[str, str]
) -> None:
    assert tuple(day.isoformat() for day in periods.month_to_date(today)) == this
    assert tuple(day.isoformat() for day in periods.month_before_to_date(today)) == before


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    months = periods.last_months(date(2026, 2, 27), 4)
    assert [month.isoformat() for month in months] == ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]
    assert periods.months_later(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_the_last_days_end_today() -> None:
    assert periods.last_days(date(2026, 3, 1), 2) == [date(2026, 2, 28), date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((date(2026, 10, 1), date(2026, 10, 24)), f"1\N{EN DASH}23{NBSP}Oct"),
        ((date(2026, 10, 1), date(2026, 10, 2)), f"1{NBSP}Oct"),
        ((date(2026, 2, 1), date(2026, 3, 1)), f"1\N{EN DASH}28{NBSP}Feb"),
    ],
)
def test_a_range_is_said_by_its_first_and_its_last_day(days: periods.Days, words: str) -> None:
    assert periods.in_words(days) == words


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2026-02-30", "soon", ""])
def test_a_day_that_ends_beyond_the_calendar_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"calendar|isoformat|day is out"):
        periods.whole_day(text)
    assert periods.whole_day("9999-12-30") == date(9999, 12, 30)
