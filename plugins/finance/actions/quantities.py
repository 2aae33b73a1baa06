"""How a subscription gets more or fewer units: now, settled by days like a change of plan, or with its next period."""

from collections.abc import Mapping
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.periods import local_day
from admin_core.theme import formats
from plugins.finance.actions.changing import left_of, paid_for
from plugins.finance.actions.ending import LATER
from plugins.finance.actions.making import Before, Making, Told, book, charge_period, terms_of
from plugins.finance.actions.prices import put_quantity
from plugins.finance.actions.subscribing import worth
from plugins.finance.rules.lifecycle import Deed, why_not
from plugins.finance.rules.proration import within
from schema.subscriptions import Subscription
from schema.subscriptions import SubscriptionEventKind as Kind
from schema.subscriptions import SubscriptionStatus as Status


def change_quantity(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """Agree on another number of units, at once or from the next period on."""
    quantity, later = int(answers["quantity"]), answers["when"] == LATER
    if problem := why_not(Deed.CHANGE_LATER if later else Deed.CHANGE_NOW, subscription):
        raise ActionRefused(problem, "" if later else "It can be changed at the end of the period, where one runs.")
    if quantity == subscription.quantity:
        raise ActionRefused(f"It has {in_units(quantity)} already.", "Enter another number.")
    return (wait if later else change)(making, subscription, quantity)


def change(making: Making, subscription: Subscription, quantity: int) -> str:
    """Change the units at once. What it costs stays with the event, for the next invoice."""
    before = Before.of(subscription)
    if subscription.status is Status.TRIALING:
        told = Told(period_end=subscription.trial_ends_at, details=put_quantity(subscription, quantity))
        book(making, subscription, Kind.QUANTITY_CHANGED, before, told)
        return f"The trial goes on with {in_units(quantity)}. Nothing is charged."
    old, new = (terms_of(making, subscription, subscription.price, each) for each in (subscription.quantity, quantity))
    stretch = left_of(making, subscription)
    cost = within(paid_for(subscription, old), new, stretch)
    details = {**put_quantity(subscription, quantity), **cost.as_details(stretch)}
    charge_period(making, subscription)
    book(making, subscription, Kind.QUANTITY_CHANGED, before, Told(cost.net_cents, details=details))
    owed = cost.in_words(stretch, subscription.currency)
    return f"{in_units(quantity)} from now on, {worth(subscription)}. {owed}"


def wait(making: Making, subscription: Subscription, quantity: int) -> str:
    """Let the next period begin with another number of units; nothing is charged for that."""
    assert subscription.current_period_end is not None  # refused without one
    subscription.pending_quantity = quantity
    told = Told(details={"quantity_before": subscription.quantity, "quantity": quantity})
    book(making, subscription, Kind.CHANGE_SCHEDULED, Before.of(subscription), told)
    terms = terms_of(making, subscription, subscription.price, quantity)
    monthly = formats.money(terms.mrr_cents, subscription.currency)
    end = formats.day(local_day(subscription.current_period_end))
    return f"{in_units(quantity)} from {end} on, {monthly} per month without VAT."


def in_units(quantity: int) -> str:
    """Return a number of units in words."""
    return f"{formats.number(quantity)} unit{'' if quantity == 1 else 's'}"
