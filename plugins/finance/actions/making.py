"""One change of a subscription being made: its event, its revenue, and how its customer stands afterwards."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Effects
from admin_core.periods import local_day
from admin_core.policy import Person
from plugins.finance.actions.moving import move
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.lifecycle import next_due, why_overtaken
from plugins.finance.rules.movements import Side
from plugins.finance.rules.revenue import COUNTS, Discount, Terms
from plugins.finance.rules.standing import whole_of
from schema.accounts import Suspension
from schema.catalog import Price
from schema.customers import Customer, CustomerStatus
from schema.subscriptions import ActorKind, Subscription, SubscriptionEvent, SubscriptionEventKind
from schema.vat import vat_rate

CHANGED = "subscription.changed"
KEPT = frozenset({CustomerStatus.SUSPENDED, CustomerStatus.CLOSED})
"""How a customer stands for reasons of their own; no subscription ends that."""


@dataclass(frozen=True)
class Making:
    """Over which session a change is made, when it takes effect, by whom and why."""

    session: Session
    effects: Effects
    at: datetime
    actor: ActorKind = ActorKind.SYSTEM
    staff_id: uuid.UUID | None = None
    reason: str | None = None
    source_key: str | None = None

    def because(self, reason: str | None) -> "Making":
        """Return the same change with its reason."""
        return replace(self, reason=reason)


Change = Callable[[Making, Any, Mapping[str, Any]], str]


def by_staff(change: Change) -> Callable[..., str]:
    """Return a change as core runs it on a record: somebody of the team makes it, and says why where it is asked."""

    def run(
        *, session: Session, record: Any, person: Person, answers: Mapping[str, Any], effects: Effects, now: datetime
    ) -> str:
        return change(Making(session, effects, now, ActorKind.STAFF, person.id, answers.get("reason")), record, answers)

    return run


def in_turn(change: Change) -> Change:
    """Return a change of a subscription that is refused while something is due before it, and we are to apply that."""

    def run(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
        overtaken = why_overtaken(next_due(subscription), making.at)
        if overtaken and queries.house_rules(making.session).settles:
            raise ActionRefused(overtaken, "It settles within minutes: try again then.")
        return change(making, subscription, answers)

    return run


@dataclass(frozen=True)
class Before:
    """What a subscription was before a change."""

    plan_id: uuid.UUID | None
    price_id: uuid.UUID | None
    mrr_cents: int

    @classmethod
    def of(cls, subscription: Subscription) -> "Before":
        """Return what it is now."""
        return cls(subscription.plan_id, subscription.price_id, subscription.mrr_cents)


NOTHING = Before(None, None, 0)


@dataclass(frozen=True)
class Told:
    """What an event says beside the change itself."""

    proration_cents: int | None = None
    period_end: datetime | None = None
    to: Price | None = None
    """Where a change leads that has not taken effect."""
    details: Mapping[str, object] = field(default_factory=dict)


def book(
    making: Making, subscription: Subscription, kind: SubscriptionEventKind, before: Before, told: Told = Told()
) -> SubscriptionEvent:
    """Count the subscription's revenue anew, write the event and what moved, and bring its customer up to date."""
    recount(making, subscription)
    event = SubscriptionEvent(
        subscription=subscription,
        customer_id=subscription.customer_id,
        kind=kind,
        occurred_at=making.at,
        from_plan_id=before.plan_id,
        to_plan_id=told.to.plan_id if told.to else subscription.plan_id,
        from_price_id=before.price_id,
        to_price_id=told.to.id if told.to else subscription.price_id,
        mrr_before_cents=before.mrr_cents,
        mrr_after_cents=subscription.mrr_cents,
        list_mrr_after_cents=subscription.list_mrr_cents,
        proration_cents=told.proration_cents,
        currency=subscription.currency,
        period_end=told.period_end or subscription.current_period_end,
        actor=making.actor,
        staff_id=making.staff_id,
        reason=making.reason,
        details=dict(told.details) or None,
        source_key=making.source_key,
    )
    making.session.add(event)
    making.session.flush()
    refresh(making.session, subscription.customer_id)
    move(making.session, subscription, event, Side(before.plan_id, before.mrr_cents))
    number = queries.events_so_far(making.session, subscription.id)
    making.effects.webhook(CHANGED, message(subscription, event, number), key=f"subscription-changed:{event.id}")
    return event


def recount(making: Making, subscription: Subscription) -> None:
    """Set what the subscription adds to recurring revenue from the moment of the change."""
    with making.session.no_autoflush:  # half-way a state and its revenue contradict each other
        terms = terms_of(making, subscription, subscription.price)
    subscription.list_mrr_cents = terms.list_mrr_cents
    subscription.mrr_cents = terms.mrr_cents if subscription.status in COUNTS else 0
    making.session.flush()


def charge_period(making: Making, subscription: Subscription) -> None:
    """Write down what the period that begins is charged: its unused days are credited from that, whatever changes."""
    with making.session.no_autoflush:
        subscription.period_charge_cents = terms_of(making, subscription, subscription.price).charge_cents


def terms_of(making: Making, subscription: Subscription, price: Price, quantity: int | None = None) -> Terms:
    """Return what a subscription costs, or would cost, at a price, with the discount that is in force.

    ``quantity`` is how many units it would have; None: as many as now.
    """
    discount = Discount(
        subscription.discount_percent, subscription.discount_amount_cents, subscription.discount_ends_at
    )
    return Terms(
        amount_cents=price.amount_cents * (quantity or subscription.quantity),
        interval=price.interval,
        includes_vat=price.includes_vat,
        vat_rate=vat_rate(making.session, local_day(making.at)),
        discount=discount.at(making.at),
        is_complimentary=subscription.is_complimentary if price is subscription.price else price.plan.is_complimentary,
    )


def refresh(session: Session, customer_id: uuid.UUID) -> None:
    """Bring a customer's plan, status, revenue and trial up to what their subscriptions say.

    The customer is locked first: of two changes at once the second counts what the first has left.
    """
    statement = select(Customer).where(Customer.id == customer_id).with_for_update(of=Customer, key_share=True)
    customer = session.scalar(statement, execution_options={"populate_existing": True})
    if customer is None:
        raise ActionRefused("You may not change this customer.")
    whole = whole_of(queries.held_by(session, customer_id), customer.currency)
    customer.mrr_cents, customer.plan_id, customer.trial_ends_at = whole.mrr_cents, whole.plan_id, whole.trial_ends_at
    if customer.status not in KEPT:
        customer.status = whole.status
    elif customer.status is CustomerStatus.SUSPENDED:
        keep_for_later(session, customer_id, whole.status)
    session.flush()


def keep_for_later(session: Session, customer_id: uuid.UUID, status: CustomerStatus) -> None:
    """Let the end of a suspension bring back how the customer stands by then."""
    open_now = select(Suspension).where(Suspension.customer_id == customer_id, Suspension.ended_at.is_(None))
    suspension = session.scalar(open_now)
    if suspension is not None:
        suspension.previous_status = status


def message(subscription: Subscription, event: SubscriptionEvent, number: int) -> dict[str, object]:
    """Return what other programs are told: keys, states and amounts, nobody's name."""
    return {
        "subscription": str(subscription.id),
        "number": number,
        "customer": str(subscription.customer_id),
        "reference": subscription.external_id,
        "event": str(event.kind),
        "status": str(subscription.status),
        "plan": subscription.plan.key,
        "quantity": subscription.quantity,
        "mrr_cents": subscription.mrr_cents,
        "currency": subscription.currency,
        "period_end": text_of(subscription.current_period_end),
        "trial_ends_at": text_of(subscription.trial_ends_at),
        "ends_with_period": bool(subscription.cancel_at_period_end),
        "at": text_of(event.occurred_at),
    }


def text_of(moment: datetime | None) -> str | None:
    """Return a moment as programs read it."""
    return moment.isoformat() if moment else None
