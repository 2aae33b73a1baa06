"""Feedback through the API: the widget of the customer app gives it, programs read it."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from admin_core.api.calls import Call
from admin_core.api.models import Model, Page, PageQuery
from admin_core.api.problems import Wrong, invalid
from plugins.ai_quality import actions
from schema.ai import AiDecision
from schema.reviews import DecisionFeedback

TABLE = "decision_feedback"
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9_]+$")]


class NewFeedback(Model):
    """What somebody thinks of a decision, or of a feature. `helpful` or `rating` is needed, or both."""

    decision_id: Annotated[UUID | None, Field(description="The decision it is about.")] = None
    feature: Annotated[
        Code | None, Field(description="What it is about when not a decision, e.g. `interview_kit`.")
    ] = None
    helpful: bool | None = None
    rating: Annotated[int | None, Field(ge=1, le=5, description="1 (bad) to 5 (good).")] = None
    reason_codes: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    comment: Annotated[str | None, Field(max_length=2_000)] = None
    page: Annotated[str | None, Field(max_length=200, description="Pattern of the page, without ids.")] = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """Refuse feedback that says nothing, or about nothing."""
        if self.helpful is None and self.rating is None:
            raise ValueError("Give helpful or rating.")
        if self.decision_id is None and self.feature is None:
            raise ValueError("Say what it is about: decision_id or feature.")
        return self


class Noted(Model):
    """That feedback was stored."""

    id: UUID
    given_at: datetime


class Feedback(Model):
    """A piece of feedback."""

    id: UUID
    decision_id: UUID | None
    customer_id: UUID | None
    feature: str | None
    source: str
    helpful: bool | None
    rating: int | None
    reason_codes: list[str]
    comment: str | None
    given_at: datetime


class FeedbackQuery(PageQuery):
    """Which feedback."""

    decision_id: UUID | None = None
    helpful: bool | None = None
    since: Annotated[AwareDatetime | None, Field(description="Given at or after this moment, with its offset.")] = None


def give(call: Call, body: NewFeedback) -> Noted:
    """Store feedback."""
    call.require("create", TABLE)
    decision = call.find("ai_decisions", AiDecision.id == body.decision_id) if body.decision_id else None
    if body.decision_id and decision is None:
        raise invalid(Wrong("/decision_id", "There is no such decision."))
    opinion = actions.Opinion(**body.model_dump(exclude={"decision_id"}))
    feedback = actions.note_feedback(call.session, opinion, decision)
    return Noted(id=feedback.id, given_at=feedback.given_at)


def listed(call: Call, query: FeedbackQuery) -> Page[Feedback]:
    """Return a page of feedback, newest first."""
    where: list[Any] = []
    if query.decision_id is not None:
        where.append(DecisionFeedback.decision_id == query.decision_id)
    if query.helpful is not None:
        where.append(DecisionFeedback.helpful.is_(query.helpful))
    if query.since is not None:
        where.append(DecisionFeedback.given_at >= query.since)
    return call.page(TABLE, where, query, feedback_of, newest="given_at")


def shown(call: Call, id: UUID) -> Feedback:  # noqa: A002 (the name in the address)
    """Return one piece of feedback."""
    return feedback_of(call.one(TABLE, DecisionFeedback.id == id))


def feedback_of(row: DecisionFeedback) -> Feedback:
    """Return the part of a row that programs see: no address, no device."""
    return Feedback(**{name: getattr(row, name) for name in Feedback.model_fields})
