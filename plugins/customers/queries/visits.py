"""Questions about visits to customers that took place."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugins.customers.rules.visits import Week
from schema.accounts import Impersonation

MOST = 200
COUNTED = 1_000


def visits_in(session: Session, week: Week) -> Sequence[Impersonation]:
    """Return the visits that began in a week, the first first; one more than the most when there are more."""
    began = (Impersonation.redeemed_at >= week.start, Impersonation.redeemed_at < week.end)
    query = select(Impersonation).where(*began).order_by(Impersonation.redeemed_at, Impersonation.id)
    return session.scalars(query.limit(MOST + 1)).all()


def chosen_visits(session: Session, keys: Sequence[UUID]) -> Sequence[Impersonation]:
    """Return visits by their keys, held, so that two people don't review one."""
    query = select(Impersonation).where(Impersonation.id.in_(keys)).order_by(Impersonation.id)
    return session.scalars(query.with_for_update(of=Impersonation)).all()


def unreviewed(session: Session, before: datetime) -> int:
    """Return how many visits were over before a moment and nobody has reviewed; at most a thousand."""
    open_ = (Impersonation.redeemed_at.is_not(None), Impersonation.reviewed_at.is_(None))
    some = select(Impersonation.id).where(*open_, Impersonation.ended_at < before).limit(COUNTED)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0
