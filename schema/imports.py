"""Files of records that were read in: how they were understood, what was refused, and what became of them."""

import enum
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.artifacts import Artifact
from schema.base import Base, CreatedAt, Identified, ModelKey, Moment, Prose, Reference, Slug, Title
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui


class ImportState(enum.StrEnum):
    """Where an import is."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


STATE_COLOURS = {
    "uploaded": "muted",
    "checking": "info",
    "checked": "warning",
    "running": "info",
    "done": "success",
    "failed": "danger",
}


class DataImport(Identified, Base):
    """One file read in. What it changed is the change of the same id."""

    __tablename__ = "data_imports"
    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size"),
        CheckConstraint(
            "new_rows >= 0 AND changed_rows >= 0 AND unchanged_rows >= 0 AND refused_rows >= 0", name="rows_counted"
        ),
        CheckConstraint("state NOT IN ('done', 'failed') OR finished_at IS NOT NULL", name="finished_when_over"),
        Index(None, "created_at", "id"),
        Index(None, "member_id", "created_at"),
        Index(None, "model_key", "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "artifact_id"),
        Index(None, "refused_id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="file-import",
        label="Import",
        listed=("created_at", "member_id", "model_key", "state", "new_rows", "changed_rows", "refused_rows"),
        default_sort="-created_at",
        writes="none",
        written_by="The page Import of a list.",
        capture="batch",
        retention=Retention("created_at", 1095, "Answers who read which file in."),
    )

    model_key: Mapped[ModelKey]
    source: Mapped[Slug] = mapped_column(comment="csv, xlsx or jsonl.")
    said: Mapped[Title] = mapped_column(comment="How the file was understood.")
    size_bytes: Mapped[int] = mapped_column(BigInteger, info=ui(unit="bytes"))
    file_sha256: Mapped[Reference] = mapped_column(comment="Tells whether it is the same file.")
    state: Mapped[ImportState] = mapped_column(server_default=text("'uploaded'"), info=ui(badge=STATE_COLOURS))
    reading: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="Which column fills which field, and what finds a record."
    )
    new_rows: Mapped[int | None] = mapped_column(BigInteger, comment="Created, or found to be new.")
    changed_rows: Mapped[int | None] = mapped_column(BigInteger)
    unchanged_rows: Mapped[int | None] = mapped_column(BigInteger)
    refused_rows: Mapped[int | None] = mapped_column(BigInteger)
    file_key: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="Opens the file and the findings; itself encrypted."
    )
    findings: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="Headings, samples and what was refused, encrypted."
    )
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.artifacts.id", ondelete="SET NULL"), comment="The file as it was uploaded."
    )
    refused_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.artifacts.id", ondelete="SET NULL"), comment="The rows that were refused, as a file."
    )
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    error: Mapped[Prose | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    member: Mapped[StaffMember | None] = relationship()
    artifact: Mapped[Artifact | None] = relationship(foreign_keys="DataImport.artifact_id")
    refused: Mapped[Artifact | None] = relationship(foreign_keys="DataImport.refused_id")
    job: Mapped[Job | None] = relationship()
