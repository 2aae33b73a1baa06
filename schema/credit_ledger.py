"""The ledger of credits for everybody who reads or writes it: what is left of each grant, and how a balance stands.

A balance is the sum of its entries, and what is used comes from the grant that lapses first. What is below zero was
used before a grant covered it; it is charged on grants in the same order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from schema.credits import CreditEntry, CreditUnit
from schema.customers import Customer

Whose = tuple[UUID, CreditUnit]


@dataclass(frozen=True)
class Grant:
    """Credits that came together and lapse together, with what is left of them."""

    id: UUID
    left: int
    came_at: datetime
    lapses_at: datetime | None = None
    amount: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Standing:
    """How one unit of a customer's credits stands at a moment."""

    spendable: int
    """What can be used now; below zero where more was used than came."""
    grants: tuple[Grant, ...]
    """Those with something left that have not lapsed, in the order in which they are used."""
    due: tuple[Grant, ...] = ()
    """Those that have lapsed, with what of them is still to be taken off."""

    def left_of(self, grant_id: UUID) -> int:
        """Return what of a grant still stands, lapsed or not."""
        return next((grant.left for grant in (*self.grants, *self.due) if grant.id == grant_id), 0)

    @property
    def next_lapse(self) -> Grant | None:
        """The grant that lapses next; None when nothing that is left ever does."""
        first = next(iter(self.grants), None)
        return first if first is not None and first.lapses_at is not None else None


def in_order(grants: Iterable[Grant]) -> list[Grant]:
    """Return grants in the order in which they are used: what lapses first, then what came first."""
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(grants, key=lambda grant: (grant.lapses_at or never, grant.came_at, grant.id))


def standing(grants: Iterable[Grant], balance: int, now: datetime) -> Standing:
    """Return how credits stand: ``grants`` with what the ledger left of each, ``balance`` the sum of all entries."""
    ordered = in_order(grants)
    owed = max(0, sum(grant.left for grant in ordered) - balance)
    charged = []
    for grant in ordered:
        covered = min(owed, grant.left)
        charged.append(replace(grant, left=grant.left - covered))
        owed -= covered
    live = tuple(grant for grant in charged if grant.left and not has_lapsed(grant, now))
    due = tuple(grant for grant in charged if grant.left and has_lapsed(grant, now))
    return Standing(sum(grant.left for grant in live) - owed, live, due)


def has_lapsed(grant: Grant, now: datetime) -> bool:
    """Return whether what is left of a grant may no longer be used; at its very moment it may not."""
    return grant.lapses_at is not None and grant.lapses_at <= now


# --- What the database says
def locked(session: Session, customer_id: UUID, *, waits: bool = True) -> bool:
    """Hold a customer's credits until the end of the transaction; False when somebody else does and ``waits`` is not.

    Whatever writes to a ledger holds its customer first. Rows that refer to the customer are still written meanwhile.
    """
    mine = select(Customer.id).where(Customer.id == customer_id)
    return session.scalar(mine.with_for_update(key_share=True, skip_locked=not waits, of=Customer)) is not None


def standing_of(session: Session, customer_id: UUID, unit: CreditUnit, now: datetime) -> Standing:
    """Return how one unit of a customer's credits stands."""
    found = standings(session, [customer_id], now, CreditEntry.unit == unit)
    return found.get((customer_id, unit), Standing(0, ()))


def standings(
    session: Session, customers: Iterable[UUID], now: datetime, *which: ColumnElement[bool]
) -> dict[Whose, Standing]:
    """Return how the credits of customers stand, for each unit they ever had; two statements."""
    mine = (CreditEntry.customer_id.in_(list(customers)), *which)
    grants: dict[Whose, list[Grant]] = {}
    for row in session.execute(unused(*mine)):
        grants.setdefault((row.customer_id, row.unit), []).append(grant_of(row))
    return {whose: standing(grants.get(whose, ()), sum_, now) for whose, sum_ in balances(session, *mine).items()}


def balances(session: Session, *which: ColumnElement[bool]) -> dict[Whose, int]:
    """Return the sums of entries by customer and unit."""
    owner = (CreditEntry.customer_id, CreditEntry.unit)
    query = select(*owner, func.sum(CreditEntry.amount)).where(*which)
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query.group_by(*owner))}


def unused(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the query for grants with something left, among those that fulfil this."""
    left = (CreditEntry.amount + func.coalesce(taken_from_it(), 0)).label("left")
    columns = (
        CreditEntry.id, CreditEntry.customer_id, CreditEntry.unit, CreditEntry.kind, CreditEntry.amount,
        CreditEntry.occurred_at, CreditEntry.expires_at, left,
    )  # fmt: skip
    return select(*columns).where(is_grant(), *where, left > 0)


def is_grant() -> ColumnElement[bool]:
    """Return the criterion of entries that brought credits: others take from one, or undo an entry."""
    return (CreditEntry.amount > 0) & CreditEntry.grant_id.is_(None) & CreditEntry.reverses_id.is_(None)


def taken_from_it() -> ScalarSelect[Any]:
    """Return the sum of what was taken from a grant, and given back to it."""
    used = aliased(CreditEntry)
    return select(func.sum(used.amount)).where(used.grant_id == CreditEntry.id).correlate(CreditEntry).scalar_subquery()


def grant_of(row: Row[Any]) -> Grant:
    """Return a grant as values."""
    return Grant(row.id, int(row.left), row.occurred_at, row.expires_at, row.amount, str(row.kind))
