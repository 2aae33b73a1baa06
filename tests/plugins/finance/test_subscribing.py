"""What each change of a subscription leaves: its event, its revenue, its customer, and what others are told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from plugins.finance.actions import changing, ending, settling, subscribing
from plugins.finance.actions.making import CHANGED, message
from plugins.finance.queries import subscriptions as queries
from plugins.finance.views import checks, offers
from schema.accounts import Suspension
from schema.api import WebhookDelivery, WebhookEndpoint
from schema.customers import Customer
from schema.invoicing import VatPeriod
from schema.staff import StaffMember
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent
from schema.vat import vat_rate
from tests.plugins.finance.living import MACHINE, Company, at, company_of, values
from tests.schema.core_rows import CoreMaker

LATER = {"when": ending.LATER, "cancel_reason": "not_used", "comment": "Too few hires"}
NOW = {**LATER, "when": ending.NOW}


@pytest.fixture
def company(session: Session) -> Company:
    return company_of(session)


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


def test_the_vat_rate_is_that_of_the_day_and_none_before_somebody_said_so(company: Company) -> None:
    day = at("2026-02-05").date()
    assert vat_rate(company.session, day) == Decimal("0.15")
    period = company.session.scalars(select(VatPeriod)).one()
    period.is_vendor = False
    assert vat_rate(company.session, day) == 0
    period.is_vendor, period.valid_from = True, day + timedelta(days=9)
    assert vat_rate(company.session, day) == 0


def test_the_system_page_says_when_no_vat_is_charged(company: Company) -> None:
    period = company.session.scalars(select(VatPeriod)).one()
    said = {}
    for is_vendor, day in ((True, "2026-02-05"), (False, "2026-02-05"), (True, "2018-03-31")):
        period.is_vendor = is_vendor
        found = checks.vat_entered(company.session, at(day))
        said[is_vendor, day] = (found.state, found.sentence.replace("\u00a0", " ").split(":")[0])
    assert list(said.values()) == [
        ("ok", "VAT of 15,0 % is charged."),
        ("ok", "The company is no VAT vendor"),
        ("warning", "No VAT period is entered for today"),
    ]
