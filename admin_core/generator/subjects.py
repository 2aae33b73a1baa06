"""How a row leads to whom it is about: along the path that its model declares (``AdminOptions.subject``)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from admin_core.changes.triggers import kind_of
from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ModelSpec

SELF = "self"


@dataclass(frozen=True)
class Way:
    """How a row leads to the person or company it is about."""

    kind: str
    """``staffmember``: what keys of such people are filed under, here and in the audit log."""
    column: str = ""
    """Our own column that holds the person's key; empty: it takes a query."""
    steps: tuple[str, ...] = ()
    """Relationships to follow."""


def subject_of(spec: ModelSpec, record: Any) -> tuple[str, str] | None:
    """Return whom a record is about, as kind and key; None when it is about nobody in particular."""
    way = way_of(spec)
    if way is None:
        return None
    if way.column:
        key = getattr(record, way.column)
        return (way.kind, str(key)) if key is not None else None
    for step in way.steps:
        record = getattr(record, step) if record is not None else None
    return (way.kind, encode_key(sa.inspect(record).identity)) if record is not None else None


def way_of(spec: ModelSpec) -> Way | None:
    """Return how rows of a model lead to whom they are about; None where they are about nobody in particular."""
    path, mapper = spec.options.subject, sa.inspect(spec.model)
    if not path:
        return None
    if path == SELF:
        if len(mapper.primary_key) != 1:
            return None  # nobody is filed under several columns
        return Way(kind_of(mapper), mapper.get_property_by_column(mapper.primary_key[0]).key)
    steps = tuple(path.split("."))
    at = mapper
    for step in steps:
        relation = at.relationships[step]
        at = relation.mapper
    local = [mapper.get_property_by_column(column).key for column in relation.local_columns] if len(steps) == 1 else []
    return Way(kind_of(at), local[0] if len(local) == 1 else "", steps)
