"""The life of a subscription: what may be done in which state, and what falls due next."""

import enum
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from admin_core.theme.formats import absolute
from schema.catalog import Price
from schema.subscriptions import SubscriptionEventKind, SubscriptionStatus

TRIALING, ACTIVE, PAST_DUE = SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE
PAUSED, CANCELLED, LAPSED = SubscriptionStatus.PAUSED, SubscriptionStatus.CANCELLED, SubscriptionStatus.TRIAL_LAPSED
LIVE = frozenset({TRIALING, ACTIVE, PAST_DUE, PAUSED})
CHARGED = frozenset({ACTIVE, PAST_DUE})
MOVES = frozenset({TRIALING, ACTIVE, PAST_DUE})
"""What a price takes over on its date; one that is paused gets it when it renews."""


class Standing(Protocol):
    """What decides about a subscription."""

    status: Any
    cancel_at_period_end: Any
    pending_price_id: Any
    pending_at: Any
    pending_quantity: Any
    current_period_end: Any
    trial_ends_at: Any
    grace_ends_at: Any
    resumes_at: Any
    discount_percent: Any
    discount_amount_cents: Any
    discount_ends_at: Any


class Deed(enum.StrEnum):
    """What people do to a subscription."""

    CHANGE_NOW = "change_now"
    CHANGE_LATER = "change_later"
    CHANGE_QUANTITY = "change_quantity"
    WITHDRAW_CHANGE = "withdraw_change"
    CANCEL = "cancel"
    WITHDRAW_CANCEL = "withdraw_cancel"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND_TRIAL = "extend_trial"
    CONVERT_TRIAL = "convert_trial"
    ADD_DISCOUNT = "add_discount"
    END_DISCOUNT = "end_discount"
    MARK_UNPAID = "mark_unpaid"
    MARK_PAID = "mark_paid"


MAY: dict[Deed, frozenset[SubscriptionStatus]] = {
    Deed.CHANGE_NOW: frozenset({ACTIVE, TRIALING}),
    Deed.CHANGE_LATER: frozenset({ACTIVE, PAST_DUE}),
    Deed.CHANGE_QUANTITY: frozenset({ACTIVE, TRIALING, PAST_DUE}),
    Deed.WITHDRAW_CHANGE: LIVE,
    Deed.CANCEL: LIVE,
    Deed.WITHDRAW_CANCEL: LIVE,
    Deed.PAUSE: frozenset({ACTIVE}),
    Deed.RESUME: frozenset({PAUSED}),
    Deed.EXTEND_TRIAL: frozenset({TRIALING}),
    Deed.CONVERT_TRIAL: frozenset({TRIALING}),
    Deed.ADD_DISCOUNT: MOVES,
    Deed.END_DISCOUNT: LIVE,
    Deed.MARK_UNPAID: frozenset({ACTIVE}),
    Deed.MARK_PAID: frozenset({PAST_DUE}),
}
STANDS = {
    TRIALING: "It is in its trial.",
    ACTIVE: "It is active.",
    PAST_DUE: "Its last payment failed: mark it as paid first, or wait for the payment.",
    PAUSED: "It is paused: resume it first.",
    CANCELLED: "It has ended: start a new subscription on the customer's page.",
    LAPSED: "Its trial has lapsed: start a new subscription on the customer's page.",
}
CANCELLING = "It ends with its period: withdraw the cancellation first."
CHANGING = "A change already waits for its moment: withdraw it first."
UNKNOWN_PERIOD = "Its billing period is not known, so nothing can be worked out by days."
SETTLED = frozenset({Deed.CHANGE_NOW, Deed.CHANGE_LATER, Deed.CHANGE_QUANTITY, Deed.PAUSE})
"""Deeds for which nothing else may be waiting."""
DATED = frozenset({Deed.CHANGE_LATER, Deed.PAUSE})
MIGRATION = "price-migration"
FAR = timedelta(days=731)
"""What is decided for later was mistyped."""


def why_not(deed: Deed, subscription: Standing) -> str:
    """Return why a deed does not apply to a subscription now; empty when it does."""
    if subscription.status not in MAY[deed]:
        return STANDS[subscription.status]
    return why_unsettled(deed, subscription) if deed in SETTLED else why_pointless(deed, subscription)


def why_pointless(deed: Deed, subscription: Standing) -> str:
    """Return why there is nothing for a deed to do."""
    pointless = {
        Deed.WITHDRAW_CHANGE: (not waits(subscription), "No change is waiting."),
        Deed.WITHDRAW_CANCEL: (not subscription.cancel_at_period_end, "No cancellation is waiting."),
        Deed.ADD_DISCOUNT: (is_discounted(subscription), "It has a discount already: take that off first."),
        Deed.END_DISCOUNT: (not is_discounted(subscription), "It has no discount."),
    }
    applies, sentence = pointless.get(deed, (False, ""))
    return sentence if applies else ""


def why_unsettled(deed: Deed, subscription: Standing) -> str:
    """Return what has to be settled before a plan changes or a pause begins."""
    if subscription.cancel_at_period_end:
        return CANCELLING
    if waits(subscription):
        return CHANGING
    needs_period = deed in DATED or subscription.status is ACTIVE
    return UNKNOWN_PERIOD if needs_period and subscription.current_period_end is None else ""


def waits(subscription: Standing) -> bool:
    """Return whether another price, or another number of units, waits for its moment."""
    return subscription.pending_price_id is not None or subscription.pending_quantity is not None


def is_discounted(subscription: Standing) -> bool:
    """Return whether something is taken off its charges."""
    return subscription.discount_percent is not None or subscription.discount_amount_cents is not None


def refusing(deed: Deed) -> Callable[[Standing], str]:
    """Return the question why a deed does not apply."""
    return lambda subscription: why_not(deed, subscription)


def direction(old: tuple[int, int], new: tuple[int, int]) -> SubscriptionEventKind:
    """Return whether a change goes up or down: by the plan's rank, and within one rank by what it is per month."""
    return SubscriptionEventKind.UPGRADED if new >= old else SubscriptionEventKind.DOWNGRADED


class Due(enum.StrEnum):
    """What the clock does to a subscription; of two at one moment the earlier here comes first."""

    GRACE_ENDS = "grace-ends"
    ENDS = "ends"
    DISCOUNT_ENDS = "discount-ends"
    PERIOD_ENDS = "period-ends"
    TRIAL_ENDS = "trial-ends"
    RESUMES = "resumes"
    PRICE_MOVES = "price-moves"


def next_due(subscription: Standing) -> tuple[datetime, Due] | None:
    """Return what happens next by itself, and when; None when nothing does."""
    known = [(moment, due) for moment, due in awaited(subscription) if moment is not None]
    order = list(Due)
    return min(known, key=lambda pair: (pair[0], order.index(pair[1])), default=None)


def awaited(subscription: Standing) -> list[tuple[datetime | None, Due]]:
    """Return everything that waits for its moment; a discount ends at its own in any state."""
    if subscription.status not in LIVE:
        return []
    found: list[tuple[datetime | None, Due]] = []
    if subscription.status is TRIALING:
        found.append((subscription.trial_ends_at, Due.TRIAL_ENDS))
    if subscription.status is PAUSED:
        found.append((subscription.resumes_at, Due.RESUMES))
    if subscription.status in CHARGED:
        ends = Due.ENDS if subscription.cancel_at_period_end else Due.PERIOD_ENDS
        found.append((subscription.current_period_end, ends))
    if subscription.status in MOVES and not subscription.cancel_at_period_end:
        found.append((subscription.pending_at, Due.PRICE_MOVES))
    if is_discounted(subscription):
        found.append((subscription.discount_ends_at, Due.DISCOUNT_ENDS))
    if subscription.status is PAST_DUE:
        found.append((subscription.grace_ends_at, Due.GRACE_ENDS))
    return found


def key_of(subscription_id: uuid.UUID, due: Due, moment: datetime) -> str:
    """Return the name of one thing that falls due, so that it is recorded once."""
    return f"due:{subscription_id}:{due}:{moment:%Y%m%dT%H%M%S%f}"


def migration_key(migration_id: uuid.UUID, subscription_id: uuid.UUID) -> str:
    """Return the name of the step by which a price migration lets its price wait for a subscription."""
    return f"{MIGRATION}:{migration_id}:{subscription_id}"


def migration_in(key: str) -> uuid.UUID | None:
    """Return the price migration that such a name speaks of; None for the name of anything else."""
    kind, _, rest = key.partition(":")
    return uuid.UUID(rest.partition(":")[0]) if kind == MIGRATION else None


def why_overtaken(due: tuple[datetime, Due] | None, now: datetime) -> str:
    """Return why nobody may change a subscription now: what fell due before comes first."""
    if due is None or due[0] > now:
        return ""
    return f"What fell due at {absolute(due[0])} was not applied yet."


def why_not_moved_to(price: Price, now: datetime) -> str:
    """Return why no subscriber may be moved to a price now."""
    if price.replaces_id is None:
        return "This price replaces no other."
    return f"It begins at {absolute(price.valid_from)}: nobody pays it before." if price.valid_from > now else ""


def why_not_moved_on(day: date, today: date) -> str:
    """Return why nobody can be moved to a price on a day."""
    if day <= today:
        return "This day has begun already: nobody is moved without notice."
    return "" if day <= today + FAR else "This day is more than two years from now."


def why_no_extension(days: int, whole: int, most: int, most_in_all: int) -> str:
    """Return why a trial can't be made longer by so many days; ``whole`` is what it would last then."""
    if days > most:
        return f"One extension may add {most} days at most."
    if whole > most_in_all:
        return f"The trial would last {whole} days; {most_in_all} is the most."
    return ""
