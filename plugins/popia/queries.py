"""Questions about consent and objections: the latest word of a person counts."""

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from admin_core.contributions import Contact
from schema.consents import Consent, ConsentAct, Objection

MARKETING, EVERYTHING = "marketing", "all"
SERVES_THE_CONTRACT = frozenset({"transactional", "service"})


def reasons_against(session: Session, contact: Contact) -> list[str]:
    """Return why the law is against a message: POPIA section 69 asks for consent, section 11 lets people object."""
    if contact.mail_class in SERVES_THE_CONTRACT:
        return []  # it performs what the person asked for; a refusal of all mail is a suppression
    reasons = ["objection"] if has_objected(session, contact) else []
    return reasons if has_consented(session, contact) else [*reasons, "no-consent"]


def has_consented(session: Session, contact: Contact) -> bool:
    """Return whether the person's latest word about advertising is a yes."""
    said = select(Consent.act).where(
        Consent.purpose == MARKETING,
        Consent.act != ConsentAct.ASKED,
        Consent.occurred_at <= contact.now,
        theirs(contact),
    )
    latest = session.scalar(said.order_by(Consent.occurred_at.desc(), Consent.recorded_at.desc()).limit(1))
    return latest is ConsentAct.GIVEN


def has_objected(session: Session, contact: Contact) -> bool:
    """Return whether an objection of the customer to advertising, or to everything, is in force."""
    if contact.customer_id is None:
        return False
    objection = select(Objection.id).where(
        Objection.customer_id == contact.customer_id,
        Objection.purpose.in_([MARKETING, EVERYTHING]),
        Objection.in_force_from <= contact.now,
        Objection.lifted_at.is_(None),
    )
    return session.scalar(select(exists(objection))) is True


def theirs(contact: Contact) -> ColumnElement[bool]:
    """Return the condition that a consent is about this customer or this address."""
    ways: list[ColumnElement[bool]] = [
        Consent.address_hash.in_(contact.address_hashes),
        func.lower(Consent.email) == contact.email.lower(),
    ]
    if contact.customer_id is not None:
        ways.append(Consent.customer_id == contact.customer_id)
    return or_(*ways)
