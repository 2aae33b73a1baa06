"""The first rows of what belongs to a record: a bounded fragment, newest first where an index serves that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import joinedload, load_only, with_parent

from admin_core.generator import urls
from admin_core.generator.cells import cell, currency_column
from admin_core.generator.context import Context
from admin_core.generator.detail import filtered_list, followed, load, names_in, reference_link
from admin_core.generator.errors import NotFound
from admin_core.generator.ids import record_id
from admin_core.generator.labels import label_columns, record_label
from admin_core.generator.reads import read_of
from admin_core.generator.spec import ColumnSpec, ModelSpec, RelationSpec
from admin_core.policy import limit, may, require, sees
from schema.access_log import AccessKind

FIRST = 10
COLUMNS = 6


@dataclass(frozen=True)
class RelatedRow:
    """One record of the other model."""

    url: str
    label: str
    cells: tuple[Markup, ...]


@dataclass(frozen=True)
class RelatedList:
    """The fragment: a few rows, and the way to all of them."""

    key: str
    label: str
    headers: tuple[str, ...]
    rows: tuple[RelatedRow, ...]
    has_more: bool
    list_url: str
    new_url: str


def related_list(ctx: Context, spec: ModelSpec, text: str, key: str) -> RelatedList:
    """Return the first rows of one to-many relation of a record."""
    relation = spec.children.get(key)
    if relation is None:
        raise NotFound(f"{spec.plural} have no list called {key[:80]!r}.")
    other = ctx.registry.spec(relation.model)
    require(ctx.person, "read", other)
    parent = load(ctx, spec, text)
    columns = shown_columns(ctx, other, relation)
    found = ctx.session.scalars(statement(ctx, spec, other, relation, parent, columns)).unique().all()
    note_rows(ctx, other, columns, found[:FIRST])
    return RelatedList(
        key=key,
        label=relation.label,
        headers=tuple(column.label for column in columns),
        rows=tuple(row_of(ctx, other, columns, record) for record in found[:FIRST]),
        has_more=len(found) > FIRST,
        list_url=filtered_list(relation, parent),
        new_url=new_url(ctx, other, relation, parent),
    )


def shown_columns(ctx: Context, other: ModelSpec, relation: RelationSpec) -> list[ColumnSpec]:
    """Return the other model's default columns, without those that lead back to this record."""
    columns = (other.columns[key] for key in other.listed if key not in relation.columns)
    return [column for column in columns if sees(ctx.person, column) != "never"][:COLUMNS]


def statement(  # noqa: PLR0917 (six plain parts of one query)
    ctx: Context, spec: ModelSpec, other: ModelSpec, relation: RelationSpec, parent: Any, columns: list[ColumnSpec]
) -> sa.Select[Any]:
    """Return the SELECT of the first rows and one more."""
    wanted = {c.key for c in columns} | set(other.primary_key) | set(other.title) | units_of(other, columns)
    query = sa.select(other.model).where(*belongs(spec, other, relation, parent))
    query = query.options(
        load_only(*(getattr(other.model, key) for key in wanted if other.columns[key].pii != "secret"))
    )
    query = query.options(*names_of(ctx, other, columns))
    return limit(query.order_by(*order_of(other, relation)).limit(FIRST + 1), ctx.person, other)


def note_rows(ctx: Context, other: ModelSpec, columns: Iterable[ColumnSpec], records: Sequence[Any]) -> None:
    """Note whose data the fragment shows."""
    shown = [*columns, *(other.columns[key] for key in label_columns(ctx.person, other))]
    fields = [key for record in records for key in [*read_of(ctx.person, shown, record), *names_in(ctx, shown, record)]]
    keys = (tuple(getattr(record, key) for key in other.primary_key) for record in records)
    ctx.reads.note(other, AccessKind.LIST, fields, keys)


def belongs(spec: ModelSpec, other: ModelSpec, relation: RelationSpec, parent: Any) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for the rows that belong to a record; reflected tables have no relationship to ask."""
    if hasattr(spec.model, relation.key):
        return [with_parent(parent, getattr(spec.model, relation.key))]
    pairs = zip(relation.columns, relation.remote, strict=True)
    return [getattr(other.model, ours) == getattr(parent, theirs) for ours, theirs in pairs]


def units_of(other: ModelSpec, columns: Iterable[ColumnSpec]) -> set[str]:
    """Return the currency columns that the shown amounts need."""
    return {key for column in columns if (key := currency_column(other, column))}


def names_of(ctx: Context, other: ModelSpec, columns: Iterable[ColumnSpec]) -> list[Any]:
    """Return the loading of the records that shown references name."""
    keys = {c.reference.relation for c in columns if c.reference}
    loads = []
    for relation in followed(other):
        target = ctx.registry.spec(relation.model)
        if relation.key in keys and may(ctx.person, "read", target):  # others are not named
            names = [getattr(target.model, key) for key in (*target.primary_key, *target.title)]
            loads.append(joinedload(getattr(other.model, relation.key)).load_only(*names))
    return loads


def order_of(other: ModelSpec, relation: RelationSpec) -> list[sa.ColumnElement[Any]]:
    """Return the order an index over the reference serves, newest first; else the key, newest first."""
    keys = [getattr(other.model, key).desc() for key in other.primary_key]
    by_name = {column.name: key for key, column in other.columns.items()}
    names = [other.columns[key].name for key in relation.columns]
    for index in other.table.indexes:
        parts = [getattr(expression, "name", "") for expression in index.expressions]
        rest = [by_name[name] for name in parts[len(names) :] if name in by_name]
        if parts[: len(names)] == names and rest:
            return [getattr(other.model, rest[0]).desc(), *keys]
    return keys


def row_of(ctx: Context, other: ModelSpec, columns: list[ColumnSpec], record: Any) -> RelatedRow:
    """Return one row."""
    cells = tuple(cell_of(ctx, other, column, record) for column in columns)
    return RelatedRow(urls.record_url(other.key, record_id(other, record)), record_label(ctx, other, record), cells)


def cell_of(ctx: Context, other: ModelSpec, column: ColumnSpec, record: Any) -> Markup:
    """Return one value; references by name."""
    value = getattr(record, column.key)
    if column.reference and value is not None and sees(ctx.person, column) == "clear":
        return reference_link(ctx, column, record, value)
    return cell(ctx, other, column, record)


def new_url(ctx: Context, other: ModelSpec, relation: RelationSpec, parent: Any) -> str:
    """Return the form for another record that belongs to this one; empty where none is made by form."""
    if not other.has_form or relation.through is not None or not may(ctx.person, "create", other):
        return ""
    given = zip(relation.columns, relation.remote, strict=True)
    return urls.new_url(other.key, {ours: str(getattr(parent, theirs)) for ours, theirs in given})
