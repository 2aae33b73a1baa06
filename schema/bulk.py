"""What was done to many rows at once: an edit, a deletion or an action over a frozen selection, and what came of it."""

import enum
import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Json, ModelKey, Moment, PersonalJson, Slug, Title
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui
from schema.views import Selection


class BulkState(enum.StrEnum):
    """Where it is."""

    WAITING = "waiting"
    DONE = "done"


class BulkRun(Identified, Base):
    """One deed over a frozen selection: who, what, and how many rows it was done to."""

    __tablename__ = "bulk_runs"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "owner_id", "created_at"),
        Index(None, "selection_id"),
        Index(None, "job_id"),
        Index(None, "change_set_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="checklist",
        label="Bulk change",
        title=("title",),
        listed=("created_at", "title", "state", "owner_id", "total", "finished_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Editing, deleting or acting on selected rows of a list.",
        capture="batch",
        hidden=True,
        retention=Retention("created_at", 1826, "As long as the history of the rows it changed."),
    )

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    selection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.selections.id", ondelete="SET NULL"))
    model_key: Mapped[ModelKey]
    action: Mapped[Slug]
    title: Mapped[Title] = mapped_column(comment="What is done, in words without personal data.")
    typed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="What was typed, encrypted; gone when it is done."
    )
    state: Mapped[BulkState] = mapped_column(
        server_default=text("'waiting'"), info=ui(badge={"waiting": "info", "done": "success"})
    )
    total: Mapped[int] = mapped_column(BigInteger, comment="Rows of the selection.")
    counts: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), comment="How many rows ended how.")
    reasons: Mapped[PersonalJson] = mapped_column(
        server_default=text("'{}'::jsonb"), comment="Why rows were left as they are, and how many each."
    )
    handled: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        info=ui(pii="none"),
        comment="Keys of the rows it was done to, compressed; the audit log holds their hash.",
    )
    change_set_id: Mapped[uuid.UUID] = mapped_column(comment="The change of all its rows; made with the first one.")
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    owner: Mapped[StaffMember] = relationship()
    selection: Mapped[Selection | None] = relationship()
    job: Mapped[Job | None] = relationship()
