"""Whose a reported sign-in is."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.customers import Customer, Person


def accounts(session: Session, keys: Collection[str]) -> dict[str, UUID]:
    """Return the records of accounts by their keys in the customer app, held; a merged one is the one it became."""
    found = select(Customer.external_id, func.coalesce(Customer.merged_into_id, Customer.id))
    held = found.where(Customer.external_id.in_(keys)).order_by(Customer.id)
    rows = session.execute(held.with_for_update(key_share=True, of=Customer)).all()
    return {str(key): customer for key, customer in rows}


def people(session: Session, keys: Collection[str]) -> dict[str, tuple[UUID, UUID]]:
    """Return people by their keys in the customer app, each with their customer; a merged one is the one it became."""
    if not keys:
        return {}
    whose = func.coalesce(Customer.merged_into_id, Customer.id)
    found = select(Person.external_id, Person.id, whose).join(Person.customer).where(Person.external_id.in_(keys))
    return {str(key): (person, customer) for key, person, customer in session.execute(found)}
