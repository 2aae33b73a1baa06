"""The clock and the processes: schedules and their occurrences, queues, and who reported to be alive."""

import enum
import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Moment, Reference, Slug, Timestamped, Title
from schema.jobs import Job
from schema.tags import AdminOptions, Retention


class CatchUp(enum.StrEnum):
    """What a schedule does about runs that were missed."""

    LATEST = "latest"
    ALL = "all"
    SKIP = "skip"


class JobSchedule(Identified, Timestamped, Base):
    """A job that runs by the clock, with its last and next run."""

    __tablename__ = "job_schedules"
    __table_args__ = (Index("ix_job_schedules_due", "next_at", postgresql_where=text("enabled")),)
    __admin__ = AdminOptions(
        group="System",
        icon="calendar-clock",
        label="Schedule",
        title=("name",),
        listed=("name", "cron", "enabled", "last_slot", "next_at", "last_job_id"),
        default_sort="name",
        writes="actions",
        written_by="Declared by core and plugins; people pause, resume and run it now.",
        capture="batch",
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    job_name: Mapped[Slug]
    cron: Mapped[Slug] = mapped_column(comment="Minute, hour, day of month, month, day of week.")
    timezone: Mapped[Slug] = mapped_column(server_default=text("'Africa/Johannesburg'"))
    catch_up: Mapped[CatchUp] = mapped_column(server_default=text("'latest'"))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    declared: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="False: its plugin is gone; kept for the history."
    )
    next_at: Mapped[Moment | None]
    last_slot: Mapped[Moment | None] = mapped_column(comment="Newest occurrence that became a job.")
    last_job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"), index=True)

    last_job: Mapped[Job | None] = relationship()


class JobSlot(Identified, Base):
    """One occurrence of a schedule: the row exists once, so the job runs once."""

    __tablename__ = "job_slots"
    __table_args__ = (UniqueConstraint("name", "slot"), Index(None, "slot", "id"))
    __admin__ = AdminOptions(
        group="System",
        icon="calendar-event",
        listed=("name", "slot", "job_id", "created_at"),
        default_sort="-slot",
        writes="none",
        written_by="The schedulers.",
        capture="batch",
        hidden=True,
        retention=Retention("slot", 400, "Proves for a year that each occurrence ran once."),
    )

    name: Mapped[Slug] = mapped_column(comment="The schedule.")
    slot: Mapped[Moment] = mapped_column(comment="The moment the clock meant.")
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]

    job: Mapped[Job | None] = relationship()


class JobQueue(Identified, Timestamped, Base):
    """A queue of jobs and whether it is being served."""

    __tablename__ = "job_queues"
    __admin__ = AdminOptions(
        group="System",
        icon="stack",
        title=("name",),
        default_sort="name",
        writes="actions",
        written_by="Declared by core and plugins; people pause and resume it.",
        capture="batch",
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    rank: Mapped[int] = mapped_column(server_default=text("100"), comment="Smaller numbers are served first.")
    paused: Mapped[bool] = mapped_column(server_default=text("false"))


class WorkerBeat(Identified, Base):
    """A process of ours that reported to be alive: worker, relay, scheduler, web or sealer."""

    __tablename__ = "worker_beats"
    __table_args__ = (Index(None, "beat_at", "id"),)
    __admin__ = AdminOptions(
        group="System",
        icon="heartbeat",
        label="Process",
        title=("name",),
        listed=("name", "kind", "host", "queues", "started_at", "beat_at", "stopped_at"),
        default_sort="-beat_at",
        writes="none",
        written_by="The processes themselves.",
        capture="batch",
        retention=Retention("beat_at", 30, "Machinery."),
    )

    name: Mapped[Reference] = mapped_column(unique=True)
    kind: Mapped[Slug]
    host: Mapped[Reference]
    pid: Mapped[int]
    queues: Mapped[Title | None]
    version: Mapped[Reference | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"), index=True)
    started_at: Mapped[CreatedAt]
    beat_at: Mapped[CreatedAt]
    stopped_at: Mapped[Moment | None]

    job: Mapped[Job | None] = relationship()
