"""Requests of people about their data: taken in, identified, decided, carried out, proven."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    Email,
    FreeText,
    Identified,
    Moment,
    PersonName,
    Phone,
    Reference,
    Slug,
    Timestamped,
)
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.candidates import Candidate
    from schema.customers import Customer, Person
    from schema.privacy_erasure import AccessPack, ErasurePlan
    from schema.support import Ticket


class SubjectRequestKind(enum.StrEnum):
    """What is asked for."""

    ACCESS = "access"
    DELETION = "deletion"
    CORRECTION = "correction"
    OBJECTION = "objection"
    RESTRICTION = "restriction"


class SubjectRequestState(enum.StrEnum):
    """Where a request is."""

    RECEIVED = "received"
    IDENTITY_ASKED = "identity_asked"
    VERIFIED = "verified"
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    NEEDS_ATTENTION = "needs_attention"
    COMPLETED = "completed"
    PARTLY_REFUSED = "partly_refused"
    REFUSED = "refused"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"


OPEN_STATES = "state NOT IN ('completed', 'partly_refused', 'refused', 'referred', 'withdrawn')"


class RequestChannel(enum.StrEnum):
    """How a request reached us."""

    FORM = "form"
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    POST = "post"
    IN_PERSON = "in_person"
    TICKET = "ticket"
    APP = "app"


class DataRole(enum.StrEnum):
    """In which role we hold the data."""

    RESPONSIBLE_PARTY = "responsible_party"
    OPERATOR = "operator"


class IdentityMethod(enum.StrEnum):
    """How it was made sure that the person is who they say."""

    SIGNED_IN = "signed_in"
    EMAIL_LINK = "email_link"
    PHONE_CALL = "phone_call"
    DOCUMENT = "document"
    KNOWN = "known"


class SubjectRequest(Identified, Timestamped, Base):
    """A person, or a company, asks for access to, deletion or correction of data about them."""

    __tablename__ = "subject_requests"
    __table_args__ = (
        CheckConstraint("due_on >= received_on", name="due_after_receipt"),
        CheckConstraint("extended_until IS NULL OR kind = 'access'", name="only_access_extends"),
        CheckConstraint("identity_verified_at IS NULL OR identity_method IS NOT NULL", name="identity_method"),
        CheckConstraint(
            "state NOT IN ('completed', 'partly_refused', 'refused', 'referred', 'withdrawn') OR closed_at IS NOT NULL",
            name="closed_has_time",
        ),
        CheckConstraint(
            "state NOT IN ('refused', 'partly_refused') OR refusal_ground IS NOT NULL", name="refusal_has_ground"
        ),
        Index(None, "created_at", "id"),
        Index(None, "received_at", "id"),
        Index(None, "state", "due_on", "id"),
        Index(None, "kind", "received_at", "id"),
        Index(None, "due_on", "id", postgresql_where=text(OPEN_STATES)),
        Index(None, "customer_id", "received_at", "id"),
        Index(None, "person_id"),
        Index(None, "candidate_id"),
        Index(None, "ticket_id"),
        Index(None, "assigned_to_id"),
        Index(None, "identity_verified_by_id"),
        Index("ix_subject_requests_email_lower", func.lower(text("requester_email"))),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="user-question",
        label="Privacy request",
        title=("number",),
        listed=("number", "kind", "state", "requester_name", "received_at", "due_on", "assigned_to_id"),
        default_sort="-received_at",
        writes="actions",
        written_by="The public form, tickets and the actions on a request.",
        subject="customer",
        retention=Retention("closed_at", 1826, "Proof that the request was answered in time."),
    )

    number: Mapped[Slug] = mapped_column(unique=True, comment="What we call it towards the person.")
    kind: Mapped[SubjectRequestKind]
    channel: Mapped[RequestChannel]
    state: Mapped[SubjectRequestState] = mapped_column(
        server_default=text("'received'"),
        info=ui(
            badge={
                "received": "warning",
                "identity_asked": "info",
                "verified": "info",
                "awaiting_approval": "warning",
                "running": "info",
                "needs_attention": "danger",
                "completed": "success",
                "partly_refused": "muted",
                "refused": "muted",
                "referred": "muted",
                "withdrawn": "muted",
            }
        ),
    )
    data_role: Mapped[DataRole] = mapped_column(
        server_default=text("'responsible_party'"), comment="As an operator we refer the person to our customer."
    )
    requester_name: Mapped[PersonName]
    requester_email: Mapped[Email | None]
    requester_phone: Mapped[Phone | None]
    requester_is_subject: Mapped[bool] = mapped_column(server_default=text("true"))
    authority: Mapped[FreeText | None] = mapped_column(comment="Proof of authority, when somebody asks for another.")
    verbatim: Mapped[FreeText | None] = mapped_column(comment="What was asked, word for word.")
    recording_location: Mapped[Reference | None] = mapped_column(comment="Recording of a request by telephone.")
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="RESTRICT"))
    ticket_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.tickets.id", ondelete="SET NULL"))
    tombstone: Mapped[Reference | None] = mapped_column(comment="Stands for the person after the erasure.")
    received_at: Mapped[CreatedAt]
    received_on: Mapped[date] = mapped_column(comment="The day in Johannesburg: the clock starts here.")
    due_on: Mapped[date] = mapped_column(comment="Last day to act and to answer.")
    extended_until: Mapped[date | None]
    extension_reason: Mapped[FreeText | None]
    identity_method: Mapped[IdentityMethod | None]
    identity_verified_at: Mapped[Moment | None]
    identity_verified_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="RESTRICT")
    )
    identity_note: Mapped[FreeText | None]
    assigned_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    fee_estimate_cents: Mapped[int | None] = mapped_column(BigInteger, comment="Deletion and objection are free.")
    refusal_ground: Mapped[Slug | None]
    outcome: Mapped[FreeText | None] = mapped_column(comment="What was done and what was kept, why, until when.")
    answered_at: Mapped[Moment | None] = mapped_column(comment="When the person was told.")
    closed_at: Mapped[Moment | None]
    journaled_at: Mapped[Moment | None] = mapped_column(comment="Written to the erasure journal outside the database.")

    customer: Mapped["Customer | None"] = relationship()
    person: Mapped["Person | None"] = relationship()
    candidate: Mapped["Candidate | None"] = relationship()
    ticket: Mapped["Ticket | None"] = relationship()
    assigned_to: Mapped[StaffMember | None] = relationship(foreign_keys="SubjectRequest.assigned_to_id")
    identity_verified_by: Mapped[StaffMember | None] = relationship(
        foreign_keys="SubjectRequest.identity_verified_by_id"
    )
    events: Mapped[list["SubjectRequestEvent"]] = relationship(back_populates="request", passive_deletes=True)
    plans: Mapped[list["ErasurePlan"]] = relationship(back_populates="request", passive_deletes=True)
    packs: Mapped[list["AccessPack"]] = relationship(back_populates="request", passive_deletes=True)


class SubjectRequestEvent(Identified, Base):
    """A step in the life of a privacy request."""

    __tablename__ = "subject_request_events"
    __table_args__ = (
        Index(None, "request_id", "occurred_at"),
        Index(None, "occurred_at", "id"),
        Index(None, "member_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="history",
        label="Request event",
        listed=("occurred_at", "request_id", "kind", "from_state", "to_state", "member_id"),
        default_sort="-occurred_at",
        writes="append",
        written_by="The actions on a request.",
        hidden=True,
        subject="request.customer",
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.subject_requests.id", ondelete="RESTRICT"))
    kind: Mapped[Slug] = mapped_column(comment="State changed, message sent, note, extension, approval …")
    from_state: Mapped[SubjectRequestState | None]
    to_state: Mapped[SubjectRequestState | None]
    note: Mapped[FreeText | None]
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    occurred_at: Mapped[CreatedAt]

    request: Mapped[SubjectRequest] = relationship(back_populates="events")
    member: Mapped[StaffMember | None] = relationship()
