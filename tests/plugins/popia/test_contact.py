"""Advertising needs a consent that was not taken back and no objection; the latest word counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_core.contributions import Contact
from plugins.popia import plugin
from schema.consents import Consent, ConsentText, Objection
from schema.customers import Customer
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY = timedelta(days=1)
HASH = "a" * 64


@pytest.fixture
def nomsa(rows: CoreMaker) -> Customer:
    found = rows.add(Customer)
    assert isinstance(found, Customer)
    return found


def contact(customer: Customer | None, mail_class: Any = "marketing") -> Contact:
    return Contact(
        mail_class=mail_class, template="shop.news", email="Nomsa@example.com", address_hashes=(HASH, "b" * 64),
        customer_id=customer.id if customer else None, member_id=None, now=NOW,
    )  # fmt: skip


def say(session: Session, act: str, days_ago: int, **whose: Any) -> None:
    text = ConsentText(
        purpose="marketing",
        version=100 - days_ago,
        title="News",
        body="…",
        content_hash="0" * 64,
        valid_from=NOW - 90 * DAY,
    )
    session.add(Consent(purpose="marketing", act=act, text_version=text, occurred_at=NOW - days_ago * DAY, **whose))
    session.flush()


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ((), ["no-consent"]),
        ((("given", 9),), []),
        ((("asked", 9),), ["no-consent"]),
        ((("refused", 9),), ["no-consent"]),
        ((("given", 9), ("withdrawn", 3)), ["no-consent"]),
        ((("refused", 9), ("given", 3)), []),
        ((("given", 9), ("asked", 3)), []),
        ((("given", -1),), ["no-consent"]),
    ],
)
def test_hook_may_contact_follows_the_latest_word(
    session: Session, nomsa: Customer, said: tuple[tuple[str, int], ...], reasons: list[str]
) -> None:
    for act, days_ago in said:
        say(session, act, days_ago, customer_id=nomsa.id)
    assert plugin.may_contact(session, contact(nomsa)) == reasons


@pytest.mark.parametrize(
    "whose",
    [{"address_hash": HASH}, {"address_hash": "b" * 64}, {"email": "nomsa@EXAMPLE.com", "address_hash": "c" * 64}],
)
def test_a_word_about_the_address_counts_without_an_account(
    session: Session, nomsa: Customer, whose: dict[str, str]
) -> None:
    say(session, "given", 5, **whose)
    assert plugin.may_contact(session, contact(None)) == []
    say(session, "withdrawn", 2, **whose)
    say(session, "given", 4, customer_id=nomsa.id)
    assert plugin.may_contact(session, contact(nomsa)) == ["no-consent"], "taken back for the address later"


@pytest.mark.parametrize(
    ("purpose", "lifted", "reasons"),
    [("marketing", None, ["objection"]), ("all", None, ["objection"]), ("training", None, []), ("marketing", NOW, [])],
)
def test_an_objection_outweighs_a_consent(
    session: Session, nomsa: Customer, purpose: str, lifted: datetime | None, reasons: list[str]
) -> None:
    say(session, "given", 5, customer_id=nomsa.id)
    session.add(
        Objection(
            purpose=purpose,
            customer_id=nomsa.id,
            in_force_from=NOW - DAY,
            lifted_at=lifted,
            told_before_lifting_at=lifted,
        )
    )
    session.flush()
    assert plugin.may_contact(session, contact(nomsa)) == reasons


@pytest.mark.parametrize("mail_class", ["transactional", "service"])
def test_what_serves_the_contract_needs_no_consent(session: Session, nomsa: Customer, mail_class: str) -> None:
    assert plugin.may_contact(session, contact(nomsa, mail_class)) == []
