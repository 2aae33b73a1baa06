"""How a change of one subscription is booked as movements of its customer's recurring revenue."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from schema.subscriptions import MovementKind, MovementReason
from schema.subscriptions import SubscriptionEventKind as Kind

REASONS = {
    Kind.STARTED: MovementReason.STARTED,
    Kind.REACTIVATED: MovementReason.STARTED,
    Kind.TRIAL_CONVERTED: MovementReason.TRIAL_CONVERTED,
    Kind.QUANTITY_CHANGED: MovementReason.QUANTITY,
    Kind.PRICE_MIGRATED: MovementReason.PRICE_MIGRATION,
    Kind.DISCOUNT_ADDED: MovementReason.DISCOUNT,
    Kind.DISCOUNT_ENDED: MovementReason.DISCOUNT,
    Kind.GRACE_ENDED: MovementReason.INVOLUNTARY,
    Kind.PAUSED: MovementReason.PAUSED,
    Kind.RESUMED: MovementReason.RESUMED,
    Kind.CANCELLED: MovementReason.VOLUNTARY,
}


def reason_of(kind: Kind) -> MovementReason:
    """Return why revenue moved; what only came to light with another event, such as another VAT rate, is the plan's."""
    return REASONS.get(kind, MovementReason.PLAN_CHANGE)


@dataclass(frozen=True)
class Side:
    """What a subscription was, or is, worth per month, and on which plan."""

    plan_id: uuid.UUID | None
    cents: int


@dataclass(frozen=True)
class Moved:
    """One movement: signed cents on one plan."""

    kind: MovementKind
    plan_id: uuid.UUID
    cents: int


def movements(old: Side, new: Side, others_cents: int, *, paid_before: bool) -> Iterator[Moved]:
    """Yield what a change of one subscription moved; ``others_cents`` is what its customer's other ones are worth.

    A change of plan first carries what was there over to the new one, so that each plan adds up for itself.
    """
    if old.cents and new.cents and old.plan_id and new.plan_id and old.plan_id != new.plan_id:
        yield Moved(MovementKind.TRANSFER_OUT, old.plan_id, -old.cents)
        yield Moved(MovementKind.TRANSFER_IN, new.plan_id, old.cents)
    plan = new.plan_id if new.cents else old.plan_id
    if plan is not None and new.cents != old.cents:
        whole = (others_cents + old.cents, others_cents + new.cents)
        yield Moved(kind_of(*whole, paid_before=paid_before), plan, new.cents - old.cents)


def kind_of(before: int, after: int, *, paid_before: bool) -> MovementKind:
    """Return how a customer's revenue as a whole moved."""
    if before == 0:
        return MovementKind.REACTIVATION if paid_before else MovementKind.NEW
    if after == 0:
        return MovementKind.CHURN
    return MovementKind.EXPANSION if after > before else MovementKind.CONTRACTION
