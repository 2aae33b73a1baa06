"""Two records of one customer, and who makes one of them."""

import pytest

from admin_core.policy import Person as Somebody
from schema.customers import Customer
from schema.staff import StaffMember
from tests.schema.core_rows import CoreMaker


@pytest.fixture
def ada(rows: CoreMaker) -> Somebody:
    return Somebody(rows.one(StaffMember).id, "Ada", ("Owner",), frozenset({"*"}))


@pytest.fixture
def pair(rows: CoreMaker) -> tuple[Customer, Customer]:
    kept, merged = rows.add(Customer, email="nomsa@acme.example"), rows.add(Customer, email="nomsa@acme.example")
    return kept, merged
