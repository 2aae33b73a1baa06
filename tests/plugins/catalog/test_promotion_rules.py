"""Promotion codes over values: every reason why one does not hold, and what it takes off to the cent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.catalog.rules import promotions as rules
from plugins.catalog.rules.promotions import Buyer, Campaign, Charge, Offer
from schema.customers import ProductLine
from schema.promotions import DiscountKind

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN, OTHER = UUID(int=7), UUID(int=8)
VAT = Decimal("0.15")
OFFER = Offer(kind=DiscountKind.PERCENT, percent=Decimal(20))
CREDITS = Offer(kind=DiscountKind.CREDITS)
BUYER = Buyer(id=UUID(int=1), product_line=ProductLine.B2B)
CHARGE = Charge(amount_cents=100_000, plan_id=PLAN, vat_rate=VAT)


@pytest.mark.parametrize(
    ("offer", "buyer", "charge", "reason"),
    [
        ({}, {}, {}, ""),
        ({"is_active": False}, {}, {}, "switched-off"),
        ({"campaign": Campaign(is_active=False)}, {}, {}, "switched-off"),
        ({"starts_at": NOW}, {}, {}, ""),
        ({"starts_at": NOW + HOUR}, {}, {}, "not-begun"),
        ({"campaign": Campaign(starts_at=NOW + HOUR), "starts_at": NOW - HOUR}, {}, {}, "not-begun"),
        ({"ends_at": NOW + HOUR}, {}, {}, ""),
        ({"ends_at": NOW}, {}, {}, "over"),
        ({"campaign": Campaign(ends_at=NOW), "ends_at": NOW + HOUR}, {}, {}, "over"),
        ({"max_redemptions": 3, "redemptions_count": 2}, {}, {}, ""),
        ({"max_redemptions": 3, "redemptions_count": 3}, {}, {}, "used-up"),
        ({}, {"used": (1,)}, {}, "used-by-customer"),
        ({"max_per_customer": 2}, {"used": (1,)}, {}, ""),
        ({"max_per_customer": 2}, {"used": (1, 2)}, {}, "used-by-customer"),
        ({}, {"is_open": False}, {}, "account-not-open"),
        ({"customer_id": BUYER.id}, {}, {}, ""),
        ({"customer_id": UUID(int=2)}, {}, {}, "other-customer"),
        ({"product_line": ProductLine.B2B}, {}, {}, ""),
        ({"product_line": ProductLine.B2C}, {}, {}, "other-product-line"),
        ({"campaign": Campaign(product_line=ProductLine.RECRUITER)}, {}, {}, "other-product-line"),
        ({"first_purchase_only": True}, {}, {}, ""),
        ({"first_purchase_only": True}, {"has_paid": True}, {}, "not-first-purchase"),
        ({"plans": frozenset({PLAN})}, {}, {}, ""),
        ({"plans": frozenset({OTHER})}, {}, {}, "other-plan"),
        ({}, {}, {"currency": "USD"}, "other-currency"),
        ({"minimum_amount_cents": 100_000}, {}, {}, ""),
        ({"minimum_amount_cents": 100_000}, {}, {"includes_vat": True}, "below-minimum"),
        ({"campaign": Campaign(budget_cents=50_000, given_away_cents=30_000)}, {}, {}, ""),
        ({"campaign": Campaign(budget_cents=50_000, given_away_cents=30_001)}, {}, {}, "budget-spent"),
    ],
)
def test_each_limit_has_a_reason(
    offer: dict[str, Any], buyer: dict[str, Any], charge: dict[str, Any], reason: str
) -> None:
    found = rules.why_not(replace(OFFER, **offer), replace(BUYER, **buyer), replace(CHARGE, **charge), NOW)
    assert [each.kind for each in found] == ([reason] if reason else [])
    assert all(each.sentence.endswith(".") for each in found)


def test_every_reason_is_said_at_once_and_credits_need_no_charge() -> None:
    bad = replace(OFFER, is_active=False, ends_at=NOW, customer_id=OTHER)
    assert [each.kind for each in rules.why_not(bad, BUYER, None, NOW)] == [
        "switched-off", "over", "other-customer", "no-charge",
    ]  # fmt: skip
    assert rules.why_not(CREDITS, BUYER, None, NOW) == []
    asks = replace(CREDITS, minimum_amount_cents=1)
    assert [each.kind for each in rules.why_not(asks, BUYER, None, NOW)] == ["no-charge"]


@pytest.mark.parametrize(
    ("offer", "charge", "off", "net", "vat"),
    [
        (OFFER, {}, 20_000, 80_000, 12_000),
        (OFFER, {"amount_cents": 115_000, "includes_vat": True}, 20_000, 80_000, 12_000),
        (replace(OFFER, percent=Decimal("33.33")), {"amount_cents": 9_999}, 3_333, 6_666, 1_000),
        (replace(OFFER, percent=Decimal(100)), {}, 100_000, 0, 0),
        (Offer(kind=DiscountKind.AMOUNT, amount_cents=15_000), {}, 15_000, 85_000, 12_750),
        (Offer(kind=DiscountKind.AMOUNT, amount_cents=15_000), {"amount_cents": 115_000, "includes_vat": True}, 15_000,
         85_000, 12_750),
        (Offer(kind=DiscountKind.AMOUNT, amount_cents=999_999), {}, 100_000, 0, 0),
        (CREDITS, {}, 0, 100_000, 15_000),
    ],
)  # fmt: skip
def test_vat_is_worked_out_on_what_the_code_leaves(
    offer: Offer, charge: dict[str, Any], off: int, net: int, vat: int
) -> None:
    done = rules.discounted(offer, replace(CHARGE, **charge))
    assert (done.discount_cents, done.after.net_cents, done.after.vat_cents) == (off, net, vat)


OFFERS = st.one_of(
    st.decimals("0.01", 100, places=2).map(lambda percent: replace(OFFER, percent=percent)),
    st.integers(1, 10**8).map(lambda cents: Offer(kind=DiscountKind.AMOUNT, amount_cents=cents)),
)
CHARGES = st.builds(Charge, amount_cents=st.integers(0, 10**8), includes_vat=st.booleans(), vat_rate=st.just(VAT))


@given(offer=OFFERS, charge=CHARGES)
@settings(max_examples=80, deadline=None)
def test_a_code_never_gives_money_back_and_never_costs_anything(offer: Offer, charge: Charge) -> None:
    done = rules.discounted(offer, charge)
    assert 0 <= done.discount_cents <= charge.before.net_cents
    assert done.after.net_cents + done.discount_cents == charge.before.net_cents
    assert done.after.vat_cents >= 0


@pytest.mark.parametrize("typed", ["spring-7KXA", " Spring - 7kxa ", "SPRING-7KXA\n", "spring\u00a0-7kxa"])
def test_a_code_is_known_in_any_case_and_spacing(typed: str) -> None:
    assert rules.plain(typed) == "spring-7kxa"


def test_codes_of_chance_are_long_different_and_easy_to_read() -> None:
    made = {rules.unguessable_code("spring") for _ in range(500)}
    assert len(made) == 500
    assert len(rules.LETTERS) ** (rules.GROUPS * rules.GROUP_LENGTH) > 10**16
    assert not set(rules.LETTERS) & set("0O1IL2Z5S8B")
    assert {rules.beginning_of(code) for code in made} == {"SPRING"}
    assert rules.beginning_of(rules.unguessable_code()) == rules.beginning_of("JAN20") == ""
