"""Measures of health: response times, synthetic checks, mailboxes, slow queries, vendors, sizes."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    BusinessName,
    CreatedAt,
    Email,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
    Url,
)
from schema.jobs import Job
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer

PROBES = "The health jobs."


class CheckState(enum.StrEnum):
    """What a check last said."""

    UNKNOWN = "unknown"
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


CHECK_COLOURS = {"unknown": "muted", "up": "success", "degraded": "warning", "down": "danger"}


class MailSecurity(enum.StrEnum):
    """How the connection to a mailbox is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class FetchOutcome(enum.StrEnum):
    """How a fetch ended, by the phase it reached."""

    OK = "ok"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    LOGIN_FAILED = "login_failed"
    FOLDER_FAILED = "folder_failed"
    FETCH_FAILED = "fetch_failed"
    TIMED_OUT = "timed_out"


class RequestTiming(Base):
    """How long requests of a route took in a minute, as a histogram that can be added up."""

    __tablename__ = "request_timings"
    __table_args__ = (
        CheckConstraint("requests >= 0 AND errors >= 0", name="counted"),
        Index(None, "minute"),
        Index(None, "route", "minute"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="clock-play",
        label="Response times",
        plural="Response times",
        listed=("minute", "source", "route", "method", "status_class", "requests", "maximum_ms"),
        default_sort="-minute",
        writes="none",
        written_by="The app's timings, and our own.",
        capture="batch",
        retention=Retention("minute", 90, "Trends; older days stay as daily figures."),
    )

    minute: Mapped[Moment] = mapped_column(primary_key=True)
    source: Mapped[Slug] = mapped_column(primary_key=True, comment="Which program.")
    route: Mapped[Reference] = mapped_column(primary_key=True, comment="The pattern, never the path itself.")
    method: Mapped[Slug] = mapped_column(primary_key=True)
    status_class: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="2 for 200 to 299 …")
    requests: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    errors: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    total_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=ui(unit="ms"))
    maximum_ms: Mapped[int] = mapped_column(server_default=text("0"), info=ui(unit="ms"))
    histogram: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'::jsonb"),
        info=ui(pii="none", widget="json", listed=False),
        comment="Count by bucket of a logarithmic scale, one per cent wide.",
    )


class WorkTiming(Base):
    """How long work took in a minute: reading a CV, screening it, running a job."""

    __tablename__ = "work_timings"
    __table_args__ = (
        Index(None, "minute"),
        Index(None, "kind", "minute"),
        CheckConstraint("cases >= 0", name="counted"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="clock-cog",
        label="Processing times",
        plural="Processing times",
        listed=("minute", "kind", "name", "cases", "failures", "maximum_ms"),
        default_sort="-minute",
        writes="none",
        written_by="The app's timings and the workers.",
        capture="batch",
        retention=Retention("minute", 90, "Trends; older days stay as daily figures."),
    )

    minute: Mapped[Moment] = mapped_column(primary_key=True)
    kind: Mapped[Slug] = mapped_column(primary_key=True, comment="cv or job.")
    name: Mapped[Reference] = mapped_column(primary_key=True, comment="Step or job.")
    cases: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    failures: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    total_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=ui(unit="ms"))
    maximum_ms: Mapped[int] = mapped_column(server_default=text("0"), info=ui(unit="ms"))
    histogram: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json", listed=False)
    )


class HealthCheck(Identified, Timestamped, Base):
    """Something that is tried regularly: a page, a database, a service."""

    __tablename__ = "health_checks"
    __table_args__ = (CheckConstraint("every_s > 0 AND timeout_ms > 0", name="times"), Index(None, "state", "name"))
    __admin__ = AdminOptions(
        group="Health",
        icon="activity-heartbeat",
        label="Check",
        title=("name",),
        listed=("name", "kind", "state", "checked_at", "duration_ms", "enabled"),
        default_sort="name",
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    kind: Mapped[Slug] = mapped_column(comment="http, database, imap, storage, or one a plugin brings.")
    url: Mapped[Url | None]
    parameters: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    every_s: Mapped[int] = mapped_column(server_default=text("60"), info=ui(unit="s"))
    timeout_ms: Mapped[int] = mapped_column(server_default=text("5000"), info=ui(unit="ms"))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    state: Mapped[CheckState] = mapped_column(
        server_default=text("'unknown'"), info=ui(badge=CHECK_COLOURS, editable=False)
    )
    state_since: Mapped[Moment | None] = mapped_column(info=ui(editable=False))
    checked_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False))
    duration_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms", editable=False))
    failures: Mapped[int] = mapped_column(server_default=text("0"), info=ui(editable=False), comment="In a row.")
    message: Mapped[Prose | None] = mapped_column(info=ui(editable=False))

    results: Mapped[list["HealthResult"]] = relationship(back_populates="check", passive_deletes=True)


class HealthResult(Identified, Base):
    """One result of a check."""

    __tablename__ = "health_results"
    __table_args__ = (Index(None, "check_id", "checked_at", "id"), Index(None, "checked_at", "id"))
    __admin__ = AdminOptions(
        group="Health",
        icon="checks",
        listed=("checked_at", "check_id", "state", "duration_ms", "message"),
        default_sort="-checked_at",
        writes="none",
        written_by=PROBES,
        capture="batch",
        hidden=True,
        retention=Retention("checked_at", 30, "Older days stay as daily figures."),
    )

    check_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.health_checks.id", ondelete="CASCADE"))
    state: Mapped[CheckState] = mapped_column(info=ui(badge=CHECK_COLOURS))
    duration_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms"))
    message: Mapped[Prose | None]
    detail: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    checked_at: Mapped[CreatedAt]

    check: Mapped[HealthCheck] = relationship(back_populates="results")


class ImapMailbox(Identified, Timestamped, Base):
    """A customer's mailbox from which CVs are fetched."""

    __tablename__ = "imap_mailboxes"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        Index(None, "customer_id"),
        Index(None, "created_at", "id"),
        Index(None, "state", "checked_at", "id"),
        Index(None, "address"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="mailbox",
        label="Mailbox",
        plural="Mailboxes",
        title=("address",),
        listed=("address", "customer_id", "state", "last_fetch_at", "newest_message_at", "enabled"),
        default_sort="-created_at",
        writes="actions",
        written_by="The customer app; credentials are set with the action and never shown.",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference]
    name: Mapped[BusinessName | None]
    address: Mapped[Email]
    host: Mapped[Reference]
    port: Mapped[int] = mapped_column(server_default=text("993"))
    security: Mapped[MailSecurity] = mapped_column(server_default=text("'tls'"))
    folder: Mapped[Reference] = mapped_column(server_default=text("'INBOX'"))
    username: Mapped[Email]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=ui(pii="secret"), comment="Password, encrypted.")
    secret_key_id: Mapped[Slug | None]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    state: Mapped[CheckState] = mapped_column(server_default=text("'unknown'"), info=ui(badge=CHECK_COLOURS))
    checked_at: Mapped[Moment | None] = mapped_column(comment="Last real sign-in to the mailbox.")
    last_fetch_at: Mapped[Moment | None]
    newest_message_at: Mapped[Moment | None] = mapped_column(comment="Newest message that was taken in.")
    last_uid: Mapped[int | None] = mapped_column(BigInteger)
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(server_default=text("0"), comment="In a row.")
    message: Mapped[Prose | None]

    customer: Mapped["Customer | None"] = relationship()
    runs: Mapped[list["MailFetchRun"]] = relationship(back_populates="mailbox", passive_deletes=True)


class MailFetchRun(Identified, Base):
    """One visit to a mailbox: how far it got, how long each phase took, what it brought."""

    __tablename__ = "mail_fetch_runs"
    __table_args__ = (
        Index(None, "mailbox_id", "started_at", "id"),
        Index(None, "started_at", "id"),
        Index(None, "outcome", "started_at", "id"),
        Index(None, "job_id"),
        CheckConstraint("seen >= 0 AND taken >= 0 AND refused >= 0", name="counted"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="mail-fast",
        label="Fetch",
        plural="Fetches",
        listed=("started_at", "mailbox_id", "outcome", "seen", "taken", "refused", "duration_ms"),
        default_sort="-started_at",
        writes="none",
        written_by="The app's fetcher and the check job.",
        capture="batch",
        subject="mailbox.customer",
        retention=Retention("started_at", 90, "Explains CVs that did not arrive."),
    )

    mailbox_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.imap_mailboxes.id", ondelete="CASCADE"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    outcome: Mapped[FetchOutcome] = mapped_column(
        info=ui(
            badge={
                "ok": "success",
                "connect_failed": "danger",
                "tls_failed": "danger",
                "login_failed": "danger",
                "folder_failed": "warning",
                "fetch_failed": "warning",
                "timed_out": "warning",
            }
        )
    )
    seen: Mapped[int] = mapped_column(server_default=text("0"))
    taken: Mapped[int] = mapped_column(server_default=text("0"), comment="CVs taken in.")
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    phases: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), comment="Milliseconds of each phase.")
    duration_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms"))
    error: Mapped[Prose | None]
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    mailbox: Mapped[ImapMailbox] = relationship(back_populates="runs")
    job: Mapped[Job | None] = relationship()


class SlowQuery(Identified, Base):
    """What a statement cost in a span of time, from the database's own statistics."""

    __tablename__ = "slow_queries"
    __table_args__ = (
        UniqueConstraint("database_name", "query_id", "sampled_at"),
        Index(None, "sampled_at", "id"),
        Index(None, "query_id", "sampled_at"),
        Index(None, "total_ms", "id"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="database-search",
        plural="Slow queries",
        listed=("sampled_at", "database_name", "calls", "mean_ms", "total_ms", "statement"),
        default_sort="-sampled_at",
        writes="none",
        written_by=PROBES,
        capture="batch",
        retention=Retention("sampled_at", 30, "Trends."),
    )

    database_name: Mapped[Slug]
    query_id: Mapped[int] = mapped_column(BigInteger)
    statement: Mapped[Prose] = mapped_column(comment="With placeholders instead of values.")
    calls: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    total_ms: Mapped[float] = mapped_column(Float, info=ui(unit="ms"))
    mean_ms: Mapped[float] = mapped_column(Float, info=ui(unit="ms"))
    row_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    hit_ratio: Mapped[float | None] = mapped_column(Float, info=ui(widget="percent"))
    sampled_at: Mapped[CreatedAt]


class VendorStatus(Identified, Timestamped, Base):
    """What a service we depend on says about itself."""

    __tablename__ = "vendor_statuses"
    __table_args__ = (UniqueConstraint("vendor", "component"), Index(None, "state", "vendor"))
    __admin__ = AdminOptions(
        group="Health",
        icon="cloud-check",
        title=("vendor", "component"),
        listed=("vendor", "component", "state", "message", "checked_at", "changed_at"),
        default_sort="vendor",
        writes="none",
        written_by=PROBES,
        capture="batch",
    )

    vendor: Mapped[Slug]
    component: Mapped[Title] = mapped_column(server_default=text("''"))
    state: Mapped[CheckState] = mapped_column(server_default=text("'unknown'"), info=ui(badge=CHECK_COLOURS))
    reported: Mapped[Title | None] = mapped_column(comment="The vendor's own word.")
    message: Mapped[Prose | None]
    url: Mapped[Url | None]
    etag: Mapped[Reference | None] = mapped_column(info=ui(listed=False))
    checked_at: Mapped[Moment | None]
    changed_at: Mapped[Moment | None]


class SizeSample(Base):
    """How big a database, a table or a file store was on a day."""

    __tablename__ = "size_samples"
    __table_args__ = (CheckConstraint("size_bytes >= 0", name="size"), Index(None, "day"))
    __admin__ = AdminOptions(
        group="Health",
        icon="chart-area-line",
        label="Size",
        listed=("day", "kind", "name", "size_bytes", "row_count", "file_count"),
        default_sort="-day",
        writes="none",
        written_by=PROBES,
        capture="batch",
        retention=Retention("day", 1095, "Growth, and when a limit is reached."),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[Slug] = mapped_column(primary_key=True, comment="database, table or storage.")
    name: Mapped[Reference] = mapped_column(primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger, info=ui(unit="bytes"))
    index_bytes: Mapped[int | None] = mapped_column(BigInteger, info=ui(unit="bytes"))
    row_count: Mapped[int | None] = mapped_column(BigInteger, comment="The database's estimate.")
    file_count: Mapped[int | None] = mapped_column(BigInteger)
    limit_bytes: Mapped[int | None] = mapped_column(BigInteger, info=ui(unit="bytes"), comment="What is paid for.")
    detail: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
