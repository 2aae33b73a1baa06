"""The price of a subscription: which was chosen, and what it means to be put on one."""

import uuid
from datetime import datetime

from plugins.finance.actions.making import Making
from plugins.finance.queries import subscriptions as queries
from schema.catalog import Price, PriceMigration
from schema.subscriptions import Subscription
from schema.subscriptions import SubscriptionEventKind as Kind


def chosen(making: Making, price_id: str) -> Price:
    """Return the price that was chosen among those on offer."""
    return making.session.get_one(Price, uuid.UUID(price_id))


def put_on(subscription: Subscription, price: Price) -> None:
    """Agree on another price; the period stays as it is."""
    subscription.price, subscription.plan = price, price.plan
    subscription.interval, subscription.amount_cents = price.interval, price.amount_cents * subscription.quantity
    subscription.is_complimentary = price.plan.is_complimentary


def put_quantity(subscription: Subscription, quantity: int) -> dict[str, object]:
    """Agree on another number of units of the same price; return what the event says of that."""
    details: dict[str, object] = {"quantity_before": subscription.quantity, "quantity": quantity}
    subscription.quantity, subscription.amount_cents = quantity, subscription.price.amount_cents * quantity
    subscription.pending_quantity = None
    return details


def waiting_price(making: Making, subscription: Subscription) -> Price | None:
    """Return the price that takes over at this moment; one that begins, or is to come, only later goes on waiting."""
    price, on = subscription.pending_price, subscription.pending_at
    begun = price is not None and max(price.valid_from, on or price.valid_from) <= making.at
    return price if begun else None


def let_wait(subscription: Subscription, price: Price | None, on: datetime | None = None) -> None:
    """Let a price wait, for its date or the end of the period; None: nothing waits any more."""
    subscription.pending_price, subscription.pending_at, subscription.pending_quantity = price, on, None


def wait_for_renewal(making: Making, subscription: Subscription) -> None:
    """Let a price whose date passed while it could not take over do so at the end of the period, never backdated."""
    if subscription.pending_at is not None and subscription.pending_at <= making.at:
        subscription.pending_at = None


def count_migration(making: Making, subscription: Subscription) -> Kind | None:
    """Count the subscription where a price list moves it, and say so; None when somebody chose the change."""
    found = queries.migration_behind(making.session, subscription.id)
    if found is None:
        return None
    found.subscriptions_moved = PriceMigration.subscriptions_moved + 1  # in SQL: others count at the same time
    return Kind.PRICE_MIGRATED
