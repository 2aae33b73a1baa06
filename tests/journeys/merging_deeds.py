"""Telling two customers apart, as a deed."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from schema.customers import Customer
from tests.journeys.deed_world import Deed, World

COMPARE = "/admin/customers/compare"


def two_customers(session: Session) -> tuple[UUID, UUID]:
    """Return the keys of two records that look alike."""
    words = {"product_line": "b2b", "company_name": "Acme", "email": "hr@acme.example", "status": "active"}
    rows = [Customer(signup_at=datetime(2026, 3, 5, tzinfo=UTC), currency="ZAR", **words) for _ in range(2)]
    session.add_all(rows)
    session.flush()
    return rows[0].id, rows[1].id


def tell_apart(world: World) -> TestResponse:
    """Say that two customers are different ones."""
    first, second = world.add(two_customers)
    return world.deed(COMPARE, COMPARE, [("keep", str(first)), ("duplicate", str(second))])


MERGING_DEEDS = {
    "page-customers-compare.page": Deed(tell_apart, "customers.compare.posted", "customers:duplicates:merge"),
}
