"""Questions about reviews: by the day they were handed in, which an index serves."""

from datetime import date, datetime

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.orm import Session

from admin_core.periods import Days, local_day_of, start_of
from plugins.ai_quality.rules import Tally
from schema.ai import AiDecision
from schema.reviews import HumanReview


def tallies_by_day(session: Session, days: Days) -> tuple[dict[date, Tally], datetime | None]:
    """Return blind reviews in force by day, and when the newest came. Of the AI counts what it said by itself."""
    not_its_own = or_(AiDecision.is_fallback, AiDecision.parse_failed, AiDecision.rule_name.is_not(None))
    agrees = AiDecision.recommendation == HumanReview.recommendation
    day = local_day_of(HumanReview.submitted_at)
    statement = (
        select(
            day,
            func.count().filter(not_(not_its_own)),
            func.count().filter(and_(not_(not_its_own), agrees)),
            func.count().filter(not_its_own),
            func.max(HumanReview.submitted_at),
        )
        .join(HumanReview.decision)
        .where(
            HumanReview.blind,
            HumanReview.superseded_at.is_(None),
            HumanReview.submitted_at >= start_of(days[0]),
            HumanReview.submitted_at < start_of(days[1]),
        )
        .group_by(day)
    )
    rows = session.execute(statement).all()
    return {on: Tally(*counts) for on, *counts, _ in rows}, max((newest for *_, newest in rows), default=None)
