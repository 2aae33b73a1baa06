"""Asking for password resets, and noting what became of them. Nobody here ever holds a password or a link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core import settings_store
from admin_core.contributions import ActionRefused, Effects
from admin_core.policy import Person as Member
from plugins.customers.queries import passwords as queries
from plugins.customers.rules import passwords as rules
from plugins.customers.rules.accounts import TAKEN
from schema.customers import Customer, Person
from schema.password_resets import PasswordReset, PasswordResetKind, PasswordResetState

JOB = "customers.send-password-reset"
EMAIL, RESET = PasswordResetKind.EMAIL, PasswordResetKind.RESET
DONE = {
    EMAIL: "The e-mail is asked for. Whether it was sent stands under Password resets.",
    RESET: "The reset is asked for. When it is done stands under Password resets.",
}


def email_customer(
    session: Session, record: Customer, *, person: Member, answers: Mapping[str, Any], effects: Effects, now: datetime
) -> str:
    """Ask for an e-mail with which the customer chooses a new password."""
    whose = record, queries.who_signs_in(session, record)
    return request(session, whose, EMAIL, (person, answers.get("reason"), now), effects)


def reset_customer(
    session: Session, record: Customer, *, person: Member, answers: Mapping[str, Any], effects: Effects, now: datetime
) -> str:
    """Ask for an unknown password in place of the customer's, and for the e-mail."""
    whose = record, queries.who_signs_in(session, record)
    return request(session, whose, RESET, (person, answers.get("reason"), now), effects)


def email_person(
    session: Session, record: Person, *, person: Member, answers: Mapping[str, Any], effects: Effects, now: datetime
) -> str:
    """Ask for an e-mail with which one person of a customer chooses a new password."""
    whose = queries.locked_customer(session, record.customer_id), record
    return request(session, whose, EMAIL, (person, answers.get("reason"), now), effects)


def reset_person(
    session: Session, record: Person, *, person: Member, answers: Mapping[str, Any], effects: Effects, now: datetime
) -> str:
    """Ask for an unknown password in place of a person's, and for the e-mail."""
    whose = queries.locked_customer(session, record.customer_id), record
    return request(session, whose, RESET, (person, answers.get("reason"), now), effects)


def try_again(session: Session, record: PasswordReset, person: Member, effects: Effects, now: datetime) -> str:
    """Ask anew for what failed, and is still about somebody."""
    whose = queries.locked_customer(session, record.customer_id), record.person
    return request(session, whose, record.kind, (person, record.reason, now), effects)


def request(
    session: Session,
    whose: tuple[Customer, Person | None],
    kind: PasswordResetKind,
    asked: tuple[Member, str | None, datetime],
    effects: Effects,
) -> str:
    """Write down the request about a locked customer or a person of theirs, and have a worker do it."""
    (customer, contact), (member, reason, now) = whose, asked
    require_possible(session, whose, kind, now)
    reset = PasswordReset(
        customer_id=customer.id, person_id=contact.id if contact else None, kind=kind,
        state=PasswordResetState.REQUESTED, reason=reason, requested_at=now, requested_by_id=member.id,
    )  # fmt: skip
    session.add(reset)
    session.flush()
    effects.enqueue(JOB, {"reset": reset.id}, key=f"password-reset:{reset.id}")
    return DONE[kind]


def require_possible(
    session: Session, whose: tuple[Customer, Person | None], kind: PasswordResetKind, now: datetime
) -> None:
    """Refuse what can't be done, with what to do about it."""
    customer, _ = whose
    if problem := rules.why_not(*whose):
        raise ActionRefused(problem)
    if queries.is_anothers(session, *whose):
        raise ActionRefused(TAKEN)
    if not settings_store.is_set_up(session, rules.SIGN_IN.name):
        hint = "An Owner enters the project's URL and key under Settings, Supabase Auth."
        raise ActionRefused("The customer app's sign-in service is not set up.", hint)
    if kind is RESET and not rules.account_of(*whose).auth_user_id:
        hint = "Send a password-reset e-mail instead: for that the address suffices."
        raise ActionRefused("We don't know this account's key in the sign-in service.", hint)
    if problem := rules.too_many(queries.asked_since(session, customer.id, now - rules.WITHIN)):
        raise ActionRefused(problem, "Look at Password resets what became of them, and wait.")


def note_changed(session: Session, reset_id: UUID, now: datetime) -> None:
    """Note that the old password works no more."""
    reset = session.get_one(PasswordReset, reset_id)
    reset.password_changed_at = reset.password_changed_at or now


def note_sent(session: Session, reset_id: UUID, now: datetime) -> None:
    """Note that the service took the e-mail."""
    reset = session.get_one(PasswordReset, reset_id)
    if reset.state is not PasswordResetState.SENT:
        reset.state, reset.finished_at, reset.problem = PasswordResetState.SENT, now, None


def note_problem(session: Session, reset_id: UUID, sentence: str, given_up_at: datetime | None) -> None:
    """Note what went wrong, and whether it was the last try; what was sent stays so."""
    reset = session.get_one(PasswordReset, reset_id)
    if reset.state is PasswordResetState.SENT:
        return
    reset.problem = sentence
    if given_up_at is not None:
        reset.state, reset.finished_at = PasswordResetState.FAILED, given_up_at
