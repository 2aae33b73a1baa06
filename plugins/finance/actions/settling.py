"""Lets what fell due happen to a subscription, in its order and dated when it was due, however late it is noticed."""

from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.contributions import Effects
from admin_core.periods import local_day
from plugins.finance.actions.changing import take_over, take_over_on_its_date
from plugins.finance.actions.discounts import clear
from plugins.finance.actions.ending import end, resume
from plugins.finance.actions.making import Before, Making, Told, book, charge_period
from plugins.finance.actions.prices import count_migration, put_quantity, waiting_price
from plugins.finance.actions.subscribing import convert_trial
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.lifecycle import Due, key_of, next_due
from plugins.finance.rules.periods import period_end
from schema.catalog import MigrationState
from schema.subscriptions import CancelReason, Subscription
from schema.subscriptions import SubscriptionEventKind as Kind
from schema.subscriptions import SubscriptionStatus as Status

MOST = 100
"""Things that may have fallen due of one subscription in one run; a daily plan after a long silence takes several."""


def settle(session: Session, effects: Effects, subscription: Subscription, now: datetime) -> int:
    """Apply what fell due until ``now``; return how much that was. The subscription is locked by the caller."""
    for done in range(MOST):
        found = next_due(subscription)
        if found is None or found[0] > now:
            return done
        moment, due = found
        making = Making(session, effects, moment, source_key=key_of(subscription.id, due, moment))
        apply(making, subscription, due)
    return MOST


def apply(making: Making, subscription: Subscription, due: Due) -> None:
    """Let one thing happen."""
    if due is Due.GRACE_ENDS:
        subscription.cancel_reason = CancelReason.NON_PAYMENT
        end(making, subscription, Kind.GRACE_ENDED)
    elif due is Due.ENDS:
        end(making.because(subscription.cancel_comment), subscription, Kind.CANCELLED)
    elif due is Due.DISCOUNT_ENDS:
        end_discount(making, subscription)
    elif due is Due.PERIOD_ENDS:
        renew(making, subscription)
    elif due is Due.TRIAL_ENDS:
        end_trial(making, subscription)
    elif due is Due.PRICE_MOVES:
        take_over_on_its_date(making, subscription)
    else:
        resume(making, subscription, {})


def end_discount(making: Making, subscription: Subscription) -> None:
    """Charge the full price from now on."""
    before = Before.of(subscription)
    clear(subscription)
    book(making, subscription, Kind.DISCOUNT_ENDED, before)


def end_trial(making: Making, subscription: Subscription) -> None:
    """Begin to charge whoever left a way to be charged, or a plan that is free; let the others lapse."""
    if subscription.cancel_at_period_end:
        end(making.because(subscription.cancel_comment), subscription, Kind.CANCELLED)
    elif subscription.gateway_token or subscription.is_complimentary:
        convert_trial(making, subscription, {})
    else:
        end(making, subscription, Kind.TRIAL_LAPSED, Status.TRIAL_LAPSED)


def renew(making: Making, subscription: Subscription) -> None:
    """Begin the next period, on the price or with the units that wait where there are some."""
    interval, anchor = subscription.interval, queries.anchor_of(making.session, subscription)
    kind, before, details = Kind.RENEWED, Before.of(subscription), dict[str, object]()
    if (price := waiting_price(making, subscription)) is not None:
        kind, before = take_over(making, subscription, price, count_migration(making, subscription))
    elif subscription.pending_quantity is not None:
        kind, details = Kind.QUANTITY_CHANGED, put_quantity(subscription, subscription.pending_quantity)
    if subscription.interval != interval:
        anchor = local_day(making.at)
    subscription.current_period_start = making.at
    subscription.current_period_end = period_end(making.at, subscription.interval, anchor)
    charge_period(making, subscription)
    book(making, subscription, kind, before, Told(details={**details, "anchor": anchor.isoformat()}))


def close_migrations(session: Session) -> int:
    """Call those migrations done whose last subscription has moved; return how many these were."""
    found = queries.finished_migrations(session)
    for each in found:
        each.state = MigrationState.DONE
    session.flush()
    return len(found)
