"""How a subscription stops: cancelled, paused, unpaid; and how it goes on after all."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.periods import local_day
from admin_core.theme import formats
from plugins.finance.actions.changing import begin_anew
from plugins.finance.actions.making import Before, Making, Told, book
from plugins.finance.actions.prices import let_wait, wait_for_renewal
from plugins.finance.actions.subscribing import worth
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.proration import Stretch
from schema.subscriptions import CancelReason, Subscription
from schema.subscriptions import SubscriptionEventKind as Kind
from schema.subscriptions import SubscriptionStatus as Status

NOW, LATER = "now", "period_end"


def cancel(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """End a subscription, at once or with its period or trial. Nothing is given back by that."""
    making = making.because(answers.get("comment"))
    reason = CancelReason(answers["cancel_reason"])
    if answers["when"] == LATER:
        return cancel_later(making, subscription, reason)
    remember(making, subscription, reason)
    end(making, subscription, Kind.CANCELLED)
    return f"{subscription.plan.name} has ended. What was paid is not given back by this: refund the payment for that."


def cancel_later(making: Making, subscription: Subscription, reason: CancelReason) -> str:
    """Let a subscription end with the period that is paid, or with its trial; until then it counts."""
    last = subscription.trial_ends_at if subscription.status is Status.TRIALING else subscription.current_period_end
    if subscription.cancel_at_period_end:
        raise ActionRefused("It ends with its period already.", "It can also be ended now.")
    if subscription.status is Status.PAUSED or last is None:
        raise ActionRefused("No paid period is running.", "End it now.")
    remember(making, subscription, reason)
    subscription.cancel_at_period_end = True
    details = {"cancel_reason": str(reason)}
    book(making, subscription, Kind.CANCEL_REQUESTED, Before.of(subscription), Told(period_end=last, details=details))
    return f"{subscription.plan.name} ends on {formats.day(local_day(last))}."


def remember(making: Making, subscription: Subscription, reason: CancelReason) -> None:
    """Write down when and why the customer asked to leave."""
    subscription.cancel_requested_at = making.at
    subscription.cancel_reason, subscription.cancel_comment = reason, making.reason


def end(making: Making, subscription: Subscription, kind: Kind, status: Status = Status.CANCELLED) -> None:
    """Let a subscription be over from the moment of the change; nothing waits for it any more."""
    before = Before.of(subscription)
    subscription.status, subscription.ended_at = status, making.at
    subscription.cancel_at_period_end = False
    let_wait(subscription, None)
    reason = {"cancel_reason": str(subscription.cancel_reason)} if subscription.cancel_reason else {}
    book(making, subscription, kind, before, Told(details=reason))


def withdraw_cancel(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """Let a subscription go on after the end of its period."""
    subscription.cancel_at_period_end = False
    subscription.cancel_requested_at = subscription.cancel_reason = subscription.cancel_comment = None
    wait_for_renewal(making, subscription)
    book(making, subscription, Kind.CANCEL_WITHDRAWN, Before.of(subscription))
    return f"{subscription.plan.name} goes on."


def pause(making: Making, subscription: Subscription, answers: Mapping[str, Any]) -> str:
    """Stop a subscription for a time: it counts no more, and the paid days that are left are kept for later."""
    before, days = Before.of(subscription), answers.get("days")
    assert subscription.current_period_start is not None  # refused without a period
    assert subscription.current_period_end is not None
    kept = Stretch.of(subscription.current_period_start, subscription.current_period_end, making.at).left
    subscription.status, subscription.paused_at = Status.PAUSED, making.at
    subscription.resumes_at = making.at + timedelta(days=days) if days else None
    told = Told(period_end=subscription.resumes_at, details={"days_left": kept})
    book(making, subscription, Kind.PAUSED, before, told)
    until = f" until {formats.day(local_day(subscription.resumes_at))}" if subscription.resumes_at else ""
    return f"Paused{until}; {kept} paid days are kept."


def resume(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """Let a paused subscription go on: first the paid days that were left, then it renews."""
    before = Before.of(subscription)
    anchor = run_on(making, subscription)
    wait_for_renewal(making, subscription)
    subscription.status, subscription.paused_at, subscription.resumes_at = Status.ACTIVE, None, None
    book(making, subscription, Kind.RESUMED, before, Told(details={"anchor": anchor.isoformat()}))
    return f"{subscription.plan.name} goes on, {worth(subscription)}."


def run_on(making: Making, subscription: Subscription) -> date:
    """Move the period by the time paused, or begin one where nothing was left; return the day of its anchor.

    Start and end move together: the period keeps its length, so what a day of it costs stays what was paid.
    """
    start, end, since = subscription.current_period_start, subscription.current_period_end, subscription.paused_at
    if start is None or end is None or since is None or end <= since:
        begin_anew(making, subscription)
        return local_day(making.at)
    ends = end + (making.at - since)
    subscription.current_period_start, subscription.current_period_end = start + (making.at - since), ends
    return local_day(ends)


def mark_unpaid(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """Note that the payment of the period failed: the plan goes on and counts until the days of grace are over."""
    days = queries.house_rules(making.session).grace_days
    before = Before.of(subscription)
    subscription.status, subscription.past_due_since = Status.PAST_DUE, making.at
    subscription.grace_ends_at = making.at + timedelta(days=days)
    book(making, subscription, Kind.PAYMENT_FAILED, before)
    return f"Past due. Unpaid by {formats.day(local_day(subscription.grace_ends_at))}, it ends."


def mark_paid(making: Making, subscription: Subscription, _answers: Mapping[str, Any]) -> str:
    """Note that the payment came after all."""
    before = Before.of(subscription)
    subscription.status, subscription.past_due_since, subscription.grace_ends_at = Status.ACTIVE, None, None
    book(making, subscription, Kind.PAYMENT_RECOVERED, before)
    return f"{subscription.plan.name} is active again."
