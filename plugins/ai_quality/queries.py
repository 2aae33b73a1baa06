"""Questions about reviews and decisions: reviews by when they were handed in, decisions by day."""

from collections.abc import Sequence

from sqlalchemy import and_, func, literal_column, not_, or_, select
from sqlalchemy.orm import Session

from admin_core.contributions import Measure, Rollup
from admin_core.periods import Period, as_rows
from plugins.ai_quality.rules import Tally
from schema.ai import AiDecision
from schema.reviews import HumanReview

DECISIONS = Rollup(
    name="ai_quality.decisions",
    title="AI decisions by day and score",
    moment=AiDecision.decided_at,
    # A number, not a parameter: GROUP BY has to repeat the very same expression.
    dimensions={"tens": AiDecision.score.op("/")(literal_column("10"))},
    measures=(
        Measure("decisions"),
        Measure("unanswered", where=or_(AiDecision.is_fallback, AiDecision.parse_failed)),
    ),
)
ROLLUPS = (DECISIONS,)
NOT_ITS_OWN = or_(AiDecision.is_fallback, AiDecision.parse_failed, AiDecision.rule_name.is_not(None))
"""Of the AI counts what it said by itself."""


def tallies(session: Session, periods: Sequence[Period]) -> list[Tally]:
    """Return the blind reviews in force that were handed in in each period."""
    spans = as_rows(periods)
    agrees = AiDecision.recommendation == HumanReview.recommendation
    statement = (
        select(
            func.count(HumanReview.id).filter(not_(NOT_ITS_OWN)),
            func.count(HumanReview.id).filter(and_(not_(NOT_ITS_OWN), agrees)),
            func.count(HumanReview.id).filter(NOT_ITS_OWN),
            func.max(HumanReview.submitted_at),
            spans.c.place,
        )
        .join(HumanReview.decision)
        .join(spans, and_(HumanReview.submitted_at >= spans.c.start, HumanReview.submitted_at < spans.c.end))
        .where(HumanReview.blind, HumanReview.superseded_at.is_(None))
        .group_by(spans.c.place)
    )
    found = {place: Tally(*counts) for *counts, place in session.execute(statement)}
    return [found.get(place, Tally()) for place in range(len(periods))]


def pairs(session: Session, period: Period) -> dict[tuple[str, str], int]:
    """Return how often a reviewer said one thing and the AI by itself another, blind reviews in force only."""
    statement = (
        select(HumanReview.recommendation, AiDecision.recommendation, func.count())
        .join(HumanReview.decision)
        .where(
            HumanReview.blind,
            HumanReview.superseded_at.is_(None),
            HumanReview.submitted_at >= period.start,
            HumanReview.submitted_at < period.end,
            not_(NOT_ITS_OWN),
        )
        .group_by(HumanReview.recommendation, AiDecision.recommendation)
    )
    return {(str(human), str(ai)): count for human, ai, count in session.execute(statement)}
