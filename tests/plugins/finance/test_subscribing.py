"""What each change of a subscription leaves: its event, its revenue, its customer, and what others are told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from plugins.finance.actions import changing, ending, migrating, quantities, settling, subscribing
from plugins.finance.actions.making import CHANGED, message
from plugins.finance.queries import subscriptions as queries
from plugins.finance.views import offers
from schema.accounts import Suspension
from schema.api import WebhookDelivery, WebhookEndpoint
from schema.catalog import Price, PriceMigration
from schema.customers import Customer
from schema.invoicing import VatPeriod
from schema.staff import StaffMember
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent
from schema.vat import vat_rate
from tests.plugins.finance.living import MACHINE, Company, at, company_of
from tests.schema.core_rows import CoreMaker

LATER = {"when": ending.LATER, "cancel_reason": "not_used", "comment": "Too few hires"}
NOW = {**LATER, "when": ending.NOW}


@pytest.fixture
def company(session: Session) -> Company:
    return company_of(session)


def values(row: Any, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def customer_of(sub: Subscription) -> tuple[Any, ...]:
    return (str(sub.customer.status), sub.customer.plan_id, sub.customer.mrr_cents)


def test_an_upgrade_leaves_what_is_owed_for_the_next_invoice(company: Company, rows: CoreMaker) -> None:
    endpoint = rows.add(WebhookEndpoint, events=[CHANGED])
    sub = company.start("2025-12-05", "C02", "S")
    said = company.do("2026-02-16", sub, changing.change_now, **company.to("G"))
    assert "Net: R\u00a0607,15. VAT: R\u00a091,07. Total: R\u00a0698,22." in said
    newest = company.last(sub)
    assert values(newest, "kind", "proration_cents", "mrr_before_cents", "mrr_after_cents") == (
        "upgraded", 60_715, 49_900, 149_900,
    )  # fmt: skip
    assert newest.details == {
        "credit_cents": 30_296, "charge_cents": 91_011, "vat_cents": 9_107, "total_cents": 69_822, "vat_rate": "0.1500",
        "days": 28, "days_left": 17,
    }  # fmt: skip
    assert values(sub, "amount_cents", "current_period_end") == (149_900, at("2026-03-05"))
    assert customer_of(sub) == ("active", sub.plan_id, 149_900)
    told = company.session.scalars(select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)).all()
    data = [delivery.payload["data"] for delivery in sorted(told, key=lambda each: each.id)]
    assert [(each["number"], each["event"]) for each in data] == [
        (1, "started"), (2, "renewed"), (3, "renewed"), (4, "upgraded"),
    ]  # fmt: skip
    assert set(data[-1]) == set(message(sub, newest, 4)) == set(MACHINE.webhooks.event(CHANGED).example)


def test_a_downgrade_gives_back_and_another_interval_begins_anew(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    company.do("2026-02-16", sub, changing.change_now, **company.to("S"))
    assert values(company.last(sub), "kind", "proration_cents") == ("downgraded", -60_715)
    company.do("2026-02-16", sub, changing.change_now, **company.to("GA"))
    assert company.last(sub).proration_cents == 1_499_000 - 30_296
    assert values(sub, "current_period_start", "current_period_end") == (at("2026-02-16"), at("2027-02-16"))


def test_a_change_waits_for_the_end_of_the_period_or_is_withdrawn(company: Company) -> None:
    sub = company.start("2026-01-31", "Otto", "G")
    company.do("2026-02-10", sub, changing.change_later, **company.to("S"))
    assert values(company.last(sub), "kind", "to_price_id", "mrr_after_cents") == (
        "change_scheduled", company.prices["S"].id, 149_900,
    )  # fmt: skip
    company.do("2026-02-11", sub, changing.withdraw_change)
    company.do("2026-02-12", sub, changing.change_later, **company.to("S"))
    company.pass_until(at("2026-03-31"))
    assert company.events(sub)[-3:] == ["change_scheduled", "downgraded", "renewed"]
    assert values(sub, "mrr_cents", "pending_price_id", "current_period_end") == (49_900, None, at("2026-04-30"))


def test_a_cancellation_counts_until_it_happens_or_is_withdrawn(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    company.do("2026-02-10", sub, ending.cancel, **LATER)
    assert values(company.last(sub), "kind", "period_end", "reason") == (
        "cancel_requested", at("2026-03-05"), "Too few hires",
    )  # fmt: skip
    with pytest.raises(ActionRefused, match="ends with its period already"):
        company.do("2026-02-11", sub, ending.cancel, **LATER)
    company.do("2026-02-12", sub, ending.withdraw_cancel)
    company.pass_until(at("2026-03-05"))
    assert customer_of(sub) == ("active", sub.plan_id, 149_900)
    company.do("2026-03-10", sub, ending.cancel, **LATER)
    company.pass_until(at("2026-04-05"))
    assert values(sub, "status", "ended_at", "mrr_cents", "cancel_at_period_end") == (
        "cancelled", at("2026-04-05"), 0, False,
    )  # fmt: skip
    assert customer_of(sub) == ("cancelled", sub.plan_id, 0)


def test_a_pause_keeps_the_paid_days(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    company.do("2026-02-16", sub, ending.pause)
    assert customer_of(sub) == ("paused", sub.plan_id, 0)
    company.do("2026-05-10", sub, ending.resume)
    assert values(sub, "status", "mrr_cents") == ("active", 149_900)
    assert values(sub, "current_period_start", "current_period_end") == (at("2026-04-29"), at("2026-05-27"))
    company.do("2026-05-10", sub, changing.change_now, **company.to("S"))
    assert company.last(sub).proration_cents == -60_715, "17 of 28 days, as when it was paused"
    company.pass_until(at("2026-05-27"))
    assert sub.current_period_end == at("2026-06-27")


def test_a_pause_after_the_paid_days_begins_a_period_when_it_ends(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    company.do("2026-02-16", sub, ending.pause)
    sub.current_period_end = at("2026-02-10")  # as another system may report it
    company.do("2026-05-10", sub, ending.resume)
    assert values(sub, "current_period_start", "current_period_end") == (at("2026-05-10"), at("2026-06-10"))


def test_a_discount_that_ends_in_a_pause_ends_at_its_moment(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G", discount=50, discount_months=1)
    company.do("2026-02-16", sub, ending.pause)
    company.do("2026-05-10", sub, ending.resume)
    assert company.events(sub) == ["started", "paused", "discount_ended", "resumed"]
    assert values(sub, "mrr_cents", "discount_percent") == (149_900, None)


def test_what_another_system_began_on_the_31st_keeps_that_day(company: Company) -> None:
    sub = company.start("2026-01-31", "Otto", "G")
    company.session.execute(delete(MrrMovement))
    company.session.execute(delete(SubscriptionEvent))  # nothing here has ever said an anchor
    ends = []
    for day in ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"):
        company.pass_until(at(day))
        ends.append(sub.current_period_end)
    assert ends == [at(day) for day in ("2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30")]


def test_what_is_due_comes_before_what_people_do(company: Company, rows: CoreMaker) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    cancel = next(action for action in offers.ACTIONS if action.slug == "cancel")
    ada = Person(rows.one(StaffMember).id, "Ada", ("Owner",), frozenset({"*"}))
    words = {"session": company.session, "record": sub, "person": ada, "answers": NOW, "effects": company.effects()}
    with pytest.raises(ActionRefused, match="What fell due at 2026-03-05 00:00 SAST was not applied yet") as refused:
        cancel.run(**words, now=at("2026-03-06"))
    assert refused.value.hint == "It settles within minutes: try again then."
    company.pass_until(at("2026-03-06"))
    assert "has ended" in cancel.run(**words, now=at("2026-03-06"))
    assert company.events(sub) == ["started", "renewed", "cancelled"]


def test_nobody_who_refers_to_a_customer_waits_for_a_change(company: Company) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with listening(company.session, note):
        sub = company.start("2026-02-05", "Otto", "G")
        queries.to_move(company.session, sub.price_id, None, 1)
    locks = {text.rsplit("FOR ", 1)[1].split(" OF")[0] for text in asked if " FOR " in text and "UPDATE" in text}
    assert locks == {"NO KEY UPDATE"}


@contextmanager
def listening(session: Session, note: Callable[..., None]) -> Iterator[None]:
    """Let somebody hear of every statement of a session."""
    event.listen(session.connection(), "before_cursor_execute", note)
    yield
    event.remove(session.connection(), "before_cursor_execute", note)


def test_a_late_payer_counts_until_grace_is_over(company: Company) -> None:
    first, second = (company.start("2026-02-05", name, "G") for name in ("Otto", "Nomsa"))
    for sub in (first, second):
        company.do("2026-03-05", sub, ending.mark_unpaid)
        assert customer_of(sub) == ("past_due", sub.plan_id, 149_900)
    company.do("2026-03-10", first, ending.mark_paid)
    company.pass_until(at("2026-03-19"))
    assert values(second, "status", "ended_at", "cancel_reason") == ("cancelled", at("2026-03-19"), "non_payment")
    assert values(first, "status", "grace_ends_at", "past_due_since") == ("active", None, None)


def test_a_trial_is_extended_within_the_limits_and_then_converts_or_lapses(company: Company) -> None:
    first, second = (company.start("2026-02-01", name, "G", "trial") for name in ("Otto", "Nomsa"))
    assert values(first.customer, "status", "trial_ends_at", "mrr_cents") == ("trial", at("2026-02-15"), 0)
    with pytest.raises(ActionRefused, match="may add 30 days"):
        company.do("2026-02-10", first, subscribing.extend_trial, days=31)
    company.do("2026-02-10", first, subscribing.extend_trial, days=30)
    assert values(first, "trial_ends_at") == (at("2026-03-17"),)
    assert first.customer.trial_ends_at == at("2026-03-17")
    company.do("2026-03-01", first, subscribing.extend_trial, days=30)
    with pytest.raises(ActionRefused, match="would last 104 days; 90 is the most"):
        company.do("2026-03-01", first, subscribing.extend_trial, days=30)
    company.do("2026-03-02", first, changing.change_now, **company.to("S"))
    company.do("2026-03-03", first, subscribing.convert_trial)
    assert values(first, "status", "mrr_cents", "trial_converted_at") == ("active", 49_900, at("2026-03-03"))
    assert customer_of(second) == ("cancelled", second.plan_id, 0)
    assert second.ended_at == at("2026-02-15")
    assert second.customer.trial_ends_at is None


def test_what_contradicts_itself_is_refused_before_anything_is_written(company: Company) -> None:
    with pytest.raises(ActionRefused, match="has no trial"):
        company.start("2026-02-01", "Otto", company.plan("Bare", 1, 1, trial_days=0).nickname, "trial")
    with pytest.raises(ActionRefused, match="needs a discount"):
        company.start("2026-02-01", "Otto", "S", discount_months=2)
    sub = company.start("2026-02-01", "Otto", "S")
    with pytest.raises(ActionRefused, match="has this price already"):
        company.do("2026-02-02", sub, changing.change_now, **company.to("S"))
    with pytest.raises(ActionRefused, match="Its period is over"):
        changing.change_now(company.making(at("2026-03-02")), sub, company.to("G"))
    assert company.events(sub) == ["started"]


def test_a_suspended_customer_stays_suspended_and_comes_back_as_they_stand(company: Company, rows: CoreMaker) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    sub.customer.status = "suspended"  # type: ignore[assignment]
    suspension = rows.add(Suspension, customer=sub.customer, started_at=at("2026-02-06"))
    company.do("2026-02-10", sub, ending.cancel, **NOW)
    assert (str(sub.customer.status), str(suspension.previous_status)) == ("suspended", "cancelled")


def test_what_fell_due_is_recorded_once_and_dated_when_it_was_due(company: Company) -> None:
    sub = company.start("2026-01-31", "Otto", "G")
    assert company.pass_until(at("2026-05-15")) == 3
    assert company.pass_until(at("2026-05-15")) == 0
    assert company.last(sub).occurred_at == at("2026-04-30")
    making = company.making(at("2026-04-30"))
    again = making.__class__(making.session, making.effects, making.at, source_key=company.last(sub).source_key)
    with pytest.raises(IntegrityError, match="source_key"), company.session.begin_nested():
        settling.renew(again, sub)


def test_only_what_is_sold_to_the_customer_is_offered(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    company.plan("Old", 1, 100, valid_until=at("2026-01-01"))
    company.plan("Gone", 1, 100, is_sold=False)
    names = [label for _, label in offers.for_customer(company.session, sub.customer, at("2026-02-06"))]
    assert [name.split(":")[0] for name in names] == ["Plan Free", "Plan S", "Plan SQ", "Plan G", "Plan GA", "Plan B"]
    own = offers.for_subscription(company.session, sub, at("2026-02-06"))
    assert [label.endswith("as now") for _, label in own] == [True, *[False] * 5], "first what it has"
    assert own[0][0] == offers.price_now(sub)
    assert offers.why_no_start(sub.customer) == ""
    assert "suspended" in offers.why_no_start(Customer(status="suspended"))


# --- Units
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


# --- Price migrations
def raised(company: Company) -> Price:
    """Return a price that replaces the one of G, with VAT in it."""
    old = company.prices["G"]
    old.is_default = False
    words = {"plan": old.plan, "interval": "month", "currency": "ZAR", "valid_from": at("2026-02-01")}
    new = Price(nickname="G 2026", amount_cents=200_000, includes_vat=True, replaces_id=old.id, **words)
    found: Price = company.add(new)
    return found


def moved(company: Company, price: Price, day: str = "2026-02-07") -> int:
    """Do what the job does on a day; return how many subscriptions were told."""
    decision = company.session.scalars(select(PriceMigration).order_by(PriceMigration.id.desc()).limit(1)).one()
    making, told = company.making(at(day)), 0
    decision.state = "running"  # type: ignore[assignment]
    after = None
    while some := migrating.move_some(making, decision, after, 2):
        after, told = some[-1].id, told + len(some)
    assert decision.to_price_id == price.id
    return told


def test_a_migration_says_beforehand_what_it_comes_to(company: Company) -> None:
    subs = [company.start("2026-02-05", f"Customer {number}", "G") for number in range(3)]
    company.start("2026-02-05", "Discounted", "G", discount=50)
    trial = company.start("2026-02-05", "Trial", "G", "trial")
    company.do("2026-02-06", subs[2], ending.cancel, **LATER)
    new = raised(company)
    assert offers.why_no_migration(company.prices["G"]) == "This price replaces no other."
    each_mrr = select(Subscription.mrr_cents).order_by(Subscription.id)
    before = company.session.scalars(each_mrr).all()
    said = migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "at_renewal"})
    assert said.replace("\u00a0", " ") == "From G to G 2026, each when it renews: 4 subscriptions. MRR: +R 600,33."
    with pytest.raises(ActionRefused, match="are moving already"):
        migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "at_renewal"})
    assert (moved(company, new), moved(company, new)) == (4, 0)
    assert company.session.scalars(each_mrr).all() == before
    decision = company.session.scalars(select(PriceMigration)).one()
    trial.gateway_token = "card"
    elsewhere = update(PriceMigration).values(subscriptions_moved=7)  # what others count at the same time stays
    company.session.execute(elsewhere, execution_options={"synchronize_session": False})
    company.pass_until(at("2026-03-05"))
    assert values(subs[0], "mrr_cents", "amount_cents", "pending_price_id") == (173_913, 200_000, None)
    assert company.events(subs[0]) == ["started", "change_scheduled", "price_migrated"]
    assert subs[2].status == "cancelled"
    assert values(trial, "price_id", "mrr_cents") == (new.id, 173_913)
    assert (decision.subscriptions_moved, decision.mrr_difference_cents) == (7 + 4, 2 * 24_013 + 12_007)
    assert settling.close_migrations(company.session) == 1
    assert decision.state == "done"


def test_nobody_pays_a_price_before_it_begins(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    new.valid_from = at("2026-04-01")
    assert "begins at" in offers.why_no_migration(
        Price(replaces_id=new.id, valid_from=datetime.now(UTC) + timedelta(1))
    )
    with pytest.raises(ActionRefused, match="It begins at 2026-04-01 00:00 SAST: nobody pays it before"):
        migrating.migrate(company.making(at("2026-03-31")), new, {"mode": "at_renewal"})
    sub.pending_price = new  # it waits from before this was refused
    company.pass_until(at("2026-03-05"))
    assert values(sub, "price_id", "pending_price_id") == (company.prices["G"].id, new.id)
    company.pass_until(at("2026-04-05"))
    assert values(sub, "price_id", "pending_price_id") == (new.id, None)


ON_DATE = {"mode": "on_date", "on": "2026-02-16"}


def test_on_a_date_all_move_at_once_and_the_rest_of_a_paid_period_is_settled(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    other = company.start("2026-02-05", "Otto", "G")  # two of one customer, at the same moment
    trial = company.start("2026-02-10", "Trial", "G", "trial")
    unpaid, paused, leaves = (company.start("2026-02-05", name, "G") for name in ("Unpaid", "Paused", "Leaves"))
    company.do("2026-02-06", unpaid, ending.mark_unpaid)
    company.do("2026-02-06", paused, ending.pause)
    new = raised(company)
    said = migrating.migrate(company.making(at("2026-02-07")), new, ON_DATE)
    assert "on 2026-02-16: 6 subscriptions. MRR: +R 960,52." in said.replace("\u00a0", " ")
    assert (moved(company, new), moved(company, new)) == (6, 0)
    company.do("2026-02-08", leaves, ending.cancel, **LATER)
    company.pass_until(at("2026-02-16") - timedelta(microseconds=1))
    assert {each.price_id for each in (sub, other, trial, unpaid)} == {company.prices["G"].id}, "nobody before the day"
    assert company.pass_until(at("2026-02-19")) == 4
    assert company.pass_until(at("2026-02-19")) == 0
    assert values(company.last(sub), "kind", "occurred_at", "proration_cents") == (
        "price_migrated", at("2026-02-16"), 105_590 - 91_011,  # 17 of 28 days of R 1 739,13 and of R 1 499
    )  # fmt: skip
    assert values(sub, "price_id", "pending_price_id", "pending_at", "mrr_cents", "period_charge_cents") == (
        new.id, None, None, 173_913, 173_913,
    )  # fmt: skip
    assert values(company.last(trial), "kind", "proration_cents") == ("price_migrated", None)
    assert values(unpaid, "status", "price_id") == ("past_due", new.id)
    together = select(MrrMovement).where(
        MrrMovement.customer_id == sub.customer_id, MrrMovement.reason == "price_migration"
    )
    assert [row.amount_cents for row in company.session.scalars(together)] == [2 * 24_013]
    assert {each.price_id for each in (paused, leaves)} == {company.prices["G"].id}
    company.do("2026-02-25", paused, ending.resume)
    company.pass_until(at("2026-03-06"))
    assert values(paused, "price_id", "pending_at") == (company.prices["G"].id, None), "the paid days run on as paid"
    company.pass_until(at("2026-03-25"))
    assert (paused.price_id, leaves.status) == (new.id, "cancelled")
    assert settling.close_migrations(company.session) == 1


def test_a_renewal_before_the_date_keeps_the_old_price_and_one_on_it_takes_the_new(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "on_date", "on": "2026-04-05"})
    assert moved(company, new) == 1
    company.pass_until(at("2026-03-20"))
    assert values(sub, "price_id", "pending_at") == (company.prices["G"].id, at("2026-04-05"))
    company.do("2026-03-20", sub, ending.cancel, **LATER)
    company.do("2026-03-21", sub, ending.withdraw_cancel)
    company.pass_until(at("2026-04-06"))
    assert company.events(sub)[-4:] == ["renewed", "cancel_requested", "cancel_withdrawn", "price_migrated"]
    assert values(company.last(sub), "occurred_at", "proration_cents") == (at("2026-04-05"), None)
    assert company.session.scalars(select(PriceMigration.subscriptions_moved)).one() == 1


def test_one_who_comes_back_to_a_date_that_passed_moves_when_they_renew(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    migrating.migrate(company.making(at("2026-02-07")), new, ON_DATE)
    moved(company, new)
    company.do("2026-02-15", sub, ending.cancel, **LATER)
    company.do("2026-02-18", sub, ending.withdraw_cancel)
    assert values(sub, "price_id", "pending_price_id", "pending_at") == (company.prices["G"].id, new.id, None)
    company.pass_until(at("2026-03-05"))
    assert values(company.last(sub), "kind", "occurred_at") == ("price_migrated", at("2026-03-05"))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"mode": "on_date"}, "On which day"),
        ({"mode": "on_date", "on": "2026-02-07"}, "has begun already"),
        ({"mode": "on_date", "on": "0001-01-01"}, "has begun already"),
        ({"mode": "on_date", "on": "9999-12-31"}, "two years"),
        ({"mode": "at_renewal", "on": "2026-03-07"}, "only for those"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(company: Company, answers: dict[str, str], words: str) -> None:
    new = raised(company)
    with pytest.raises(ActionRefused, match=words):
        migrating.migrate(company.making(at("2026-02-07")), new, answers)


def test_a_job_that_is_late_moves_nobody_into_the_past(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    migrating.migrate(company.making(at("2026-02-07")), new, ON_DATE)
    moved(company, new, "2026-02-18")
    assert sub.pending_at == at("2026-02-18")


def test_who_chose_the_new_price_is_not_moved_by_the_list(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    company.do("2026-02-06", sub, changing.change_later, price=str(new.id))
    migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "at_renewal"})
    assert moved(company, new) == 0
    company.pass_until(at("2026-03-05"))
    assert company.last(sub).kind == "upgraded"
    assert company.session.scalars(select(PriceMigration.subscriptions_moved)).one() == 0


def test_who_keeps_the_old_price_can_be_moved_later(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    making = company.making(at("2026-02-07"))
    assert migrating.migrate(making, new, {"mode": "grandfather"}) == "Subscriptions that keep G: 1."
    company.pass_until(at("2026-03-05"))
    assert company.last(sub).kind == "renewed"
    assert "when it renews" in migrating.migrate(making, new, {"mode": "at_renewal"})
    other = company.prices["S"]
    other.replaces_id = new.id
    with pytest.raises(ActionRefused, match="another plan"):
        migrating.migrate(making, other, {"mode": "at_renewal"})


def test_the_vat_rate_is_that_of_the_day_and_none_before_somebody_said_so(company: Company) -> None:
    day = at("2026-02-05").date()
    assert vat_rate(company.session, day) == Decimal("0.15")
    period = company.session.scalars(select(VatPeriod)).one()
    period.is_vendor = False
    assert vat_rate(company.session, day) == 0
    period.is_vendor, period.valid_from = True, day + timedelta(days=9)
    assert vat_rate(company.session, day) == 0
