"""How a subscription begins: at once or with a trial, and how a trial goes on."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.periods import local_day
from admin_core.theme import formats
from plugins.finance.actions.making import NOTHING, Before, Making, Told, book, charge_period
from plugins.finance.actions.prices import chosen, count_migration, let_wait, put_on, waiting_price
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.lifecycle import why_no_extension
from plugins.finance.rules.periods import days_between, period_end
from schema.catalog import Interval, Price
from schema.customers import Customer
from schema.subscriptions import Subscription
from schema.subscriptions import SubscriptionEventKind as Kind
from schema.subscriptions import SubscriptionStatus as Status

TRIAL = "trial"


def start(making: Making, customer: Customer, answers: Mapping[str, Any]) -> str:
    """Begin a subscription of a customer: with the plan's trial, or paying at once."""
    price = chosen(making, answers["price"])
    require_consistent(price, answers)
    paid_before = queries.has_paid_before(making.session, customer.id)
    subscription = Subscription(
        customer=customer,
        plan=price.plan,
        price=price,
        quantity=1,
        interval=price.interval,
        amount_cents=price.amount_cents,
        currency=price.currency,
        is_complimentary=price.plan.is_complimentary,
        list_mrr_cents=0,
        mrr_cents=0,
        started_at=making.at,
    )
    discount(subscription, making, answers)
    if answers["begins"] == TRIAL:
        return begin_trial(making, subscription)
    subscription.status = Status.ACTIVE
    begin_paying(making, subscription, Kind.REACTIVATED if paid_before else Kind.STARTED, NOTHING)
    return f"{price.plan.name} runs from now on, {worth(subscription)}."


def require_consistent(price: Price, answers: Mapping[str, Any]) -> None:
    """Refuse answers that contradict each other."""
    if answers["begins"] == TRIAL and not price.plan.trial_days:
        raise ActionRefused(f"{price.plan.name} has no trial.", "Let it begin at once.")
    if answers.get("discount") is None and answers.get("discount_months") is not None:
        raise ActionRefused("A number of months needs a discount.", "Enter how many percent, or clear the months.")


def discount(subscription: Subscription, making: Making, answers: Mapping[str, Any]) -> None:
    """Take a percentage off the charges of some months, or of all when no number of months is given."""
    percent, months = answers.get("discount"), answers.get("discount_months")
    if percent is None:
        return
    subscription.discount_percent = Decimal(percent)
    end = making.at
    for _ in range(months or 0):
        end = period_end(end, Interval.MONTH, local_day(making.at))
    subscription.discount_ends_at = end if months else None


def begin_trial(making: Making, subscription: Subscription) -> str:
    """Begin the plan's trial."""
    ends = making.at + timedelta(days=subscription.plan.trial_days)
    subscription.status, subscription.trial_started_at, subscription.trial_ends_at = Status.TRIALING, making.at, ends
    making.session.add(subscription)
    book(making, subscription, Kind.TRIAL_STARTED, NOTHING, Told(period_end=ends))
    return f"The trial of {subscription.plan.name} runs until {formats.day(local_day(ends))}."


def begin_paying(making: Making, subscription: Subscription, kind: Kind, before: Before) -> None:
    """Begin the first period that is charged; later ones are counted from its day."""
    anchor = local_day(making.at)
    subscription.current_period_start = making.at
    subscription.current_period_end = period_end(making.at, subscription.interval, anchor)
    charge_period(making, subscription)
    making.session.add(subscription)
    book(making, subscription, kind, before, Told(details={"anchor": anchor.isoformat()}))


def convert_trial(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """End the trial and begin to charge, at the price that waits where there is one."""
    before = Before.of(subscription)
    if (price := waiting_price(making, subscription)) is not None:
        count_migration(making, subscription)
        put_on(subscription, price)
        let_wait(subscription, None)
    subscription.status, subscription.trial_converted_at = Status.ACTIVE, making.at
    subscription.cancel_at_period_end = False
    begin_paying(making, subscription, Kind.TRIAL_CONVERTED, before)
    return f"{subscription.plan.name} is paid from now on, {worth(subscription)}."


def extend_trial(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """Let a trial end later, within what the settings allow."""
    days, house = int(answers["days"]), queries.house_rules(making.session)
    assert subscription.trial_ends_at is not None  # a trial has an end
    ends = subscription.trial_ends_at + timedelta(days=days)
    whole = days_between(subscription.trial_started_at or subscription.started_at, ends)
    if problem := why_no_extension(days, whole, house.extension_days, house.trial_days):
        raise ActionRefused(problem, "The limits stand on the settings page, under Subscriptions.")
    if ends <= making.at:
        raise ActionRefused("It would still end in the past.", "Add more days.")
    subscription.trial_ends_at = ends
    told = Told(period_end=ends, details={"days": days})
    book(making, subscription, Kind.TRIAL_EXTENDED, Before.of(subscription), told)
    return f"The trial runs until {formats.day(local_day(ends))}, {days} days longer."


def worth(subscription: Subscription) -> str:
    """Return what it adds to recurring revenue, in words."""
    return f"{formats.money(subscription.mrr_cents, subscription.currency)} per month without VAT"
