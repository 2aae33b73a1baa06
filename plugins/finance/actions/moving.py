"""Writes how recurring revenue moved by a change of a subscription. The customer is locked by the caller."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.periods import local_day, month_of
from plugins.finance.queries import subscriptions as queries
from plugins.finance.queries.money import POLICY
from plugins.finance.rules.movements import Moved, Side, movements, reason_of
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent


def move(session: Session, subscription: Subscription, event: SubscriptionEvent, old: Side) -> None:
    """Write the movements of one change; ``old`` is what the subscription was before it."""
    new = Side(subscription.plan_id, subscription.mrr_cents)
    if old == new:
        return
    customer = subscription.customer
    others = customer.mrr_cents - new.cents if customer.currency == subscription.currency else 0
    first = others + old.cents == 0
    paid_before = first and queries.has_paid_before(session, customer.id, besides=event.id)
    for each in movements(old, new, others, paid_before=paid_before):
        write(session, subscription, event, each)
    session.flush()


def write(session: Session, subscription: Subscription, event: SubscriptionEvent, moved: Moved) -> None:
    """Write one movement; of a customer, a plan and a moment there is one of each kind, the sum of what happened."""
    same = select(MrrMovement).where(
        MrrMovement.policy_version == POLICY,
        MrrMovement.customer_id == subscription.customer_id,
        MrrMovement.occurred_at == event.occurred_at,
        MrrMovement.kind == moved.kind,
        MrrMovement.plan_id == moved.plan_id,
    )
    found = session.scalar(same)
    if found is not None:
        found.amount_cents += moved.cents
        return
    row = MrrMovement(
        policy_version=POLICY,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        subscription_event_id=event.id,
        plan_id=moved.plan_id,
        product_line=subscription.customer.product_line,
        occurred_at=event.occurred_at,
        month=month_of(local_day(event.occurred_at)),
        kind=moved.kind,
        reason=reason_of(event.kind),
        amount_cents=moved.cents,
        currency=subscription.currency,
    )
    session.add(row)
