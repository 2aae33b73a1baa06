"""Where rows come from: the declared mapping of a company's own database, its runs, and what it refused."""

import enum
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    FreeText,
    Identified,
    Json,
    Moment,
    PersonalJson,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
)
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

FEED = "The job that feeds the mapping."


class SourceKind(enum.StrEnum):
    """By which way rows come."""

    DATABASE = "database"
    CSV = "csv"
    API = "api"


class RunState(enum.StrEnum):
    """Where a run is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SourceMapping(Identified, Timestamped, Base):
    """A declared mapping from another table to ours, and how far it has been read."""

    __tablename__ = "source_mappings"
    __table_args__ = (Index(None, "target", "name"),)
    __admin__ = AdminOptions(
        group="System",
        icon="arrows-exchange",
        title=("name",),
        listed=("name", "kind", "source_table", "target", "enabled", "last_run_at", "lag_s"),
        default_sort="name",
        writes="actions",
        written_by="The source file; people pause, resume and read again from the start.",
        capture="batch",
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    kind: Mapped[SourceKind] = mapped_column(server_default=text("'database'"))
    source_table: Mapped[Reference]
    target: Mapped[Slug] = mapped_column(comment="Our model.")
    columns: Mapped[Json] = mapped_column(comment="Their column for each of ours.")
    value_map: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json"), comment="Their words for ours."
    )
    watermark_column: Mapped[Reference | None]
    watermark: Mapped[Reference | None] = mapped_column(comment="Newest row that has been read.")
    definition_digest: Mapped[Reference | None] = mapped_column(comment="Changes when the mapping is edited.")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    paused_reason: Mapped[Title | None]
    last_run_at: Mapped[Moment | None]
    lag_s: Mapped[int | None] = mapped_column(BigInteger, info=ui(unit="s"), comment="How far behind we are.")
    rows_total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))

    runs: Mapped[list["SourceRun"]] = relationship(back_populates="mapping", passive_deletes=True)
    links: Mapped[list["SourceLink"]] = relationship(back_populates="mapping", passive_deletes=True)
    rejects: Mapped[list["SourceReject"]] = relationship(back_populates="mapping", passive_deletes=True)


class SourceRun(Identified, Base):
    """One reading of a mapping."""

    __tablename__ = "source_runs"
    __table_args__ = (
        Index(None, "mapping_id", "started_at"),
        Index(None, "started_at", "id"),
        Index(None, "job_id"),
        CheckConstraint(
            "rows_read >= 0 AND inserted >= 0 AND updated >= 0 AND rejected >= 0 AND unchanged >= 0", name="counted"
        ),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="refresh",
        listed=("started_at", "mapping_id", "state", "rows_read", "inserted", "updated", "rejected"),
        default_sort="-started_at",
        writes="none",
        written_by=FEED,
        capture="batch",
        retention=Retention("started_at", 180, "Explains where rows came from."),
    )

    mapping_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.source_mappings.id", ondelete="CASCADE"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    state: Mapped[RunState] = mapped_column(
        server_default=text("'running'"), info=ui(badge={"running": "info", "done": "success", "failed": "danger"})
    )
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]
    from_watermark: Mapped[Reference | None]
    to_watermark: Mapped[Reference | None]
    rows_read: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    inserted: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    updated: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    unchanged: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rejected: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    error: Mapped[Prose | None]

    mapping: Mapped[SourceMapping] = relationship(back_populates="runs")
    job: Mapped[Job | None] = relationship()


class SourceLink(Identified, Base):
    """Which row of ours a row of theirs became: reading it again updates the same one."""

    __tablename__ = "source_links"
    __table_args__ = (
        UniqueConstraint("mapping_id", "source_key"),
        Index(None, "target_id", "mapping_id"),
        Index(None, "read_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="link-plus",
        default_sort="-read_at",
        writes="none",
        written_by=FEED,
        capture="batch",
        hidden=True,
    )

    mapping_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.source_mappings.id", ondelete="CASCADE"))
    source_key: Mapped[Reference] = mapped_column(comment="Their primary key as text.")
    target_id: Mapped[uuid.UUID] = mapped_column(comment="Key of our row.")
    digest: Mapped[Reference] = mapped_column(comment="Hash of the row as read: unchanged rows are not written.")
    read_at: Mapped[CreatedAt]

    mapping: Mapped[SourceMapping] = relationship(back_populates="links")


class SourceReject(Identified, Base):
    """A row of theirs that could not be taken, with the reason."""

    __tablename__ = "source_rejects"
    __table_args__ = (
        Index(
            "uq_source_rejects_open",
            "mapping_id",
            "source_key",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_source_rejects_aside", "mapping_id", "source_key", postgresql_where=text("aside_reason IS NOT NULL")),
        Index(None, "mapping_id", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "run_id"),
        Index(None, "resolved_by_id"),
        CheckConstraint("aside_reason IS NULL OR resolved_at IS NOT NULL", name="aside_is_over"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="file-alert",
        label="Refused row",
        listed=("created_at", "mapping_id", "source_key", "reason", "times", "resolved_at"),
        default_sort="-created_at",
        writes="none",
        written_by=FEED,
        capture="batch",
        retention=Retention("created_at", 180, "Until somebody has looked at it."),
    )

    mapping_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.source_mappings.id", ondelete="CASCADE"))
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.source_runs.id", ondelete="SET NULL"))
    source_key: Mapped[Reference]
    reason: Mapped[FreeText]
    payload: Mapped[PersonalJson]
    times: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[CreatedAt]
    row_digest: Mapped[Reference | None] = mapped_column(
        info=ui(listed=False), comment="Hash of their row as it was refused: it comes back only when that changes."
    )
    resolved_at: Mapped[Moment | None] = mapped_column(comment="When it was taken, gone over there, or set aside.")
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    aside_reason: Mapped[FreeText | None] = mapped_column(comment="Why somebody set it aside.")

    mapping: Mapped[SourceMapping] = relationship(back_populates="rejects")
    run: Mapped[SourceRun | None] = relationship()
    resolved_by: Mapped[StaffMember | None] = relationship()


class WriteState(enum.StrEnum):
    """Where a value that goes back to the company's own database is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class SourceWrite(Identified, Base):
    """What we decided about a record and their row shall say, too: asked with the decision, done by a job."""

    __tablename__ = "source_writes"
    __table_args__ = (
        UniqueConstraint("name", "target_id"),
        Index("ix_source_writes_waiting", "next_at", "id", postgresql_where=text("state = 'waiting'")),
        Index(None, "state", "asked_at", "id"),
        Index(None, "asked_at", "id"),
        CheckConstraint("tries >= 0", name="counted"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="database-export",
        label="Value written back",
        plural="Values written back",
        listed=("asked_at", "name", "target", "target_id", "state", "tries", "error"),
        default_sort="-asked_at",
        writes="none",
        written_by="The job that writes decisions back.",
        capture="batch",
        retention=Retention("asked_at", 400, "Explains what stands over there, and since when."),
    )

    name: Mapped[Slug] = mapped_column(comment="The statement of the source file.")
    target: Mapped[Slug] = mapped_column(comment="Our model.")
    target_id: Mapped[uuid.UUID] = mapped_column(comment="Key of our row.")
    state: Mapped[WriteState] = mapped_column(
        server_default=text("'waiting'"), info=ui(badge={"waiting": "info", "done": "success", "failed": "danger"})
    )
    asks: Mapped[int] = mapped_column(
        BigInteger, server_default=text("1"), info=ui(listed=False), comment="Counts each time it was asked for."
    )
    tries: Mapped[int] = mapped_column(server_default=text("0"), comment="Since it was asked for.")
    error: Mapped[Prose | None]
    asked_at: Mapped[CreatedAt]
    next_at: Mapped[CreatedAt] = mapped_column(comment="When it is tried next.")
    written_at: Mapped[Moment | None]


class ColumnClass(Identified, Timestamped, Base):
    """How private a column of a reflected table is, as somebody decided."""

    __tablename__ = "column_classes"
    __table_args__ = (UniqueConstraint("source", "table_name", "column_name"), Index(None, "decided_by_id"))
    __admin__ = AdminOptions(
        group="Privacy",
        icon="tags",
        label="Column class",
        plural="Column classes",
        title=("column_name",),
        listed=("source", "table_name", "column_name", "pii_class", "decided_by_id"),
        default_sort="source",
    )

    source: Mapped[Slug]
    table_name: Mapped[Reference]
    column_name: Mapped[Reference]
    pii_class: Mapped[Slug] = mapped_column(
        comment="none, business, contact, identity, special, cv, ip, bank or secret."
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), info=ui(editable=False)
    )

    decided_by: Mapped[StaffMember | None] = relationship()
