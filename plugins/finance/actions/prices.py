"""The price of a subscription: which was chosen, and what it means to be put on one."""

import uuid

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


def waiting_price(making: Making, subscription: Subscription) -> Price | None:
    """Return the price that takes over at this moment; one that begins only later goes on waiting."""
    price = subscription.pending_price
    return price if price is not None and price.valid_from <= making.at else None


def count_migration(making: Making, subscription: Subscription) -> Kind | None:
    """Count the subscription where a price list moves it, and say so; None when somebody chose the change."""
    found = queries.migration_behind(making.session, subscription.id)
    if found is None:
        return None
    found.subscriptions_moved = PriceMigration.subscriptions_moved + 1  # in SQL: others count at the same time
    return Kind.PRICE_MIGRATED
