"""Subscriptions in the hands of the team: what is shown before it is done, who may do it, and what the jobs do then."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.periods import local_day, start_of
from plugins.finance.actions import changing
from plugins.finance.actions.making import Making
from schema.base import Base
from schema.catalog import Plan, Price, PriceMigration
from schema.changes import ChangeSet
from schema.customers import Customer
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent
from tests.journeys.approvals import Colleague, hidden, preview
from tests.journeys.site import Site
from tests.running import perform_waiting, run_job


def today() -> datetime:
    """Return when this day began. Asked by each test: a run may go past midnight."""
    return start_of(local_day(datetime.now(UTC)))


NBSP = "\u00a0"


@dataclass
class Shop:
    """Two plans and a customer on the smaller, eleven days into a period of twenty-eight."""

    site: Site
    small: Price
    large: Price

    def add(self, *rows: Base) -> None:
        with self.site.machine.database.transaction() as session:
            session.add_all(rows)

    def customer(self) -> Customer:
        customer = Customer(
            product_line="b2b", company_name=f"Otto {uuid7()}", email="otto@example.test", status="active",
            signup_at=today(), currency="ZAR",
        )  # fmt: skip
        self.add(customer)
        return customer

    def subscription(self, **words: Any) -> UUID:
        given = {
            "status": "active", "started_at": today() - timedelta(days=42), "mrr_cents": 49_900,
            "current_period_start": today() - timedelta(days=11), "current_period_end": today() + timedelta(days=17),
            "price_id": self.small.id, "plan_id": self.small.plan_id, **words,
        }  # fmt: skip
        sub = Subscription(
            customer_id=self.customer().id, interval="month", amount_cents=49_900, currency="ZAR",
            list_mrr_cents=49_900, **given,
        )  # fmt: skip
        self.add(sub)
        return sub.id

    def trial(self) -> UUID:
        ends = today() + timedelta(days=3)
        return self.subscription(status="trialing", mrr_cents=0, trial_started_at=today(), trial_ends_at=ends)

    def now(self, key: UUID) -> Any:
        with self.site.machine.database.sessions() as session:
            return session.get_one(Subscription, key, options=[sa.orm.joinedload(Subscription.customer)])

    def events(self, key: UUID) -> list[Any]:
        of_it = sa.select(SubscriptionEvent).where(SubscriptionEvent.subscription_id == key)
        with self.site.machine.database.sessions() as session:
            return list(session.scalars(of_it.order_by(SubscriptionEvent.id)))


def price_of(cents: int, rank: int) -> Price:
    key = f"plan-{uuid7()}"
    plan = Plan(key=key, name=key, product_line="b2b", rank=rank, trial_days=14)
    return Price(
        plan=plan, nickname=f"{key} monthly", amount_cents=cents, currency="ZAR", interval="month", includes_vat=False,
        valid_from=today() - timedelta(days=400),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shop(site: Site) -> Shop:
    shop = Shop(site, price_of(49_900, 1), price_of(149_900, 2))
    shop.add(shop.small, shop.large)
    return shop


@pytest.fixture(scope="module")
def ada(site: Site, owner: FlaskClient) -> Colleague:
    return Colleague(site.member(owner), "Ada", owner)


@pytest.fixture(scope="module")
def nomsa(site: Site) -> Colleague:
    browser = site.client("Support")
    return Colleague(site.member(browser), "Nomsa", browser)


def url_of(key: object, slug: str, model: str = "subscriptions") -> str:
    return f"/admin/data/{model}/record/{key}/action/finance.{slug}"


def text_of(page: str) -> str:
    return html.unescape(page).replace(NBSP, " ")


def test_a_plan_change_shows_every_cent_before_it_is_done_and_is_done_once(shop: Shop, ada: Colleague) -> None:
    key, answers = shop.subscription(), {"q-price": str(shop.large.id), "q-reason": "They asked by phone."}
    url = url_of(key, "change-plan")
    assert url in ada.page(f"/admin/data/subscriptions/record/{key}")
    assert shop.large.nickname in ada.page(url)
    page = preview(ada, url, **answers)
    for words in ("Credit for 17 of 28 days: -R 302,96", "Charge: R 910,11", "Net: R 607,15", "VAT: R 91,07",
                  "Total: R 698,22", "Webhook: subscription.changed"):  # fmt: skip
        assert words in text_of(page)
    assert (shop.now(key).mrr_cents, shop.events(key)) == (49_900, [])
    form = {"step": "do", **hidden(page), **answers}
    assert [ada.send(url, **form).status_code for _ in range(2)] == [303, 303]
    sub, (event,) = shop.now(key), shop.events(key)
    assert (sub.price_id, sub.mrr_cents, sub.customer.mrr_cents) == (shop.large.id, 149_900, 149_900)
    assert (sub.customer.plan_id, event.kind, event.proration_cents) == (shop.large.plan_id, "upgraded", 60_715)
    assert (event.staff_id, event.actor, event.reason) == (ada.id, "staff", "They asked by phone.")
    assert "the second click changed nothing" in ada.page(f"/admin/data/subscriptions/record/{key}")
    with shop.site.machine.database.sessions() as session:
        written = sa.select(sa.func.count()).select_from(ChangeSet).where(ChangeSet.action == "finance.change-plan")
        assert session.scalar(written.where(ChangeSet.actor_id == ada.id)) == 1


def test_what_changed_since_it_was_shown_is_shown_again(shop: Shop, ada: Colleague) -> None:
    key = shop.subscription()
    url, other = url_of(key, "pause"), url_of(key, "schedule-change")
    page = preview(ada, url, **{"q-reason": "Holidays"})
    assert ada.send(other, step="do", **hidden(ada.page(other)), **{"q-price": str(shop.large.id)}).status_code == 303
    answer = ada.send(url, step="do", **hidden(page), **{"q-reason": "Holidays"})
    assert answer.status_code == 422
    assert "withdraw it first" in answer.text
    assert shop.now(key).status == "active"


def test_support_extends_trials_within_the_limits_and_nothing_else(shop: Shop, nomsa: Colleague) -> None:
    key = shop.trial()
    url = url_of(key, "extend-trial")
    refused = nomsa.send(url, step="do", **hidden(nomsa.page(url)), **{"q-days": "31", "q-reason": "Was ill"})
    assert refused.status_code == 422
    assert "One extension may add 30 days at most." in refused.text
    assert "Was ill" in refused.text
    nonsense = nomsa.send(url, step="do", **hidden(nomsa.page(url)), **{"q-days": "soon"})
    assert (nonsense.status_code, nonsense.text.count("Write a whole number.") > 0) == (422, True)
    done = nomsa.send(url, step="do", **hidden(nomsa.page(url)), **{"q-days": "7", "q-reason": "Was ill"})
    assert done.status_code == 303
    sub, (event,) = shop.now(key), shop.events(key)
    assert sub.trial_ends_at == sub.customer.trial_ends_at == today() + timedelta(days=10)
    assert (event.kind, event.details, event.staff_id) == ("trial_extended", {"days": 7}, nomsa.id)
    for slug in ("change-plan", "cancel", "convert-trial"):
        assert nomsa.browser.get(url_of(key, slug)).status_code == 403
    assert nomsa.browser.get(url_of(sub.customer_id, "start-subscription", "customers")).status_code == 403
    assert url_of(key, "change-plan") not in nomsa.page(f"/admin/data/subscriptions/record/{key}")


def test_otto_may_do_nothing_to_a_subscription(shop: Shop, site: Site, viewer: FlaskClient) -> None:
    key = shop.trial()
    otto = Colleague(site.member(viewer), "Otto", viewer)
    assert "/action/finance." not in otto.page(f"/admin/data/subscriptions/record/{key}")
    for slug in ("extend-trial", "change-plan", "change-quantity", "cancel", "pause"):
        assert otto.browser.get(url_of(key, slug)).status_code == 403
        assert otto.send(url_of(key, slug), step="do").status_code == 403
    assert shop.events(key) == []


def test_a_customer_starts_with_a_trial(shop: Shop, ada: Colleague) -> None:
    customer = shop.customer()
    url = url_of(customer.id, "start-subscription", "customers")
    answers = {"q-price": str(shop.small.id), "q-begins": "trial"}
    page = preview(ada, url, **answers)
    assert ada.send(url, step="do", **hidden(page), **answers).status_code == 303
    with shop.site.machine.database.sessions() as session:
        sub = session.scalars(sa.select(Subscription).where(Subscription.customer_id == customer.id)).one()
        found = session.get_one(Customer, customer.id)
        assert (sub.status, found.status, found.plan_id, found.mrr_cents) == ("trialing", "trial", sub.plan_id, 0)
        assert found.trial_ends_at == sub.trial_ends_at


def test_subscribers_of_an_old_price_move_when_they_renew(shop: Shop, ada: Colleague) -> None:
    old = price_of(49_900, 1)
    old.is_default = False
    shop.add(old)
    new = Price(
        plan_id=old.plan_id, nickname="Raised", amount_cents=59_900, currency="ZAR", interval="month",
        includes_vat=False, valid_from=today(), replaces_id=old.id,
    )  # fmt: skip
    shop.add(new)
    ended = {"current_period_start": today() - timedelta(days=31), "current_period_end": today()}
    due, later = (shop.subscription(price_id=old.id, plan_id=old.plan_id, **words) for words in (ended, {}))
    url, answers = url_of(new.id, "migrate-subscriptions", "prices"), {"q-mode": "at_renewal"}
    page = preview(ada, url, **answers)
    assert "each when it renews: 2 subscriptions." in text_of(page)
    assert "MRR: +R 200,00." in text_of(page)
    assert ada.send(url, step="do", **hidden(page), **answers).status_code == 303
    assert perform_waiting(shop.site.machine, "finance.migrate-prices") == 1
    assert [shop.now(key).pending_price_id for key in (due, later)] == [new.id, new.id]
    assert "Subscriptions settled" in run_job(shop.site.machine, "finance.settle-subscriptions")
    assert [event.kind for event in shop.events(due)] == ["change_scheduled", "price_migrated"]
    assert [(sub.mrr_cents, sub.price_id == new.id) for sub in map(shop.now, (due, later))] == [
        (59_900, True), (49_900, False),
    ]  # fmt: skip
    with shop.site.machine.database.sessions() as session:
        decision = session.scalars(sa.select(PriceMigration).where(PriceMigration.to_price_id == new.id)).one()
        assert (decision.state, decision.subscriptions_moved, decision.decided_by_id) == ("running", 1, ada.id)


def test_more_seats_show_every_cent_before_they_are_charged(shop: Shop, ada: Colleague) -> None:
    key = shop.subscription()
    url, answers = url_of(key, "change-quantity"), {"q-quantity": "3", "q-when": "now"}
    assert re.search(r'<input[^>]* value="1"[^>]* id="q-quantity"', ada.page(url)), "it begins with what is so now"
    page = preview(ada, url, **answers)
    for words in ("Credit for 17 of 28 days: -R 302,96", "Charge: R 908,89", "Net: R 605,93", "Total: R 696,82"):
        assert words in text_of(page)
    form = {"step": "do", **hidden(page), **answers}
    assert [ada.send(url, **form).status_code for _ in range(2)] == [303, 303]
    sub, (event,) = shop.now(key), shop.events(key)
    assert (sub.quantity, sub.mrr_cents, event.kind, event.staff_id) == (3, 149_700, "quantity_changed", ada.id)
    with shop.site.machine.database.sessions() as session:
        (moved,) = session.scalars(sa.select(MrrMovement).where(MrrMovement.subscription_event_id == event.id))
        assert (moved.kind, moved.reason, moved.amount_cents) == ("expansion", "quantity", 99_800)
    refused = ada.send(url, step="preview", **hidden(ada.page(url)), **{"q-quantity": "0", "q-when": "now"})
    assert "Use 1 or more." in refused.text


def test_on_a_chosen_day_and_never_before_subscribers_move_once(shop: Shop, ada: Colleague) -> None:
    old = price_of(49_900, 1)
    old.is_default = False
    shop.add(old)
    new = Price(
        plan_id=old.plan_id, nickname="Raised on a day", amount_cents=59_900, currency="ZAR", interval="month",
        includes_vat=False, valid_from=today(), replaces_id=old.id,
    )  # fmt: skip
    shop.add(new)
    key, day = shop.subscription(price_id=old.id, plan_id=old.plan_id), today() + timedelta(days=2)
    url, answers = url_of(new.id, "migrate-subscriptions", "prices"), {"q-mode": "on_date", "q-on": f"{local_day(day)}"}
    page = preview(ada, url, **answers)
    assert f"on {local_day(day)}: 1 subscription. MRR: +R 100,00." in text_of(page)
    assert ada.send(url, step="do", **hidden(page), **answers).status_code == 303
    assert perform_waiting(shop.site.machine, "finance.migrate-prices") == 1
    run_job(shop.site.machine, "finance.settle-subscriptions")
    assert (shop.now(key).price_id, shop.now(key).pending_at) == (old.id, day)
    with shop.site.machine.database.transaction() as session:
        session.get_one(Subscription, key).pending_at = today()  # the day has come
    run_job(shop.site.machine, "finance.settle-subscriptions")
    assert (shop.now(key).price_id, shop.now(key).mrr_cents) == (new.id, 59_900)
    scheduled, moved = shop.events(key)
    assert (scheduled.kind, moved.kind, moved.occurred_at, moved.proration_cents) == (
        "change_scheduled", "price_migrated", today(), 36_368 - 30_296,
    )  # fmt: skip


def test_one_that_cannot_be_settled_stops_no_other(shop: Shop) -> None:
    ended = {"current_period_start": today() - timedelta(days=31), "current_period_end": today()}
    bad, good = shop.subscription(**ended), shop.subscription(**ended)
    with shop.site.machine.database.transaction() as session:
        event = SubscriptionEvent(
            subscription_id=bad, customer_id=session.get_one(Subscription, bad).customer_id, kind="renewed",
            occurred_at=today(), currency="ZAR", source_key=f"due:{bad}:period-ends:{today():%Y%m%dT%H%M%S%f}",
        )  # fmt: skip
        session.add(event)
    run_job(shop.site.machine, "finance.settle-subscriptions")
    assert [shop.now(key).current_period_end > today() for key in (bad, good)] == [False, True]
    assert len(shop.events(good)) == 1


def test_two_changes_at_once_both_count_for_the_customer(shop: Shop) -> None:
    first, second = shop.subscription(), shop.subscription()
    machine, customer = shop.site.machine, shop.now(first).customer_id
    with machine.database.transaction() as session:
        session.get_one(Subscription, second).customer_id = customer

    def upgrade(session: Session, key: UUID) -> None:
        sub = session.get_one(Subscription, key, with_for_update=True)
        making = Making(session, JobEffects(session, machine, Origin()), datetime.now(UTC))
        changing.change_now(making, sub, {"price": str(shop.large.id)})

    def in_its_own() -> None:
        with machine.database.transaction() as session:
            upgrade(session, second)

    with machine.database.transaction() as session:
        upgrade(session, first)
        other = Thread(target=in_its_own)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the second did not wait for the first"
    other.join(60)
    assert shop.now(first).customer.mrr_cents == 2 * 149_900


def test_the_page_that_asks_stays_in_its_budget(shop: Shop, ada: Colleague) -> None:
    url = url_of(shop.subscription(), "change-plan")
    ada.page(url)
    with shop.site.counted() as statements:
        ada.page(url)
    assert len(statements) <= 7, statements
