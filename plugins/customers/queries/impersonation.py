"""What is read before and while somebody uses the customer app as a customer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_core import settings_store
from plugins.customers.queries.keys import held_before
from plugins.customers.rules.impersonation import ASKED, OPENS_FOR, SECTION, Eyes, key_of
from schema.accounts import Impersonation
from schema.customers import Customer, Person
from schema.staff import StaffMember, StaffOwnAccount
from schema.support import Ticket

MOST = 200


def eyes_of(session: Session, customer: Customer, person: Person | None) -> Eyes:
    """Return through whose eyes one looks at an account, and whether somebody of the team is behind it."""
    is_staff, is_taken = is_somebody_else(session, customer, person)
    return Eyes(customer, person, is_staff, is_taken)


def eyes_behind(session: Session, row: Impersonation) -> Eyes:
    """Return through whose eyes an impersonation looks, as they are now."""
    person = row.person
    is_gone = row.about_person and (person is None or person.customer_id != row.customer_id)
    return replace(eyes_of(session, row.customer, person), is_gone=is_gone)


def consent_wanted(session: Session) -> str:
    """Return what the settings say of the customer's agreement: off, asked or required."""
    found = settings_store.stored(session, SECTION).get("consent")
    return str(found.value) if found and found.value else ASKED


def first_person(session: Session, customer: Customer) -> Person | None:
    """Return who signs in for a customer: the one we call first, else the first who was added; None without people."""
    theirs = select(Person).where(Person.customer_id == customer.id, Person.deactivated_at.is_(None))
    return session.scalars(theirs.order_by(Person.is_primary.desc(), Person.id).limit(1)).first()


def is_somebody_else(session: Session, customer: Customer, person: Person | None) -> tuple[bool, bool]:
    """Return whether a member of the team is behind an account, and whether another record is.

    By a note of it, by an e-mail address; by the key with which they sign in.
    """
    addresses = {customer.email.lower(), *([person.email.lower()] if person else [])}
    linked = exists().where(StaffOwnAccount.customer_id == customer.id)
    known = exists().where(func.lower(StaffMember.email).in_(addresses))
    held = held_before(key_of(person or customer), customer, person)
    row = session.execute(select(Customer.id, or_(linked, known), held).where(Customer.id == customer.id)).one_or_none()
    return (row[1], row[2]) if row else (True, True)  # who can't be seen is nobody to look through


def ticket_of(session: Session, customer: Customer, number: int) -> Ticket | None:
    """Return a customer's ticket by its number, None when there is none or it is another customer's."""
    return session.scalars(select(Ticket).where(Ticket.number == number, Ticket.customer_id == customer.id)).first()


def ticket_served(session: Session, row: Impersonation) -> Ticket | None:
    """Return the ticket that an impersonation serves, None when it is gone or another customer's by now."""
    return session.scalars(
        select(Ticket).where(Ticket.id == row.ticket_id, Ticket.customer_id == row.customer_id)
    ).first()


def open_ones(session: Session, staff_id: UUID, *, lock: bool = False) -> Sequence[Impersonation]:
    """Return what a member has not ended, the newest first; locked, no second request can open one meanwhile."""
    mine = select(Impersonation).where(Impersonation.staff_id == staff_id, Impersonation.ended_at.is_(None))
    mine = mine.order_by(Impersonation.issued_at.desc(), Impersonation.id.desc()).limit(MOST)
    return session.scalars(mine.with_for_update() if lock else mine).all()


def ticket_numbers(session: Session, which: ColumnElement[bool]) -> dict[UUID, int]:
    """Return the numbers of the tickets that these impersonations served, by the ticket's key."""
    served = select(Impersonation.ticket_id).where(which)
    found = session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(served)))
    return {ticket_id: number for ticket_id, number in found}  # noqa: C416 (rows are no pairs to mypy)


def with_customer(session: Session, impersonation_id: UUID) -> Impersonation | None:
    """Return an impersonation with its customer, its person and its member, None when there is none."""
    whole = (
        joinedload(Impersonation.customer),
        joinedload(Impersonation.person),
        joinedload(Impersonation.staff).joinedload(StaffMember.roles),
    )
    found = select(Impersonation).where(Impersonation.id == impersonation_id).options(*whole)
    return session.scalars(found).unique().one_or_none()


def is_over(now: datetime) -> ColumnElement[bool]:
    """Return the criterion of those that ended by themselves and are not noted as ended."""
    unopened = [
        and_(Impersonation.mode == mode, Impersonation.issued_at <= now - lasts) for mode, lasts in OPENS_FOR.items()
    ]
    return and_(
        Impersonation.ended_at.is_(None),
        or_(
            and_(Impersonation.token_hash.is_(None), or_(*unopened)),
            and_(Impersonation.redeemed_at.is_(None), Impersonation.token_expires_at <= now),
            and_(Impersonation.redeemed_at.is_not(None), Impersonation.session_expires_at <= now),
        ),
    )
