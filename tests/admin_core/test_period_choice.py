"""Periods are days of Johannesburg, half-open in UTC; a running one is compared with the same part of the last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core import period_choice
from admin_core.period_choice import NAMES, BadPeriod, Comparison
from admin_core.periods import TO, Period, of_days
from admin_core.theme.formats import NBSP, ZONE

NOW = datetime(2026, 3, 31, 7, 12, tzinfo=UTC)
"""A Tuesday, 09:12 on our clocks, the last day of a month and of a quarter."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("name", "this", "before"),
    [
        ("today", ("2026-03-31", "2026-03-31T09:12"), ("2026-03-30", "2026-03-30T09:12")),
        ("yesterday", ("2026-03-30", "2026-03-31"), ("2026-03-29", "2026-03-30")),
        ("this_week", ("2026-03-30", "2026-03-31T09:12"), ("2026-03-23", "2026-03-24T09:12")),
        ("last_week", ("2026-03-23", "2026-03-30"), ("2026-03-16", "2026-03-23")),
        ("this_month", ("2026-03-01", "2026-03-31T09:12"), ("2026-02-01", "2026-03-01")),
        ("last_month", ("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-02-01")),
        ("this_quarter", ("2026-01-01", "2026-03-31T09:12"), ("2025-10-01", "2025-12-31T09:12")),
        ("last_quarter", ("2025-10-01", "2026-01-01"), ("2025-07-01", "2025-10-01")),
        ("this_year", ("2026-01-01", "2026-03-31T09:12"), ("2025-01-01", "2025-03-31T09:12")),
        ("last_year", ("2025-01-01", "2026-01-01"), ("2024-01-01", "2025-01-01")),
        ("last_7_days", ("2026-03-25", "2026-03-31T09:12"), ("2026-03-18", "2026-03-24T09:12")),
        ("last_30_days", ("2026-03-02", "2026-03-31T09:12"), ("2026-01-31", "2026-03-01T09:12")),
        ("last_90_days", ("2026-01-01", "2026-03-31T09:12"), ("2025-10-03", "2025-12-31T09:12")),
    ],
)
def test_a_period_and_the_same_part_of_the_one_before(
    name: str, this: tuple[str, str], before: tuple[str, str]
) -> None:
    choice = period_choice.named(name, NOW)
    assert (choice.period.start, choice.period.end) == (at(this[0]), at(this[1]))
    assert choice.before == Period(at(before[0]), at(before[1]))
    assert (choice.period.runs_until is not None) == ("T" in this[1])


@pytest.mark.parametrize(
    ("now", "name", "before"),
    [
        ("2024-02-29T10:00", "today", ("2023-02-28T00:00", "2023-03-01T00:00")),
        ("2026-03-31T10:00", "this_month", ("2025-03-01T00:00", "2025-03-31T10:00")),
        ("2026-03-31T10:00", "last_7_days", ("2025-03-25T00:00", "2025-03-31T10:00")),
        ("2024-02-29T10:00", "this_year", ("2023-01-01T00:00", "2023-03-01T00:00")),
    ],
)
def test_a_year_before_keeps_the_dates(now: str, name: str, before: tuple[str, str]) -> None:
    found = period_choice.named(name, at(now), "year").before
    assert found is not None
    assert (found.start, found.end) == (at(before[0]), at(before[1]))


def test_every_choice_is_told_in_words() -> None:
    assert period_choice.named("this_month", NOW).against == f"against 1{TO}28{NBSP}Feb{NBSP}2026"
    assert period_choice.named("today", NOW).against == f"against 30{NBSP}Mar{NBSP}2026 to 09:12"
    assert period_choice.named("today", NOW, "none").against == ""
    days = period_choice.custom(date(2025, 12, 30), date(2026, 1, 2), NOW)
    assert days.words == f"30{NBSP}Dec{NBSP}2025 {TO} 2{NBSP}Jan{NBSP}2026"
    assert days.before == of_days(date(2025, 12, 26), date(2025, 12, 30))


@pytest.mark.parametrize(
    "args",
    [
        {"period": "next_month"},
        {"period": "\x00"},
        {"compare": "sideways"},
        {"period": "custom"},
        {"from": "2026-01-02", "to": "2026-01-01"},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"from": "0001-01-01", "to": "2026-01-01"},
        {"from": "2010-01-01", "to": "2026-01-01"},
        {"from": "5 March", "to": "2026-01-01"},
    ],
)
def test_what_is_no_period_is_refused_in_a_sentence(args: dict[str, str]) -> None:
    with pytest.raises(BadPeriod, match=r"^[A-Z“].*\.$"):
        period_choice.read(args, NOW)


MOMENTS = st.integers(978_307_200, 4_070_908_800).map(lambda second: datetime.fromtimestamp(second, UTC))
COMPARED = st.sampled_from(["before", "year"])


@given(MOMENTS, st.sampled_from(list(NAMES)), COMPARED)
def test_a_choice_survives_its_address_and_never_looks_ahead(now: datetime, name: str, compared: Comparison) -> None:
    choice = period_choice.named(name, now, compared)
    assert period_choice.read(choice.args, now) == choice
    assert choice.before is not None
    assert choice.before.start <= choice.before.end <= now
    assert choice.period.start <= choice.period.end <= now
    if compared == "before" and choice.period.runs_until is None:
        assert choice.before.end == choice.period.start


@given(MOMENTS, st.integers(0, 400), st.integers(1, 400))
def test_days_of_ones_own_survive_their_address(now: datetime, ago: int, length: int) -> None:
    last = now.date() - timedelta(days=ago)
    first = last - timedelta(days=length - 1)
    if first < period_choice.EARLIEST:
        return
    choice = period_choice.custom(first, last, now)
    assert period_choice.read(choice.args, now) == choice
    assert choice.period.days[0] == first
