"""How support works and what it promises: mailboxes, calendars, targets, rota, escalation, satisfaction."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Count,
    CreatedAt,
    FreeText,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Secret,
    Slug,
    Timestamped,
    Title,
)
from schema.customers import StaffRef
from schema.support import Priority
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.catalog import Plan
    from schema.customers import Customer
    from schema.staff import StaffMember
    from schema.support import Ticket


class Mailbox(Identified, Timestamped, Base):
    """A mailbox that support reads by IMAP and answers from by SMTP."""

    __tablename__ = "support_mailboxes"
    __table_args__ = (CheckConstraint("imap_port BETWEEN 1 AND 65535", name="port_possible"),)
    __admin__ = AdminOptions(group="Support", icon="mailbox", label="Support mailbox", title=("name",))

    name: Mapped[Title]
    address: Mapped[str] = mapped_column(
        String(320), unique=True, comment="The team's own address.", info=ui(pii="none", widget="email")
    )
    reply_domain: Mapped[Reference | None] = mapped_column(comment="Domain of our Message-IDs.")
    imap_host: Mapped[Reference]
    imap_port: Mapped[int] = mapped_column(server_default="993")
    imap_user: Mapped[Reference]
    imap_secret: Mapped[Secret | None] = mapped_column(comment="Encrypted password.")
    imap_folder: Mapped[Reference] = mapped_column(server_default="INBOX")
    uid_validity: Mapped[Count | None] = mapped_column(info=ui(editable=False))
    last_uid: Mapped[Count] = mapped_column(
        server_default="0", comment="Mail up to this number was read.", info=ui(editable=False)
    )
    last_polled_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False))
    last_error: Mapped[Prose | None] = mapped_column(info=ui(editable=False))
    failures: Mapped[int] = mapped_column(server_default="0", comment="In a row.", info=ui(editable=False))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    signature: Mapped[Prose | None] = mapped_column(comment="Stands under each reply.")

    tickets: Mapped[list["Ticket"]] = relationship(back_populates="mailbox", passive_deletes=True)


class BusinessCalendar(Identified, Timestamped, Base):
    """A set of business hours, kept in versions."""

    __tablename__ = "business_calendars"
    __admin__ = AdminOptions(group="Support", icon="calendar", title=("name",))

    name: Mapped[Title] = mapped_column(unique=True)
    timezone: Mapped[Slug] = mapped_column(server_default="Africa/Johannesburg")
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))

    versions: Mapped[list["CalendarVersion"]] = relationship(back_populates="calendar", passive_deletes=True)
    holidays: Mapped[list["Holiday"]] = relationship(back_populates="calendar", passive_deletes=True)


Index(
    "uq_business_calendars_default",
    BusinessCalendar.is_default,
    unique=True,
    postgresql_where=text("is_default"),
)


class CalendarVersion(Identified, Base):
    """Business hours as they stood from a day on; tickets keep the version they started with."""

    __tablename__ = "calendar_versions"
    __table_args__ = (
        UniqueConstraint("calendar_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="calendar-time",
        writes="append",
        written_by="Change hours on the calendar's page.",
        hidden=True,
    )

    calendar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.business_calendars.id", ondelete="RESTRICT"))
    number: Mapped[int]
    hours: Mapped[Json] = mapped_column(
        comment="Intervals by weekday, 1 is Monday: {'1': [['08:00', '12:30'], ['13:00', '17:00']]}."
    )
    holidays: Mapped[Json | None] = mapped_column(comment="The days off as they stood: {'2026-12-16': 'name'}.")
    created_by_id: Mapped[StaffRef | None]
    created_at: Mapped[CreatedAt]

    calendar: Mapped["BusinessCalendar"] = relationship(back_populates="versions")


class Holiday(Identified, Timestamped, Base):
    """A day on which support does not work."""

    __tablename__ = "holidays"
    __table_args__ = (
        UniqueConstraint("calendar_id", "day"),
        Index("ix_holidays_day", "day", "id"),
    )
    __admin__ = AdminOptions(group="Support", icon="beach", title=("name",), default_sort="day")

    calendar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.business_calendars.id", ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[Title]
    is_working_day: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="True: we work although the law makes it a holiday."
    )
    is_from_library: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Read from the list of South African public holidays."
    )

    calendar: Mapped["BusinessCalendar"] = relationship(back_populates="holidays")


class EscalationProcedure(Identified, Timestamped, Base):
    """What happens, step by step, when a target is about to be missed."""

    __tablename__ = "escalation_procedures"
    __admin__ = AdminOptions(group="Support", icon="stairs-up", title=("name",), inlines=("steps",))

    name: Mapped[Title] = mapped_column(unique=True)
    description: Mapped[Prose | None] = mapped_column(comment="Markdown, shown beside the ticket.")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    steps: Mapped[list["EscalationStep"]] = relationship(
        back_populates="procedure", passive_deletes=True, order_by="EscalationStep.position"
    )
    targets: Mapped[list["SlaTarget"]] = relationship(back_populates="procedure", passive_deletes=True)


class TargetClock(enum.StrEnum):
    """Which promise a step watches."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class EscalationAct(enum.StrEnum):
    """What a step does."""

    NOTIFY = "notify"
    REASSIGN = "reassign"
    RAISE_PRIORITY = "raise_priority"


class EscalationStep(Identified, Timestamped, Base):
    """One step of an escalation procedure."""

    __tablename__ = "escalation_steps"
    __table_args__ = (
        UniqueConstraint("procedure_id", "position"),
        CheckConstraint("at_percent BETWEEN 1 AND 1000", name="percent_possible"),
        CheckConstraint("act <> 'reassign' OR staff_id IS NOT NULL", name="reassign_names_person"),
    )
    __admin__ = AdminOptions(group="Support", icon="arrow-up", hidden=True)

    procedure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.escalation_procedures.id", ondelete="CASCADE"))
    position: Mapped[int]
    clock: Mapped[TargetClock] = mapped_column(server_default="resolution")
    at_percent: Mapped[int] = mapped_column(
        server_default="75", comment="Of the promised time: 75 warns before, 100 at the miss."
    )
    act: Mapped[EscalationAct] = mapped_column(server_default="notify")
    # RESTRICT: a procedure whose person vanished would escalate to nobody without anyone noticing.
    staff_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="RESTRICT"),
        index=True,
        info=ui(hands_over=True),
        comment="Who is told or takes over; empty: whoever answers the ticket.",
    )
    instructions: Mapped[Prose | None]

    procedure: Mapped["EscalationProcedure"] = relationship(back_populates="steps")
    staff: Mapped["StaffMember | None"] = relationship()


class SlaTarget(Identified, Timestamped, Base):
    """What we promise: times in business hours by plan and priority."""

    __tablename__ = "sla_targets"
    __table_args__ = (
        UniqueConstraint("plan_id", "priority", postgresql_nulls_not_distinct=True),
        CheckConstraint("first_response_minutes > 0", name="response_positive"),
        CheckConstraint("next_response_minutes > 0", name="next_response_positive"),
        CheckConstraint("resolution_minutes > 0", name="resolution_positive"),
        CheckConstraint("warn_at_percent BETWEEN 1 AND 100", name="warning_possible"),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="target",
        label="Target",
        listed=("plan_id", "priority", "first_response_minutes", "resolution_minutes", "calendar_id"),
    )

    plan_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.plans.id", ondelete="CASCADE"), comment="Empty: every plan without its own."
    )
    priority: Mapped[Priority]
    calendar_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.business_calendars.id", ondelete="RESTRICT"), index=True
    )
    first_response_minutes: Mapped[int] = mapped_column(info=ui(unit="min"))
    next_response_minutes: Mapped[int | None] = mapped_column(info=ui(unit="min"))
    resolution_minutes: Mapped[int] = mapped_column(info=ui(unit="min"))
    warn_at_percent: Mapped[int] = mapped_column(server_default="75", info=ui(unit="%"))
    procedure_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.escalation_procedures.id", ondelete="SET NULL"), index=True
    )

    plan: Mapped["Plan | None"] = relationship()
    calendar: Mapped["BusinessCalendar"] = relationship()
    procedure: Mapped["EscalationProcedure | None"] = relationship(back_populates="targets")


class Escalation(Identified, Base):
    """A step that was taken for a ticket: each at most once per clock."""

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("ticket_id", "step_id", "due_at"),
        Index("ix_escalations_taken_at", "taken_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="urgent",
        default_sort="-taken_at",
        writes="append",
        written_by="The escalation job.",
        subject="ticket.customer",
    )

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.tickets.id", ondelete="CASCADE"))
    step_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.escalation_steps.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[Moment] = mapped_column(comment="The promise that was about to be missed.")
    taken_at: Mapped[Moment]
    outcome: Mapped[Prose | None]

    ticket: Mapped["Ticket"] = relationship(back_populates="escalations")
    step: Mapped["EscalationStep"] = relationship()


class RotaMember(Identified, Timestamped, Base):
    """A team member who takes tickets in turn."""

    __tablename__ = "rota_members"
    __table_args__ = (CheckConstraint("max_open > 0", name="load_positive"),)
    __admin__ = AdminOptions(group="Support", icon="users-group", label="Rota member", plural="Rota")

    staff_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="CASCADE"), unique=True, info=ui(hands_over=True)
    )
    is_present: Mapped[bool] = mapped_column(server_default=text("true"), comment="Absent people get none.")
    max_open: Mapped[int] = mapped_column(server_default="25", comment="No more open tickets than this.")
    last_assigned_at: Mapped[Moment | None] = mapped_column(
        index=True, comment="Whoever waited longest is next.", info=ui(editable=False)
    )

    staff: Mapped["StaffMember"] = relationship()


class SatisfactionSurvey(Identified, Base):
    """The question how we did, asked once after a ticket, and its answer."""

    __tablename__ = "satisfaction_surveys"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="score_in_range"),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="answered_when_scored"),
        CheckConstraint("expires_at > sent_at", name="expires_later"),
        Index("ix_satisfaction_surveys_sent_at", "sent_at", "id"),
        Index("ix_satisfaction_surveys_answered_at", "answered_at", "id"),
        Index("ix_satisfaction_surveys_customer", "customer_id", "sent_at", "id"),
        Index("ix_satisfaction_surveys_score", "score", "id"),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="mood-smile",
        listed=("ticket_id", "customer_id", "score", "comment", "answered_at"),
        default_sort="-sent_at",
        writes="none",
        written_by="Customers answer by a signed link.",
        subject="customer",
    )

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.tickets.id", ondelete="CASCADE"), unique=True)
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="SET NULL"))
    answered_for_id: Mapped[StaffRef | None] = mapped_column(comment="Who had solved the ticket.")
    token_hash: Mapped[Secret] = mapped_column(unique=True)
    sent_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    score: Mapped[int | None] = mapped_column(comment="1 is bad, 5 is good.")
    comment: Mapped[FreeText | None]

    ticket: Mapped["Ticket"] = relationship(back_populates="surveys")
    customer: Mapped["Customer | None"] = relationship()
