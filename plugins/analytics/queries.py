"""Questions about use. A CV processed is one stored decision of the AI: a retry is no second one, a fallback counts."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.periods import Days, local_day_of, start_of
from schema.ai import AiDecision


def decisions_by_day(session: Session, days: Days) -> tuple[dict[date, int], datetime | None]:
    """Return how many CVs were processed on each day, and when the newest was."""
    day = local_day_of(AiDecision.decided_at)
    statement = select(day, func.count(), func.max(AiDecision.decided_at)).where(
        AiDecision.decided_at >= start_of(days[0]), AiDecision.decided_at < start_of(days[1])
    )
    rows = session.execute(statement.group_by(day)).all()
    return {on: count for on, count, _ in rows}, max((newest for *_, newest in rows), default=None)


def fallbacks(session: Session, days: Days) -> int:
    """Return how many of them got the standard answer because none came from the AI."""
    statement = select(func.count()).where(
        AiDecision.is_fallback,
        AiDecision.decided_at >= start_of(days[0]),
        AiDecision.decided_at < start_of(days[1]),
    )
    return session.scalar(statement) or 0
