"""Reports: what was asked, when it runs, what came out, and who received it."""

import enum
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.artifacts import Artifact
from schema.base import (
    Base,
    CreatedAt,
    Email,
    Identified,
    Json,
    ModelKey,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
)
from schema.jobs import Job
from schema.mail import MailMessage
from schema.staff import Role, StaffMember
from schema.tags import AdminOptions, Retention, ui
from schema.views import Selection


class ReportRunState(enum.StrEnum):
    """Where a run of a report is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    EMPTY = "empty"
    FAILED = "failed"


RUN_COLOURS = {"waiting": "muted", "running": "info", "done": "success", "empty": "muted", "failed": "danger"}


class DeliveryOutcome(enum.StrEnum):
    """Whether a recipient got the report."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    NOT_PERMITTED = "not_permitted"


report_roles = Table(
    "report_roles",
    Base.metadata,
    Column("report_id", ForeignKey("admin.reports.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("admin.roles.id", ondelete="CASCADE"), primary_key=True, index=True),
    comment="With which roles a report is shared.",
)


class Report(Identified, Timestamped, Base):
    """A report: shipped, or built by a member from a source, columns, filters and a chart."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("row_limit > 0", name="rows"),
        Index(None, "created_at", "id"),
        Index(None, "owner_id", "created_at"),
        Index("uq_reports_owner_title", "owner_id", "title", unique=True, postgresql_nulls_not_distinct=True),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="report",
        title=("title",),
        listed=("title", "source", "owner_id", "shared_with_all", "last_run_at", "updated_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The report builder.",
    )

    key: Mapped[Slug | None] = mapped_column(unique=True, comment="For reports that came with the product.")
    title: Mapped[Title]
    description: Mapped[Prose | None]
    source: Mapped[Slug] = mapped_column(comment="The registered source it reads from.")
    definition: Mapped[Json] = mapped_column(comment="Columns, filters, grouping, aggregates, chart.")
    private_definition: Mapped[str | None] = mapped_column(
        Text, info=ui(pii="secret"), comment="Filter values on personal columns, encrypted."
    )
    definition_version: Mapped[int] = mapped_column(server_default=text("1"))
    row_limit: Mapped[int] = mapped_column(server_default=text("100000"))
    personal: Mapped[bool] = mapped_column(server_default=text("false"), comment="Shows personal columns.")
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    shared_with_all: Mapped[bool] = mapped_column(server_default=text("false"))
    last_run_at: Mapped[Moment | None]
    archived_at: Mapped[Moment | None]

    owner: Mapped[StaffMember | None] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=report_roles, passive_deletes=True)
    schedules: Mapped[list["ReportSchedule"]] = relationship(back_populates="report", passive_deletes=True)
    runs: Mapped[list["ReportRun"]] = relationship(back_populates="report", passive_deletes=True)


class ReportSchedule(Identified, Timestamped, Base):
    """When a report runs by itself, and who receives it."""

    __tablename__ = "report_schedules"
    __table_args__ = (
        Index(None, "report_id"),
        Index(None, "owner_id"),
        Index(None, "created_at", "id"),
        Index("ix_report_schedules_due", "next_at", postgresql_where=text("enabled")),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="calendar-repeat",
        listed=("report_id", "cron", "recipients", "enabled", "last_slot", "next_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The report's page.",
    )

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.reports.id", ondelete="CASCADE"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), comment="Paused when this member leaves."
    )
    cron: Mapped[Slug]
    timezone: Mapped[Slug] = mapped_column(server_default=text("'Africa/Johannesburg'"))
    period: Mapped[Slug] = mapped_column(server_default=text("'previous_day'"), comment="Which span each run covers.")
    formats: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{csv}'::text[]"), info=ui(pii="none", widget="tags")
    )
    recipients: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="contact", widget="tags")
    )
    skip_when_empty: Mapped[bool] = mapped_column(server_default=text("false"))
    only_when_changed: Mapped[bool] = mapped_column(server_default=text("false"))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    paused_reason: Mapped[Title | None]
    next_at: Mapped[Moment | None]
    last_slot: Mapped[Moment | None]

    report: Mapped[Report] = relationship(back_populates="schedules")
    owner: Mapped[StaffMember | None] = relationship()


class ReportRun(Identified, Base):
    """One run of a report with what came out."""

    __tablename__ = "report_runs"
    __table_args__ = (
        UniqueConstraint("schedule_id", "slot"),
        CheckConstraint("row_count >= 0", name="rows_counted"),
        Index(None, "report_id", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "requested_by_id", "created_at"),
        Index(None, "job_id"),
        Index(None, "resent_from_id"),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="player-play",
        listed=("created_at", "report_id", "state", "row_count", "duration_ms", "requested_by_id"),
        default_sort="-created_at",
        writes="none",
        written_by="Schedules and the actions Run and Send again.",
        capture="batch",
        retention=Retention("created_at", 1095, "What was reported, to whom."),
    )

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.reports.id", ondelete="CASCADE"))
    schedule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.report_schedules.id", ondelete="SET NULL"))
    slot: Mapped[Moment | None] = mapped_column(comment="Occurrence of the schedule; empty: by hand.")
    period_start: Mapped[Moment | None]
    period_end: Mapped[Moment | None]
    state: Mapped[ReportRunState] = mapped_column(server_default=text("'waiting'"), info=ui(badge=RUN_COLOURS))
    definition: Mapped[Json] = mapped_column(comment="As it was for this run.")
    definition_version: Mapped[int]
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    truncated_at: Mapped[int | None] = mapped_column(BigInteger, comment="Cut at this number of rows; empty: complete.")
    figures: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="The figures it showed, with their definitions."
    )
    duration_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms"))
    sha256: Mapped[Reference | None]
    error: Mapped[Prose | None]
    requested_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    resent_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.report_runs.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    report: Mapped[Report] = relationship(back_populates="runs")
    schedule: Mapped[ReportSchedule | None] = relationship()
    requested_by: Mapped[StaffMember | None] = relationship()
    job: Mapped[Job | None] = relationship()
    resent_from: Mapped["ReportRun | None"] = relationship(remote_side="ReportRun.id")
    files: Mapped[list["ReportFile"]] = relationship(back_populates="run", passive_deletes=True)
    deliveries: Mapped[list["ReportDelivery"]] = relationship(back_populates="run", passive_deletes=True)


class ReportFile(Identified, Base):
    """A file of a report run."""

    __tablename__ = "report_files"
    __table_args__ = (UniqueConstraint("run_id", "file_format"), Index(None, "artifact_id"))
    __admin__ = AdminOptions(
        group="Reports",
        icon="file-report",
        default_sort="run_id",
        writes="none",
        written_by="Report runs.",
        capture="batch",
        hidden=True,
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.report_runs.id", ondelete="CASCADE"))
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.artifacts.id", ondelete="CASCADE"))
    file_format: Mapped[Slug]

    run: Mapped[ReportRun] = relationship(back_populates="files")
    artifact: Mapped[Artifact] = relationship()


class ReportDelivery(Identified, Base):
    """A report run sent to one recipient, permission checked when it was sent."""

    __tablename__ = "report_deliveries"
    __table_args__ = (
        Index(None, "run_id", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "member_id"),
        Index(None, "message_id"),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="mail-forward",
        listed=("created_at", "run_id", "recipient", "outcome", "sent_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Report runs.",
        capture="batch",
        retention=Retention("created_at", 1095, "Who received which figures."),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.report_runs.id", ondelete="CASCADE"))
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    recipient: Mapped[Email]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.mail_messages.id", ondelete="SET NULL"))
    outcome: Mapped[DeliveryOutcome] = mapped_column(
        server_default=text("'queued'"),
        info=ui(badge={"queued": "info", "sent": "success", "failed": "danger", "not_permitted": "warning"}),
    )
    error: Mapped[Prose | None]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[Moment | None]

    run: Mapped[ReportRun] = relationship(back_populates="deliveries")
    member: Mapped[StaffMember | None] = relationship()
    message: Mapped[MailMessage | None] = relationship()


class DataExport(Identified, Base):
    """Rows taken out as a file: from which list, how many, by whom and why."""

    __tablename__ = "data_exports"
    __table_args__ = (
        CheckConstraint("row_count >= 0", name="rows_counted"),
        CheckConstraint("NOT unmasked OR reason IS NOT NULL", name="unmasked_has_reason"),
        Index(None, "created_at", "id"),
        Index(None, "member_id", "created_at"),
        Index(None, "model_key", "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "artifact_id"),
        Index(None, "job_id"),
        Index(None, "selection_id"),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="file-export",
        label="Export",
        listed=("created_at", "member_id", "model_key", "state", "row_count", "file_format", "unmasked"),
        default_sort="-created_at",
        writes="none",
        written_by="The Export buttons and the API.",
        capture="batch",
        retention=Retention("created_at", 1095, "Answers who took which data away."),
    )

    model_key: Mapped[ModelKey]
    kind: Mapped[Slug] = mapped_column(server_default=text("'list'"), comment="list, or one that a plugin brings.")
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), info=ui(pii="none", widget="tags"))
    described: Mapped[Title | None] = mapped_column(comment="The filters in words, without personal values.")
    selection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.selections.id", ondelete="SET NULL"))
    file_format: Mapped[Slug] = mapped_column(server_default=text("'csv'"))
    unmasked: Mapped[bool] = mapped_column(server_default=text("false"), comment="Personal values in clear.")
    reason: Mapped[str | None] = mapped_column(String(1000), info=ui(pii="identity", widget="textarea"))
    state: Mapped[ReportRunState] = mapped_column(server_default=text("'waiting'"), info=ui(badge=RUN_COLOURS))
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.artifacts.id", ondelete="SET NULL"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    error: Mapped[Prose | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    member: Mapped[StaffMember | None] = relationship()
    selection: Mapped[Selection | None] = relationship()
    artifact: Mapped[Artifact | None] = relationship()
    job: Mapped[Job | None] = relationship()
