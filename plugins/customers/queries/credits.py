"""Questions about the credit ledger beyond how it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from admin_core import settings_store
from admin_core.contributions import PanelTable
from admin_core.periods import local_day
from admin_core.theme.formats import day
from plugins.customers.rules import credits as rules
from schema.credit_ledger import Grant, is_grant, standings
from schema.credits import CreditEntry, CreditKind, CreditUnit
from schema.customers import Customer

Used = aliased(CreditEntry)


@dataclass(frozen=True)
class Due:
    """A grant that has lapsed and is not known to be settled."""

    id: UUID
    customer_id: UUID
    lapses_at: datetime


def rules_now(session: Session) -> rules.CreditRules:
    """Return what the settings say of credits."""
    found = settings_store.stored(session, rules.SECTION)
    return rules.CreditRules(**{name: value.value for name, value in found.items() if isinstance(value.value, int)})


def locked_account(session: Session, named: UUID) -> UUID:
    """Hold the credits of an account; return its record, or the one that it became, also while we waited."""
    mine = select(Customer.merged_into_id).where(Customer.id == named).with_for_update(key_share=True, of=Customer)
    became = session.scalar(mine)
    return named if became is None else locked_account(session, became)


def due(session: Session, after: tuple[datetime, UUID] | None, now: datetime, most: int) -> list[Due]:
    """Return grants that have lapsed and are not settled, behind a place in their order.

    Settled ones are never read again: what this costs does not grow with the history.
    """
    order = (CreditEntry.expires_at, CreditEntry.id)
    open_ = (is_grant(), CreditEntry.expires_at <= now, CreditEntry.settled_at.is_(None))
    query = select(CreditEntry.id, CreditEntry.customer_id, CreditEntry.expires_at).where(*open_)
    behind = query.where(tuple_(*order) > after) if after else query
    rows = session.execute(behind.order_by(*order).limit(most))
    return [Due(row.id, row.customer_id, row.expires_at) for row in rows]


def used_under(session: Session, named: UUID, reference: str) -> tuple[CreditUnit, int] | None:
    """Return what was used under a reference of the customer app, None when nothing was; whoever's it is by now."""
    key = rules.source_key(named, reference)
    unit = session.scalar(select(CreditEntry.unit).where(CreditEntry.source_key == key))
    if unit is None:
        return None
    parts = or_(CreditEntry.source_key == key, CreditEntry.source_key.startswith(f"{key}:", autoescape=True))
    total = session.scalar(select(func.sum(CreditEntry.amount)).where(parts))
    return unit, -int(total or 0)


def is_reversed(session: Session, entry_id: UUID) -> bool:
    """Return whether an entry was undone already."""
    return session.scalar(select(CreditEntry.id).where(CreditEntry.reverses_id == entry_id)) is not None


def assessments_used() -> ScalarSelect[Any]:
    """Return how many assessments a customer has used: consumed in the ledger, less what was given back of it.

    The only definition of ``customers.assessments_used``.
    """
    undone = aliased(CreditEntry)
    of_use = select(undone.id).where(undone.id == Used.reverses_id, undone.kind == CreditKind.CONSUMPTION)
    counts = (Used.kind == CreditKind.CONSUMPTION) | ((Used.kind == CreditKind.REVERSAL) & of_use.exists())
    total = func.coalesce(-func.sum(Used.amount), 0)
    mine = select(total).where(Used.customer_id == Customer.id, Used.unit == CreditUnit.ASSESSMENT, counts)
    return mine.correlate(Customer).scalar_subquery()


def assessments_used_by(session: Session, customer_id: UUID) -> int:
    """Return how many assessments a customer has used, as the ledger has them."""
    return session.scalar(select(assessments_used()).where(Customer.id == customer_id)) or 0


# --- What the page of a customer shows
def credits_panel(session: Session, customer_id: Any, now: datetime) -> PanelTable:
    """Return the balance of each unit, and under it the grants with what is left of them."""
    rows: list[tuple[str | int, ...]] = []
    for (_, unit), found in sorted(standings(session, [customer_id], now).items(), key=lambda pair: pair[0][1]):
        next_lapse = found.next_lapse
        rows.append((f"{rules.WORDS[unit][1].capitalize()}: balance", "", found.spendable, "", lapse_day(next_lapse)))
        rows += [grant_row(grant) for grant in found.grants]
    return PanelTable(("Credits", "Given", "Left", "Came", "Lapse"), tuple(rows))


def grant_row(grant: Grant) -> tuple[str | int, ...]:
    """Return one grant as a row."""
    return (grant.kind.replace("_", " "), grant.amount, grant.left, day(local_day(grant.came_at)), lapse_day(grant))


def lapse_day(grant: Grant | None) -> str:
    """Return when a grant lapses, in words."""
    if grant is None:
        return ""
    return day(local_day(grant.lapses_at)) if grant.lapses_at is not None else "never"
