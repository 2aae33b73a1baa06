"""Reads a table's indexes, declared or reflected, into plain values. What each serves is said in ``capabilities``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from admin_core.generator.spec import ModelSpec

PREPARER = pg.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
TERM = re.compile(r'^"?(\w+)"?(?:\s+(ASC|DESC))?(?:\s+NULLS\s+(FIRST|LAST))?$', re.IGNORECASE)
LOWERED = re.compile(r'^lower\(\(?(?:\w+\.)?"?(\w+)"?\)?(?:::text)?\)$', re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One column or expression of an index."""

    column: str
    """Key of the column in its spec; empty for an expression we can't read."""
    lowered: bool = False
    desc: bool = False
    nulls_first: bool = False
    ops: str = ""
    """Operator class when it is not the default one."""


@dataclass(frozen=True)
class IndexSpec:
    """One index."""

    name: str
    parts: tuple[Part, ...]
    method: str = "btree"
    unique: bool = False
    partial: bool = False


def read_indexes(spec: ModelSpec) -> tuple[IndexSpec, ...]:
    """Return the indexes behind a model's table, those of its key and unique constraints included."""
    keys = {column.name: key for key, column in spec.columns.items()}
    found = [read_index(index, keys) for index in spec.table.indexes]
    return tuple(sorted([*constraint_indexes(spec.table, keys), *found], key=lambda index: index.name))


def constraint_indexes(table: sa.Table, keys: Mapping[str, str]) -> Iterator[IndexSpec]:
    """Yield the indexes PostgreSQL keeps for the primary key and unique constraints."""
    constraints: Iterable[Any] = [table.primary_key, *table.constraints]
    for constraint in dict.fromkeys(constraints):
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint) and len(constraint.columns):
            parts = tuple(Part(keys.get(column.name, "")) for column in constraint.columns)
            yield IndexSpec(f"constraint:{constraint.name}", parts, unique=True)


def read_index(index: sa.Index, keys: Mapping[str, str]) -> IndexSpec:
    """Return one index as plain values."""
    options = index.dialect_options["postgresql"]
    ops = options["ops"] or {}
    return IndexSpec(
        name=PREPARER.format_index(index).strip('"'),  # cut as PostgreSQL knows it
        parts=tuple(read_part(expression, ops, keys) for expression in index.expressions),
        method=(options["using"] or "btree").lower(),
        unique=bool(index.unique),
        partial=options["where"] is not None,
    )


def read_part(expression: Any, ops: Mapping[str, str], keys: Mapping[str, str]) -> Part:
    """Return one column or expression of an index."""
    desc, nulls_first = False, None
    while isinstance(expression, sa.UnaryExpression) and expression.modifier is not None:
        word = expression.modifier.__name__
        desc = desc or word == "desc_op"
        nulls_first = word == "nulls_first_op" if word.startswith("nulls") else nulls_first
        expression = expression.element
    if isinstance(expression, sa.Column):
        chosen = ops.get(expression.name) or ops.get(expression.key, "")
        first = desc if nulls_first is None else nulls_first
        return Part(keys.get(expression.name, ""), desc=desc, nulls_first=first, ops=chosen)
    return read_text(str(expression).strip(), next(iter(ops.values()), ""), keys)


def read_text(text: str, ops: str, keys: Mapping[str, str]) -> Part:
    """Return a part written as SQL: a plain term with its direction, or ``lower()`` of a column."""
    if lowered := LOWERED.match(text):
        return Part(keys.get(lowered[1], ""), lowered=True, ops=ops)
    if not (term := TERM.match(text)):
        return Part("")
    desc = (term[2] or "").upper() == "DESC"
    first = term[3].upper() == "FIRST" if term[3] else desc
    return Part(keys.get(term[1], ""), desc=desc, nulls_first=first, ops=ops)
