"""What jobs leave behind: files kept until they expire, and effects asked for outside."""

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Json, Moment, Reference, Slug, Title
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui


class Artifact(Identified, Base):
    """A file made by a job, kept until it expires."""

    __tablename__ = "artifacts"
    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size"),
        Index(None, "created_at", "id"),
        Index(None, "job_id", "created_at"),
        Index(None, "owner_id", "created_at"),
        Index("ix_artifacts_to_delete", "expires_at", postgresql_where=text("deleted_at IS NULL")),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="file-download",
        label="File",
        title=("name",),
        listed=("name", "kind", "size_bytes", "owner_id", "created_at", "expires_at", "downloads"),
        default_sort="-created_at",
        writes="none",
        written_by="The workers.",
        capture="batch",
        retention=Retention("expires_at", 30, "The file goes at once; the row tells that it existed."),
    )

    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    name: Mapped[Title] = mapped_column(comment="File name offered for the download.")
    kind: Mapped[Slug] = mapped_column(comment="Export, report, access pack, certificate …")
    media_type: Mapped[Slug]
    size_bytes: Mapped[int] = mapped_column(BigInteger, info=ui(unit="bytes"))
    sha256: Mapped[Reference]
    storage: Mapped[Slug] = mapped_column(server_default=text("'local'"))
    location: Mapped[Reference] = mapped_column(unique=True, comment="Key in the storage.")
    permission: Mapped[Slug | None] = mapped_column(comment="Needed to download it, besides owning it.")
    personal: Mapped[bool] = mapped_column(server_default=text("true"), comment="Holds personal data.")
    encrypted: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    deleted_at: Mapped[Moment | None]
    downloads: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    last_downloaded_at: Mapped[Moment | None]

    job: Mapped[Job | None] = relationship(back_populates="artifacts")
    owner: Mapped[StaffMember | None] = relationship()


class Effect(Identified, Base):
    """Something an action asked to happen outside, carried out by a job after the commit."""

    __tablename__ = "effects"
    __table_args__ = (
        Index(None, "change_set_id", "id"),
        Index(None, "created_at", "id"),
        Index("ix_effects_open", "created_at", postgresql_where=text("job_id IS NULL")),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="arrow-up-right",
        title=("kind",),
        listed=("kind", "change_set_id", "job_id", "created_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Actions and jobs.",
        capture="batch",
        retention=Retention("created_at", 90, "As long as the job that carried it out."),
    )

    kind: Mapped[Slug] = mapped_column(comment="Job, mail, webhook …")
    key: Mapped[Reference | None] = mapped_column(unique=True, comment="Asked for twice, done once.")
    payload: Mapped[Json] = mapped_column(comment="Ids and names only.")
    change_set_id: Mapped[uuid.UUID | None] = mapped_column(comment="The change-set that asked for it.")
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]

    job: Mapped[Job | None] = relationship()
