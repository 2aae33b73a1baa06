"""Errors of the product: projects with their keys, issues, single events, releases and deployments."""

import enum
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    FreeText,
    Identified,
    IpAddress,
    Json,
    Moment,
    PersonalJson,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
    Url,
)
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer

INGEST = "Error reports that arrive at the ingest address, and the Sentry job."


class ErrorLevel(enum.StrEnum):
    """How bad an event is."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"


LEVEL_COLOURS = {"debug": "muted", "info": "info", "warning": "warning", "error": "danger", "fatal": "danger"}


class IssueState(enum.StrEnum):
    """What the team decided about an issue."""

    OPEN = "open"
    RESOLVED = "resolved"
    REGRESSED = "regressed"
    IGNORED = "ignored"


class DeploymentState(enum.StrEnum):
    """How a deployment went."""

    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ErrorProject(Identified, Timestamped, Base):
    """A program that reports its errors to us."""

    __tablename__ = "error_projects"
    __table_args__ = (CheckConstraint("number > 0", name="number"), CheckConstraint("keep_events > 0", name="keep"))
    __admin__ = AdminOptions(
        group="Health",
        icon="apps",
        label="Project",
        title=("name",),
        listed=("number", "name", "platform", "enabled", "last_event_at"),
        default_sort="name",
    )

    number: Mapped[int] = mapped_column(unique=True, info=ui(once=True), comment="Stands in the DSN.")
    name: Mapped[Slug] = mapped_column(unique=True)
    platform: Mapped[Slug | None]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    keep_events: Mapped[int] = mapped_column(server_default=text("1000"), comment="Events kept for each issue.")
    quota_per_hour: Mapped[int | None] = mapped_column(comment="More are counted but not kept; empty: no limit.")
    sentry_slug: Mapped[Reference | None] = mapped_column(comment="The same project at Sentry, when it has one.")
    last_event_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False))

    keys: Mapped[list["ErrorProjectKey"]] = relationship(back_populates="project", passive_deletes=True)
    issues: Mapped[list["ErrorIssue"]] = relationship(back_populates="project", passive_deletes=True)


class ErrorProjectKey(Identified, Base):
    """The public key in a project's DSN."""

    __tablename__ = "error_project_keys"
    __table_args__ = (Index(None, "project_id"), Index(None, "created_at", "id"))
    __admin__ = AdminOptions(
        group="Health",
        icon="key",
        label="DSN key",
        title=("public_key",),
        listed=("project_id", "public_key", "label", "revoked_at", "last_used_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The project's page.",
        hidden=True,
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_projects.id", ondelete="CASCADE"))
    public_key: Mapped[str] = mapped_column(
        String(64), unique=True, info=ui(pii="none"), comment="Public by design: it may only send errors."
    )
    label: Mapped[Title | None]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]

    project: Mapped[ErrorProject] = relationship(back_populates="keys")


class Release(Identified, Base):
    """A version of a program, as its errors and deployments name it."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("project_id", "version"), Index(None, "first_seen_at", "id"))
    __admin__ = AdminOptions(
        group="Health",
        icon="package",
        title=("version",),
        listed=("project_id", "version", "first_seen_at", "last_seen_at", "event_count"),
        default_sort="-first_seen_at",
        writes="append",
        written_by=INGEST,
        capture="batch",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_projects.id", ondelete="CASCADE"))
    version: Mapped[Reference]
    first_seen_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    event_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))

    project: Mapped[ErrorProject] = relationship()


class ErrorIssue(Identified, Base):
    """Errors that are the same problem."""

    __tablename__ = "error_issues"
    __table_args__ = (
        CheckConstraint("event_count >= 0 AND customer_count >= 0", name="counted"),
        Index(None, "last_seen_at", "id"),
        Index(None, "first_seen_at", "id"),
        Index(None, "state", "last_seen_at", "id"),
        Index(None, "level", "last_seen_at", "id"),
        Index(None, "project_id", "last_seen_at", "id"),
        Index(None, "event_count", "id"),
        Index(None, "assigned_to_id"),
        Index(None, "first_release_id"),
        Index(None, "resolved_release_id"),
        Index("uq_error_issues_sentry", "sentry_id", unique=True, postgresql_where=text("sentry_id IS NOT NULL")),
        Index("ix_error_issues_title_trgm", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="bug",
        label="Issue",
        title=("title",),
        listed=("title", "level", "state", "event_count", "customer_count", "first_seen_at", "last_seen_at"),
        default_sort="-last_seen_at",
        writes="actions",
        written_by=INGEST + " People resolve, ignore and assign.",
        capture="batch",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_projects.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(1024), info=ui(pii="identity"), comment="Type and first line.")
    culprit: Mapped[Title | None] = mapped_column(comment="Where in the code.")
    kind: Mapped[Reference | None] = mapped_column(comment="Type of the error.")
    level: Mapped[ErrorLevel] = mapped_column(info=ui(badge=LEVEL_COLOURS))
    state: Mapped[IssueState] = mapped_column(
        server_default=text("'open'"),
        info=ui(badge={"open": "warning", "resolved": "success", "regressed": "danger", "ignored": "muted"}),
    )
    assigned_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    event_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    customer_count: Mapped[int] = mapped_column(server_default=text("0"), comment="Customers who ran into it.")
    first_seen_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    first_release_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.releases.id", ondelete="SET NULL"))
    resolved_at: Mapped[Moment | None]
    resolved_release_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.releases.id", ondelete="SET NULL"), comment="Seen again in a later one: regressed."
    )
    ignored_until: Mapped[Moment | None]
    sentry_id: Mapped[Reference | None] = mapped_column(comment="Issue id when it came from Sentry.")
    sentry_url: Mapped[Url | None]

    project: Mapped[ErrorProject] = relationship(back_populates="issues")
    assigned_to: Mapped[StaffMember | None] = relationship()
    first_release: Mapped[Release | None] = relationship(foreign_keys="ErrorIssue.first_release_id")
    resolved_release: Mapped[Release | None] = relationship(foreign_keys="ErrorIssue.resolved_release_id")
    hashes: Mapped[list["ErrorIssueHash"]] = relationship(back_populates="issue", passive_deletes=True)
    events: Mapped[list["ErrorEvent"]] = relationship(back_populates="issue", passive_deletes=True)


class ErrorIssueHash(Base):
    """A fingerprint that belongs to an issue."""

    __tablename__ = "error_issue_hashes"
    __table_args__ = (Index(None, "issue_id"),)
    __admin__ = AdminOptions(
        group="Health",
        icon="fingerprint",
        default_sort="project_id",
        writes="none",
        written_by=INGEST,
        capture="batch",
        hidden=True,
    )

    project_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.error_projects.id", ondelete="CASCADE"), primary_key=True
    )
    method_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True, info=ui(pii="none"))
    issue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_issues.id", ondelete="CASCADE"))

    project: Mapped[ErrorProject] = relationship()
    issue: Mapped[ErrorIssue] = relationship(back_populates="hashes")


class ErrorEvent(Identified, Base):
    """One error as it was reported, with stack, breadcrumbs and tags."""

    __tablename__ = "error_events"
    __table_args__ = (
        UniqueConstraint("project_id", "event_id"),
        Index(None, "issue_id", "occurred_at", "id"),
        Index(None, "occurred_at", "id"),
        Index(None, "customer_id", "occurred_at", "id"),
        Index(None, "level", "occurred_at", "id"),
        Index(None, "release_id"),
        Index(None, "trace_id"),
        Index("ix_error_events_tags", "tags", postgresql_using="gin"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="bug",
        label="Error",
        title=("message",),
        listed=("occurred_at", "issue_id", "level", "message", "environment", "customer_id"),
        default_sort="-occurred_at",
        writes="none",
        written_by=INGEST,
        capture="batch",
        subject="customer",
        retention=Retention("occurred_at", 90, "Enough to find the cause; counts stay."),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_projects.id", ondelete="CASCADE"))
    issue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_issues.id", ondelete="CASCADE"))
    release_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.releases.id", ondelete="SET NULL"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="SET NULL"))
    event_id: Mapped[str] = mapped_column(String(32), info=ui(pii="none"))
    level: Mapped[ErrorLevel] = mapped_column(info=ui(badge=LEVEL_COLOURS))
    message: Mapped[FreeText | None]
    kind: Mapped[Reference | None]
    handled: Mapped[bool | None]
    environment: Mapped[Slug | None]
    platform: Mapped[Slug | None]
    sdk: Mapped[Reference | None]
    server_name: Mapped[Reference | None]
    route: Mapped[Reference | None]
    trace_id: Mapped[Reference | None]
    user_key: Mapped[str | None] = mapped_column(String(200), info=ui(pii="identity"))
    ip: Mapped[IpAddress | None]
    tags: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="identity", widget="json")
    )
    exceptions: Mapped[PersonalJson | None] = mapped_column(comment="Type, value and stack of each, outermost last.")
    breadcrumbs: Mapped[PersonalJson | None]
    request: Mapped[PersonalJson | None]
    contexts: Mapped[PersonalJson | None]
    scrubbed: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none"), comment="What was taken out on arrival."
    )
    keep_weight: Mapped[int] = mapped_column(
        server_default=text("0"), info=ui(listed=False), comment="Goes first when high."
    )
    occurred_at: Mapped[Moment]
    received_at: Mapped[CreatedAt]

    project: Mapped[ErrorProject] = relationship()
    issue: Mapped[ErrorIssue] = relationship(back_populates="events")
    release: Mapped[Release | None] = relationship()
    customer: Mapped["Customer | None"] = relationship()


class ErrorCount(Base):
    """How many events of an issue came in an hour; kept for ever, also when the events are gone."""

    __tablename__ = "error_counts"
    __table_args__ = (Index(None, "hour", "project_id"),)
    __admin__ = AdminOptions(
        group="Health",
        icon="chart-bar",
        label="Errors per hour",
        plural="Errors per hour",
        default_sort="-hour",
        writes="none",
        written_by=INGEST,
        capture="batch",
        hidden=True,
    )

    issue_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.error_issues.id", ondelete="CASCADE"), primary_key=True
    )
    hour: Mapped[Moment] = mapped_column(primary_key=True)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.error_projects.id", ondelete="CASCADE"), index=True)
    received: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    dropped: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), comment="Over quota, here.")
    lost_at_client: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), comment="As the sender said.")

    issue: Mapped[ErrorIssue] = relationship()
    project: Mapped[ErrorProject] = relationship()


class Deployment(Identified, Timestamped, Base):
    """A deployment of the customer app, as the hosting service reports it."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint("provider", "external_id"),
        Index(None, "started_at", "id"),
        Index(None, "state", "started_at", "id"),
        Index(None, "release_id"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="rocket",
        title=("external_id",),
        listed=("started_at", "project", "environment", "branch", "state", "build_ms"),
        default_sort="-started_at",
        writes="append",
        written_by="The hosting job.",
        capture="batch",
    )

    provider: Mapped[Slug] = mapped_column(server_default=text("'vercel'"))
    external_id: Mapped[Reference]
    project: Mapped[Reference | None]
    environment: Mapped[Slug | None]
    branch: Mapped[Reference | None]
    commit: Mapped[Reference | None]
    commit_message: Mapped[FreeText | None]
    author: Mapped[str | None] = mapped_column(String(200), info=ui(pii="identity"))
    state: Mapped[DeploymentState] = mapped_column(
        info=ui(
            badge={"queued": "muted", "building": "info", "ready": "success", "failed": "danger", "cancelled": "muted"}
        )
    )
    url: Mapped[Url | None]
    build_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms"))
    release_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.releases.id", ondelete="SET NULL"))
    error: Mapped[Prose | None]
    detail: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    started_at: Mapped[Moment]
    ready_at: Mapped[Moment | None]

    release: Mapped[Release | None] = relationship()
