"""Tables that try every rule a form has to know, on their own base."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import CIDR, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from schema.base import NAMING
from schema.tags import AdminOptions, ui


class Form(DeclarativeBase):
    """Every table of these tests."""

    metadata = MetaData(schema="forms", naming_convention=NAMING)


class Limit(Form):
    """Widths, bounds and CHECKs."""

    __tablename__ = "limits"
    __table_args__ = (
        CheckConstraint("small BETWEEN 0 AND 100", name="small_in_range"),
        CheckConstraint("code ~ '^[A-Z]{3}[0-9]?$'", name="code_form"),
        CheckConstraint("char_length(name) >= 2", name="name_length"),
        CheckConstraint("lower_mail = lower(lower_mail)", name="lower_mail_is_lower"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("mood IN ('calm', 'busy')", name="mood_known"),
        CheckConstraint("num_nonnulls(name, code) > 0", name="named_somehow"),
        CheckConstraint("position('x' in note) = 0", name="note_without_x"),
        Index("uq_limits_name_live", "name", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("uq_limits_mail", func.lower(text("lower_mail")), unique=True),
        UniqueConstraint("code", "tiny"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    small: Mapped[int | None] = mapped_column(SmallInteger)
    tiny: Mapped[int | None] = mapped_column(SmallInteger)
    plain: Mapped[int | None] = mapped_column(Integer)
    wide: Mapped[int | None] = mapped_column(BigInteger)
    cents: Mapped[int | None] = mapped_column(BigInteger, info=ui(widget="money"))
    exact: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    whole: Mapped[Decimal | None] = mapped_column(Numeric(4))
    free: Mapped[Decimal | None] = mapped_column(Numeric)
    code: Mapped[str | None] = mapped_column(String(8), info=ui(pii="none"))
    name: Mapped[str | None] = mapped_column(String(12), info=ui(pii="none"))
    lower_mail: Mapped[str | None] = mapped_column(Text, info=ui(pii="none"))
    note: Mapped[str | None] = mapped_column(Text, info=ui(pii="none", widget="textarea"))
    mood: Mapped[str | None] = mapped_column(String(20), info=ui(pii="none"))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer), info=ui(pii="none"))
    words: Mapped[list[str]] = mapped_column(ARRAY(String(5)), server_default=text("'{}'"), info=ui(pii="none"))
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="none"))
    raw: Mapped[dict[str, Any] | None] = mapped_column(JSON, info=ui(pii="none"))
    network: Mapped[str | None] = mapped_column(CIDR, info=ui(pii="none"))
    fixed: Mapped[str] = mapped_column(String(8), server_default="seven", info=ui(pii="none", once=True))


class Firm(Form):
    """The top of a tree of dependents."""

    __tablename__ = "firms"
    __admin__ = AdminOptions(title=("name",), inlines=("desks",))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True, info=ui(pii="none"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("forms.firms.id"))

    desks: Mapped[list["Desk"]] = relationship(back_populates="firm")
    """No cascade words at all: the ORM would unlink these rows if it were asked to delete a firm."""


class Desk(Form):
    """Goes with its firm."""

    __tablename__ = "desks"
    __table_args__ = (CheckConstraint("seats > 0", name="seats_positive"), UniqueConstraint("firm_id", "label"))
    __admin__ = AdminOptions(title=("label",))

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("forms.firms.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(20), info=ui(pii="none"))
    seats: Mapped[int] = mapped_column(server_default=text("1"))
    is_open: Mapped[bool] = mapped_column(server_default=text("false"))

    firm: Mapped[Firm] = relationship(back_populates="desks")


class Lamp(Form):
    """Goes with its desk; knows the firm without needing it."""

    __tablename__ = "lamps"

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("forms.desks.id", ondelete="CASCADE"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("forms.firms.id", ondelete="SET NULL"))


class Shelf(Form):
    """One per room and height; the one that stands in no room counts as well."""

    __tablename__ = "shelves"
    __table_args__ = (UniqueConstraint("room", "height", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str | None] = mapped_column(String(20), info=ui(pii="none"))
    height: Mapped[int]


class Contract(Form):
    """Forbids that its firm goes."""

    __tablename__ = "contracts"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("forms.firms.id", ondelete="RESTRICT"), index=True)
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("forms.desks.id", ondelete="SET NULL"), index=True)
    text: Mapped[str] = mapped_column(Text, info=ui(pii="none"))
