"""The price list over values: what is offered when, what overlaps, what was typed, and VAT to the cent."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from plugins.catalog.actions import prices as actions
from plugins.catalog.rules import prices as rules
from plugins.catalog.views import prices as views
from schema.catalog import Interval, Price
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY = timedelta(days=1)
ANSWERS = {"nickname": "New", "amount": "1 499,00", "interval": "as_before", "vat": "as_before", "valid_from": None}
VAT = Decimal("0.15")


def price(start: int = -10, end: int | None = None, **words: Any) -> Price:
    """Return a price that is sold from one day to another, counted from now."""
    usual: dict[str, Any] = {
        "plan_id": UUID(int=1), "nickname": "Growth", "amount_cents": 149_900, "currency": "ZAR",
        "interval": Interval.MONTH, "includes_vat": False, "is_default": True,
    }  # fmt: skip
    until = None if end is None else NOW + end * DAY
    return Price(**{**usual, "valid_from": NOW + start * DAY, "valid_until": until, **words})


OLD, NEW, LATER = price(-20, -5, amount_cents=1), price(-5, 5, amount_cents=2), price(5, amount_cents=3)


@pytest.mark.parametrize(
    ("days", "offered"), [(-21, []), (-20, [1]), (-6, [1]), (-5, [2]), (0, [2]), (4.9, [2]), (5, [3]), (5_000, [3])]
)
def test_the_list_of_any_day_has_the_version_of_that_day(days: float, offered: list[int]) -> None:
    deal = price(-20, amount_cents=9, is_default=False)
    found = rules.price_list([LATER, OLD, deal, NEW], NOW + days * DAY)
    assert [each.amount_cents for each in found] == offered


@pytest.mark.parametrize(
    ("others", "clashes"),
    [
        ([price(-20, -10)], 0),
        ([price(-20, -9)], 1),
        ([price(-20)], 1),
        ([price(-20, interval=Interval.YEAR)], 0),
        ([price(-20, currency="USD")], 0),
        ([price(-20, plan_id=UUID(int=2))], 0),
        ([price(-20, is_default=False)], 0),
        ([price(5)], 1),
        ([price(-30, -20), price(-20, -10)], 0),
        ([price(-30, 50), price(-20, -15)], 2),
    ],
)
def test_two_default_prices_are_never_offered_at_once(others: list[Price], clashes: int) -> None:
    assert len(rules.overlaps([price(), *others])) == clashes


@given(cuts=st.lists(st.integers(-500, 500), min_size=2, max_size=8, unique=True), at=st.integers(-600, 600))
@settings(max_examples=40, deadline=None)
def test_versions_that_follow_each_other_never_overlap_and_one_holds(cuts: list[int], at: int) -> None:
    starts = sorted(cuts)
    chain = [price(a, b) for a, b in zip(starts, [*starts[1:], None], strict=True)]
    assert rules.overlaps(chain) == []
    assert len(rules.price_list(chain, NOW + at * DAY)) == (at >= starts[0])


def test_a_new_version_keeps_what_nobody_changed() -> None:
    found = rules.new_version(price(includes_vat=True), ANSWERS, NOW)
    assert found == rules.Terms(
        nickname="New", amount_cents=149_900, interval=Interval.MONTH, includes_vat=True, valid_from=NOW
    )
    other = rules.new_version(price(), {**ANSWERS, "interval": "year", "vat": "included", "amount": "R 10"}, NOW)
    assert (other.interval, other.includes_vat, other.amount_cents) == (Interval.YEAR, True, 1_000)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        (None, NOW),
        ("2026-03-05", NOW),
        ("2026-03-06", datetime(2026, 3, 5, 22, tzinfo=UTC)),
        ("2026-04-01 08:00", datetime(2026, 4, 1, 6, tzinfo=UTC)),
    ],
)
def test_a_day_is_one_of_our_wall_clock(typed: str | None, moment: datetime) -> None:
    assert rules.moment_in(typed, NOW) == moment


@pytest.mark.parametrize(
    "words",
    [
        *({"valid_from": day} for day in ("2026-03-04", "soon", "2026-03-05 08:00", "0001-01-01")),
        {"valid_from": "9999-12-31 23:30-05:00"},
        *({"amount": amount} for amount in ("-1", "x", "1000000000")),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(words: dict[str, str]) -> None:
    with pytest.raises(ActionRefused) as refused:
        rules.new_version(price(), {**ANSWERS, **words}, NOW)
    assert refused.value.sentence.endswith((".", "price."))


def test_what_was_replaced_is_sold_as_long_as_what_is_withdrawn_was_to_be(session: Session, rows: CoreMaker) -> None:
    old = rows.add(Price, valid_until=NOW + 5 * DAY)
    words = {"plan": old.plan, "replaces_id": old.id, "valid_from": NOW + 5 * DAY, "valid_until": NOW + 9 * DAY}
    new = rows.add(Price, **words)
    assert "was withdrawn" in actions.withdraw(session, new, NOW)
    assert old.valid_until == NOW + 9 * DAY


def test_what_stands_on_a_price_is_told_in_its_currency(session: Session, rows: CoreMaker) -> None:
    dollars = rows.add(Price, currency="USD")
    table = views.on_this_price(session, dollars.id, NOW)
    assert [row[2] for row in table.rows if row[0] == "Together"] == ["US$\u00a00,00"]


def test_what_ended_is_not_replaced_and_what_began_is_not_withdrawn() -> None:
    assert "sold until 2026-03-15" in rules.why_not_replaceable(price(end=10))
    assert rules.why_not_replaceable(price()) == ""
    assert "offered already" in rules.why_not_withdrawable(price(0), NOW)
    assert rules.why_not_withdrawable(price(1), NOW) == ""
    assert rules.why_not_from(price(), NOW) == ""
    assert "begin later" in rules.why_not_from(price(), NOW - 10 * DAY)


@given(cents=st.integers(0, 10**9), includes_vat=st.booleans())
@settings(max_examples=60, deadline=None)
def test_net_and_vat_add_up(cents: int, includes_vat: bool) -> None:
    split = rules.charged(cents, VAT, includes_vat=includes_vat)
    assert (split.total_cents if includes_vat else split.net_cents) == cents
    exact = Decimal(cents) * (VAT / (1 + VAT) if includes_vat else VAT)
    assert abs(split.vat_cents - exact) <= Decimal("0.5")


def test_half_a_cent_of_vat_is_rounded_up() -> None:
    assert rules.charged(10, VAT, includes_vat=False).vat_cents == 2
    assert rules.charged(11_500, VAT, includes_vat=True) == rules.Charged(10_000, 1_500)
