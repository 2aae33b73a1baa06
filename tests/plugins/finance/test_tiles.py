"""The tiles of finance over rows made for them. It is noon on 5 March 2026."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from admin_core import settings_store
from admin_core.ciphers import Cipher
from admin_core.policy import PolicySession
from plugins.finance import rules, views
from schema.costs import FxRate, ProviderCost
from schema.invoicing import CreditNote, Invoice
from schema.subscriptions import MrrMovement, Subscription
from tests.schema.commercial_rows import Maker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
PLAIN = str.maketrans("\u00a0\u2013", " -")


def plain(text: str) -> str:
    return text.translate(PLAIN)


def test_recurring_revenue_is_what_runs_and_its_line_follows_the_movements(rows: Maker, reading: PolicySession) -> None:
    rows.one(Subscription)
    rows.add(Subscription, status="trialing", mrr_cents=0, trial_ends_at=NOW)
    rows.add(Subscription, status="active", mrr_cents=0, is_complimentary=True)
    rows.one(MrrMovement)
    rows.add(MrrMovement, occurred_at=NOW - timedelta(days=40), month=date(2026, 1, 1), kind="new", amount_cents=50_000)
    rows.add(MrrMovement, occurred_at=NOW, kind="churn", reason="voluntary", amount_cents=-50_000)
    rows.add(MrrMovement, policy_version="other", amount_cents=999)
    tile = views.recurring_revenue(reading, NOW)
    assert plain(tile.value) == "R 1 499,00"
    assert tile.spark[-4:] == (0, 50_000, 50_000, 149_900)
    assert plain(tile.change) == "+199,8 %"
    assert plain(tile.note) == "New R 1 499, churn R 500."
    assert plain(tile.against) == "since 1 Mar"


def test_nothing_to_compare_with_makes_no_change(reading: PolicySession) -> None:
    tile = views.recurring_revenue(reading, NOW)
    assert (plain(tile.value), tile.change, tile.note) == ("R 0,00", "", "Nothing moved this month.")


def test_billed_is_net_of_credit_notes_and_compares_to_the_same_day(rows: Maker, reading: PolicySession) -> None:
    rows.one(Invoice)  # 2 March, R 1 499,00 net
    rows.one(CreditNote)  # 3 March, R 100,00 net
    for number, day in (("INV-2", date(2026, 2, 5)), ("INV-3", date(2026, 2, 6))):
        rows.add(Invoice, number=number, issued_on=day, due_on=day)
    rows.add(Invoice, status="draft", number=None, issued_at=None, issued_on=date(2026, 3, 1))
    tile = views.billed(reading, NOW)
    assert plain(tile.value) == "R 1 399,00"
    assert plain(tile.change) == "-6,7 %"  # the invoice of 6 February came later in its month
    assert plain(tile.against) == "against 1-5 Feb"
    assert (tile.tone, sum(tile.spark)) == ("danger", 139_900 + 2 * 149_900)


def test_subscriptions_count_when_they_add_to_recurring_revenue(rows: Maker, reading: PolicySession) -> None:
    rows.one(Subscription)
    rows.add(Subscription, status="past_due", past_due_since=NOW)
    rows.add(Subscription, status="cancelled", mrr_cents=0, ended_at=NOW)
    rows.one(MrrMovement)
    tile = views.active_subscriptions(reading, NOW)
    assert (tile.value, tile.change, tile.spark[-2:]) == ("2", "+1", (1, 2))


def test_spend_keeps_its_currency_and_says_what_it_is_in_rand(rows: Maker, reading: PolicySession) -> None:
    rows.add(FxRate, day=date(2026, 2, 27), rate=Decimal(18))
    rows.one(FxRate)  # 2 March, 18.2
    for day, amount in ((date(2026, 3, 1), 10), (date(2026, 3, 3), 10), (date(2026, 2, 5), 25), (date(2026, 2, 6), 9)):
        rows.add(ProviderCost, day=day, amount=Decimal(amount))
    rows.add(ProviderCost, category="hosting", provider="vercel", day=date(2026, 3, 3))
    tile = views.ai_spend(reading, NOW)
    assert plain(tile.value) == "US$ 20,00"
    assert plain(tile.note) == "In rand: R 362,00 at each day's rate."
    assert plain(tile.change) == "-20,0 %"
    assert tile.fresh_at is not None


def test_spend_without_a_rate_says_so_and_two_currencies_stand_side_by_side(
    rows: Maker, reading: PolicySession
) -> None:
    rows.one(ProviderCost)
    rows.add(ProviderCost, currency="EUR", amount=Decimal(2))
    tile = views.ai_spend(reading, NOW)
    assert plain(tile.value) == "€ 2,00 + US$ 1,23"
    assert tile.note == "In rand: no rate for some of its days."
    assert (tile.change, tile.spark) == ("", ())


def test_no_cost_this_month_is_no_data(rows: Maker, reading: PolicySession) -> None:
    rows.add(ProviderCost, day=date(2026, 2, 28))
    assert views.ai_spend(reading, NOW).value == "no data"


def test_neither_key_nor_costs_is_not_set_up(session: Session, reading: PolicySession) -> None:
    tile = views.ai_spend(reading, NOW)
    assert (tile.value, tile.url) == ("not set up", "/admin/settings/openai")
    settings_store.write(session, Cipher(["k" * 32]), rules.OPENAI, {"admin_key": "sk-admin-1"})
    assert views.ai_spend(reading, NOW).value == "no data"
