"""What people think of AI decisions: blind reviews, overrides, feedback, and candidates who ask for a human."""

import enum
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.ai import RECOMMENDATION_COLOURS, AiDecision, Recommendation
from schema.base import (
    Base,
    CreatedAt,
    CvText,
    Device,
    FreeText,
    Identified,
    IpAddress,
    Moment,
    Reference,
    Slug,
)
from schema.candidates import Candidate
from schema.customers import Customer
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Person


class ReviewerKind(enum.StrEnum):
    """Who reviewed or overrode."""

    MEMBER = "member"
    CUSTOMER = "customer"


class AssignmentReason(enum.StrEnum):
    """Why a decision is to be reviewed."""

    SAMPLE = "sample"
    FLAGGED = "flagged"
    LOW_CONFIDENCE = "low_confidence"
    INVENTED_EVIDENCE = "invented_evidence"
    BAD_FEEDBACK = "bad_feedback"
    CANDIDATE_ASKED = "candidate_asked"
    SECOND_OPINION = "second_opinion"


class AssignmentState(enum.StrEnum):
    """Where a review is."""

    WAITING = "waiting"
    RESERVED = "reserved"
    DONE = "done"
    SKIPPED = "skipped"


class RequestState(enum.StrEnum):
    """Where a candidate's request for a human is."""

    OPEN = "open"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class ReviewAssignment(Identified, Base):
    """A decision in the review queue."""

    __tablename__ = "review_assignments"
    __table_args__ = (
        Index(
            "uq_review_assignments_open",
            "decision_id",
            "assigned_to_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'reserved')"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("state <> 'reserved' OR reserved_until IS NOT NULL", name="reserved_until"),
        Index(None, "decision_id"),
        Index(None, "state", "priority", "created_at", "id"),
        Index(None, "assigned_to_id", "state", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "created_by_id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="list-check",
        label="Review to do",
        plural="Review queue",
        listed=("created_at", "decision_id", "reason", "state", "assigned_to_id", "due_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Flagging, sampling and the review queue.",
        subject="decision.candidate",
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="CASCADE"))
    reason: Mapped[AssignmentReason]
    note: Mapped[FreeText | None]
    stratum: Mapped[Slug | None] = mapped_column(comment="Group it was drawn from, when sampled.")
    stratum_size: Mapped[int | None] = mapped_column(comment="How many decisions the group had.")
    blind: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="Score and recommendation stay hidden until the verdict is saved."
    )
    priority: Mapped[int] = mapped_column(server_default=text("100"))
    state: Mapped[AssignmentState] = mapped_column(
        server_default=text("'waiting'"),
        info=ui(badge={"waiting": "warning", "reserved": "info", "done": "success", "skipped": "muted"}),
    )
    assigned_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    reserved_until: Mapped[Moment | None]
    due_at: Mapped[Moment | None]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    done_at: Mapped[Moment | None]

    decision: Mapped[AiDecision] = relationship(back_populates="assignments")
    assigned_to: Mapped[StaffMember | None] = relationship(foreign_keys="ReviewAssignment.assigned_to_id")
    created_by: Mapped[StaffMember | None] = relationship(foreign_keys="ReviewAssignment.created_by_id")
    review: Mapped["HumanReview | None"] = relationship(back_populates="assignment", passive_deletes=True)


class HumanReview(Identified, Base):
    """A person's own verdict on a case the AI decided: what accuracy is measured against."""

    __tablename__ = "human_reviews"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("seconds_spent >= 0", name="seconds"),
        CheckConstraint("NOT blind OR ai_seen_at IS NULL OR ai_seen_at >= submitted_at", name="blind_means_blind"),
        CheckConstraint("(reviewer_kind = 'member') = (member_id IS NOT NULL)", name="reviewer"),
        Index(
            "uq_human_reviews_in_force",
            "decision_id",
            "member_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND member_id IS NOT NULL"),
        ),
        UniqueConstraint("assignment_id"),
        Index(None, "decision_id", "submitted_at"),
        Index(None, "member_id", "submitted_at"),
        Index(None, "person_id"),
        Index(None, "submitted_at", "id"),
        Index(None, "blind", "submitted_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="eye-check",
        label="Human review",
        listed=("submitted_at", "decision_id", "recommendation", "blind", "member_id", "seconds_spent"),
        default_sort="-submitted_at",
        writes="append",
        written_by="The review page; a changed mind is a new review.",
        subject="decision.candidate",
        retention=Retention("submitted_at", 1095, "Evidence of human oversight; kept without the CV."),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="RESTRICT"))
    assignment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.review_assignments.id", ondelete="SET NULL")
    )
    reviewer_kind: Mapped[ReviewerKind] = mapped_column(server_default=text("'member'"))
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.people.id", ondelete="SET NULL"), comment="The customer's recruiter, when it was one."
    )
    blind: Mapped[bool] = mapped_column(comment="Given before the AI's answer was seen.")
    recommendation: Mapped[Recommendation] = mapped_column(info=ui(pii="cv", badge=RECOMMENDATION_COLOURS))
    score: Mapped[int | None] = mapped_column(info=ui(pii="cv"))
    reason: Mapped[CvText | None]
    reason_codes: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none", widget="tags")
    )
    rubric: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="none", widget="json"))
    approved_for_training: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="The case may teach a model, if the candidate consented."
    )
    preferred_output: Mapped[CvText | None] = mapped_column(
        info=ui(listed=False), comment="What the AI should have said."
    )
    seconds_spent: Mapped[int | None] = mapped_column(info=ui(unit="s"), comment="A few seconds mean nobody looked.")
    ai_seen_at: Mapped[Moment | None]
    submitted_at: Mapped[CreatedAt]
    superseded_at: Mapped[Moment | None]

    decision: Mapped[AiDecision] = relationship(back_populates="reviews")
    assignment: Mapped[ReviewAssignment | None] = relationship(back_populates="review")
    member: Mapped[StaffMember | None] = relationship()
    person: Mapped["Person | None"] = relationship()


class DecisionOverride(Identified, Base):
    """A recommendation that somebody changed in daily work, having seen it."""

    __tablename__ = "decision_overrides"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("from_recommendation <> to_recommendation", name="changes_something"),
        Index(None, "decision_id", "occurred_at"),
        Index(None, "customer_id", "occurred_at", "id"),
        Index(None, "person_id"),
        Index(None, "member_id"),
        Index(None, "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="replace",
        title=("id",),
        label="Override",
        listed=("occurred_at", "decision_id", "from_recommendation", "to_recommendation", "customer_id"),
        default_sort="-occurred_at",
        writes="append",
        written_by="The customer app, and actions here.",
        capture="batch",
        subject="decision.candidate",
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference | None]
    by_kind: Mapped[ReviewerKind] = mapped_column(server_default=text("'customer'"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"))
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    from_recommendation: Mapped[Recommendation] = mapped_column(info=ui(pii="cv", badge=RECOMMENDATION_COLOURS))
    to_recommendation: Mapped[Recommendation] = mapped_column(info=ui(pii="cv", badge=RECOMMENDATION_COLOURS))
    reason: Mapped[CvText | None]
    occurred_at: Mapped[CreatedAt]

    decision: Mapped[AiDecision] = relationship(back_populates="overrides")
    customer: Mapped[Customer] = relationship()
    person: Mapped["Person | None"] = relationship()
    member: Mapped[StaffMember | None] = relationship()


class DecisionFeedback(Identified, Base):
    """An answer to "Was this helpful?" from the customer app."""

    __tablename__ = "decision_feedback"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("helpful IS NOT NULL OR rating IS NOT NULL", name="says_something"),
        Index(None, "decision_id", "given_at"),
        Index(None, "customer_id", "given_at", "id"),
        Index(None, "person_id"),
        Index(None, "given_at", "id"),
        Index(None, "helpful", "given_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="mood-smile",
        label="Feedback",
        plural="Feedback",
        listed=("given_at", "customer_id", "helpful", "rating", "comment", "decision_id"),
        default_sort="-given_at",
        writes="append",
        written_by="The widget and the public API.",
        capture="batch",
        subject="customer",
        retention=Retention("given_at", 730, "To improve the service."),
    )

    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"))
    source: Mapped[Slug] = mapped_column(server_default=text("'widget'"))
    external_id: Mapped[Reference | None] = mapped_column(comment="Sent twice, stored once.")
    feature: Mapped[Slug | None] = mapped_column(comment="What it was about, when not a decision.")
    helpful: Mapped[bool | None]
    rating: Mapped[int | None]
    reason_codes: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none", widget="tags")
    )
    comment: Mapped[FreeText | None]
    page: Mapped[Reference | None]
    ip: Mapped[IpAddress | None]
    device: Mapped[Device | None]
    given_at: Mapped[CreatedAt]

    decision: Mapped[AiDecision | None] = relationship(back_populates="feedback")
    customer: Mapped[Customer | None] = relationship()
    person: Mapped["Person | None"] = relationship()


class ReviewRequest(Identified, Base):
    """A candidate who asks that a human looks at the decision about them (POPIA section 71)."""

    __tablename__ = "review_requests"
    __table_args__ = (
        Index(
            "uq_review_requests_open",
            "decision_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'in_review')"),
        ),
        CheckConstraint("state NOT IN ('upheld', 'changed') OR answered_at IS NOT NULL", name="answered"),
        Index(None, "decision_id"),
        Index(None, "candidate_id", "requested_at"),
        Index(None, "state", "requested_at", "id"),
        Index(None, "requested_at", "id"),
        Index(None, "reviewer_id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="hand-stop",
        label="Request for a human",
        plural="Requests for a human",
        listed=("requested_at", "candidate_id", "state", "due_on", "reviewer_id"),
        default_sort="-requested_at",
        writes="actions",
        written_by="The customer app; answered with the actions on the request.",
        subject="candidate",
        retention=Retention("requested_at", 1095, "Evidence that a person was heard."),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="RESTRICT"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    message: Mapped[FreeText | None]
    state: Mapped[RequestState] = mapped_column(
        server_default=text("'open'"),
        info=ui(
            badge={
                "open": "warning",
                "in_review": "info",
                "upheld": "success",
                "changed": "success",
                "withdrawn": "muted",
            }
        ),
    )
    requested_at: Mapped[CreatedAt]
    due_on: Mapped[Moment | None]
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="RESTRICT"),
        info=ui(hands_over=True),
        comment="Not the one who decided first.",
    )
    answer: Mapped[FreeText | None]
    answered_at: Mapped[Moment | None]

    decision: Mapped[AiDecision] = relationship(back_populates="review_requests")
    candidate: Mapped[Candidate | None] = relationship()
    reviewer: Mapped[StaffMember | None] = relationship()
