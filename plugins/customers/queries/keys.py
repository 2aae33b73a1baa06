"""Whose a key of the customer app's sign-in is."""

from sqlalchemy import ColumnElement, exists, or_, select

from schema.customers import Customer, Person


def held_before(key: str | None, customer: Customer, person: Person | None) -> ColumnElement[bool]:
    """Return the criterion that another customer, or one of their people, had the key by which somebody signs in first.

    One account of the sign-in service may stand behind several records, as people work for two companies: it belongs
    to the first. Who writes a stranger's key into a new record reaches nobody by it.
    """
    since = (person or customer).created_at
    ours = select(Customer.id).where(or_(Customer.id == customer.id, Customer.merged_into_id == customer.id))
    return or_(
        exists().where(has_key(Customer, key), Customer.created_at < since, Customer.id.not_in(ours)),
        exists().where(has_key(Person, key), Person.created_at < since, Person.customer_id.not_in(ours)),
    )


def has_key(model: type[Customer | Person], key: str | None) -> ColumnElement[bool]:
    """Return the criterion of who is known over there by a key."""
    return or_(model.auth_user_id == key, model.external_id == key)
