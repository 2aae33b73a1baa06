"""What lists remember: saved views, states behind a token, and frozen selections of rows."""

import enum
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, ModelKey, Moment, Reference, Timestamped, Title
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui


class SelectionState(enum.StrEnum):
    """Whether the keys of a selection are complete."""

    BUILDING = "building"
    READY = "ready"
    USED = "used"


class SavedView(Identified, Timestamped, Base):
    """A named way to look at a list: its columns, sort, filters and density."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("owner_id", "model_key", "name"),
        CheckConstraint("name <> ''", name="named"),
        Index(None, "model_key", "position", "id"),
        Index(None, "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="bookmark",
        title=("name",),
        listed=("name", "model_key", "owner_id", "shared", "updated_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The tabs above each list.",
    )

    owner_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="CASCADE"), comment="Empty: shipped with the product."
    )
    model_key: Mapped[ModelKey] = mapped_column(comment="The list it belongs to.")
    name: Mapped[Title]
    shared: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Shown to everyone who may see the list."
    )
    position: Mapped[int] = mapped_column(server_default=text("0"), comment="Order of the tabs.")
    is_default: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Opened when the list is opened without a view."
    )
    state: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'::jsonb"),
        info=ui(pii="none", widget="json"),
        comment="Columns, sort, density and the filters that hold no personal value.",
    )
    private_state: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="Search words and filter values on personal columns, encrypted."
    )

    owner: Mapped[StaffMember | None] = relationship()


class ViewState(Identified, Base):
    """Search words and filters kept behind a random token, so that no personal value stands in an address."""

    __tablename__ = "view_states"
    __table_args__ = (
        Index(None, "owner_id", "model_key"),
        Index(None, "expires_at"),
        Index(None, "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="eye-off",
        label="List state",
        listed=("owner_id", "model_key", "created_at", "expires_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Searching and filtering.",
        capture="batch",
        hidden=True,
        subject="owner",
        retention=Retention("expires_at", 0, "A state is only needed while its link may be used."),
    )

    token: Mapped[str] = mapped_column(
        String(64), unique=True, info=ui(pii="secret"), comment="What the address carries; of use to its owner only."
    )
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    model_key: Mapped[ModelKey]
    payload: Mapped[bytes] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="The search words and filter values, encrypted."
    )
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]

    owner: Mapped[StaffMember] = relationship()


class Selection(Identified, Base):
    """A frozen set of rows that an action or an export works through."""

    __tablename__ = "selections"
    __table_args__ = (
        Index(None, "owner_id", "created_at"),
        Index(None, "expires_at"),
        Index(None, "created_at", "id"),
        CheckConstraint("total >= 0", name="total_counted"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="select-all",
        listed=("owner_id", "model_key", "state", "total", "created_at", "expires_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Selecting all matching rows of a list.",
        capture="batch",
        hidden=True,
        retention=Retention("expires_at", 7, "Lets a finished action be explained."),
    )

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    model_key: Mapped[ModelKey]
    state: Mapped[SelectionState] = mapped_column(
        server_default=text("'building'"),
        info=ui(badge={"building": "info", "ready": "success", "used": "muted"}),
    )
    total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), comment="Number of rows in it.")
    digest: Mapped[str | None] = mapped_column(
        String(64), info=ui(pii="none"), comment="Hash over the keys: an approval is bound to it."
    )
    described: Mapped[Title | None] = mapped_column(comment="The filters in words, without personal values.")
    is_cut: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="More rows matched than one selection may hold; the rest is not in it."
    )
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]

    owner: Mapped[StaffMember] = relationship()
    keys: Mapped[list["SelectionKey"]] = relationship(back_populates="selection", passive_deletes=True)


class SelectionKey(Base):
    """One row of a frozen selection."""

    __tablename__ = "selection_keys"
    __admin__ = AdminOptions(
        group="System",
        icon="list-numbers",
        default_sort="selection_id",
        writes="none",
        written_by="Selecting all matching rows of a list.",
        capture="batch",
        hidden=True,
    )

    selection_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.selections.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, comment="Order in which the rows are worked.")
    record_key: Mapped[str] = mapped_column(Text, info=ui(pii="none"), comment="The row's key as text.")
    version: Mapped[Reference | None] = mapped_column(comment="The version the row was in when it was selected.")

    selection: Mapped[Selection] = relationship(back_populates="keys")
