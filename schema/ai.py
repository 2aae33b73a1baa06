"""Decisions of the screening AI, kept apart by who made them: the model, our rule, the final result."""

import enum
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Cost,
    CreatedAt,
    Currency,
    CvJson,
    CvText,
    Identified,
    Moment,
    Prose,
    Reference,
    Slug,
)
from schema.candidates import Candidate, CvDocument, JobRole
from schema.customers import Customer
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.experiments import Exposure
    from schema.prompts import ModelPrice, PromptVersion
    from schema.reviews import DecisionFeedback, DecisionOverride, HumanReview, ReviewAssignment, ReviewRequest


class Recommendation(enum.StrEnum):
    """What the AI recommends."""

    SHORTLIST = "shortlist"
    CONSIDER = "consider"
    REJECT = "reject"


RECOMMENDATION_COLOURS = {"shortlist": "success", "consider": "warning", "reject": "danger"}


class Confidence(enum.StrEnum):
    """How sure the AI says it is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class GroundingState(enum.StrEnum):
    """Whether the quotes of a decision are in the CV."""

    UNCHECKED = "unchecked"
    GROUNDED = "grounded"
    PARTLY = "partly"
    INVENTED = "invented"
    NOTHING_TO_CHECK = "nothing_to_check"


class Verdict(enum.StrEnum):
    """Whether a quote is in the CV."""

    GROUNDED = "grounded"
    PARTIAL = "partial"
    NUMBER_MISMATCH = "number_mismatch"
    UNGROUNDED = "ungrounded"
    WEAK = "weak"
    NOT_APPLICABLE = "not_applicable"


class EvidenceKind(enum.StrEnum):
    """What a piece of evidence is given for."""

    HIGHLIGHT = "highlight"
    STRENGTH = "strength"
    WEAKNESS = "weakness"
    REQUIREMENT_MET = "requirement_met"
    REQUIREMENT_PARTIAL = "requirement_partial"
    REQUIREMENT_NOT_MET = "requirement_not_met"
    REQUIREMENT_UNCLEAR = "requirement_unclear"
    RISK = "risk"


class AiDecision(Identified, Base):
    """One screening of one CV for one vacancy, with everything needed to explain it later."""

    __tablename__ = "ai_decisions"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("model_score BETWEEN 0 AND 100", name="model_score"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("rule_score BETWEEN 0 AND 100", name="rule_score"),
        CheckConstraint("tokens_in >= 0 AND tokens_out >= 0 AND tokens_cached >= 0", name="tokens_counted"),
        CheckConstraint("attempts >= 1 AND latency_ms >= 0 AND cost >= 0", name="measures"),
        CheckConstraint("NOT (is_fallback AND model_recommendation IS NOT NULL)", name="fallback_is_no_answer"),
        CheckConstraint("rule_name IS NOT NULL OR rule_recommendation IS NULL", name="rule_named"),
        CheckConstraint(
            "evidence_total >= 0 AND evidence_checkable BETWEEN 0 AND evidence_total"
            " AND evidence_unfounded BETWEEN 0 AND evidence_checkable",
            name="evidence_counted",
        ),
        Index(None, "decided_at", "id"),
        Index(None, "customer_id", "decided_at", "id"),
        Index(None, "job_role_id", "decided_at"),
        Index(None, "candidate_id", "decided_at"),
        Index(None, "cv_document_id"),
        Index(None, "prompt_version_id", "decided_at", "id"),
        Index(None, "exposure_id"),
        Index(None, "price_id"),
        Index(None, "model", "decided_at", "id"),
        Index(None, "recommendation", "decided_at", "id"),
        Index(None, "grounding", "decided_at", "id"),
        Index(None, "received_at", "id"),
        Index("ix_ai_decisions_fallback", "decided_at", "id", postgresql_where=text("is_fallback OR parse_failed")),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="robot",
        jump="d",
        label="AI decision",
        title=("external_id",),
        listed=("decided_at", "customer_id", "candidate_id", "recommendation", "score", "grounding", "model"),
        default_sort="-decided_at",
        writes="append",
        written_by="The customer app through the ingest API; a decision is never changed, only reviewed.",
        capture="batch",
        subject="candidate",
        retention=Retention("decided_at", 365, "Long enough to ask about a decision (POPIA section 14(3))."),
    )

    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference] = mapped_column(comment="Trace id: sent twice, stored once.")
    call_site: Mapped[Slug] = mapped_column(server_default=text("'screening'"), comment="Which feature asked.")
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    job_role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.job_roles.id", ondelete="SET NULL"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    cv_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.cv_documents.id", ondelete="SET NULL"))
    prompt_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT")
    )
    exposure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.exposures.id", ondelete="SET NULL"))
    provider: Mapped[Slug]
    model: Mapped[Reference]
    parameters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json", group="The call")
    )

    raw_output: Mapped[CvText | None] = mapped_column(
        info=ui(group="What the model said", listed=False), comment="The answer of the model, unchanged."
    )
    model_score: Mapped[int | None] = mapped_column(info=ui(pii="cv", group="What the model said"))
    model_recommendation: Mapped[Recommendation | None] = mapped_column(
        info=ui(pii="cv", group="What the model said", badge=RECOMMENDATION_COLOURS)
    )
    parse_failed: Mapped[bool] = mapped_column(
        server_default=text("false"), info=ui(group="What the model said"), comment="The answer could not be read."
    )
    repaired: Mapped[bool] = mapped_column(
        server_default=text("false"), info=ui(group="What the model said"), comment="Readable only after repair."
    )
    is_fallback: Mapped[bool] = mapped_column(
        server_default=text("false"),
        info=ui(group="What the model said"),
        comment="No answer came: the app stored its standard one. Never counted for accuracy.",
    )
    attempts: Mapped[int] = mapped_column(server_default=text("1"), info=ui(group="What the model said"))

    rule_name: Mapped[Slug | None] = mapped_column(
        info=ui(group="What our rule did"), comment="The rule that changed the answer; empty: none did."
    )
    rule_score: Mapped[int | None] = mapped_column(info=ui(pii="cv", group="What our rule did"))
    rule_recommendation: Mapped[Recommendation | None] = mapped_column(
        info=ui(pii="cv", group="What our rule did", badge=RECOMMENDATION_COLOURS)
    )
    rule_reason: Mapped[CvText | None] = mapped_column(info=ui(group="What our rule did"))

    score: Mapped[int] = mapped_column(info=ui(pii="cv", group="Result"))
    recommendation: Mapped[Recommendation] = mapped_column(
        info=ui(pii="cv", group="Result", badge=RECOMMENDATION_COLOURS)
    )
    confidence: Mapped[Confidence | None] = mapped_column(info=ui(pii="cv", group="Result"))
    reason: Mapped[CvText | None] = mapped_column(info=ui(group="Result"))
    exception_applied: Mapped[bool] = mapped_column(
        server_default=text("false"), info=ui(group="Result"), comment="Requirements were waived for other merits."
    )
    result: Mapped[CvJson | None] = mapped_column(info=ui(group="Result"), comment="The whole structured result.")
    explanation: Mapped[CvText | None] = mapped_column(
        info=ui(group="Result"), comment="The logic in plain language, for the candidate."
    )
    inputs: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'::jsonb"),
        info=ui(pii="none", widget="json", group="The call"),
        comment="Which inputs were used and what was taken out before; no values.",
    )

    tokens_in: Mapped[int] = mapped_column(server_default=text("0"), info=ui(group="Measures"))
    tokens_out: Mapped[int] = mapped_column(server_default=text("0"), info=ui(group="Measures"))
    tokens_cached: Mapped[int] = mapped_column(server_default=text("0"), info=ui(group="Measures"))
    latency_ms: Mapped[int] = mapped_column(server_default=text("0"), info=ui(unit="ms", group="Measures"))
    cost: Mapped[Cost] = mapped_column(server_default=text("0"), info=ui(group="Measures"))
    currency: Mapped[Currency] = mapped_column(server_default=text("'USD'"), info=ui(group="Measures"))
    price_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.model_prices.id", ondelete="SET NULL"), info=ui(group="Measures")
    )

    grounding: Mapped[GroundingState] = mapped_column(
        server_default=text("'unchecked'"),
        info=ui(
            group="Evidence",
            badge={
                "unchecked": "muted",
                "grounded": "success",
                "partly": "warning",
                "invented": "danger",
                "nothing_to_check": "muted",
            },
        ),
    )
    evidence_total: Mapped[int] = mapped_column(server_default=text("0"), info=ui(group="Evidence"))
    evidence_checkable: Mapped[int] = mapped_column(server_default=text("0"), info=ui(group="Evidence"))
    evidence_unfounded: Mapped[int] = mapped_column(
        server_default=text("0"),
        info=ui(group="Evidence"),
        comment="Quotes that are not in the CV, or differ in a number.",
    )
    findings: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB,
        info=ui(pii="none", widget="json", group="Evidence"),
        comment="Other automatic checks: score outside its band, empty strengths, buzz-words …",
    )
    decided_at: Mapped[Moment]
    received_at: Mapped[CreatedAt]

    customer: Mapped[Customer] = relationship()
    job_role: Mapped[JobRole | None] = relationship(back_populates="decisions")
    candidate: Mapped[Candidate | None] = relationship(back_populates="decisions")
    cv_document: Mapped[CvDocument | None] = relationship()
    prompt_version: Mapped["PromptVersion | None"] = relationship(back_populates="decisions")
    exposure: Mapped["Exposure | None"] = relationship()
    price: Mapped["ModelPrice | None"] = relationship()
    evidence: Mapped[list["EvidenceItem"]] = relationship(back_populates="decision", passive_deletes=True)
    reviews: Mapped[list["HumanReview"]] = relationship(back_populates="decision", passive_deletes=True)
    overrides: Mapped[list["DecisionOverride"]] = relationship(back_populates="decision", passive_deletes=True)
    feedback: Mapped[list["DecisionFeedback"]] = relationship(back_populates="decision", passive_deletes=True)
    assignments: Mapped[list["ReviewAssignment"]] = relationship(back_populates="decision", passive_deletes=True)
    review_requests: Mapped[list["ReviewRequest"]] = relationship(back_populates="decision", passive_deletes=True)


class EvidenceItem(Identified, Base):
    """A claim of a decision with its quote, and whether the quote is really in the CV."""

    __tablename__ = "evidence_items"
    __table_args__ = (
        UniqueConstraint("decision_id", "position"),
        CheckConstraint("similarity BETWEEN 0 AND 100", name="similarity"),
        CheckConstraint("match_end > match_start AND match_start >= 0", name="match"),
        Index(None, "verdict", "decided_at", "id"),
        Index(None, "decided_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="quote",
        plural="Evidence",
        listed=("decided_at", "decision_id", "kind", "claim", "quote", "verdict"),
        default_sort="-decided_at",
        writes="append",
        written_by="The ingest of decisions, and checking again by a job.",
        capture="batch",
        subject="decision.candidate",
        retention=Retention("decided_at", 365, "As long as the decision."),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[EvidenceKind]
    claim: Mapped[CvText]
    quote: Mapped[CvText | None] = mapped_column(comment="What the AI says stands in the CV.")
    severity: Mapped[Slug | None] = mapped_column(comment="For risks: low, medium or high.")
    verdict: Mapped[Verdict | None] = mapped_column(
        info=ui(
            badge={
                "grounded": "success",
                "partial": "info",
                "number_mismatch": "danger",
                "ungrounded": "danger",
                "weak": "warning",
                "not_applicable": "muted",
            }
        ),
        comment="Empty: not checked yet.",
    )
    similarity: Mapped[Decimal | None] = mapped_column(Numeric(5, 2), comment="Of the quote and its best place.")
    match_start: Mapped[int | None] = mapped_column(comment="Where in the CV text it was found.")
    match_end: Mapped[int | None]
    method_version: Mapped[int | None] = mapped_column(BigInteger, comment="Version of the check.")
    checked_at: Mapped[Moment | None]
    note: Mapped[Prose | None]
    decided_at: Mapped[Moment] = mapped_column(comment="Of the decision, so that lists need no join.")

    decision: Mapped[AiDecision] = relationship(back_populates="evidence")
