"""Questions about customers, and which of them nobody may ask about."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from admin_core.contributions import Contact, RowRule
from admin_core.policy import Person
from admin_core.policy.about import Without, changes_about, rows_about, rows_referring_to
from plugins.customers.rules.accounts import OWN, WHY
from schema.customers import Customer, CustomerStatus
from schema.staff import StaffOwnAccount

NOT_ADVERTISED_TO = frozenset({CustomerStatus.SUSPENDED, CustomerStatus.CLOSED})


def reasons_against(session: Session, contact: Contact) -> list[str]:
    """Return why a customer gets no advertising: who was suspended or has left is left alone."""
    if contact.mail_class != "marketing" or contact.customer_id is None:
        return []
    status = session.scalar(select(Customer.status).where(Customer.id == contact.customer_id))
    return [f"customer-{status.value}"] if status in NOT_ADVERTISED_TO and status is not None else []


def own_account_rules() -> list[RowRule]:
    """Return the rules that keep everybody from their own account, all that belongs to it, and the note of it."""
    found: dict[type[Any], list[Without]] = {}
    for model, without in [*rows_about(Customer), *rows_referring_to(Customer), changes_about(Customer)]:
        found.setdefault(model, []).append(without)
    found.pop(StaffOwnAccount)
    rules = [RowRule(OWN, WHY, model, criterion_of(withouts)) for model, withouts in found.items()]
    return [*rules, RowRule(OWN, WHY, StaffOwnAccount, links_of_others)]


def criterion_of(withouts: list[Without]) -> Any:
    """Return what a rule asks of a model's rows: none of them is about the person's own accounts, or refers to one."""

    def criterion(person: Person) -> ColumnElement[bool] | None:
        if not person.has_own_accounts:
            return None
        own = own_accounts(*themselves(person))
        return and_(*(without(own) for without in withouts))

    return criterion


@lru_cache(maxsize=256)
def own_accounts(person: UUID, eyes: UUID) -> Select[Any]:
    """Return the keys of a person's own accounts, and of those of whose eyes they look through.

    One question for all models: statements carry its values, and there are dozens of models.
    """
    return select(StaffOwnAccount.customer_id).where(StaffOwnAccount.member_id.in_((person, eyes)))


def links_of_others(person: Person) -> ColumnElement[bool] | None:
    """Nobody takes away the note that an account is their own."""
    return StaffOwnAccount.member_id.not_in(themselves(person)) if person.has_own_accounts else None


def themselves(person: Person) -> tuple[UUID, UUID]:
    """Return the keys under which a person is known; always two, so that statements stay the same."""
    return person.id, person.own_id
