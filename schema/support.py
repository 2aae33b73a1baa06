"""Tickets and what is said in them. Targets and calendars live in ``service_levels``, answers in ``knowledge``.

Internal notes are a table of their own, so that no code path can mail one.
"""

import enum
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.accounts import NoteText
from schema.base import (
    Base,
    Count,
    CreatedAt,
    Email,
    FreeText,
    Identified,
    Moment,
    PersonName,
    Prose,
    Reference,
    Slug,
    Timestamped,
)
from schema.customers import StaffRef
from schema.subscriptions import ActorKind
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer, Person
    from schema.knowledge import TicketIssue
    from schema.service_levels import CalendarVersion, Escalation, Mailbox, SatisfactionSurvey, SlaTarget
    from schema.staff import StaffMember


class TicketStatus(enum.StrEnum):
    """Where a ticket stands; the clock stops while it waits for the customer."""

    NEW = "new"
    OPEN = "open"
    PENDING_CUSTOMER = "pending_customer"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"
    SPAM = "spam"
    MERGED = "merged"


TICKET_BADGES = {
    "new": "info",
    "open": "warning",
    "pending_customer": "muted",
    "on_hold": "muted",
    "solved": "success",
    "closed": "muted",
    "spam": "muted",
    "merged": "muted",
}


class Priority(enum.StrEnum):
    """How urgent a ticket is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


PRIORITY_BADGES = {"low": "muted", "normal": "info", "high": "warning", "urgent": "danger"}


class TicketChannel(enum.StrEnum):
    """How a ticket reached us."""

    EMAIL = "email"
    IN_APP = "in_app"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    STAFF = "staff"


class Ticket(Identified, Timestamped, Base):
    """Something a customer asked us."""

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_names_target"),
        CheckConstraint("status NOT IN ('solved', 'closed') OR solved_at IS NOT NULL", name="solved_when_known"),
        CheckConstraint("first_response_at >= opened_at", name="response_after_opening"),
        CheckConstraint("reopened_count >= 0", name="reopened_not_negative"),
        Index("ix_tickets_status_opened", "status", "opened_at", "id"),
        Index("ix_tickets_status_priority", "status", "priority", "opened_at", "id"),
        Index("ix_tickets_assignee", "assignee_id", "status", "opened_at", "id"),
        Index("ix_tickets_customer", "customer_id", "opened_at", "id"),
        Index("ix_tickets_opened_at", "opened_at", "id"),
        Index("ix_tickets_resolution_due", "status", "resolution_due_at", "id"),
        Index("ix_tickets_response_due", "status", "first_response_due_at", "id"),
        Index("ix_tickets_last_message", "last_message_at", "id"),
        Index("ix_tickets_requester_email", "requester_email", "id"),
        Index(
            "ix_tickets_subject_trgm",
            "subject",
            postgresql_using="gin",
            postgresql_ops={"subject": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="ticket",
        jump="t",
        title=("number", "subject"),
        listed=("number", "subject", "customer_id", "status", "priority", "assignee_id", "opened_at"),
        default_sort="-opened_at",
        writes="actions",
        written_by="Reply, Assign, Solve and the other actions on the ticket; mail opens new ones.",
        subject="customer",
        retention=Retention(after="closed_at", days=1095, basis="Prescription of claims after three years."),
    )

    number: Mapped[int] = mapped_column(
        BigInteger, Identity(start=1001), unique=True, comment="The number the customer sees."
    )
    subject: Mapped[str] = mapped_column(String(300), info=ui(pii="identity"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.customers.id", ondelete="RESTRICT"), comment="Empty: nobody we know yet."
    )
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"), index=True)
    requester_email: Mapped[Email | None] = mapped_column(comment="Who wrote, as the mail said.")
    requester_name: Mapped[PersonName | None]
    channel: Mapped[TicketChannel] = mapped_column(server_default="email", index=True)
    status: Mapped[TicketStatus] = mapped_column(server_default="new", info=ui(badge=TICKET_BADGES))
    priority: Mapped[Priority] = mapped_column(server_default="normal", info=ui(badge=PRIORITY_BADGES))
    category: Mapped[Slug | None] = mapped_column(index=True)
    tags: Mapped[list[Any]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb"), info=ui(pii="none", widget="tags")
    )
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), comment="Who answers; empty: nobody yet."
    )
    mailbox_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.support_mailboxes.id", ondelete="SET NULL"), index=True
    )
    opened_at: Mapped[Moment] = mapped_column(comment="When the first message arrived.")
    first_response_at: Mapped[Moment | None] = mapped_column(
        comment="First answer by a person; automatic ones and notes do not count."
    )
    solved_at: Mapped[Moment | None] = mapped_column(index=True)
    closed_at: Mapped[Moment | None]
    reopened_count: Mapped[int] = mapped_column(server_default="0")
    last_message_at: Mapped[Moment | None]
    last_customer_message_at: Mapped[Moment | None] = mapped_column(comment="Empty: none yet.")
    # --- Targets, pinned so that a changed calendar does not rewrite history
    sla_target_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.sla_targets.id", ondelete="SET NULL"), index=True, info=ui(group="Target")
    )
    calendar_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.calendar_versions.id", ondelete="RESTRICT"),
        index=True,
        comment="The business hours that count for this ticket.",
        info=ui(group="Target"),
    )
    first_response_due_at: Mapped[Moment | None] = mapped_column(info=ui(group="Target"))
    next_response_due_at: Mapped[Moment | None] = mapped_column(info=ui(group="Target"))
    resolution_due_at: Mapped[Moment | None] = mapped_column(info=ui(group="Target"))
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.tickets.id", ondelete="RESTRICT"), index=True, comment="Goes on there."
    )
    follow_up_of_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.tickets.id", ondelete="SET NULL"), index=True, comment="The closed ticket before it."
    )
    external_id: Mapped[Reference | None] = mapped_column(unique=True, comment="Key in the customer app.")

    customer: Mapped["Customer | None"] = relationship(back_populates="tickets")
    person: Mapped["Person | None"] = relationship()
    assignee: Mapped["StaffMember | None"] = relationship()
    mailbox: Mapped["Mailbox | None"] = relationship(back_populates="tickets")
    sla_target: Mapped["SlaTarget | None"] = relationship()
    calendar_version: Mapped["CalendarVersion | None"] = relationship()
    messages: Mapped[list["TicketMessage"]] = relationship(back_populates="ticket", passive_deletes=True)
    notes: Mapped[list["TicketNote"]] = relationship(back_populates="ticket", passive_deletes=True)
    events: Mapped[list["TicketEvent"]] = relationship(back_populates="ticket", passive_deletes=True)
    escalations: Mapped[list["Escalation"]] = relationship(back_populates="ticket", passive_deletes=True)
    surveys: Mapped[list["SatisfactionSurvey"]] = relationship(back_populates="ticket", passive_deletes=True)
    issues: Mapped[list["TicketIssue"]] = relationship(back_populates="ticket", passive_deletes=True)


class MessageDirection(enum.StrEnum):
    """From the customer, or to them."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class DeliveryState(enum.StrEnum):
    """What became of a message to the customer."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class TicketMessage(Identified, Base):
    """A message from or to a customer in a ticket."""

    __tablename__ = "ticket_messages"
    __table_args__ = (
        Index("ix_ticket_messages_ticket", "ticket_id", "occurred_at", "id"),
        Index("ix_ticket_messages_occurred_at", "occurred_at", "id"),
        Index("ix_ticket_messages_in_reply_to", "in_reply_to"),
        Index("ix_ticket_messages_sender", "sender", "id"),
        Index("ix_ticket_messages_delivery", "delivery", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="mail",
        default_sort="-occurred_at",
        writes="actions",
        written_by="Mail that comes in, and Reply on the ticket.",
        subject="ticket.customer",
        hidden=True,
    )

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.tickets.id", ondelete="RESTRICT"))
    direction: Mapped[MessageDirection]
    sender: Mapped[Email] = mapped_column(comment="Address it came from.")
    recipients: Mapped[list[Any]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb"), comment="To and Cc.", info=ui(pii="contact")
    )
    subject: Mapped[str | None] = mapped_column(String(300), info=ui(pii="identity"))
    body: Mapped[FreeText] = mapped_column(comment="As plain text, without the quoted thread.")
    body_html: Mapped[str | None] = mapped_column(
        Text, comment="As sent, cleaned.", info=ui(pii="identity", listed=False)
    )
    message_id: Mapped[str | None] = mapped_column(
        String(500), unique=True, comment="Message-ID header: the same mail twice counts once.", info=ui(pii="none")
    )
    in_reply_to: Mapped[str | None] = mapped_column(String(500), info=ui(pii="none"))
    thread_references: Mapped[list[Any]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb"), comment="References header, oldest first.", info=ui(pii="none")
    )
    is_automatic: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Out-of-office, bounce or acknowledgement."
    )
    author_id: Mapped[StaffRef | None] = mapped_column(comment="Who answered.")
    delivery: Mapped[DeliveryState] = mapped_column(
        server_default="received",
        info=ui(badge={"queued": "info", "sent": "success", "failed": "danger", "bounced": "danger"}),
    )
    delivery_error: Mapped[Prose | None]
    occurred_at: Mapped[Moment] = mapped_column(comment="When it arrived or was written.")
    sent_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]

    ticket: Mapped["Ticket"] = relationship(back_populates="messages")
    author: Mapped["StaffMember | None"] = relationship()
    attachments: Mapped[list["TicketAttachment"]] = relationship(back_populates="message", passive_deletes=True)


class TicketAttachment(Identified, Base):
    """A file that came with a message."""

    __tablename__ = "ticket_attachments"
    __table_args__ = (CheckConstraint("size_bytes >= 0", name="size_not_negative"),)
    __admin__ = AdminOptions(
        group="Support",
        icon="paperclip",
        writes="append",
        written_by="Mail that comes in.",
        subject="message.ticket.customer",
        hidden=True,
        retention=Retention(after="created_at", days=365, basis="Files are needed while the matter is fresh."),
    )

    message_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.ticket_messages.id", ondelete="CASCADE"), index=True
    )
    filename: Mapped[str] = mapped_column(String(300), info=ui(pii="identity"))
    content_type: Mapped[Slug]
    size_bytes: Mapped[Count]
    storage_path: Mapped[Reference]
    sha256: Mapped[str] = mapped_column(String(64), info=ui(pii="none"))
    created_at: Mapped[CreatedAt]

    message: Mapped["TicketMessage"] = relationship(back_populates="attachments")


class TicketNote(Identified, Base):
    """A note of the team inside a ticket; never sent."""

    __tablename__ = "ticket_notes"
    __table_args__ = (Index("ix_ticket_notes_ticket", "ticket_id", "created_at", "id"),)
    __admin__ = AdminOptions(
        group="Support",
        icon="note",
        writes="append",
        written_by="Note on the ticket.",
        subject="ticket.customer",
        hidden=True,
    )

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.tickets.id", ondelete="CASCADE"))
    author_id: Mapped[StaffRef | None]
    body: Mapped[NoteText] = mapped_column(comment="Markdown.")
    created_at: Mapped[CreatedAt]

    ticket: Mapped["Ticket"] = relationship(back_populates="notes")
    author: Mapped["StaffMember | None"] = relationship()


class TicketEventKind(enum.StrEnum):
    """What happened to a ticket."""

    OPENED = "opened"
    STATUS = "status"
    PRIORITY = "priority"
    ASSIGNED = "assigned"
    REPLIED = "replied"
    CUSTOMER_REPLIED = "customer_replied"
    MERGED = "merged"
    UNMERGED = "unmerged"
    ESCALATED = "escalated"
    TARGET_WARNED = "target_warned"
    TARGET_MISSED = "target_missed"
    SURVEYED = "surveyed"


class TicketEvent(Identified, Base):
    """One change of a ticket: response and resolution times are computed from these."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        Index("ix_ticket_events_ticket", "ticket_id", "occurred_at", "id"),
        Index("ix_ticket_events_occurred_at", "occurred_at", "id"),
        Index("ix_ticket_events_kind", "kind", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="timeline-event",
        default_sort="-occurred_at",
        writes="append",
        written_by="Each action on a ticket adds one.",
        subject="ticket.customer",
        hidden=True,
    )

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.tickets.id", ondelete="RESTRICT"))
    kind: Mapped[TicketEventKind]
    from_value: Mapped[Slug | None] = mapped_column(comment="Status, priority or staff id before.")
    to_value: Mapped[Slug | None] = mapped_column(comment="Status, priority or staff id after.")
    actor: Mapped[ActorKind] = mapped_column(server_default="staff")
    staff_id: Mapped[StaffRef | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.ticket_messages.id", ondelete="SET NULL"), index=True
    )
    is_automatic: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="By a rule or a job; never satisfies a target."
    )
    occurred_at: Mapped[Moment]

    ticket: Mapped["Ticket"] = relationship(back_populates="events")
    staff: Mapped["StaffMember | None"] = relationship()
