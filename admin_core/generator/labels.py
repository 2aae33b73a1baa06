"""What a record is called: the values of its title columns, as far as the person sees them in clear.

A label built on masked columns falls back to the model's name and the short id: it must not tell what is masked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array as pg_array

from admin_core.database import bind_of
from admin_core.generator.context import Context
from admin_core.generator.ids import as_text, decode_key, encode_key, key_type, record_id
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import Person, limit, may, sees
from schema.access_log import AccessKind

JOINED = " · "
LONGEST = 120
SHORT = 8


def label_columns(person: Person, spec: ModelSpec) -> tuple[str, ...]:
    """Return the title columns whose values the person sees; keys are left to the fallback."""
    known = [spec.columns[key] for key in spec.title if key in spec.columns]
    return tuple(c.key for c in known if sees(person, c) == "clear" and c.key not in spec.primary_key)


def title_fields(person: Person, spec: ModelSpec) -> list[str]:
    """Return the personal columns among those that a label shows this person in clear."""
    return [key for key in label_columns(person, spec) if spec.columns[key].is_personal]


def named_fields(ctx: Context, column: ColumnSpec) -> list[str]:
    """Return the personal fields that the name of a referenced record shows in clear: ``assignee_id.name``."""
    reference = column.reference
    if reference is None or reference.model not in ctx.registry or sees(ctx.person, column) != "clear":
        return []
    other = ctx.registry.spec(reference.model)
    return [f"{column.key}.{key}" for key in title_fields(ctx.person, other)] if may(ctx.person, "read", other) else []


def label_text(spec: ModelSpec, values: Iterable[Any], found: str) -> str:
    """Return the label for title values; without any, the model's name and what identifies the record."""
    parts = [as_text(value) for value in values if value is not None and value != ""]
    return JOINED.join(parts)[:LONGEST] if parts else f"{spec.label} {short_id(found)}"


def short_id(found: str) -> str:
    """Return the end of a long id (the beginning of our keys is a time that neighbours share), else all of it."""
    return f"…{found[-SHORT:]}" if len(found) > 2 * SHORT else found


def record_label(ctx: Context, spec: ModelSpec, row: Any) -> str:
    """Return what a record, or a row with the model's attributes, is called by this person."""
    return label_text(spec, [getattr(row, key) for key in label_columns(ctx.person, spec)], record_id(spec, row))


def labels_for(ctx: Context, spec: ModelSpec, ids: Sequence[str]) -> Mapping[str, str]:
    """Return labels by id, for those the person may see; one statement whatever the number."""
    keys = [key for text in ids if (key := decode_key(spec, text)) is not None]
    if not keys or not may(ctx.person, "read", spec):
        return {}
    wanted = [getattr(spec.model, key) for key in (*spec.primary_key, *label_columns(ctx.person, spec))]
    rows = ctx.session.execute(limit(sa.select(*wanted).where(has_key(spec, keys)), ctx.person, spec)).all()
    width = len(spec.primary_key)
    ctx.reads.note(spec, AccessKind.LIST, title_fields(ctx.person, spec), (tuple(row[:width]) for row in rows))
    found = {encode_key(tuple(row[:width])): row[width:] for row in rows}
    return {key: label_text(spec, values, key) for key, values in found.items()}


def labels_across(ctx: Context, ids: Mapping[str, Iterable[str]]) -> Mapping[tuple[str, str], str]:
    """Return labels by model and id for records of several models with one key column each, in one statement.

    The models are all in one database: what a record refers to is in its own.
    """
    asked = []
    table: sa.Table | None = None
    for model, texts in ids.items():
        spec = ctx.registry.spec(model)
        keys = [key for text in texts if (key := decode_key(spec, text)) is not None]
        if keys and may(ctx.person, "read", spec):
            table = spec.table
            asked.append(limit(titles_of(ctx.person, spec).where(has_key(spec, keys)), ctx.person, spec))
    rows = ctx.session.execute(sa.union_all(*asked), bind_arguments=bind_of(table)).all() if asked else []
    for model in {row[0] for row in rows}:
        spec = ctx.registry.spec(model)
        named = [decode_key(spec, encode_key((key,))) for found, key, _ in rows if found == model]
        ctx.reads.note(spec, AccessKind.LIST, title_fields(ctx.person, spec), filter(None, named))
    labels = ((model, encode_key((key,)), values) for model, key, values in rows)
    return {(model, key): label_text(ctx.registry.spec(model), values, key) for model, key, values in labels}


def titles_of(person: Person, spec: ModelSpec) -> sa.Select[Any]:
    """Return the SELECT of a model's key, id and title values, as texts that a UNION can hold."""
    titles = [sa.cast(getattr(spec.model, key), sa.Text) for key in label_columns(person, spec)]
    shown = sa.cast(pg_array(titles), sa.ARRAY(sa.Text))
    columns: list[sa.ColumnElement[Any]] = [
        sa.literal(spec.key),
        sa.cast(getattr(spec.model, spec.primary_key[0]), sa.Text),
        shown,
    ]
    return sa.select(*columns)


def has_key(spec: ModelSpec, keys: Sequence[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    """Return the condition that picks the records with these keys; one bound value however many there are."""
    columns = [getattr(spec.model, key) for key in spec.primary_key]
    types = [key_type(column) for column in columns]
    if len(columns) == 1:
        chosen: sa.ColumnElement[bool] = columns[0] == sa.any_(sa.literal([key[0] for key in keys], sa.ARRAY(types[0])))
        return chosen
    bounds = [sa.tuple_(*(sa.literal(v, t) for v, t in zip(key, types, strict=True))) for key in keys]
    return sa.tuple_(*columns).in_(bounds)
