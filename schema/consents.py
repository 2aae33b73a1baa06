"""Consents given, refused and withdrawn, the words they were given to, and objections."""

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    Email,
    FreeText,
    Identified,
    IpAddress,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
)
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.candidates import Candidate
    from schema.customers import Customer, Person
    from schema.privacy import SubjectRequest


class ConsentAct(enum.StrEnum):
    """What the person did."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ASKED = "asked"


class ConsentText(Identified, Base):
    """The exact words somebody agreed to, version by version."""

    __tablename__ = "consent_texts"
    __table_args__ = (
        UniqueConstraint("purpose", "version"),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="file-text",
        title=("purpose", "version"),
        listed=("purpose", "version", "title", "valid_from"),
        default_sort="-created_at",
        writes="append",
        written_by="Publishing a text makes a new version.",
    )

    purpose: Mapped[Slug] = mapped_column(comment="marketing, training, screening, terms …")
    version: Mapped[int]
    title: Mapped[Title]
    body: Mapped[Prose]
    content_hash: Mapped[str] = mapped_column(String(64), info=ui(pii="none"))
    valid_from: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    consents: Mapped[list["Consent"]] = relationship(back_populates="text_version", passive_deletes=True)


class Consent(Identified, Base):
    """A consent given, refused or withdrawn: rows are only ever added."""

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint(
            "customer_id IS NOT NULL OR person_id IS NOT NULL OR candidate_id IS NOT NULL OR address_hash IS NOT NULL",
            name="somebody",
        ),
        CheckConstraint("act <> 'given' OR text_id IS NOT NULL", name="given_to_a_text"),
        Index(None, "occurred_at", "id"),
        Index(None, "customer_id", "purpose", "occurred_at"),
        Index(None, "person_id", "purpose", "occurred_at"),
        Index(None, "candidate_id", "purpose", "occurred_at"),
        Index(None, "address_hash", "purpose", "occurred_at"),
        Index(None, "purpose", "occurred_at", "id"),
        Index(None, "text_id"),
        Index(None, "recorded_by_id"),
        Index("ix_consents_email_lower", func.lower(text("email"))),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="circle-check",
        listed=("occurred_at", "purpose", "act", "customer_id", "person_id", "channel", "text_id"),
        default_sort="-occurred_at",
        writes="append",
        written_by="The customer app, unsubscribe links and the action Record consent.",
        capture="batch",
        subject="customer",
        retention=Retention("occurred_at", 1826, "Proof of consent is ours to give (POPIA section 11)."),
    )

    purpose: Mapped[Slug]
    act: Mapped[ConsentAct] = mapped_column(
        info=ui(badge={"given": "success", "refused": "danger", "withdrawn": "warning", "asked": "muted"})
    )
    text_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.consent_texts.id", ondelete="RESTRICT"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    email: Mapped[Email | None]
    address_hash: Mapped[str | None] = mapped_column(
        String(64), info=ui(pii="contact", listed=False), comment="Keyed hash: a refusal outlives the person's data."
    )
    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference | None]
    channel: Mapped[Slug | None] = mapped_column(comment="Form, mail, telephone …")
    evidence: Mapped[FreeText | None] = mapped_column(comment="What proves it.")
    ip: Mapped[IpAddress | None]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    occurred_at: Mapped[Moment]
    recorded_at: Mapped[CreatedAt]

    text_version: Mapped[ConsentText | None] = relationship(back_populates="consents")
    customer: Mapped["Customer | None"] = relationship()
    person: Mapped["Person | None"] = relationship()
    candidate: Mapped["Candidate | None"] = relationship()
    recorded_by: Mapped[StaffMember | None] = relationship()


class Objection(Identified, Timestamped, Base):
    """A purpose for which a person's data must no longer be used (POPIA section 11)."""

    __tablename__ = "objections"
    __table_args__ = (
        CheckConstraint(
            "customer_id IS NOT NULL OR person_id IS NOT NULL OR candidate_id IS NOT NULL", name="somebody"
        ),
        CheckConstraint("lifted_at IS NULL OR told_before_lifting_at IS NOT NULL", name="told_before_lifting"),
        Index(None, "created_at", "id"),
        Index(None, "customer_id"),
        Index(None, "person_id"),
        Index(None, "candidate_id"),
        Index(None, "request_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="hand-stop",
        listed=("created_at", "purpose", "customer_id", "person_id", "candidate_id", "lifted_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The actions on a privacy request.",
        subject="customer",
    )

    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.subject_requests.id", ondelete="RESTRICT"))
    purpose: Mapped[Slug] = mapped_column(comment="all: the data is restricted as a whole.")
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    grounds: Mapped[FreeText | None]
    in_force_from: Mapped[CreatedAt]
    told_before_lifting_at: Mapped[Moment | None]
    lifted_at: Mapped[Moment | None]

    request: Mapped["SubjectRequest | None"] = relationship()
    customer: Mapped["Customer | None"] = relationship()
    person: Mapped["Person | None"] = relationship()
    candidate: Mapped["Candidate | None"] = relationship()
