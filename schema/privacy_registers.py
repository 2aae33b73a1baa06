"""Registers that the law asks for: retention, holds, breaches, processors, statements on automated decisions."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    BusinessName,
    CreatedAt,
    Email,
    FreeText,
    Identified,
    Json,
    ModelKey,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
    Url,
)
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.ai import AiDecision
    from schema.candidates import Candidate
    from schema.customers import Customer
    from schema.privacy import SubjectRequest
    from schema.reviews import ReviewRequest


class RetentionAction(enum.StrEnum):
    """What happens to rows at the end."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    RESTRICT = "restrict"


class BreachState(enum.StrEnum):
    """Where a breach is."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    CLOSED = "closed"
    FALSE_ALARM = "false_alarm"


class NoticeRecipient(enum.StrEnum):
    """Who is told about a breach."""

    REGULATOR = "regulator"
    SUBJECT = "subject"
    RESPONSIBLE_PARTY = "responsible_party"
    PUBLIC = "public"


class RepresentationState(enum.StrEnum):
    """Where a person's statement on an automated decision is."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    CHANGED = "changed"


class RetentionPolicy(Identified, Timestamped, Base):
    """How long rows of a table are kept, why, and what happens then."""

    __tablename__ = "retention_policies"
    __table_args__ = (CheckConstraint("days >= 0", name="days"),)
    __admin__ = AdminOptions(
        group="Privacy",
        icon="calendar-x",
        title=("model_key",),
        listed=("model_key", "days", "action", "basis", "enabled", "overdue", "last_run_at"),
        default_sort="model_key",
    )

    model_key: Mapped[ModelKey] = mapped_column(unique=True, info=ui(once=True))
    after_column: Mapped[Slug] = mapped_column(comment="The moment from which the days count.")
    days: Mapped[int] = mapped_column(info=ui(unit="days"))
    action: Mapped[RetentionAction]
    basis: Mapped[Title] = mapped_column(comment="The law or the purpose.")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    declared_days: Mapped[int | None] = mapped_column(info=ui(editable=False), comment="What the schema says.")
    due_soon: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=ui(editable=False))
    overdue: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=ui(editable=False))
    counted_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False))
    last_run_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False))

    runs: Mapped[list["RetentionRun"]] = relationship(back_populates="policy", passive_deletes=True)


class RetentionRun(Identified, Base):
    """One run of a retention policy: how many rows went, how many a hold kept."""

    __tablename__ = "retention_runs"
    __table_args__ = (
        CheckConstraint("rows_due >= 0 AND rows_done >= 0 AND rows_held >= 0", name="counted"),
        Index(None, "policy_id", "started_at"),
        Index(None, "started_at", "id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="recycle",
        listed=("started_at", "policy_id", "rows_due", "rows_done", "rows_held", "finished_at"),
        default_sort="-started_at",
        writes="append",
        written_by="The retention job.",
        capture="batch",
    )

    policy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.retention_policies.id", ondelete="RESTRICT"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    rows_due: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_held: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    error: Mapped[Prose | None]
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    policy: Mapped[RetentionPolicy] = relationship(back_populates="runs")
    job: Mapped[Job | None] = relationship()


class LegalHold(Identified, Timestamped, Base):
    """Data that must not be erased or changed until a named person releases it."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_somebody"),
        CheckConstraint(
            "customer_id IS NOT NULL OR candidate_id IS NOT NULL OR model_key IS NOT NULL", name="something"
        ),
        Index(None, "created_at", "id"),
        Index(None, "customer_id"),
        Index(None, "candidate_id"),
        Index(None, "placed_by_id"),
        Index(None, "released_by_id"),
        Index("ix_legal_holds_in_force", "model_key", postgresql_where=text("released_at IS NULL")),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="lock",
        title=("title",),
        listed=("title", "customer_id", "candidate_id", "model_key", "placed_by_id", "review_on", "released_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The actions Place a hold and Release.",
        subject="customer",
    )

    title: Mapped[Title]
    reason: Mapped[FreeText]
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    model_key: Mapped[ModelKey | None] = mapped_column(comment="A whole table, when it is not about one person.")
    placed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    review_on: Mapped[date | None]
    released_at: Mapped[Moment | None]
    released_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    release_reason: Mapped[FreeText | None]

    customer: Mapped["Customer | None"] = relationship()
    candidate: Mapped["Candidate | None"] = relationship()
    placed_by: Mapped[StaffMember] = relationship(foreign_keys="LegalHold.placed_by_id")
    released_by: Mapped[StaffMember | None] = relationship(foreign_keys="LegalHold.released_by_id")


class Breach(Identified, Timestamped, Base):
    """Personal data that was, or may have been, seen or taken by somebody without the right to (section 22)."""

    __tablename__ = "breaches"
    __table_args__ = (
        CheckConstraint("affected_count >= 0", name="affected"),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed_has_time"),
        Index(None, "discovered_at", "id"),
        Index(None, "state", "discovered_at", "id"),
        Index(None, "lead_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="shield-x",
        title=("title",),
        listed=("discovered_at", "title", "state", "affected_count", "portal_reference", "lead_id"),
        default_sort="-discovered_at",
        inlines=("notices",),
    )

    title: Mapped[Title]
    state: Mapped[BreachState] = mapped_column(
        server_default=text("'suspected'"),
        info=ui(
            badge={
                "suspected": "warning",
                "confirmed": "danger",
                "notified": "info",
                "closed": "success",
                "false_alarm": "muted",
            }
        ),
    )
    occurred_from: Mapped[Moment | None]
    occurred_until: Mapped[Moment | None]
    discovered_at: Mapped[Moment]
    what_happened: Mapped[FreeText]
    data_kinds: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none", widget="tags")
    )
    affected_count: Mapped[int | None] = mapped_column(BigInteger)
    scope: Mapped[Json] = mapped_column(
        server_default=text("'{}'::jsonb"), comment="The question asked of the access log, and its answer in numbers."
    )
    consequences: Mapped[FreeText | None] = mapped_column(comment="What may follow for the people.")
    measures: Mapped[FreeText | None] = mapped_column(comment="What was done and will be done.")
    advice: Mapped[FreeText | None] = mapped_column(comment="What the people should do.")
    perpetrator: Mapped[FreeText | None] = mapped_column(comment="Who it was, if known.")
    delay_reason: Mapped[FreeText | None] = mapped_column(comment="Why telling was put off, if it was.")
    portal_reference: Mapped[Reference | None] = mapped_column(comment="Reference of the Regulator's portal.")
    lead_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    closed_at: Mapped[Moment | None]

    lead: Mapped[StaffMember | None] = relationship()
    notices: Mapped[list["BreachNotice"]] = relationship(back_populates="breach", passive_deletes=True)


class BreachNotice(Identified, Base):
    """A notice of a breach to the Regulator, to people, or to a customer."""

    __tablename__ = "breach_notices"
    __table_args__ = (
        Index(None, "breach_id", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "customer_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="mail-exclamation",
        listed=("created_at", "breach_id", "recipient", "channel", "people_told", "sent_at"),
        default_sort="-created_at",
        subject="customer",
    )

    breach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.breaches.id", ondelete="RESTRICT"))
    recipient: Mapped[NoticeRecipient]
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    channel: Mapped[Slug] = mapped_column(comment="Portal, e-mail, post, website …")
    is_update: Mapped[bool] = mapped_column(server_default=text("false"))
    people_told: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[FreeText | None]
    reference: Mapped[Reference | None]
    sent_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]

    breach: Mapped[Breach] = relationship(back_populates="notices")
    customer: Mapped["Customer | None"] = relationship()


class Representation(Identified, Timestamped, Base):
    """A person's statement about a decision that a machine took (section 71), and what came of it."""

    __tablename__ = "representations"
    __table_args__ = (
        CheckConstraint("state NOT IN ('upheld', 'changed') OR decided_at IS NOT NULL", name="decided"),
        CheckConstraint("due_on >= received_on", name="due_after_receipt"),
        Index(None, "created_at", "id"),
        Index(None, "state", "due_on", "id"),
        Index(None, "request_id"),
        Index(None, "review_request_id"),
        Index(None, "candidate_id"),
        Index(None, "decision_id"),
        Index(None, "reviewer_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="message-circle-question",
        listed=("received_on", "candidate_id", "state", "due_on", "reviewer_id"),
        default_sort="-created_at",
        writes="actions",
        written_by="Requests for a human and privacy requests; answered with the actions here.",
        subject="candidate",
        retention=Retention("created_at", 1826, "Proof that the person was heard."),
    )

    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.subject_requests.id", ondelete="RESTRICT"))
    review_request_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.review_requests.id", ondelete="RESTRICT")
    )
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="RESTRICT"))
    received_on: Mapped[date]
    due_on: Mapped[date]
    statement: Mapped[FreeText]
    logic_explained: Mapped[FreeText | None] = mapped_column(comment="What the person was told about the logic.")
    state: Mapped[RepresentationState] = mapped_column(
        server_default=text("'received'"),
        info=ui(badge={"received": "warning", "in_review": "info", "upheld": "success", "changed": "success"}),
    )
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="RESTRICT"),
        info=ui(hands_over=True),
        comment="Not the one who decided first.",
    )
    seconds_spent: Mapped[int | None] = mapped_column(info=ui(unit="s"))
    reasons: Mapped[FreeText | None]
    decided_at: Mapped[Moment | None]

    request: Mapped["SubjectRequest | None"] = relationship()
    review_request: Mapped["ReviewRequest | None"] = relationship()
    candidate: Mapped["Candidate | None"] = relationship()
    decision: Mapped["AiDecision | None"] = relationship()
    reviewer: Mapped[StaffMember | None] = relationship()


class Processor(Identified, Timestamped, Base):
    """Somebody outside who holds personal data for us: where, under which agreement, what can be erased."""

    __tablename__ = "processors"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "review_on", "id"))
    __admin__ = AdminOptions(
        group="Privacy",
        icon="building-broadcast-tower",
        title=("name",),
        listed=("name", "purpose", "country", "transfer_ground", "agreement_signed_on", "review_on"),
        default_sort="name",
    )

    name: Mapped[BusinessName] = mapped_column(unique=True)
    purpose: Mapped[Title]
    country: Mapped[Slug]
    data_kinds: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none", widget="tags")
    )
    transfer_ground: Mapped[Slug | None] = mapped_column(comment="Ground of section 72, when it is abroad.")
    agreement_version: Mapped[Reference | None]
    agreement_signed_on: Mapped[date | None]
    agreement_url: Mapped[Url | None]
    retention_there: Mapped[Title | None]
    erasure_connector: Mapped[Slug | None] = mapped_column(comment="Erases there by itself; empty: by hand.")
    contact_email: Mapped[Email | None]
    review_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    note: Mapped[FreeText | None]
