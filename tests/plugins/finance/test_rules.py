"""What the figures of finance mean, case by case."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from plugins.finance.rules import reporting as rules
from plugins.finance.rules.reporting import Spent

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_late_subscriptions_are_those_past_due() -> None:
    assert rules.past_due(datetime(2026, 3, 1, tzinfo=UTC)) == (("f.status.eq", "past_due"),)


def test_a_level_takes_back_what_moved_since() -> None:
    first, second, third = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
    moved = {second: Decimal(-10), first: Decimal(30), third: Decimal(7)}
    assert rules.levels(Decimal(127), moved) == {third: 120, second: 130, first: 100}


RATES = {"USD": [(date(2026, 2, 6), Decimal("18.5")), (date(2026, 2, 9), Decimal(19))]}


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2026, 2, 5), None),
        (date(2026, 2, 6), Decimal("18.5")),
        (date(2026, 2, 8), Decimal("18.5")),  # a Sunday takes Friday's
        (date(2026, 2, 9), Decimal(19)),
        (date(2026, 3, 9), Decimal(19)),
    ],
)
def test_a_day_without_a_rate_takes_the_last_before_it(day: date, rate: Decimal | None) -> None:
    assert rules.rate_on(RATES["USD"], day) == rate


@pytest.mark.parametrize(
    ("spent", "rand"),
    [
        ([Spent(date(2026, 2, 8), "USD", Decimal("2.5"))], Decimal("46.25")),
        ([Spent(date(2026, 2, 9), "ZAR", Decimal("2.5"))], Decimal("2.5")),
        ([Spent(date(2026, 2, 9), "USD", Decimal(1)), Spent(date(2026, 2, 9), "ZAR", Decimal(1))], Decimal(20)),
        ([Spent(date(2026, 2, 9), "EUR", Decimal(1))], None),  # no rate, never 1
        ([Spent(date(2026, 2, 5), "USD", Decimal(1)), Spent(date(2026, 2, 9), "USD", Decimal(1))], None),
        ([Spent(date(2026, 3, 1), "EUR", Decimal(1))], Decimal(0)),  # outside the range
    ],
)
def test_rand_needs_a_rate_for_every_day(spent: list[Spent], rand: Decimal | None) -> None:
    assert rules.in_rand(spent, RATES, (FEB, MAR)) == rand


def test_currencies_are_added_apart_and_nothing_is_no_zero() -> None:
    spent = [Spent(FEB, "USD", Decimal("0.1")), Spent(FEB, "USD", Decimal("0.2")), Spent(FEB, "EUR", Decimal(1))]
    assert rules.by_currency(spent, (FEB, MAR)) == {"USD": Decimal("0.3"), "EUR": Decimal(1)}
    assert rules.by_currency(spent, (JAN, FEB)) == {}
