"""How a customer stands as a whole, from all their subscriptions."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from schema.customers import CustomerStatus
from schema.subscriptions import SubscriptionStatus

MEANS = {
    SubscriptionStatus.PAST_DUE: CustomerStatus.PAST_DUE,
    SubscriptionStatus.ACTIVE: CustomerStatus.ACTIVE,
    SubscriptionStatus.TRIALING: CustomerStatus.TRIAL,
    SubscriptionStatus.PAUSED: CustomerStatus.PAUSED,
    SubscriptionStatus.CANCELLED: CustomerStatus.CANCELLED,
    SubscriptionStatus.TRIAL_LAPSED: CustomerStatus.CANCELLED,
}
"""In this order: one that is late makes the customer late, whatever else they pay."""
ORDER = list(MEANS)


@dataclass(frozen=True)
class Held:
    """A subscription as far as it decides about its customer."""

    status: SubscriptionStatus
    plan_id: uuid.UUID
    mrr_cents: int
    currency: str
    started_at: datetime
    trial_ends_at: datetime | None


@dataclass(frozen=True)
class Whole:
    """How the customer stands."""

    status: CustomerStatus
    plan_id: uuid.UUID
    mrr_cents: int
    trial_ends_at: datetime | None


def whole_of(held: Sequence[Held], currency: str) -> Whole:
    """Return how a customer with these subscriptions stands; at least one is needed. Other currencies are not added."""
    leading = min(held, key=lambda each: (is_over(each), -each.mrr_cents, -each.started_at.timestamp()))
    return Whole(
        status=MEANS[min((each.status for each in held), key=ORDER.index)],
        plan_id=leading.plan_id,
        mrr_cents=sum(each.mrr_cents for each in held if each.currency == currency),
        trial_ends_at=latest(each.trial_ends_at for each in held if each.status is SubscriptionStatus.TRIALING),
    )


def is_over(held: Held) -> bool:
    """Return whether a subscription has ended."""
    return MEANS[held.status] is CustomerStatus.CANCELLED


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the latest moment; None when there is none."""
    return max((moment for moment in moments if moment is not None), default=None)
