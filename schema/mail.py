"""E-mail that goes out: every message, what the other side reported about it, and whom never to write to."""

import enum
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.artifacts import Artifact
from schema.base import (
    Base,
    CreatedAt,
    Email,
    FreeText,
    Identified,
    Moment,
    PersonName,
    Prose,
    Reference,
    Slug,
)
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer


class MailClass(enum.StrEnum):
    """Why a message is sent; decides which refusals hold."""

    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    MARKETING = "marketing"
    INTERNAL = "internal"


class MailState(enum.StrEnum):
    """Where a message is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"


class MailEventKind(enum.StrEnum):
    """What was reported about a message afterwards."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DEFERRED = "deferred"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    CLICKED = "clicked"
    REPLIED = "replied"


class SuppressionReason(enum.StrEnum):
    """Why an address is not written to."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    MANUAL = "manual"
    REFUSED_CONSENT = "refused_consent"
    ERASED = "erased"


class SuppressionScope(enum.StrEnum):
    """What the refusal covers."""

    MARKETING = "marketing"
    ALL = "all"


class MailMessage(Identified, Base):
    """A message to one address: asked for, withheld, sent or failed."""

    __tablename__ = "mail_messages"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_has_time"),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "customer_id", "created_at", "id"),
        Index(None, "member_id", "created_at"),
        Index(None, "template_key", "created_at", "id"),
        Index(None, "batch_id", "id"),
        Index("ix_mail_messages_to_email_lower", func.lower(text("to_email"))),
        Index("ix_mail_messages_due", "send_at", postgresql_where=text("state = 'queued'")),
        Index(None, "job_id"),
        Index(None, "sent_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="mail",
        label="E-mail sent",
        plural="E-mails sent",
        title=("subject",),
        listed=("created_at", "to_email", "subject", "mail_class", "state", "sent_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Actions and jobs that ask for a message.",
        capture="batch",
        subject="customer",
        retention=Retention("created_at", 365, "Answers what was written to whom; bodies go after 90 days."),
    )

    mail_class: Mapped[MailClass] = mapped_column(info=ui(label="Class"))
    state: Mapped[MailState] = mapped_column(
        server_default=text("'queued'"),
        info=ui(
            badge={
                "queued": "muted",
                "sending": "info",
                "sent": "success",
                "failed": "danger",
                "withheld": "warning",
                "cancelled": "muted",
            }
        ),
    )
    withheld_reason: Mapped[Slug | None] = mapped_column(comment="Suppressed, no consent, suspended, quiet hours …")
    key: Mapped[Reference | None] = mapped_column(unique=True, comment="Asked for twice, sent once.")
    template_key: Mapped[Slug | None]
    template_version: Mapped[int | None]
    batch_id: Mapped[uuid.UUID | None] = mapped_column(comment="Announcement, report run or incident it belongs to.")
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="SET NULL"))
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    to_email: Mapped[Email] = mapped_column(info=ui(label="To"))
    to_name: Mapped[PersonName | None]
    from_email: Mapped[str] = mapped_column(String(320), info=ui(pii="none"), comment="One of our own addresses.")
    reply_to: Mapped[Email | None]
    subject: Mapped[FreeText]
    body_text: Mapped[FreeText | None]
    body_html: Mapped[FreeText | None]
    headers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="contact", widget="json")
    )
    message_id: Mapped[str | None] = mapped_column(String(300), unique=True, info=ui(pii="none"))
    rendered_digest: Mapped[str | None] = mapped_column(
        String(64), info=ui(pii="none"), comment="Hash of what was sent, kept when the body is gone."
    )
    unsubscribe_hash: Mapped[str | None] = mapped_column(String(128), unique=True, info=ui(pii="secret"))
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.artifacts.id", ondelete="SET NULL"), index=True, comment="The file sent along."
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[Prose | None] = mapped_column(comment="What the mail server answered, without addresses.")
    server_answer: Mapped[FreeText | None]
    send_at: Mapped[CreatedAt] = mapped_column(comment="Not before this moment.")
    sent_at: Mapped[Moment | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]

    customer: Mapped["Customer | None"] = relationship()
    member: Mapped[StaffMember | None] = relationship()
    artifact: Mapped[Artifact | None] = relationship()
    job: Mapped[Job | None] = relationship()
    events: Mapped[list["MailEvent"]] = relationship(back_populates="message", passive_deletes=True)


class MailEvent(Identified, Base):
    """Something that happened to a message after it left."""

    __tablename__ = "mail_events"
    __table_args__ = (
        Index(None, "message_id", "occurred_at"),
        Index(None, "occurred_at", "id"),
        Index(None, "kind", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="mail-opened",
        label="E-mail event",
        listed=("occurred_at", "kind", "message_id"),
        default_sort="-occurred_at",
        writes="append",
        written_by="Bounce reports, unsubscribe links and the mail provider.",
        capture="batch",
        subject="message.customer",
        retention=Retention("occurred_at", 365, "As long as the message."),
    )

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.mail_messages.id", ondelete="CASCADE"))
    kind: Mapped[MailEventKind] = mapped_column(
        info=ui(badge={"delivered": "success", "bounced": "danger", "complained": "danger", "unsubscribed": "warning"})
    )
    detail: Mapped[FreeText | None]
    permanent: Mapped[bool] = mapped_column(server_default=text("false"), comment="A bounce that will not go away.")
    occurred_at: Mapped[CreatedAt]

    message: Mapped[MailMessage] = relationship(back_populates="events")


class Suppression(Identified, Base):
    """An address that must not be written to; outlives the erasure of the person as a keyed hash."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(
            "uq_suppressions_in_force",
            "address_hash",
            "scope",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(None, "created_at", "id"),
        Index("ix_suppressions_email_lower", func.lower(text("email"))),
        Index(None, "created_by_id"),
        Index(None, "lifted_by_id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="mail-off",
        title=("email",),
        listed=("created_at", "email", "reason", "scope", "lifted_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Unsubscribe links, bounces and complaints; people add and lift with the actions.",
    )

    address_hash: Mapped[str] = mapped_column(
        String(64), info=ui(pii="contact", listed=False), comment="Keyed hash of the address."
    )
    email: Mapped[Email | None] = mapped_column(comment="Empty after erasure: the hash alone goes on refusing.")
    reason: Mapped[SuppressionReason]
    scope: Mapped[SuppressionScope]
    source: Mapped[Slug | None] = mapped_column(comment="Link, report, import, person.")
    note: Mapped[FreeText | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.mail_messages.id", ondelete="SET NULL"), index=True
    )
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    lifted_at: Mapped[Moment | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))

    message: Mapped[MailMessage | None] = relationship()
    created_by: Mapped[StaffMember | None] = relationship(foreign_keys="Suppression.created_by_id")
    lifted_by: Mapped[StaffMember | None] = relationship(foreign_keys="Suppression.lifted_by_id")
