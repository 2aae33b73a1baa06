"""Changes of the credit ledger: entries are only added, and whoever adds some holds the customer first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from plugins.customers.queries import credits as queries
from plugins.customers.rules import credits as rules
from schema.credit_ledger import Standing, locked, standing_of, standings, taken_from_it
from schema.credits import CreditEntry, CreditKind, CreditUnit
from schema.customers import Customer

BUSY = "Credits of this customer are being used right now."
LAPSED_AT_ONCE = 200


@dataclass(frozen=True)
class Use:
    """What the customer app says was used."""

    amount: int
    unit: CreditUnit
    reference: str
    """The app's own name of what it was used for: whatever comes under it again was reported before."""
    reason: str = ""


class OtherUse(Exception):
    """Something else was used under the same reference."""

    def __init__(self, unit: CreditUnit, amount: int) -> None:
        self.sentence = f"Under this reference {rules.counted(amount, unit)} were used before. Give each use its own."
        super().__init__(self.sentence)


# --- What the team does
def add_free(session: Session, record: Customer, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Add free credits to a customer; return the balance before and after."""
    known, unit, amount = queries.rules_now(session), CreditUnit(answers["unit"]), int(answers["amount"])
    if amount > known.most_at_once and not person.has(rules.ADD_MANY):
        raise ActionRefused(
            f"Your roles may add {known.most_at_once} credits at once.",
            f"Add fewer, or ask somebody whose role has {rules.ADD_MANY}.",
        )
    before = standing_of(session, record.id, unit, now).spendable
    days = known.free_days if answers["days"] is None else answers["days"]
    lapses_at = rules.lapses_at(now, days)
    kept: dict[str, Any] = {"reason": answers["reason"], "staff_id": person.id, "expires_at": lapses_at}
    write(session, record.id, unit, CreditKind.FREE_GRANT, amount, occurred_at=now, **kept)
    lapse = f"The {amount} lapse after {days} days." if lapses_at else f"The {amount} never lapse."
    return f"{rules.change_words(before, before + amount, unit)} {lapse}"


def take_back(session: Session, record: CreditEntry, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Take back what is left of free credits; return the balance before and after."""
    before = held(session, record, now)
    grant = next((grant for grant in before.grants if grant.id == record.id), None)
    if grant is None:
        raise ActionRefused("Nothing is left of these credits: they were used, or have lapsed.")
    undo(session, record, -grant.left, occurred_at=now, staff_id=person.id, reason=answers["reason"])
    return rules.change_words(before.spendable, before.spendable - grant.left, record.unit)


def give_back(session: Session, record: CreditEntry, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Give back what was used, to the grant it came from; return the balance before and after."""
    before = held(session, record, now)
    grant = session.get(CreditEntry, record.grant_id) if record.grant_id else None
    if grant is not None and grant.expires_at is not None and grant.expires_at <= now:
        raise ActionRefused("The credits it was taken from have lapsed.", "Add free credits to the customer instead.")
    undo(session, record, -record.amount, occurred_at=now, staff_id=person.id, reason=answers["reason"])
    count_used(session, record.customer_id, record.unit, record.amount)
    return rules.change_words(before.spendable, before.spendable - record.amount, record.unit)


def held(session: Session, entry: CreditEntry, now: datetime) -> Standing:
    """Return how the credits of an entry's customer stand, held; ActionRefused when it was undone, or others use them.

    Nobody waits here: the entry is held already, and who uses credits holds them the other way round.
    """
    if not locked(session, entry.customer_id, waits=False):
        raise ActionRefused(BUSY, "Try again in a moment.")
    if queries.is_reversed(session, entry.id):
        raise ActionRefused("This entry was undone already.")
    return standing_of(session, entry.customer_id, entry.unit, now)


# --- What the customer app reports
def consume(session: Session, named: UUID, use: Use, now: datetime) -> int:
    """Take what was used from the grants that lapse first; return what can be used then.

    ``named`` is the record that the app named; what that became pays. What was reported before is not taken again.
    Raises NotEnough, or OtherUse.
    """
    customer_id = queries.locked_account(session, named)
    before = queries.used_under(session, named, use.reference)
    if before is not None and before != (use.unit, use.amount):
        raise OtherUse(*before)
    found = standing_of(session, customer_id, use.unit, now)
    if before is not None:
        return found.spendable
    write_off(session, customer_id, use.unit, found)  # else what has lapsed would pay for what goes below zero now
    parts = rules.take(found, use.amount, queries.rules_now(session).below_zero)
    keys = rules.source_keys(named, use.reference, parts)
    for part, key in zip(parts, keys, strict=True):
        words = {"grant_id": part.grant_id, "source_key": key, "reason": use.reason or None}
        write(session, customer_id, use.unit, CreditKind.CONSUMPTION, -part.amount, occurred_at=now, **words)
    session.flush()
    count_used(session, customer_id, use.unit, use.amount)
    return found.spendable - use.amount


# --- What time does
@dataclass(frozen=True)
class Lapsed:
    """What one walk over grants that are due has done."""

    grants: int
    last: tuple[datetime, UUID] | None
    """Where the next walk goes on; None: there is nothing behind."""


def lapse(session: Session, after: tuple[datetime, UUID] | None, now: datetime) -> Lapsed:
    """Take off what is left of grants that have lapsed, some hundreds behind a place; held ones wait."""
    found = queries.due(session, after, now, LAPSED_AT_ONCE)
    customers = {key for key in sorted({each.customer_id for each in found}) if is_free(session, key)}
    lapsed = 0
    for (customer_id, unit), standing in standings(session, customers, now).items():
        lapsed += write_off(session, customer_id, unit, standing)
    settle(session, [each.id for each in found if each.customer_id in customers], now)
    last = (found[-1].lapses_at, found[-1].id) if len(found) == LAPSED_AT_ONCE else None
    return Lapsed(lapsed, last)


def write_off(session: Session, customer_id: UUID, unit: CreditUnit, standing: Standing) -> int:
    """Take off what is left of grants that have lapsed; return of how many."""
    for grant in standing.due:
        words = {"grant_id": grant.id, "occurred_at": grant.lapses_at}
        write(session, customer_id, unit, CreditKind.EXPIRY, -grant.left, **words)
    return len(standing.due)


def settle(session: Session, grants: Sequence[UUID], now: datetime) -> None:
    """Mark the grants of which nothing is left: nobody looks at them again.

    One that only what is below zero covers keeps something in the ledger, and is looked at until that is settled.
    """
    session.flush()
    spent = (CreditEntry.id.in_(grants), CreditEntry.amount + func.coalesce(taken_from_it(), 0) == 0)
    session.execute(
        update(CreditEntry).where(*spent).values(settled_at=now), execution_options={"synchronize_session": False}
    )


def is_free(session: Session, customer_id: UUID) -> bool:
    """Return whether a customer's credits are in no other hands, and hold them from now on."""
    return locked(session, customer_id, waits=False)


# --- Entries
def undo(session: Session, entry: CreditEntry, amount: int, **words: Any) -> None:
    """Add the entry that undoes another, or what is left of it; a grant's own takes from it."""
    grant = entry.id if entry.amount > 0 else entry.grant_id
    write(
        session,
        entry.customer_id,
        entry.unit,
        CreditKind.REVERSAL,
        amount,
        grant_id=grant,
        reverses_id=entry.id,
        **words,
    )
    session.flush()


def write(session: Session, customer_id: UUID, unit: CreditUnit, kind: CreditKind, amount: int, **words: Any) -> None:
    """Add an entry; a ledger has no other way to change."""
    session.add(CreditEntry(customer_id=customer_id, unit=unit, kind=kind, amount=amount, **words))


def count_used(session: Session, customer_id: UUID, unit: CreditUnit, amount: int) -> None:
    """Count assessments that were used, or with a negative amount given back, in the customer."""
    if unit is CreditUnit.ASSESSMENT:
        used = {"assessments_used": Customer.assessments_used + amount}
        session.execute(
            update(Customer).where(Customer.id == customer_id).values(used),
            execution_options={"synchronize_session": False},
        )
