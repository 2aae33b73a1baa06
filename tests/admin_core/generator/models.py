"""Models with awkward shapes, on their own base: what the generator must show without knowing them.

Columns named like WTForms' own attributes, keys of every sort, NULLs in sort columns, ties, self-references.
"""

import enum
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Double,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INET, INT4RANGE, JSONB, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from schema.base import NAMING, enum_values
from schema.tags import AdminOptions, ui

SHAPES = "shapes"


class Shape(DeclarativeBase):
    """Every test table."""

    metadata = MetaData(schema=SHAPES, naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        enum.StrEnum: Enum(enum.StrEnum, values_callable=enum_values, native_enum=False, length=40),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


class Colour(enum.StrEnum):
    """Stored values differ from the Python names."""

    DEEP_RED = "red"
    LEAF_GREEN = "green"
    SKY_BLUE = "blue"


def trigram(name: str, column: str) -> Index:
    """Return the index that serves "contains" on a column."""
    return Index(name, column, postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"})


class Owner(Shape):
    """A person things belong to: indexes for every way of searching."""

    __tablename__ = "owners"
    __table_args__ = (
        Index("ix_owners_joined_at", "joined_at", "id"),
        Index("ix_owners_seen_at", "seen_at", "id"),
        Index("ix_owners_colour", "colour", "joined_at", "id"),
        Index("ix_owners_email_lower", func.lower(text("email"))),
        Index("ix_owners_phone", "phone"),
        Index("ix_owners_town", "town", postgresql_ops={"town": "text_pattern_ops"}),
        Index("ix_owners_nickname_live", "nickname", postgresql_where=text("seen_at IS NULL")),
        trigram("ix_owners_name_trgm", "name"),
    )
    __admin__ = AdminOptions(
        title=("name",),
        listed=("name", "email", "colour", "balance_cents", "joined_at", "seen_at"),
        default_sort="-joined_at",
        inlines=("things",),
        description="People who own things.",
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(String(120), info=ui(pii="identity"))
    email: Mapped[str | None] = mapped_column(String(320), info=ui(pii="contact", widget="email"))
    phone: Mapped[str | None] = mapped_column(String(40), info=ui(pii="contact", widget="phone"))
    town: Mapped[str | None] = mapped_column(String(80), info=ui(pii="none"))
    nickname: Mapped[str | None] = mapped_column(String(80), info=ui(pii="none"))
    colour: Mapped[Colour] = mapped_column(
        server_default=text("'red'"), info=ui(badge={"red": "danger", "green": "success"})
    )
    balance_cents: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), info=ui(widget="money", unit="currency:currency", label="Balance")
    )
    currency: Mapped[str] = mapped_column(String(3), server_default=text("'ZAR'"), info=ui(pii="none"))
    password: Mapped[str | None] = mapped_column(Text, info=ui(pii="secret"))
    joined_at: Mapped[datetime] = mapped_column(server_default=func.now(), info=ui(editable=False))
    seen_at: Mapped[datetime | None] = mapped_column(comment="Last time the owner looked.")

    things: Mapped[list["Thing"]] = relationship(back_populates="owner", passive_deletes=True)


class Thing(Shape):
    """One column of every kind, and a few that clash with form machinery."""

    __tablename__ = "things"
    __table_args__ = (
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount_positive"),
        CheckConstraint("size IN ('small', 'large')", name="size_listed"),
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="dates_in_order"),
        UniqueConstraint("owner_id", "title", name="title_per_owner"),
        Index("ix_things_rank", "rank", "id"),
        Index("ix_things_made_at", text("made_at DESC NULLS LAST"), "id"),
    )
    __admin__ = AdminOptions(title=("title",), default_sort="-made_at", group="Shapes")

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    title: Mapped[str] = mapped_column(String(80), info=ui(pii="none"), comment="What it is called.")
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("shapes.owners.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("shapes.things.id", ondelete="SET NULL"), index=True)
    notes: Mapped[str | None] = mapped_column(Text, info=ui(pii="none", widget="textarea"))
    size: Mapped[str] = mapped_column(String(20), server_default=text("'small'"), info=ui(pii="none"))
    rank: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    ratio: Mapped[float | None] = mapped_column(Double)
    weight: Mapped[float | None] = mapped_column(REAL)
    is_live: Mapped[bool | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    made_at: Mapped[datetime | None]
    local_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    opens: Mapped[time | None] = mapped_column(Time)
    lasts: Mapped[timedelta | None] = mapped_column(Interval)
    colour: Mapped[Colour | None]
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="none", widget="json"))
    labels: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=ui(pii="none", widget="tags"))
    token: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    blob: Mapped[bytes | None] = mapped_column(LargeBinary, info=ui(pii="none"))
    address: Mapped[str | None] = mapped_column(INET, info=ui(pii="none"))
    span: Mapped[Range[int] | None] = mapped_column(INT4RANGE)
    doubled: Mapped[int | None] = mapped_column(BigInteger, Computed("rank * 2", persisted=True))
    meta: Mapped[str | None] = mapped_column(String(40), info=ui(pii="none"))
    process: Mapped[str | None] = mapped_column(String(40), info=ui(pii="none"))
    validate: Mapped[str | None] = mapped_column(String(5), info=ui(pii="none"))
    data: Mapped[str | None] = mapped_column(String(40), info=ui(pii="none"))
    errors: Mapped[str | None] = mapped_column(String(40), info=ui(pii="none"))
    populate_obj: Mapped[str | None] = mapped_column(String(40), info=ui(pii="none"))
    a_column_with_a_name_that_is_nearly_as_long_as_postgresql_takes: Mapped[int | None]

    owner: Mapped[Owner | None] = relationship(back_populates="things")
    parent: Mapped["Thing | None"] = relationship(remote_side="Thing.id", back_populates="parts")
    parts: Mapped[list["Thing"]] = relationship(back_populates="parent", passive_deletes=True)
    topics: Mapped[list["Topic"]] = relationship(secondary=lambda: thing_topics, back_populates="things")


class Topic(Shape):
    """A text key, and a many-to-many relation."""

    __tablename__ = "topics"
    __admin__ = AdminOptions(title=("label",), default_sort="label")

    code: Mapped[str] = mapped_column(String(80), primary_key=True, info=ui(pii="none"))
    label: Mapped[str | None] = mapped_column(String(80), info=ui(pii="none"))

    things: Mapped[list[Thing]] = relationship(secondary=lambda: thing_topics, back_populates="topics")


thing_topics = Table(
    "thing_topics",
    Shape.metadata,
    Column("thing_id", ForeignKey("shapes.things.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_code", ForeignKey("shapes.topics.code", ondelete="RESTRICT"), primary_key=True, index=True),
)


class Reading(Shape):
    """A composite key with a moment in it, written by machines only."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_level", text("level DESC"), text("at DESC"), text("meter DESC")),)
    __admin__ = AdminOptions(writes="none", written_by="The meters send these.", default_sort="-at", capture="batch")

    at: Mapped[datetime] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(40), primary_key=True, info=ui(pii="none"))
    level: Mapped[int]
    flag: Mapped[str | None] = mapped_column(String(10), info=ui(pii="none"))

    remarks: Mapped[list["Remark"]] = relationship(back_populates="reading", passive_deletes=True)


class Remark(Shape):
    """Points to a composite key."""

    __tablename__ = "remarks"
    __table_args__ = (
        ForeignKeyConstraint(["at", "meter"], ["shapes.readings.at", "shapes.readings.meter"], ondelete="CASCADE"),
    )
    __admin__ = AdminOptions(title=("body",))

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    at: Mapped[datetime]
    meter: Mapped[str] = mapped_column(String(40), info=ui(pii="none"))
    body: Mapped[str] = mapped_column(Text, info=ui(pii="none", widget="textarea"))

    reading: Mapped[Reading] = relationship(back_populates="remarks")
