"""Discounts of subscriptions that run already: put on by a promotion code, taken off by people or with the code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Effects
from admin_core.periods import local_day
from admin_core.policy import Person
from admin_core.theme import formats
from plugins.finance.actions.making import Before, Making, Told, book, in_turn, terms_of
from plugins.finance.actions.subscribing import worth
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.discounts import discount_end
from plugins.finance.rules.lifecycle import UNKNOWN_PERIOD, Deed, is_discounted, why_not
from schema.promotions import PromotionCode, Redemption
from schema.subscriptions import ActorKind, Subscription
from schema.subscriptions import SubscriptionEventKind as Kind
from schema.subscriptions import SubscriptionStatus as Status

BUSY = "A subscription with this discount is being changed right now."


def discount_by_code(
    *,
    session: Session,
    effects: Effects,
    now: datetime,
    subscription: Subscription,
    redemption: Redemption,
    person: Person | None,
) -> str:
    """Take what a redeemed code gives off a subscription's charges from the next one on; return that in a sentence.

    The subscription is locked by the caller. Without a person the customer did it, in their app.
    """
    actor = ActorKind.STAFF if person else ActorKind.CUSTOMER
    making = Making(session, effects, now, actor, person.own_id if person else None, f"Code {redemption.code.code}")
    return in_turn(add)(making, subscription, {"redemption": redemption})


def add(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """Put the discount on: it counts as revenue from now on, and for the charges that come."""
    redemption: Redemption = answers["redemption"]
    code = redemption.code
    charged_at = next_charge(subscription)
    in_trial = subscription.status is Status.TRIALING
    anchor = local_day(charged_at) if in_trial else queries.anchor_of(making.session, subscription)
    before = Before.of(subscription)
    subscription.discount_percent, subscription.discount_amount_cents = code.percent, code.amount_cents
    subscription.discount_ends_at = discount_end(code, charged_at, subscription.interval, anchor)
    subscription.redemption_id = redemption.id
    details = {"code": code.code, "redemption": str(redemption.id), "ends_at": text_of(subscription.discount_ends_at)}
    period = subscription.trial_ends_at if in_trial else None
    book(making, subscription, Kind.DISCOUNT_ADDED, before, Told(period_end=period, details=details))
    return in_words(making, subscription, code, charged_at)


def next_charge(subscription: Subscription) -> datetime:
    """Return when it is charged next; ActionRefused where no discount can be put on it."""
    if problem := why_not(Deed.ADD_DISCOUNT, subscription):
        raise ActionRefused(problem)
    if subscription.is_complimentary:
        raise ActionRefused("It is given for free: there is nothing to take off.")
    if subscription.cancel_at_period_end:
        raise ActionRefused("It ends before its next charge.", "Withdraw the cancellation first.")
    in_trial = subscription.status is Status.TRIALING
    found = subscription.trial_ends_at if in_trial else subscription.current_period_end
    if found is None:
        raise ActionRefused(UNKNOWN_PERIOD)
    return found


def in_words(making: Making, subscription: Subscription, code: PromotionCode, charged_at: datetime) -> str:
    """Return what comes of a discount."""
    terms = terms_of(making, subscription, subscription.price)
    off = (
        f"{formats.plain_number(code.percent.normalize())} %"
        if code.percent is not None
        else formats.money(code.amount_cents or 0, subscription.currency)
    )
    ends = subscription.discount_ends_at
    until = f"until {formats.day(local_day(ends))}" if ends else "for good"
    charge = formats.money(terms.charge_cents, subscription.currency)
    return (
        f"{off} off each charge {until}. Next charge on {formats.day(local_day(charged_at))}: {charge} without VAT."
        f" MRR: {formats.money(subscription.mrr_cents, subscription.currency)}."
    )


def text_of(moment: datetime | None) -> str | None:
    """Return a moment as an event keeps it."""
    return moment.isoformat() if moment else None


def take_off(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """Let the full price count from now on; what is charged already stays as it is."""
    before = Before.of(subscription)
    clear(subscription)
    book(making, subscription, Kind.DISCOUNT_ENDED, before)
    return f"The full price counts from now on, {worth(subscription)}."


def clear(subscription: Subscription) -> None:
    """Take nothing off any more."""
    subscription.discount_percent = subscription.discount_amount_cents = subscription.discount_ends_at = None
    subscription.redemption_id = None


def end_discount_of(
    *, session: Session, effects: Effects, now: datetime, redemption: Redemption, person: Person
) -> int:
    """Take the discount of a redemption off the subscriptions that have it; return how many these were.

    Nobody waits for a subscription here: whoever holds one wants its customer next, whom the caller holds.
    """
    wanted = queries.discounted_by(session, redemption.id)
    held = queries.lock_those(session, wanted)
    if len(held) < len(wanted):
        raise ActionRefused(BUSY, "Try again in a moment.")
    making = Making(session, effects, now, ActorKind.STAFF, person.own_id, redemption.reversal_reason)
    having = [each for each in held if is_discounted(each) and each.redemption_id == redemption.id]
    for each in having:
        in_turn(take_off)(making, each, {})
    return len(having)
