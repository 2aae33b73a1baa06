"""What is done for a privacy request: the plan of an erasure, its steps and certificate, and access packs."""

import enum
import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.artifacts import Artifact
from schema.base import (
    Base,
    CreatedAt,
    Identified,
    Json,
    Moment,
    PersonalJson,
    Prose,
    Reference,
    Slug,
)
from schema.changes import Approval
from schema.jobs import Job
from schema.privacy import SubjectRequest
from schema.tags import AdminOptions, ui


class StepKind(enum.StrEnum):
    """Where a step of an erasure works."""

    FREEZE = "freeze"
    DATABASE = "database"
    FILES = "files"
    PROCESSOR = "processor"
    INDEX = "index"
    LOGS = "logs"
    NOTICE = "notice"
    VERIFY = "verify"
    DESTROY_KEY = "destroy_key"


class StepState(enum.StrEnum):
    """Where a step of an erasure is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class ErasurePlan(Identified, Base):
    """What an erasure will touch, counted beforehand; two people approve exactly this."""

    __tablename__ = "erasure_plans"
    __table_args__ = (
        CheckConstraint("rows_expected >= 0", name="counted"),
        Index(None, "request_id", "created_at"),
        Index(None, "approval_id"),
        Index(None, "job_id"),
        Index(None, "created_at", "id"),
        Index("uq_erasure_plans_current", "request_id", unique=True, postgresql_where=text("superseded_at IS NULL")),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="eraser",
        listed=("created_at", "request_id", "rows_expected", "approval_id", "finished_at"),
        default_sort="-created_at",
        writes="append",
        written_by="The actions Plan and Erase on a request.",
        subject="request.customer",
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.subject_requests.id", ondelete="RESTRICT"))
    plan_hash: Mapped[str] = mapped_column(String(64), info=ui(pii="none"))
    schema_hash: Mapped[str] = mapped_column(
        String(64), info=ui(pii="none"), comment="Data map it was made from: a changed schema needs a new plan."
    )
    decisions: Mapped[Json] = mapped_column(comment="For each table: erase, restrict until a day, or keep, and why.")
    rows_expected: Mapped[int] = mapped_column(BigInteger)
    identifiers: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="What to look for, encrypted; dropped at the end."
    )
    approval_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.approvals.id", ondelete="RESTRICT"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    superseded_at: Mapped[Moment | None]

    request: Mapped[SubjectRequest] = relationship(back_populates="plans")
    approval: Mapped[Approval | None] = relationship()
    job: Mapped[Job | None] = relationship()
    steps: Mapped[list["ErasureStep"]] = relationship(back_populates="plan", passive_deletes=True)
    certificate: Mapped["ErasureCertificate | None"] = relationship(back_populates="plan", passive_deletes=True)


class ErasureStep(Identified, Base):
    """One target of an erasure: done once, whatever crashes in between."""

    __tablename__ = "erasure_steps"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("rows_affected >= 0 AND attempts >= 0", name="counted"),
        Index(None, "state", "id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="list-check",
        listed=("plan_id", "position", "kind", "target", "state", "rows_expected", "rows_affected"),
        default_sort="plan_id",
        writes="none",
        written_by="The erasure job.",
        capture="batch",
        hidden=True,
        subject="plan.request.customer",
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.erasure_plans.id", ondelete="RESTRICT"))
    position: Mapped[int]
    kind: Mapped[StepKind]
    target: Mapped[Reference] = mapped_column(comment="Table, store, service.")
    strategy: Mapped[Slug] = mapped_column(comment="Null, random, delete, restrict, keep, ask.")
    parameters: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    rows_expected: Mapped[int | None] = mapped_column(BigInteger)
    rows_affected: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    cursor: Mapped[Reference | None]
    state: Mapped[StepState] = mapped_column(
        server_default=text("'waiting'"),
        info=ui(
            badge={"waiting": "muted", "running": "info", "done": "success", "failed": "danger", "skipped": "muted"}
        ),
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    receipt: Mapped[Prose | None] = mapped_column(comment="What the service answered, or who attests it.")
    error: Mapped[Prose | None]
    finished_at: Mapped[Moment | None]

    plan: Mapped[ErasurePlan] = relationship(back_populates="steps")


class ErasureCertificate(Identified, Base):
    """The signed statement of what was erased, what was kept and that nothing else was found."""

    __tablename__ = "erasure_certificates"
    __table_args__ = (UniqueConstraint("plan_id"), Index(None, "issued_at", "id"), Index(None, "artifact_id"))
    __admin__ = AdminOptions(
        group="Privacy",
        icon="certificate",
        label="Certificate",
        title=("number",),
        listed=("number", "issued_at", "plan_id", "residue_hits", "key_id"),
        default_sort="-issued_at",
        writes="append",
        written_by="The erasure job.",
        subject="plan.request.customer",
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.erasure_plans.id", ondelete="RESTRICT"))
    number: Mapped[Slug] = mapped_column(unique=True)
    body: Mapped[Prose] = mapped_column(comment="The text that is signed; no identifiers.")
    signature: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none"))
    key_id: Mapped[Slug]
    residue_tables: Mapped[int] = mapped_column(server_default=text("0"), comment="Tables searched afterwards.")
    residue_rows: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), comment="Rows searched.")
    residue_hits: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    kept: Mapped[Json] = mapped_column(comment="What was kept, under which law, until when.")
    backups_until: Mapped[date | None] = mapped_column(comment="When the last backup that holds the data expires.")
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.artifacts.id", ondelete="SET NULL"))
    issued_at: Mapped[CreatedAt]

    plan: Mapped[ErasurePlan] = relationship(back_populates="certificate")
    artifact: Mapped[Artifact | None] = relationship()


class AccessPack(Identified, Base):
    """The file with everything held about a person, behind a link that expires."""

    __tablename__ = "access_packs"
    __table_args__ = (
        Index(None, "request_id", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "artifact_id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="file-zip",
        listed=("created_at", "request_id", "expires_at", "downloads", "ready_at"),
        default_sort="-created_at",
        writes="append",
        written_by="The action Make the access pack.",
        subject="request.customer",
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.subject_requests.id", ondelete="RESTRICT"))
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.artifacts.id", ondelete="SET NULL"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    token_hash: Mapped[str | None] = mapped_column(String(128), unique=True, info=ui(pii="secret"))
    counts: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), comment="Rows by table.")
    withheld: Mapped[PersonalJson | None] = mapped_column(comment="What is not in it, item by item, and why.")
    created_at: Mapped[CreatedAt]
    ready_at: Mapped[Moment | None]
    expires_at: Mapped[Moment | None]
    downloads: Mapped[int] = mapped_column(server_default=text("0"))
    downloaded_at: Mapped[Moment | None]

    request: Mapped[SubjectRequest] = relationship(back_populates="packs")
    artifact: Mapped[Artifact | None] = relationship()
    job: Mapped[Job | None] = relationship()
