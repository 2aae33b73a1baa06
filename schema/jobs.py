"""Work done by workers: jobs, their attempts, steps and outcomes.

The rows are the truth; the queue only rings the bell. Arguments are ids, never personal data.
"""

import enum
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, FreeText, Identified, ModelKey, Moment, Prose, Reference, Slug, Title
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.artifacts import Artifact
    from schema.views import Selection


class JobState(enum.StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    CANCELLED = "cancelled"


class OutcomeKind(enum.StrEnum):
    """What became of one row of a job."""

    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"
    FAILED = "failed"


class StepState(enum.StrEnum):
    """Whether an outside call is known to have happened."""

    INTENDED = "intended"
    DONE = "done"
    FAILED = "failed"


class Job(Identified, Base):
    """A piece of work for a worker, from the click to its result."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("attempts >= 0 AND max_attempts > 0 AND crashes >= 0", name="attempts_counted"),
        CheckConstraint("progress_done >= 0 AND (progress_total IS NULL OR progress_total >= 0)", name="progress"),
        CheckConstraint("state <> 'running' OR lease_until IS NOT NULL", name="running_has_lease"),
        CheckConstraint(
            "state NOT IN ('done', 'failed', 'quarantined', 'cancelled') OR finished_at IS NOT NULL",
            name="ended_has_time",
        ),
        Index(
            "uq_jobs_open_unique_key",
            "unique_key",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index(
            "ix_jobs_to_hand",
            "queue",
            "priority",
            "run_at",
            postgresql_where=text("state = 'waiting' AND NOT paused"),
        ),
        Index("ix_jobs_leased", "lease_until", postgresql_where=text("state = 'running'")),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "name", "created_at", "id"),
        Index(None, "actor_id", "created_at"),
        Index(None, "finished_at", "id"),
        Index(
            "ix_jobs_subject",
            "subject_kind",
            "subject_key",
            "created_at",
            "id",
            postgresql_where=text("subject_key IS NOT NULL"),
        ),
        CheckConstraint("(subject_kind IS NULL) = (subject_key IS NULL)", name="subject_whole"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="settings-automation",
        title=("name",),
        listed=("name", "state", "queue", "progress_done", "progress_total", "actor_id", "created_at", "finished_at"),
        default_sort="-created_at",
        writes="none",
        written_by="The workers; people retry, pause and cancel with the actions on the job.",
        capture="batch",
        retention=Retention("finished_at", 90, "Long enough to explain what a run did."),
    )

    name: Mapped[Slug] = mapped_column(comment="The registered job.")
    title: Mapped[Title | None] = mapped_column(comment="What this run does, in words without personal data.")
    queue: Mapped[Slug] = mapped_column(server_default=text("'default'"))
    priority: Mapped[int] = mapped_column(server_default=text("100"), comment="Smaller numbers go first.")
    state: Mapped[JobState] = mapped_column(
        server_default=text("'waiting'"),
        info=ui(
            badge={
                "waiting": "muted",
                "running": "info",
                "done": "success",
                "failed": "danger",
                "quarantined": "danger",
                "cancelled": "muted",
            }
        ),
    )
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    cancel_requested: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="The job stops at its next checkpoint."
    )
    args: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'::jsonb"),
        info=ui(pii="none", widget="json"),
        comment="Ids and settings only.",
    )
    unique_key: Mapped[Reference | None] = mapped_column(comment="At most one open job has this key.")
    idempotency_key: Mapped[Reference | None] = mapped_column(
        unique=True, comment="At most one job ever has this key: asking twice starts one."
    )
    run_at: Mapped[CreatedAt] = mapped_column(comment="Not before this moment.")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    max_attempts: Mapped[int] = mapped_column(server_default=text("5"))
    crashes: Mapped[int] = mapped_column(
        server_default=text("0"), comment="Times the worker died with it; the third time puts it in quarantine."
    )
    timeout_s: Mapped[int] = mapped_column(server_default=text("3600"), info=ui(unit="s"))
    lease_until: Mapped[Moment | None] = mapped_column(comment="Taken over by another worker after this moment.")
    fence: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), comment="Grows with each claim: an older holder can no longer write."
    )
    handed_at: Mapped[Moment | None] = mapped_column(comment="Last handed to the queue.")
    worker: Mapped[Reference | None] = mapped_column(comment="Who holds it, or held it last.")
    checkpoint: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="Where it goes on after an interruption."
    )
    progress_done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    progress_total: Mapped[int | None] = mapped_column(BigInteger, comment="Empty: not known yet.")
    progress_note: Mapped[Title | None]
    eta_at: Mapped[Moment | None] = mapped_column(comment="When it should be done at its present pace; empty: unknown.")
    result: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="Counts and ids of what was made."
    )
    error: Mapped[Prose | None] = mapped_column(comment="Why it failed, in words, without personal data.")
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"), index=True)
    selection_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.selections.id", ondelete="SET NULL"), index=True
    )
    actor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), comment="Who asked for it; empty: the schedule."
    )
    subject_kind: Mapped[Slug | None] = mapped_column(
        info=ui(listed=False), comment="Kind of whom it is about, such as customer; empty: nobody in particular."
    )
    subject_key: Mapped[Reference | None] = mapped_column(info=ui(listed=False), comment="Key of whom it is about.")
    change_set_id: Mapped[uuid.UUID | None] = mapped_column(
        index=True, comment="Change-set in which it was asked for; that row may be made after this one."
    )
    request_id: Mapped[Reference | None]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]

    actor: Mapped[StaffMember | None] = relationship()
    selection: Mapped["Selection | None"] = relationship()
    parent: Mapped["Job | None"] = relationship(remote_side="Job.id", back_populates="children")
    children: Mapped[list["Job"]] = relationship(back_populates="parent", passive_deletes=True)
    tries: Mapped[list["JobAttempt"]] = relationship(back_populates="job", passive_deletes=True)
    steps: Mapped[list["JobStep"]] = relationship(back_populates="job", passive_deletes=True)
    outcomes: Mapped[list["JobOutcome"]] = relationship(back_populates="job", passive_deletes=True)
    artifacts: Mapped[list["Artifact"]] = relationship(back_populates="job", passive_deletes=True)


class JobAttempt(Identified, Base):
    """One attempt of a worker at a job, with its error."""

    __tablename__ = "job_attempts"
    __table_args__ = (UniqueConstraint("job_id", "fence"), Index(None, "started_at", "id"))
    __admin__ = AdminOptions(
        group="System",
        icon="repeat",
        listed=("job_id", "fence", "worker", "started_at", "ended_at", "outcome"),
        default_sort="-started_at",
        writes="append",
        written_by="The workers.",
        capture="batch",
        hidden=True,
        retention=Retention("started_at", 90, "As long as the job itself."),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.jobs.id", ondelete="CASCADE"))
    fence: Mapped[int] = mapped_column(BigInteger)
    worker: Mapped[Reference]
    started_at: Mapped[CreatedAt]
    ended_at: Mapped[Moment | None]
    outcome: Mapped[Slug | None] = mapped_column(comment="Done, failed, crashed, lost its lease, paused or cancelled.")
    error: Mapped[FreeText | None] = mapped_column(comment="Message and stack; may quote data.")

    job: Mapped[Job] = relationship(back_populates="tries")


class JobStep(Identified, Base):
    """An outside call of a job: intended, then known; repeated only with the same key."""

    __tablename__ = "job_steps"
    __table_args__ = (UniqueConstraint("job_id", "key"), Index(None, "created_at", "id"))
    __admin__ = AdminOptions(
        group="System",
        icon="stairs",
        title=("key",),
        listed=("job_id", "key", "state", "created_at", "finished_at"),
        default_sort="-created_at",
        writes="append",
        written_by="The workers.",
        capture="batch",
        hidden=True,
        retention=Retention("created_at", 90, "As long as the job itself."),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.jobs.id", ondelete="CASCADE"))
    key: Mapped[Reference] = mapped_column(comment="Same over all attempts; sent along as idempotency key.")
    state: Mapped[StepState] = mapped_column(
        server_default=text("'intended'"),
        info=ui(badge={"intended": "warning", "done": "success", "failed": "danger"}),
    )
    intent: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json"), comment="Ids of what is sent."
    )
    result: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="Ids and states of what came back."
    )
    error: Mapped[Prose | None]
    calls: Mapped[int] = mapped_column(server_default=text("0"), comment="How often the other side was called.")
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    job: Mapped[Job] = relationship(back_populates="steps")


class JobOutcome(Identified, Base):
    """What became of one row that a job worked on."""

    __tablename__ = "job_outcomes"
    __table_args__ = (
        UniqueConstraint("job_id", "position"),
        Index(None, "job_id", "kind", "position"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="checklist",
        listed=("job_id", "position", "kind", "record_key", "message"),
        default_sort="job_id",
        writes="append",
        written_by="The workers.",
        capture="batch",
        hidden=True,
    )

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.jobs.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(BigInteger, comment="Line of the file, or place in the selection.")
    kind: Mapped[OutcomeKind] = mapped_column(
        info=ui(badge={"done": "success", "skipped": "muted", "refused": "warning", "failed": "danger"})
    )
    model_key: Mapped[ModelKey | None]
    record_key: Mapped[Reference | None]
    message: Mapped[FreeText | None] = mapped_column(comment="Why, in words.")

    job: Mapped[Job] = relationship(back_populates="outcomes")
