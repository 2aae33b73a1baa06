"""Who was suspended or has left gets no advertising."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_core.contributions import Contact
from plugins.customers import plugin
from schema.customers import Customer
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


def contact(customer: uuid.UUID | None, mail_class: Any = "marketing") -> Contact:
    return Contact(
        mail_class=mail_class, template="shop.news", email="nomsa@example.com", address_hashes=("a" * 64,),
        customer_id=customer, member_id=None, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "reasons"),
    [("active", []), ("trial", []), ("suspended", ["customer-suspended"]), ("closed", ["customer-closed"])],
)
def test_hook_may_contact_leaves_the_suspended_alone(
    session: Session, rows: CoreMaker, status: str, reasons: list[str]
) -> None:
    customer = rows.add(Customer, status=status)
    assert isinstance(customer, Customer)
    assert plugin.may_contact(session, contact(customer.id)) == reasons
    assert plugin.may_contact(session, contact(customer.id, "service")) == []


def test_whom_we_do_not_know_is_no_customer(session: Session) -> None:
    assert plugin.may_contact(session, contact(None)) == []
    assert plugin.may_contact(session, contact(uuid.uuid4())) == []
