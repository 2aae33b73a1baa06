"""Subscriptions that live by a clock of the test: what people do at a moment, and what falls due until then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.periods import start_of
from admin_core.webhooks.registry import Webhooks
from plugins.finance import plugin
from plugins.finance.actions import settling, subscribing
from plugins.finance.actions.making import Change, Making
from plugins.finance.queries import subscriptions as queries
from schema.base import Base
from schema.catalog import Plan, Price
from schema.customers import Customer
from schema.invoicing import VatPeriod
from schema.subscriptions import ActorKind, Subscription, SubscriptionEvent
from tests.running import idle_machine

MACHINE = idle_machine(webhooks=Webhooks.of(plugin.register_webhooks(), plugin.register_webhook_events()))
LONG_AGO = start_of(date(2025, 1, 1))


def at(text: str) -> datetime:
    """Return when a day begins in Johannesburg."""
    return start_of(date.fromisoformat(text))


@dataclass
class Company:
    """A session with plans, and customers by their names."""

    session: Session
    customers: dict[str, Customer] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        """Insert a row."""
        self.session.add(row)
        self.session.flush()
        return row

    def plan(self, key: str, rank: int, cents: int, interval: str = "month", **words: Any) -> Price:
        """Sell a plan at a price without VAT."""
        given = {"trial_days": 14, **words}
        price = {name: given.pop(name) for name in ("includes_vat", "valid_until") if name in given}
        plan = Plan(key=key.lower(), name=f"Plan {key}", product_line="b2b", rank=rank, **given)
        row = Price(
            plan=plan, nickname=key, amount_cents=cents, interval=interval, currency="ZAR", valid_from=LONG_AGO,
            **{"includes_vat": False, **price},
        )  # fmt: skip
        self.prices[key] = self.add(row)
        return self.prices[key]

    def customer(self, name: str) -> Customer:
        """Return a customer, made when first needed."""
        if name not in self.customers:
            self.customers[name] = self.add(Customer(
                product_line="b2b", company_name=name, email=f"{name.lower()}@example.test", status="trial",
                signup_at=LONG_AGO, currency="ZAR",
            ))  # fmt: skip
        return self.customers[name]

    def effects(self) -> JobEffects:
        """Return what changes may ask for."""
        return JobEffects(self.session, MACHINE, Origin())

    def making(self, moment: datetime) -> Making:
        """Return a change of the system's at a moment."""
        return Making(self.session, self.effects(), moment, ActorKind.CUSTOMER)

    def do(self, day: str, subscription: Any, change: Change, **answers: Any) -> str:
        """Let what fell due happen, then make a change at the beginning of a day."""
        self.pass_until(at(day))
        return change(self.making(at(day)), subscription, answers)

    def start(self, day: str, name: str, price: str, begins: str = "now", **answers: Any) -> Subscription:
        """Let a customer subscribe, and return the subscription."""
        words = {"price": str(self.prices[price].id), "begins": begins, **answers}
        self.do(day, self.customer(name), subscribing.start, **words)
        newest = select(Subscription).where(Subscription.customer == self.customers[name])
        return self.session.scalars(newest.order_by(Subscription.id.desc()).limit(1)).one()

    def to(self, price: str) -> Mapping[str, str]:
        """Return the answer that chooses a price."""
        return {"price": str(self.prices[price].id)}

    def pass_until(self, now: datetime) -> int:
        """Let everything happen that falls due until a moment; return how much that was."""
        found = queries.due_subscriptions(self.session, now, None, 1_000)
        settle = partial(settling.settle, self.session, self.effects())
        return sum(settle(each, now) for each in found)

    def events(self, subscription: Subscription) -> list[str]:
        """Return what happened to a subscription, in the order of its recording."""
        of_it = select(SubscriptionEvent.kind).where(SubscriptionEvent.subscription_id == subscription.id)
        ordered = of_it.order_by(SubscriptionEvent.id)
        return [str(kind) for kind in self.session.scalars(ordered)]

    def last(self, subscription: Subscription) -> SubscriptionEvent:
        """Return the newest event of a subscription."""
        of_it = select(SubscriptionEvent).where(SubscriptionEvent.subscription_id == subscription.id)
        return self.session.scalars(of_it.order_by(SubscriptionEvent.id.desc()).limit(1)).one()


def company_of(session: Session) -> Company:
    """Return a company with the plans of the worked example, in rand without VAT."""
    company = Company(session)
    company.add(VatPeriod(valid_from=date(2018, 4, 1), rate=Decimal("0.15"), vat_number="4000000000", is_vendor=True))
    company.plan("S", 1, 49_900)
    company.plan("G", 2, 149_900)
    company.plan("B", 3, 499_900)
    company.plan("GA", 2, 1_499_000, "year")
    company.plan("SQ", 1, 134_700, "quarter")
    company.plan("Free", 0, 0, is_complimentary=True)
    return company


def fresh(session: Session, row: Base) -> Any:
    """Return a row as the database has it."""
    session.flush()
    session.refresh(row)
    return row


def values(row: Any, *names: str) -> tuple[Any, ...]:
    """Return some of a row's values."""
    return tuple(getattr(row, name) for name in names)
