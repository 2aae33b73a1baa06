"""Change-sets: which rows a request changed, from what to what; and what had to be approved first.

Rows of ``change_sets`` and ``change_rows`` are written by database triggers, so every column of them that a trigger
does not fill has a default.
"""

import enum
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.audit import ActorKind
from schema.base import (
    Base,
    CreatedAt,
    FreeText,
    Identified,
    ModelKey,
    Moment,
    PersonalJson,
    Prose,
    Reference,
    Slug,
    Title,
)
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui
from schema.views import Selection


class ChangeKind(enum.StrEnum):
    """By which way the change came in."""

    FORM = "form"
    INLINE = "inline"
    BULK = "bulk"
    IMPORT = "import"
    ACTION = "action"
    API = "api"
    JOB = "job"
    UNDO = "undo"
    COMMAND = "command"


class RowOperation(enum.StrEnum):
    """What happened to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class ApprovalState(enum.StrEnum):
    """Where an approval is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DRIFTED = "drifted"
    DONE = "done"


class OutsideWriteState(enum.StrEnum):
    """Whether a change in another database is known to have happened."""

    INTENDED = "intended"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ChangeSet(Identified, Base):
    """All changes of one request, job step or command: who, why and when."""

    __tablename__ = "change_sets"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "actor_id", "created_at", "id"),
        Index(None, "kind", "created_at", "id"),
        Index(None, "job_id", "created_at"),
        Index(None, "undoes_id"),
        Index(None, "request_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="git-commit",
        label="Change",
        title=("title",),
        listed=("created_at", "actor_id", "kind", "title", "row_count"),
        default_sort="-created_at",
        writes="none",
        written_by="Every write, by database triggers.",
        capture="batch",
        retention=Retention("created_at", 1826, "History of records; personal values go with the person."),
    )

    kind: Mapped[ChangeKind] = mapped_column(server_default=text("'form'"))
    title: Mapped[Title | None] = mapped_column(comment="What was done, in words without personal data.")
    action: Mapped[Slug | None]
    actor_kind: Mapped[ActorKind] = mapped_column(server_default=text("'member'"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    actor_key: Mapped[Reference | None] = mapped_column(comment="Job, API key or schedule that acted.")
    reason: Mapped[FreeText | None]
    request_id: Mapped[Reference | None]
    txid: Mapped[int | None] = mapped_column(BigInteger, comment="Transaction in which it began.")
    row_count: Mapped[int | None] = mapped_column(BigInteger, comment="Rows changed, when counted.")
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.change_sets.id", ondelete="RESTRICT"))
    undoable: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="False: it had effects outside, or too many rows went with it."
    )
    created_at: Mapped[CreatedAt]

    actor: Mapped[StaffMember | None] = relationship()
    job: Mapped[Job | None] = relationship()
    undoes: Mapped["ChangeSet | None"] = relationship(remote_side="ChangeSet.id")
    rows: Mapped[list["ChangeRow"]] = relationship(back_populates="change_set", passive_deletes=True)


class ChangeRow(Base):
    """One row that changed, with its values before and after."""

    __tablename__ = "change_rows"
    __table_args__ = (
        Index(None, "change_set_id", "id"),
        Index("ix_change_rows_record", "table_name", "record_key", "id"),
        Index(None, "subject_kind", "subject_key", "id"),
        Index(None, "changed_at", "id"),
        Index("ix_change_rows_in_clear", "id", postgresql_where=text("personal IS NOT NULL")),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="row-insert-bottom",
        label="Changed row",
        listed=("changed_at", "change_set_id", "table_name", "operation", "record_key"),
        default_sort="-changed_at",
        writes="none",
        written_by="Every write, by database triggers.",
        capture="batch",
        hidden=True,
        retention=Retention("changed_at", 1826, "History of records; personal values go with the person."),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-10)
    change_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.change_sets.id", ondelete="RESTRICT"))
    table_name: Mapped[Slug]
    operation: Mapped[RowOperation] = mapped_column(
        info=ui(badge={"insert": "success", "update": "info", "delete": "danger"})
    )
    record_key: Mapped[dict[str, Any]] = mapped_column(JSONB, info=ui(pii="none"), comment="The primary key.")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="none"))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="none"))
    personal: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB,
        # Values of every class in one cell: only the history's own page, which masks each by its column, reads it.
        info=ui(pii="secret"),
        comment="Personal values before and after, until they are encrypted for the person.",
    )
    personal_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="The same, under the person's key: gone when the key is destroyed."
    )
    personal_columns: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), info=ui(pii="none", listed=False), comment="Which columns they are of; stays when the values go."
    )
    subject_kind: Mapped[Slug | None]
    subject_key: Mapped[Reference | None] = mapped_column(comment="Whose data it is.")
    changed_at: Mapped[CreatedAt]

    change_set: Mapped[ChangeSet] = relationship(back_populates="rows")


class Approval(Identified, Base):
    """A request that a second person approves a plan exactly as it was previewed."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="two_people"),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("alone = (runs_at IS NOT NULL)", name="alone_waits"),
        Index(None, "state", "created_at", "id"),
        Index("ix_approvals_alone", "runs_at", postgresql_where=text("alone")),
        Index(None, "created_at", "id"),
        Index(None, "requested_by_id", "created_at"),
        Index(None, "decided_by_id", "decided_at"),
        Index(None, "model_key", "record_key", "created_at", "id"),
        Index(None, "selection_id"),
        Index(None, "change_set_id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="user-check",
        title=("title",),
        listed=("created_at", "title", "state", "requested_by_id", "decided_by_id", "expires_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Asking for approval and deciding on it.",
        hidden=True,
    )

    title: Mapped[Title]
    action: Mapped[Slug]
    model_key: Mapped[ModelKey | None]
    record_key: Mapped[Reference | None]
    selection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.selections.id", ondelete="SET NULL"))
    typed: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        info=ui(pii="secret"),
        comment="What was typed, encrypted; gone when nothing can come of it any more.",
    )
    plan_hash: Mapped[str] = mapped_column(
        String(64), info=ui(pii="none"), comment="What was previewed; compared again inside the real run."
    )
    plan: Mapped[dict[str, Any]] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="Counts per table, changed columns, money totals."
    )
    state: Mapped[ApprovalState] = mapped_column(
        server_default=text("'requested'"),
        info=ui(
            badge={
                "requested": "warning",
                "approved": "success",
                "refused": "danger",
                "withdrawn": "muted",
                "expired": "muted",
                "drifted": "danger",
                "done": "success",
            }
        ),
    )
    reason: Mapped[FreeText | None] = mapped_column(comment="Why it should be done.")
    requested_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    decided_at: Mapped[Moment | None]
    decision_reason: Mapped[FreeText | None]
    expires_at: Mapped[Moment]
    alone: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="One person decides, because nobody else may; it waits, and all are told."
    )
    alone_reason: Mapped[FreeText | None] = mapped_column(comment="Why it can't wait for a second person.")
    runs_at: Mapped[Moment | None] = mapped_column(comment="Decided alone: done then, unless somebody stops it before.")
    done_at: Mapped[Moment | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    change_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.change_sets.id", ondelete="RESTRICT"))
    created_at: Mapped[CreatedAt]

    requested_by: Mapped[StaffMember] = relationship(foreign_keys="Approval.requested_by_id")
    decided_by: Mapped[StaffMember | None] = relationship(foreign_keys="Approval.decided_by_id")
    selection: Mapped[Selection | None] = relationship()
    change_set: Mapped[ChangeSet | None] = relationship()
    job: Mapped[Job | None] = relationship()


class SubjectKey(Identified, Base):
    """The key under which a person's values in the logs are encrypted; destroyed when the person is erased."""

    __tablename__ = "subject_keys"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_key"),
        CheckConstraint("(wrapped_key IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
        Index(None, "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="key-off",
        label="Subject key",
        listed=("subject_kind", "subject_key", "created_at", "destroyed_at"),
        default_sort="-created_at",
        writes="none",
        written_by="The first encrypted value, and erasure.",
        capture="batch",
        hidden=True,
    )

    subject_kind: Mapped[Slug]
    subject_key: Mapped[Reference]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=ui(pii="secret"))
    wrapping_key_id: Mapped[Slug]
    created_at: Mapped[CreatedAt]
    destroyed_at: Mapped[Moment | None]


class OutsideWrite(Identified, Base):
    """A change asked of another database: intended here first, then carried out, then known."""

    __tablename__ = "outside_writes"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index("ix_outside_writes_open", "created_at", postgresql_where=text("state IN ('intended', 'unknown')")),
        Index(None, "actor_id", "created_at"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="database-export",
        label="Outside write",
        listed=("created_at", "source", "table_name", "operation", "state", "actor_id"),
        default_sort="-created_at",
        writes="none",
        written_by="Forms and actions on reflected tables.",
        capture="batch",
    )

    source: Mapped[Slug] = mapped_column(comment="Which database.")
    table_name: Mapped[Reference]
    operation: Mapped[RowOperation]
    record_key: Mapped[dict[str, Any]] = mapped_column(JSONB, info=ui(pii="none"))
    txid: Mapped[int | None] = mapped_column(
        BigInteger, comment="Number of the transaction over there: that database knows what became of it."
    )
    version_token: Mapped[Reference | None] = mapped_column(comment="Version of the row the person saw.")
    before: Mapped[PersonalJson | None]
    after: Mapped[PersonalJson | None]
    state: Mapped[OutsideWriteState] = mapped_column(
        server_default=text("'intended'"),
        info=ui(badge={"intended": "warning", "done": "success", "refused": "danger", "unknown": "danger"}),
    )
    error: Mapped[Prose | None]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    created_at: Mapped[CreatedAt]
    resolved_at: Mapped[Moment | None]

    actor: Mapped[StaffMember | None] = relationship()
