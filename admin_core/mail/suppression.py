"""Whom never to write to: found by keyed hash (which outlives the person's data) or by the address itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.mail.addresses import normalised
from schema.mail import MailClass, Suppression, SuppressionReason, SuppressionScope


@dataclass(frozen=True, kw_only=True)
class Suppressing:
    """A refusal to be written down."""

    address_hash: str
    email: str | None = field(repr=False)
    scope: SuppressionScope
    reason: SuppressionReason
    source: str
    note: str | None = None
    message_id: UUID | None = None
    created_by_id: UUID | None = None


@dataclass(frozen=True)
class InForce:
    """A refusal that holds."""

    scope: SuppressionScope
    reason: SuppressionReason


def suppress(session: Session, wanted: Suppressing) -> bool:
    """Write the refusal; False when the same one is in force already."""
    row = {
        "address_hash": wanted.address_hash,
        "email": normalised(wanted.email) if wanted.email else None,
        "scope": wanted.scope,
        "reason": wanted.reason,
        "source": wanted.source,
        "note": wanted.note,
        "message_id": wanted.message_id,
        "created_by_id": wanted.created_by_id,
    }
    once = insert(Suppression).on_conflict_do_nothing(
        index_elements=[Suppression.address_hash, Suppression.scope], index_where=Suppression.lifted_at.is_(None)
    )
    return session.scalar(once.values(row).returning(Suppression.id)) is not None


def in_force(session: Session, email: str, hashes: Sequence[str]) -> list[InForce]:
    """Return the refusals of an address, found under old keys too; by address where one was brought in without."""
    statement = select(Suppression.scope, Suppression.reason).where(
        or_(Suppression.address_hash.in_(hashes), func.lower(Suppression.email) == normalised(email)),
        Suppression.lifted_at.is_(None),
    )
    return [InForce(scope, reason) for scope, reason in session.execute(statement)]


def is_kept_by_hash_alone(session: Session) -> bool:
    """Return whether somebody who was erased has a refusal: found again only by whoever has the key of its hash."""
    erased = exists().where(Suppression.email.is_(None), Suppression.lifted_at.is_(None))
    return session.scalar(select(erased)) is True


def refusal(refusals: Sequence[InForce], mail_class: MailClass, *, has_link: bool) -> str:
    """Return why a message of this class must not go to an address with these refusals; empty when it may.

    A refusal of marketing also stops what carries an unsubscribe link: the link promised it.
    """
    stops_marketing = has_link or mail_class is MailClass.MARKETING
    for each in refusals:
        if each.scope is SuppressionScope.ALL or stops_marketing:
            return f"suppressed-{each.reason.value}"
    return ""


def lift(suppression: Suppression, *, by: UUID, now: datetime, why: str) -> None:
    """End a refusal; the row stays as its history."""
    suppression.lifted_at = now
    suppression.lifted_by_id = by
    suppression.note = "\n".join(part for part in (suppression.note, f"Lifted: {why}") if part)
