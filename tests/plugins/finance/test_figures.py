"""The figures of finance over rows made for them. It is noon on 5 March 2026."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_core import period_choice
from admin_core.periods import Period, of_days
from admin_core.policy import PolicySession
from plugins.finance import plugin
from plugins.finance.views import dashboards, figures
from schema.billing import Payment, Refund
from schema.costs import FxRate, ProviderCost
from schema.invoicing import CreditNote, Invoice
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent
from tests.schema.commercial_rows import Maker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
THIS = period_choice.named("this_month", NOW)
PLAIN = str.maketrans("\u00a0\u2013", " -")
MONTHS = [of_days(date(2026, month, 1), date(2026, month + 1, 1)) for month in range(1, 5)]
CLOSES = [1_543_937, 1_963_687, 1_263_987, 1_588_737]
MOVED = {
    1: {"new": 294_737, "expansion": 49_900},
    2: {"new": 219_750, "reactivation": 149_900, "expansion": 100_000, "churn": -49_900},
    3: {"new": 49_900, "contraction": -399_900, "churn": -349_700},
    4: {"reactivation": 299_800, "expansion": 24_950},
}
"""Eighteen customers over four months, worked by hand: closes in cents, and how each month moved."""


def plain(text: str) -> str:
    return text.translate(PLAIN)


@pytest.fixture
def four_months(rows: Maker) -> None:
    rows.add(Subscription, mrr_cents=CLOSES[-1], list_mrr_cents=CLOSES[-1])
    for month, kinds in MOVED.items():
        for number, (kind, cents) in enumerate(kinds.items()):
            at = datetime(2026, month, 1 + 7 * number, 8 + month, tzinfo=UTC)
            words = {"occurred_at": at, "month": date(2026, month, 1), "kind": kind, "amount_cents": cents}
            reason = "voluntary" if cents < 0 else "started"
            rows.add(MrrMovement, reason=reason, **words)
    rows.add(MrrMovement, policy_version="other", amount_cents=999)
    for kind, cents in (("transfer_in", 7_000), ("transfer_out", -7_000)):
        rows.add(MrrMovement, occurred_at=NOW, kind=kind, amount_cents=cents)


@pytest.mark.usefixtures("four_months")
def test_recurring_revenue_closes_each_month_to_the_cent(reading: PolicySession) -> None:
    found = figures.recurring_revenue(reading, MONTHS)
    assert [value.amount for value in found] == CLOSES
    assert plain(found[0].note) == "New R 2 947, expansion R 499."
    opening = figures.recurring_revenue(reading, [Period(MONTHS[0].start, MONTHS[0].start)])
    assert opening[0].amount == 1_199_300


@pytest.mark.usefixtures("four_months")
@pytest.mark.parametrize("month", [1, 2, 3, 4])
def test_the_waterfall_leads_from_open_to_close(reading: PolicySession, month: int) -> None:
    drawn = dashboards.movement(reading, MONTHS[month - 1])
    assert drawn.chart is not None
    steps = {row[0]: plain(row[1]) for row in drawn.chart.rows}
    assert len(steps) == len(MOVED[month]) + 2
    cents = [figures.whole_rand(Decimal(CLOSES[month - 1]))]
    assert [steps["End"]] == [plain(each) for each in cents]
    assert plain(drawn.chart.rows[-2][2]) == steps["End"]  # start and all movements come to the end


def test_nothing_moved_is_said(reading: PolicySession) -> None:
    (value,) = figures.recurring_revenue(reading, [THIS.period])
    assert (value.amount, value.note) == (0, "Nothing moved.")


def test_subscriptions_count_when_they_add_to_recurring_revenue(rows: Maker, reading: PolicySession) -> None:
    one = rows.one(Subscription)
    rows.add(Subscription, status="past_due", past_due_since=NOW)
    rows.add(Subscription, status="cancelled", mrr_cents=0, ended_at=NOW)
    steps: list[tuple[int, dict[str, Any]]] = [
        (40, {"mrr_after_cents": 100}),
        (20, {"mrr_before_cents": 100, "mrr_after_cents": 300}),
        (10, {"mrr_after_cents": 100}),
        (1, {"mrr_before_cents": 100}),
        (0, {"mrr_after_cents": 100}),
    ]
    for number, (days, cents) in enumerate(steps):
        rows.add(
            SubscriptionEvent,
            subscription=one,
            kind="renewed",
            occurred_at=NOW - timedelta(days=days),
            source_key=f"e{number}",
            **cents,
        )
    asked = [Period(MONTHS[0].start, NOW + timedelta(hours=1))]
    asked += [Period(MONTHS[0].start, NOW - timedelta(days=ago)) for ago in (0, 5, 15, 50)]
    assert [value.amount for value in figures.active_subscriptions(reading, asked)] == [2, 1, 2, 1, 0]


def test_billed_is_net_of_credit_notes_and_tells_its_vat(rows: Maker, reading: PolicySession) -> None:
    rows.one(Invoice)  # 2 March, R 1 499,00 net
    rows.one(CreditNote)  # 3 March, R 100,00 net
    for number, day in (("INV-2", date(2026, 2, 5)), ("INV-3", date(2026, 2, 6))):
        rows.add(Invoice, number=number, issued_on=day, due_on=day)
    rows.add(Invoice, status="draft", number=None, issued_at=None, issued_on=date(2026, 3, 1))
    assert THIS.before is not None
    this, before = figures.billed(reading, [THIS.period, THIS.before])
    assert (this.amount, before.amount) == (139_900, 149_900)  # that of 6 February came later in its month
    assert plain(this.note) == "VAT beside it: R 209,85."


def test_received_is_paid_less_given_back_and_no_play_money(rows: Maker, reading: PolicySession) -> None:
    rows.add(Payment, status="succeeded", gateway_reference="p_0", paid_at=NOW, amount_cents=10_000)
    payment = rows.add(Payment, status="partly_refunded", paid_at=NOW - timedelta(days=20), amount_cents=5_000)
    rows.add(Payment, status="succeeded", gateway_reference="p_2", mode="test", paid_at=NOW, amount_cents=99)
    rows.add(Payment, status="failed", gateway_reference="p_3", paid_at=None, failed_at=NOW, amount_cents=99)
    for key, status in (("a", "succeeded"), ("b", "submitted")):
        rows.add(
            Refund, payment=payment, idempotency_key=key, status=status, amount_cents=2_000, vat_cents=0,
            submitted_at=NOW, completed_at=NOW if status == "succeeded" else None,
        )  # fmt: skip
    march, february = MONTHS[2], MONTHS[1]
    assert [value.amount for value in figures.received(reading, [march, february])] == [8_000, 5_000]


def test_spend_keeps_its_currency_and_says_what_it_is_in_rand(rows: Maker, reading: PolicySession) -> None:
    rows.add(FxRate, day=date(2026, 2, 27), rate=Decimal(18))
    rows.one(FxRate)  # 2 March, 18.2
    for day, amount in ((date(2026, 3, 1), 10), (date(2026, 3, 3), 10), (date(2026, 2, 5), 25), (date(2026, 2, 6), 9)):
        rows.add(ProviderCost, day=day, amount=Decimal(amount))
    rows.add(ProviderCost, category="hosting", provider="vercel", day=date(2026, 3, 3))
    assert THIS.before is not None
    this, before = figures.ai_spend(reading, [THIS.period, THIS.before])
    assert (this.amount, this.currency, before.amount) == (20, "USD", 25)
    assert plain(this.note) == "In rand: R 362,00 at each day's rate."
    assert this.fresh_at is not None


def test_spend_in_two_currencies_is_told_in_rand_or_not_at_all(rows: Maker, reading: PolicySession) -> None:
    rows.add(ProviderCost, day=date(2026, 3, 3))
    rows.add(ProviderCost, day=date(2026, 3, 3), currency="EUR", amount=Decimal(2))
    (value,) = figures.ai_spend(reading, [THIS.period])
    assert value.amount is None
    assert plain(value.note) == "€ 2,00 + US$ 1,23: no rate for some of its days."
    rows.one(FxRate)
    rows.add(FxRate, base="EUR", rate=Decimal(20))
    (value,) = figures.ai_spend(reading, [THIS.period])
    assert value.amount is not None
    assert (round(value.amount, 4), value.currency) == (Decimal("62.4691"), "ZAR")


def test_no_cost_in_a_period_is_no_data(rows: Maker, reading: PolicySession) -> None:
    rows.add(ProviderCost, day=date(2026, 2, 28))
    (value,) = figures.ai_spend(reading, [THIS.period])
    assert value.amount is None


def test_hook_register_rollups_names_what_figures_read(session: Session) -> None:
    kept = {rollup.name for rollup in plugin.register_rollups()}
    assert {name for figure in plugin.register_figures() for name in figure.rollups} == kept
    assert session.is_active
