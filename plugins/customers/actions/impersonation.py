"""Asks for, opens, takes, counts and ends times in which a member of the team uses the customer app as a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_core.access.members import person_of
from admin_core.contributions import ActionRefused
from admin_core.policy import Person as Member
from plugins.customers.queries import impersonation as queries
from plugins.customers.rules import impersonation as rules
from plugins.customers.rules.tokens import sign, token_digest
from schema.accounts import Impersonation, ImpersonationMode
from schema.customers import Customer, Person

OVER = ActionRefused(
    "This can't be opened any more.", "It was opened already, was ended, or its time is over: ask anew."
)
ONE_AT_A_TIME = ActionRefused("You are signed in as a customer already.", "End that first: it is shown below.")
WORTHLESS = ActionRefused("This token opens nothing.", "It was used, its minute is over, or it was ended in the admin.")


@dataclass(frozen=True)
class Opening:
    """What the token is made with."""

    app_url: str
    lasts: timedelta
    key: Ed25519PrivateKey = field(repr=False)


def look_as_customer(
    session: Session, record: Customer, person: Member, answers: Mapping[str, Any], now: datetime
) -> str:
    """Make ready to look at the customer app as a customer."""
    eyes = queries.eyes_of(session, record, queries.first_person(session, record))
    return prepare(session, eyes, person, answers, now)


def look_as_person(session: Session, record: Person, person: Member, answers: Mapping[str, Any], now: datetime) -> str:
    """Make ready to look at the customer app as one person of a customer."""
    return prepare(session, queries.eyes_of(session, record.customer, record), person, answers, now)


def work_as_customer(
    session: Session, record: Customer, person: Member, answers: Mapping[str, Any], now: datetime
) -> str:
    """Make ready to work in the customer app as a customer; runs when a second person has approved it."""
    eyes = queries.eyes_of(session, record, queries.first_person(session, record))
    return prepare(session, eyes, person, {**answers, "mode": ImpersonationMode.FULL}, now)


def prepare(session: Session, eyes: rules.Eyes, member: Member, answers: Mapping[str, Any], now: datetime) -> str:
    """Add an impersonation that its member can open for a while."""
    if why := rules.why_not(eyes):
        raise ActionRefused(why, "Nobody signs in as them.")
    ticket = queries.ticket_of(session, eyes.customer, answers["ticket"])
    if why := rules.why_not_ticket(ticket):
        raise ActionRefused(why, "Write the number of an open ticket of theirs.")
    assert ticket is not None  # else there is a reason
    agreed = answers.get("agreed")
    if why := rules.why_not_agreed(queries.consent_wanted(session), agreed):
        raise ActionRefused(why)
    mode = answers.get("mode", ImpersonationMode.READ_ONLY)
    session.add(
        Impersonation(
            staff_id=member.id,
            customer_id=eyes.customer.id,
            person_id=eyes.person.id if eyes.person else None,
            ticket_id=ticket.id,
            mode=mode,
            reason=answers["reason"],
            customer_agreed=rules.AGREED.get(agreed or ""),
            issued_at=now,
        )
    )
    minutes = int(rules.OPENS_FOR[mode].total_seconds()) // 60
    return f"Ready, {rules.WRITES[mode]}: open the customer app within {minutes} minutes."


def open_app(
    session: Session, member: Member, chosen: UUID, opening: Opening, now: datetime
) -> tuple[str, Impersonation]:
    """Return the one-time token of one of a member's own impersonations, and the row; it is made once."""
    mine = {row.id: row for row in queries.open_ones(session, member.id, lock=True)}
    row = mine.get(chosen)
    if row is None or rules.state_of(row, now) != "ready":
        raise OVER
    if any(rules.state_of(other, now) in {"opening", "live"} for other in mine.values()):
        raise ONE_AT_A_TIME
    close(list(mine.values()), now)
    session.flush()  # before the token: the database knows one open impersonation of each member
    if not member.has(rules.NEEDS[row.mode]):
        raise ActionRefused("Your roles don't let you sign in as a customer like this any more.", "Ask an Owner.")
    eyes = queries.eyes_behind(session, row)
    if why := rules.why_not(eyes):
        raise ActionRefused(why, "Nobody signs in as them.")
    ticket = queries.ticket_served(session, row)
    if why := rules.why_not_ticket(ticket):
        raise ActionRefused(why, "Ask anew, for an open ticket of theirs.")
    assert ticket is not None  # else there is a reason
    row.session_expires_at = now + opening.lasts
    token = sign(rules.claims(row, eyes, ticket, opening.app_url, now), opening.key)
    row.token_hash, row.token_expires_at = token_digest(token), now + rules.TOKEN_LASTS
    return token, row


def take(session: Session, token: str, ip: str | None, now: datetime) -> Impersonation:
    """Use up a token and return what it opens; of any number of requests with one token, one gets here."""
    taken = (
        update(Impersonation)
        .where(
            Impersonation.token_hash == token_digest(token),
            Impersonation.redeemed_at.is_(None),
            Impersonation.ended_at.is_(None),
            Impersonation.token_expires_at > now,
        )
        .values(redeemed_at=now, redeemed_ip=ip)
        .returning(Impersonation.id)
    )
    found = session.scalars(taken).one_or_none()
    row = queries.with_customer(session, found) if found else None
    if row is None or not is_allowed(session, row):
        raise WORTHLESS
    return row


def is_allowed(session: Session, row: Impersonation) -> bool:
    """Return whether it could be asked for now: its member is of the team and has the right, its customer is open."""
    may = row.staff.active and person_of(row.staff).has(rules.NEEDS[row.mode])
    return may and not rules.why_not(queries.eyes_behind(session, row))


def count(session: Session, row: Impersonation, pages: int, records: int, changes: int) -> None:
    """Add what the customer app showed and took; added in the database, since pages are counted side by side."""
    more = {
        "pages_seen": Impersonation.pages_seen + pages,
        "records_seen": Impersonation.records_seen + records,
        "changes_made": Impersonation.changes_made + changes,
    }
    session.execute(update(Impersonation).where(Impersonation.id == row.id).values(**more))


def end(session: Session, record: Impersonation, person: Member, now: datetime) -> str:
    """End an impersonation: the customer app refuses its next request."""
    finish(session, record.id, person.id, now)
    return "Ended. The customer app lets nobody in by it any more."


def finish(session: Session, impersonation_id: UUID, by: UUID | None, now: datetime) -> bool:
    """Note that it ended, and return whether it had not before."""
    statement = select(Impersonation).where(Impersonation.id == impersonation_id).with_for_update()
    row = session.scalars(statement, execution_options={"populate_existing": True}).one()
    if row.ended_at is not None:
        return False
    row.ended_at = min(now, rules.over_at(row))
    row.ended_by_id = by if row.ended_at == now else None
    return True


def close(rows: list[Impersonation], now: datetime) -> int:
    """Note of those that ended by themselves when they did; returns how many."""
    over = [row for row in rows if row.ended_at is None and rules.state_of(row, now) == "over"]
    for row in over:
        row.ended_at = rules.over_at(row)
    return len(over)
