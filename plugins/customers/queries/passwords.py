"""Whose password a reset is about, and how many were asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugins.customers.queries.keys import held_before
from schema.customers import Customer, Person
from schema.password_resets import PasswordReset


def who_signs_in(session: Session, customer: Customer) -> Person | None:
    """Return who signs in for a customer without an account of their own: the person we call first, if anybody."""
    if customer.auth_user_id:
        return None
    first = select(Person).where(
        Person.customer_id == customer.id, Person.is_primary.is_(True), Person.deactivated_at.is_(None)
    )
    return session.scalars(first).one_or_none()


def locked_customer(session: Session, customer_id: UUID) -> Customer:
    """Return a customer, locked until the transaction ends: resets of one are asked for one after the other."""
    return session.scalars(select(Customer).where(Customer.id == customer_id).with_for_update()).one()


def asked_since(session: Session, customer_id: UUID, moment: datetime) -> int:
    """Return how many resets were asked for a customer since a moment."""
    wanted = select(func.count(PasswordReset.id)).where(
        PasswordReset.customer_id == customer_id, PasswordReset.requested_at > moment
    )
    return session.scalar(wanted) or 0


def is_anothers(session: Session, customer: Customer, person: Person | None) -> bool:
    """Return whether the key of somebody's account belonged to another customer first."""
    key = (person or customer).auth_user_id
    held = select(Customer.id).where(Customer.id == customer.id, held_before(key, customer, person))
    return key is not None and session.scalar(held) is not None
