"""Who looked at whose personal data: records opened, values revealed, lists read, files taken away."""

import enum
import uuid

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.api import ApiKey
from schema.base import Base, CreatedAt, FreeText, Identified, IpAddress, ModelKey, Moment, Reference, Slug
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

READERS = "Pages, exports and the API, before the answer goes out."


class AccessKind(enum.StrEnum):
    """How the data was seen."""

    DETAIL = "detail"
    LIST = "list"
    SEARCH = "search"
    REVEAL = "reveal"
    EXPORT = "export"
    DOWNLOAD = "download"
    REPORT = "report"
    IMPERSONATION = "impersonation"
    API = "api"


class AccessEntry(Identified, Base):
    """One look at personal data."""

    __tablename__ = "access_entries"
    __table_args__ = (
        CheckConstraint("row_count >= 0", name="rows_counted"),
        CheckConstraint("kind <> 'reveal' OR reason IS NOT NULL", name="reveal_has_reason"),
        Index(None, "occurred_at", "id"),
        Index(None, "member_id", "occurred_at", "id"),
        Index(None, "subject_kind", "subject_key", "occurred_at", "id"),
        Index(None, "kind", "occurred_at", "id"),
        Index(None, "model_key", "record_key", "occurred_at"),
    )
    __admin__ = AdminOptions(
        group="Privacy",
        icon="eye",
        label="Data access",
        plural="Data access log",
        listed=("occurred_at", "member_id", "kind", "model_key", "record_key", "row_count", "reason"),
        default_sort="-occurred_at",
        writes="none",
        written_by=READERS,
        capture="batch",
        retention=Retention("occurred_at", 730, "Answers who saw a person's data, and the scope of a breach."),
    )

    occurred_at: Mapped[CreatedAt]
    member_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="RESTRICT"), comment="Empty: an API key."
    )
    api_key_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.api_keys.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[AccessKind]
    model_key: Mapped[ModelKey]
    record_key: Mapped[Reference | None] = mapped_column(comment="The record opened; empty for lists and exports.")
    subject_kind: Mapped[Slug | None]
    subject_key: Mapped[Reference | None] = mapped_column(comment="Whose data it is.")
    field_names: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none"), comment="Personal fields shown in clear."
    )
    row_count: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    query_digest: Mapped[Reference | None] = mapped_column(comment="Same search, same digest; not the words.")
    reason: Mapped[FreeText | None]
    ticket_id: Mapped[uuid.UUID | None]
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(comment="The file that was made or taken.")
    ip: Mapped[IpAddress | None]
    request_id: Mapped[Reference | None]

    member: Mapped[StaffMember | None] = relationship()
    api_key: Mapped[ApiKey | None] = relationship()
    key_lists: Mapped[list["AccessKeyList"]] = relationship(back_populates="entry", passive_deletes=True)


class AccessKeyList(Base):
    """Up to a thousand of the people whose data stood in a list or an export; the database stores long ones packed."""

    __tablename__ = "access_key_lists"
    __table_args__ = (Index(None, "subject_keys", postgresql_using="gin"),)
    __admin__ = AdminOptions(
        group="Privacy",
        icon="user-search",
        label="People in a list",
        plural="People in lists",
        default_sort="entry_id",
        writes="none",
        written_by=READERS,
        capture="batch",
        hidden=True,
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.access_entries.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    subject_kind: Mapped[Slug]
    subject_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), info=ui(pii="none"), comment="Sorted.")

    entry: Mapped[AccessEntry] = relationship(back_populates="key_lists")


class Reveal(Identified, Base):
    """A masked value that a member sees in clear for some minutes; why stands in the access log."""

    __tablename__ = "reveals"
    __table_args__ = (UniqueConstraint("member_id", "model_key", "record_key", "column_key"),)
    __admin__ = AdminOptions(
        group="Privacy",
        icon="eye",
        default_sort="-id",
        writes="none",
        written_by="Show, beside a masked value; over after some minutes.",
        capture="batch",
        hidden=True,
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    model_key: Mapped[ModelKey]
    record_key: Mapped[Reference]
    column_key: Mapped[Slug]
    until: Mapped[Moment]

    member: Mapped[StaffMember] = relationship()
