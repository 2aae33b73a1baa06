"""Questions about errors: by the hour, as they are counted for ever, also when single events are gone."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.periods import start_of
from schema.health import ErrorCount, ErrorEvent


def errors_by_hour(session: Session, since: date) -> dict[datetime, int]:
    """Return how many errors were reported in each hour since a day began."""
    statement = select(ErrorCount.hour, func.sum(ErrorCount.received)).where(ErrorCount.hour >= start_of(since))
    return {hour: int(count) for hour, count in session.execute(statement.group_by(ErrorCount.hour))}


def newest_error(session: Session) -> datetime | None:
    """Return when the newest error that is kept occurred."""
    return session.scalar(select(func.max(ErrorEvent.occurred_at)))
