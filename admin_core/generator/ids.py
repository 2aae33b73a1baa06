"""Record ids in URLs: the primary key as text, several columns joined by a comma, commas inside values escaped."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, unquote

import sqlalchemy as sa

from admin_core.generator.spec import ColumnSpec, ModelSpec

LONGEST = 1_000


def encode_key(values: tuple[Any, ...]) -> str:
    """Return the id that stands in a URL for these primary-key values."""
    return ",".join(quote(as_text(value), safe="") for value in values)


def record_id(spec: ModelSpec, record: Any) -> str:
    """Return a record's id for URLs."""
    return encode_key(tuple(getattr(record, key) for key in spec.primary_key))


def decode_key(spec: ModelSpec, text: str) -> tuple[Any, ...] | None:
    """Return the primary-key values an id stands for, None when it can be no id of this model."""
    parts = text.split(",")
    if len(text) > LONGEST or len(parts) != len(spec.primary_key):
        return None
    try:
        return tuple(
            parse(spec.columns[key], unquote(part, errors="strict"))
            for key, part in zip(spec.primary_key, parts, strict=True)
        )
    except (ValueError, InvalidOperation, OverflowError):
        return None


def key_criteria(spec: ModelSpec, values: tuple[Any, ...]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that pick the record with this key."""
    pairs = zip(spec.primary_key, values, strict=True)
    return [(column := getattr(spec.model, key)) == key_bound(column, value) for key, value in pairs]


def key_as_json(spec: ModelSpec, values: tuple[Any, ...]) -> sa.ColumnElement[Any]:
    """Return the SQL of a key as the history keeps it: an object of the columns' names in the database."""
    parts: list[Any] = []
    for key, value in zip(spec.primary_key, values, strict=True):
        column = getattr(spec.model, key)
        parts += [sa.literal(spec.columns[key].name, sa.Text()), key_bound(column, value)]
    return sa.func.jsonb_build_object(*parts)


def key_bound(column: Any, value: Any) -> sa.ColumnElement[Any]:
    """Return a key's value as a bound one of the type to compare it as."""
    return sa.literal(value, key_type(column))


def key_type(column: Any) -> Any:
    """Return the type to compare a key as: a number too large for the column finds nothing, instead of failing."""
    return sa.BigInteger() if isinstance(column.type, sa.Integer) else column.type


def as_text(value: Any) -> str:
    """Return a key value as the text ``parse`` reads back."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(getattr(value, "value", value))


def parse(column: ColumnSpec, text: str) -> Any:
    """Return the value of a column's kind that a text stands for, or raise ValueError."""
    if "\x00" in text:
        raise ValueError("PostgreSQL text holds no NUL")
    return PARSERS.get(column.kind, str)(text)


def parse_integer(text: str) -> int:
    """Return an integer PostgreSQL can hold."""
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError("out of range")
    return value


def parse_boolean(text: str) -> bool:
    """Return the truth value written by ``as_text``."""
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "integer": parse_integer,
    "uuid": uuid.UUID,
    "decimal": Decimal,
    "float": float,
    "boolean": parse_boolean,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "local_moment": datetime.fromisoformat,
    "time": time.fromisoformat,
}
