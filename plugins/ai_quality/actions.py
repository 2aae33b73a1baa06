"""Changes to what people think of AI decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from schema.ai import AiDecision
from schema.reviews import DecisionFeedback

SOURCE = "api"


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What somebody thinks."""

    helpful: bool | None
    rating: int | None
    comment: str | None
    reason_codes: Sequence[str]
    feature: str | None
    page: str | None


def note_feedback(session: Session, opinion: Opinion, decision: AiDecision | None) -> DecisionFeedback:
    """Return the new feedback; it belongs to the customer whose decision it is about."""
    feedback = DecisionFeedback(
        id=uuid7(),
        decision_id=decision.id if decision else None,
        customer_id=decision.customer_id if decision else None,
        source=SOURCE,
        helpful=opinion.helpful,
        rating=opinion.rating,
        comment=opinion.comment,
        reason_codes=list(opinion.reason_codes),
        feature=opinion.feature,
        page=opinion.page,
    )
    session.add(feedback)
    session.flush()
    return feedback
