"""The base class, the naming convention, and the column types that know how private they are.

All tables live in the PostgreSQL schema ``admin``. Nothing of ours is imported here but the tags.
"""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from schema.tags import ui

SCHEMA = "admin"


def check_name(constraint: CheckConstraint, _table: Table) -> str:
    """Return the check's own name, or ``COLUMN_known`` for the list of values of an enum column.

    SQLAlchemy would name the latter after the enum: two columns of one enum in a table would collide.
    """
    if getattr(constraint, "_type_bound", False):
        return f"{next(iter(constraint.columns)).name}_known"
    return str(constraint.name)


NAMING: dict[str, Any] = {
    "own_constraint_name": check_name,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(own_constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def enum_values(members: type[enum.Enum]) -> list[str]:
    """Return what is stored: the values, not the Python names."""
    return [str(member.value) for member in members]


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        # Stored as text with a CHECK: a new value is an ordinary migration, and any client can read it.
        enum.StrEnum: Enum(
            enum.StrEnum, values_callable=enum_values, native_enum=False, create_constraint=True, length=40
        ),
        uuid.UUID: Uuid(),
        datetime: DateTime(timezone=True),
        date: Date(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


# --- Keys and time
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""An instant, stored in UTC, shown in Africa/Johannesburg."""
CreatedAt = Annotated[
    datetime, mapped_column(DateTime(timezone=True), server_default=func.now(), info=ui(editable=False))
]
UpdatedAt = Annotated[
    datetime,
    mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now(), info=ui(editable=False)),
]

# --- Text without personal data
Slug = Annotated[str, mapped_column(String(80), info=ui(pii="none"))]
"""A short stable name made by us: keys, codes, routes."""
ModelKey = Annotated[str, mapped_column(String(130), info=ui(pii="none"))]
"""A list of the admin: the table's name, with its schema in front when that is not ours."""
Title = Annotated[str, mapped_column(String(200), info=ui(pii="none"))]
"""A heading written by the team about a thing, never about a person."""
Prose = Annotated[str, mapped_column(Text, info=ui(pii="none", widget="textarea"))]
"""Longer text by the team that holds no personal data."""
Reference = Annotated[str, mapped_column(String(200), info=ui(pii="none"))]
"""An identifier another system gave."""
Url = Annotated[str, mapped_column(String(2000), info=ui(pii="none", widget="url"))]
Json = Annotated[dict[str, Any], mapped_column(JSONB, info=ui(pii="none", widget="json"))]
"""Structured data that holds no personal data."""

# --- Personal data
BusinessName = Annotated[str, mapped_column(String(200), info=ui(pii="business"))]
PersonName = Annotated[str, mapped_column(String(200), info=ui(pii="identity"))]
Email = Annotated[str, mapped_column(String(320), info=ui(pii="contact", widget="email"))]
Phone = Annotated[str, mapped_column(String(40), info=ui(pii="contact", widget="phone"))]
"""Stored as E.164 where it could be read as a number, else as given."""
FreeText = Annotated[str, mapped_column(Text, info=ui(pii="identity", widget="textarea"))]
"""Text written by or about people: anything may stand in it."""
CvText = Annotated[str, mapped_column(Text, info=ui(pii="cv", widget="textarea"))]
CvJson = Annotated[dict[str, Any], mapped_column(JSONB, info=ui(pii="cv", widget="json"))]
PersonalJson = Annotated[dict[str, Any], mapped_column(JSONB, info=ui(pii="identity", widget="json"))]
IpAddress = Annotated[str, mapped_column(INET, info=ui(pii="ip"))]
Device = Annotated[str, mapped_column(String(400), info=ui(pii="ip"))]
Secret = Annotated[str, mapped_column(Text, info=ui(pii="secret", widget="password"))]

# --- Money and measures
Cents = Annotated[int, mapped_column(BigInteger, info=ui(widget="money", unit="currency:currency"))]
"""Charged money in integer cents; the currency stands in the column ``currency`` beside it."""
Currency = Annotated[str, mapped_column(String(3), server_default="ZAR", info=ui(pii="none"))]
Cost = Annotated[Decimal, mapped_column(Numeric(20, 10), info=ui(widget="money", unit="currency:currency"))]
"""A measured cost: never rounded before it is shown."""
Count = Annotated[int, mapped_column(BigInteger)]


class Identified:
    """A UUIDv7 key: unique without asking the database, and ordered by time."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-10)


class Timestamped:
    """When the row was made and last changed."""

    created_at: Mapped[CreatedAt] = mapped_column(sort_order=90)
    updated_at: Mapped[UpdatedAt] = mapped_column(sort_order=91)
