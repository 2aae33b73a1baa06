"""More and fewer units of a subscription, and what unused days are credited from."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from plugins.finance.actions import changing, ending, quantities, subscribing
from schema.subscriptions import MrrMovement, Subscription
from tests.plugins.finance.living import Company, at, company_of, values


@pytest.fixture
def company(session: Session) -> Company:
    return company_of(session)


def moved_by(company: Company, sub: Subscription) -> list[tuple[str, str, int]]:
    of_it = select(MrrMovement).where(MrrMovement.subscription_event_id == company.last(sub).id)
    return [(str(m.kind), str(m.reason), m.amount_cents) for m in company.session.scalars(of_it)]


@pytest.mark.parametrize(
    ("words", "quantity", "net", "mrr", "moved"),
    [
        # 17 of 28 days: a unit of R 499 costs R 302,96, three R 908,89, each line rounded by itself
        ({}, 3, 90_889 - 30_296, 149_700, [("expansion", "quantity", 99_800)]),
        ({"discount": 50}, 2, 30_296 - 15_148, 49_900, [("expansion", "quantity", 24_950)]),
        ({"units": 3}, 1, 30_296 - 90_889, 49_900, [("contraction", "quantity", -99_800)]),
        ({"price": "Free"}, 5, 0, 0, []),
    ],
)  # fmt: skip
def test_more_or_fewer_units_are_settled_by_days(
    company: Company, words: dict[str, Any], quantity: int, net: int, mrr: int, moved: list[tuple[str, str, int]]
) -> None:
    given = dict(words)
    sub = company.start("2026-02-05", "Otto", given.pop("price", "S"), **{k: given[k] for k in given if k != "units"})
    if units := given.get("units"):
        company.do("2026-02-05", sub, quantities.change_quantity, quantity=units, when=ending.NOW)
    before = sub.quantity
    said = company.do("2026-02-16", sub, quantities.change_quantity, quantity=quantity, when=ending.NOW)
    newest = company.last(sub)
    assert values(newest, "kind", "proration_cents", "mrr_after_cents") == ("quantity_changed", net, mrr)
    assert (newest.details or {}) | {"quantity_before": before, "quantity": quantity, "days_left": 17} == newest.details
    assert values(sub, "quantity", "amount_cents") == (quantity, sub.price.amount_cents * quantity)
    assert sub.customer.mrr_cents == sub.mrr_cents == mrr
    assert moved_by(company, sub) == moved
    assert f"{quantity} unit" in said
    assert "Credit for 17 of 28 days" in said


def test_units_wait_for_the_next_period_or_are_withdrawn(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "S")
    waits = {"quantity": 4, "when": ending.LATER}
    assert "4 units from 2026-03-05 on" in company.do("2026-02-10", sub, quantities.change_quantity, **waits)
    assert values(sub, "quantity", "pending_quantity", "mrr_cents") == (1, 4, 49_900)
    with pytest.raises(ActionRefused, match="withdraw it first"):
        company.do("2026-02-10", sub, quantities.change_quantity, **waits)
    company.do("2026-02-11", sub, changing.withdraw_change)
    assert sub.pending_quantity is None
    company.do("2026-02-12", sub, quantities.change_quantity, **waits)
    company.pass_until(at("2026-03-05"))
    assert values(sub, "quantity", "pending_quantity", "mrr_cents", "period_charge_cents") == (
        4,
        None,
        199_600,
        199_600,
    )
    assert company.last(sub).occurred_at == at("2026-03-05")
    assert company.events(sub)[-2:] == ["change_scheduled", "quantity_changed"]
    assert moved_by(company, sub) == [("expansion", "quantity", 149_700)]
    company.pass_until(at("2026-04-05"))
    assert company.last(sub).kind == "renewed"


def test_what_cannot_be_changed_is_refused(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "S")
    with pytest.raises(ActionRefused, match="has 1 unit already"):
        company.do("2026-02-06", sub, quantities.change_quantity, quantity=1, when=ending.NOW)
    company.do("2026-02-07", sub, ending.mark_unpaid)
    with pytest.raises(ActionRefused, match="mark it as paid first"):
        company.do("2026-02-08", sub, quantities.change_quantity, quantity=2, when=ending.NOW)
    company.do("2026-02-08", sub, quantities.change_quantity, quantity=2, when=ending.LATER)
    trial = company.start("2026-02-05", "Nomsa", "S", "trial")
    assert "Nothing is charged" in company.do(
        "2026-02-06", trial, quantities.change_quantity, quantity=2, when=ending.NOW
    )
    company.do("2026-02-07", trial, subscribing.convert_trial)
    assert values(trial, "mrr_cents", "amount_cents") == (99_800, 99_800)


def test_unused_days_are_credited_from_what_was_paid_for_them(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "S", discount=50, discount_months=1)
    sub.discount_ends_at = at("2026-02-10")
    company.do("2026-02-16", sub, changing.change_now, **company.to("G"))
    assert sub.mrr_cents == 149_900
    assert company.last(sub).proration_cents == 91_011 - 15_148, "half was paid, half is given back"
    company.do("2026-02-16", sub, changing.change_now, **company.to("S"))
    assert company.last(sub).proration_cents == 30_296 - 91_011
