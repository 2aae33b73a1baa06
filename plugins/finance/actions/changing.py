"""How a subscription moves to another plan: now, with what that costs to the cent, or at the end of its period."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.periods import local_day
from admin_core.theme import formats
from plugins.finance.actions.making import Before, Making, Told, book, charge_period, terms_of
from plugins.finance.actions.prices import chosen, count_migration, let_wait, put_on
from plugins.finance.actions.subscribing import worth
from plugins.finance.rules.lifecycle import CHARGED, UNKNOWN_PERIOD, direction
from plugins.finance.rules.periods import period_end
from plugins.finance.rules.proration import Stretch, afresh, within
from plugins.finance.rules.revenue import Terms
from schema.catalog import Price
from schema.subscriptions import Subscription
from schema.subscriptions import SubscriptionEventKind as Kind
from schema.subscriptions import SubscriptionStatus as Status

OVER = "Its period is over, and what then falls due was not applied yet."


def change_now(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """Move to another price at once. What it costs stays with the event, for the next invoice."""
    price = chosen(making, answers["price"])
    before, (old, new) = Before.of(subscription), both(making, subscription, price)
    kind = towards(subscription, price, old, new)
    if subscription.status is Status.TRIALING:
        put_on(subscription, price)
        book(making, subscription, kind, before, Told(period_end=subscription.trial_ends_at))
        return f"The trial goes on with {price.plan.name}. Nothing is charged."
    stretch, anew = left_of(making, subscription), price.interval != subscription.interval
    cost = (afresh if anew else within)(paid_for(subscription, old), new, stretch)
    details = cost.as_details(stretch)
    put_on(subscription, price)
    if anew:
        begin_anew(making, subscription)
        details["anchor"] = local_day(making.at).isoformat()
    else:
        charge_period(making, subscription)
    book(making, subscription, kind, before, Told(cost.net_cents, details=details))
    owed = cost.in_words(stretch, subscription.currency)
    return f"{price.plan.name} from now on, {worth(subscription)}. {owed}"


def both(making: Making, subscription: Subscription, price: Price) -> tuple[Terms, Terms]:
    """Return what a subscription costs, and what it would cost at another price."""
    if price.id == subscription.price_id:
        raise ActionRefused("It has this price already.", "Choose another one.")
    return terms_of(making, subscription, subscription.price), terms_of(making, subscription, price)


def towards(subscription: Subscription, price: Price, old: Terms, new: Terms) -> Kind:
    """Return whether a change goes up or down."""
    return direction((subscription.plan.rank, old.list_mrr_cents), (price.plan.rank, new.list_mrr_cents))


def paid_for(subscription: Subscription, old: Terms) -> int:
    """Return what the running period was charged: as it was written down, else what it costs as agreed on now."""
    known = subscription.period_charge_cents
    return old.charge_cents if known is None else known


def left_of(making: Making, subscription: Subscription) -> Stretch:
    """Return what is left of the paid period."""
    start, end = subscription.current_period_start, subscription.current_period_end
    if start is None or end is None:
        raise ActionRefused(UNKNOWN_PERIOD)
    if end <= making.at:
        raise ActionRefused(OVER, "Try again in a few minutes.")
    return Stretch.of(start, end, making.at)


def begin_anew(making: Making, subscription: Subscription) -> None:
    """Begin a period at the moment of the change: another interval does not fit into the old one."""
    subscription.current_period_start = making.at
    subscription.current_period_end = period_end(making.at, subscription.interval, local_day(making.at))
    charge_period(making, subscription)


def change_later(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """Let another price take over at the end of the period; nothing is charged for that."""
    price = chosen(making, answers["price"])
    _, new = both(making, subscription, price)
    schedule(making, subscription, price)
    assert subscription.current_period_end is not None  # refused without one
    end = formats.day(local_day(subscription.current_period_end))
    monthly = formats.money(new.mrr_cents, subscription.currency)
    return f"{price.plan.name} takes over on {end}, {monthly} per month without VAT."


def schedule(making: Making, subscription: Subscription, price: Price, on: datetime | None = None) -> None:
    """Write down which price takes over, on a date or at the end of the period."""
    let_wait(subscription, price, on)
    book(making, subscription, Kind.CHANGE_SCHEDULED, Before.of(subscription), Told(to=price))


def withdraw_change(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """Let the subscription keep its price and its units."""
    let_wait(subscription, None)
    book(making, subscription, Kind.CHANGE_WITHDRAWN, Before.of(subscription))
    return f"It stays with {subscription.plan.name}."


def take_over(making: Making, subscription: Subscription, price: Price, kind: Kind | None) -> tuple[Kind, Before]:
    """Put a subscription on the price that waited; return what kind of change that is, and what it was before."""
    before, (old, new) = Before.of(subscription), both(making, subscription, price)
    found = kind or towards(subscription, price, old, new)
    put_on(subscription, price)
    let_wait(subscription, None)
    return found, before


def take_over_on_its_date(making: Making, subscription: Subscription) -> None:
    """Put a subscription on the price that waited for a date; the rest of a paid period is settled by days."""
    price = subscription.pending_price
    assert price is not None  # it has a date
    old, new = both(making, subscription, price)
    kind, before = take_over(making, subscription, price, count_migration(making, subscription))
    told = Told()
    if subscription.status in CHARGED and subscription.current_period_end is not None:
        stretch = left_of(making, subscription)
        cost = within(paid_for(subscription, old), new, stretch)
        told = Told(cost.net_cents, details=cost.as_details(stretch))
        charge_period(making, subscription)
    book(making, subscription, kind, before, told)
