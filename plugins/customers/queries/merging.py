"""What belongs to two customers who are about to become one, and what the duplicate's rows would collide with."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, UniqueConstraint, func, inspect, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from plugins.customers.rules.merging import LIVE, MOVED, Belongings
from schema.accounts import CustomerMerge, Suspension
from schema.base import Base
from schema.consents import Consent, ConsentAct
from schema.credits import CreditEntry
from schema.customers import Customer
from schema.jobs import Job, JobState
from schema.subscriptions import Subscription, SubscriptionStatus

LIVE_STATES = [SubscriptionStatus(word) for word in LIVE]


def moving_models() -> Mapping[str, type[Any]]:
    """Return the models whose rows follow a customer, by table, in the order in which they are shown."""
    known = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    return {name: known[name] for name in MOVED}


def belongings(session: Session, one: UUID, other: UUID) -> tuple[Belongings, Belongings]:
    """Return what belongs to either of two customers; three statements."""
    both = [one, other]
    counted = [
        select(literal(name).label("place"), model.customer_id, func.count().label("n"))
        .where(model.customer_id.in_(both))
        .group_by(model.customer_id)
        for name, model in moving_models().items()
    ]
    rows: dict[UUID, dict[str, int]] = {one: {}, other: {}}
    for place, customer, count in session.execute(union_all(*counted)):
        rows[customer][place] = count
    live = (
        select(literal("live"), Subscription.customer_id, func.count())
        .where(Subscription.customer_id.in_(both), Subscription.status.in_(LIVE_STATES))
        .group_by(Subscription.customer_id)
    )
    balance = (
        select(CreditEntry.unit, CreditEntry.customer_id, func.sum(CreditEntry.amount))
        .where(CreditEntry.customer_id.in_(both))
        .group_by(CreditEntry.customer_id, CreditEntry.unit)
    )
    running: dict[UUID, int] = {row[1]: row[2] for row in session.execute(live)}
    balances: dict[UUID, dict[str, int]] = {one: {}, other: {}}
    for unit, customer, amount in session.execute(balance):
        balances[customer][str(unit)] = int(amount)
    first, second = (Belongings(rows[key], running.get(key, 0), balances[key]) for key in both)
    return first, second


def rows_of(session: Session, customer: UUID) -> dict[str, int]:
    """Return how many rows would move with a customer, by table."""
    counted = [
        select(literal(name).label("place"), func.count().label("n")).where(model.customer_id == customer)
        for name, model in moving_models().items()
    ]
    return {place: count for place, count in session.execute(union_all(*counted)) if count}


def is_moving(session: Session, note: CustomerMerge) -> bool:
    """Return whether a job is at the rows of a merge, or will be; not one that failed or was cancelled."""
    at_it = (Job.id == note.job_id, Job.state.in_([JobState.WAITING, JobState.RUNNING]))
    return note.finished_at is None and session.scalar(select(Job.id).where(*at_it)) is not None


def still_moving(session: Session, *customers: UUID) -> CustomerMerge | None:
    """Return a merge of one of these customers whose rows have not all moved; None when there is none."""
    theirs = or_(CustomerMerge.kept_id.in_(customers), CustomerMerge.merged_id.in_(customers))
    found = select(CustomerMerge).where(theirs, CustomerMerge.finished_at.is_(None))
    return session.scalars(found.limit(1)).first()


def revenue_of(session: Session, customer: Customer) -> int | None:
    """Return what a customer's subscriptions come to in their currency, None when they have none."""
    mine = (Subscription.customer_id == customer.id, Subscription.currency == customer.currency)
    total = session.scalar(select(func.sum(Subscription.mrr_cents)).where(*mine))
    return None if total is None else int(total)


def last_words(session: Session, one: UUID, other: UUID) -> list[tuple[str, str, Any]]:
    """Return each customer's last word about each purpose: the purpose, the act, its moment."""
    said = (
        select(Consent.purpose, Consent.act, Consent.occurred_at)
        .where(Consent.customer_id.in_([one, other]), Consent.act != ConsentAct.ASKED)
        .ext(distinct_on(Consent.customer_id, Consent.purpose))
        .order_by(Consent.customer_id, Consent.purpose, Consent.occurred_at.desc(), Consent.recorded_at.desc())
    )
    return [(purpose, str(act), moment) for purpose, act, moment in session.execute(said)]


def free_to_move(model: type[Any], target: UUID) -> list[ColumnElement[bool]]:
    """Return the conditions under which a row can move to a customer: they have no such row yet.

    Of what a customer has once (a flag's override, a day of usage, an address), theirs stays and the duplicate's is
    left behind with the duplicate.
    """
    return [~each for each in collisions(model, target)]


def collisions(model: type[Any], target: UUID) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a customer has the like of a row."""
    known = inspect(model).local_table.constraints
    unique = [c for c in known if isinstance(c, UniqueConstraint) and "customer_id" in c.columns]
    for constraint in unique if model.__tablename__ != NUMBERED else ():
        other = aliased(model)
        rest = [column.name for column in constraint.columns if column.name != "customer_id"]
        same = [getattr(other, name) == getattr(model, name) for name in rest]
        yield select(other.id).where(other.customer_id == target, *same).exists()
    if model is Suspension:
        other = aliased(Suspension)
        is_open = select(other.id).where(other.customer_id == target, other.ended_at.is_(None)).exists()
        yield Suspension.ended_at.is_(None) & is_open


NUMBERED = "redemptions"
"""Whose rows get the next numbers instead of colliding."""


def merge_of(session: Session, merged: UUID) -> CustomerMerge | None:
    """Return the merge that made a record a duplicate, locked; None when it is none any more."""
    found = select(CustomerMerge).where(CustomerMerge.merged_id == merged, CustomerMerge.undone_at.is_(None))
    return session.scalar(found.order_by(CustomerMerge.created_at.desc()).limit(1).with_for_update())


def locked(session: Session, key: UUID, *, waits: bool) -> Customer | None:
    """Return a customer as it is now, locked; None when there is none, or it is locked and nobody waits."""
    found = select(Customer).where(Customer.id == key).with_for_update(of=Customer, skip_locked=not waits)
    return session.scalars(found, execution_options={"populate_existing": True}).unique().one_or_none()
