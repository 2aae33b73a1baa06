"""Suspending customers, and letting them in again. Each suspension is a row that says who, why and for how long."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Effects
from admin_core.policy import Person
from plugins.customers.queries.suspension import due_customers, open_suspension
from plugins.customers.rules import suspension as rules
from schema.accounts import Suspension, SuspensionCategory
from schema.customers import Customer, CustomerStatus

BATCH = 100


def suspend(
    session: Session, record: Customer, *, person: Person, answers: Mapping[str, Any], effects: Effects, now: datetime
) -> str:
    """Suspend the customer, and tell the customer app so."""
    try:
        lifts_at = rules.end_of(answers["until"], now)
    except ValueError as problem:
        raise ActionRefused(str(problem), "Choose another last day.") from None
    suspension = Suspension(
        customer_id=record.id,
        category=SuspensionCategory(answers["category"]),
        reason=answers["reason"],
        message=answers["message"],
        previous_status=record.status,
        started_at=now,
        started_by_id=person.id,
        lifts_at=lifts_at,
    )
    session.add(suspension)
    record.status = CustomerStatus.SUSPENDED
    session.flush()
    effects.webhook(rules.SUSPENDED, rules.suspended_message(record, suspension), key=f"suspended:{suspension.id}")
    return "The customer is suspended. The customer app is told now."


def unsuspend(
    session: Session, record: Customer, *, person: Person, answers: Mapping[str, Any], effects: Effects, now: datetime
) -> str:
    """End the suspension: what the customer was before, they are again."""
    end(session, record, effects, now, (answers["reason"], person.id))
    return f"The customer is no longer suspended: the status is {record.status.value.replace('_', ' ')} again."


def end(session: Session, customer: Customer, effects: Effects, now: datetime, why: tuple[str, UUID | None]) -> None:
    """End the suspension of a locked customer; one without a row of its own, from another system, becomes active."""
    suspension = open_suspension(session, customer.id)
    customer.status = suspension.previous_status if suspension else CustomerStatus.ACTIVE
    if suspension is not None:
        suspension.ended_at, (suspension.end_reason, suspension.ended_by_id) = now, why
    session.flush()
    ended = suspension.id if suspension else f"{customer.id}:{now.timestamp():.0f}"
    effects.webhook(rules.UNSUSPENDED, rules.unsuspended_message(customer), key=f"unsuspended:{ended}")


def lift_due(session: Session, effects: Effects, now: datetime) -> int:
    """End suspensions whose end has come, some at a time; return how many were found."""
    found = due_customers(session, now, BATCH)
    for customer in found:
        # Before it was locked, somebody may have ended it and suspended them anew.
        if rules.is_due(open_suspension(session, customer.id), now):
            end(session, customer, effects, now, (rules.BY_ITSELF, None))
    return len(found)
