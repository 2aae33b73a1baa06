"""Which suspensions are open, and which of them are over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.accounts import Suspension
from schema.customers import Customer


def open_suspension(session: Session, customer_id: UUID) -> Suspension | None:
    """Return the running suspension of a customer as it is now; the database allows one."""
    wanted = select(Suspension).where(Suspension.customer_id == customer_id, Suspension.ended_at.is_(None))
    return session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()


def due_customers(session: Session, now: datetime, most: int) -> Sequence[Customer]:
    """Return customers whose suspension's end has come, locked; those that somebody changes now come next time."""
    wanted = (
        select(Customer)
        .join(Suspension, Suspension.customer_id == Customer.id)
        .where(Suspension.ended_at.is_(None), Suspension.lifts_at <= now)
        .order_by(Suspension.lifts_at, Customer.id)
        .limit(most)
        .with_for_update(of=Customer, skip_locked=True)
    )
    return session.scalars(wanted).all()


def overdue(session: Session, before: datetime) -> int:
    """Return how many suspensions should have ended by themselves before a moment and did not."""
    wanted = select(func.count(Suspension.id)).where(Suspension.ended_at.is_(None), Suspension.lifts_at < before)
    return session.scalar(wanted) or 0
