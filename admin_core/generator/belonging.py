"""Records that belong to one, newest first along an index: read within the policy, masked, and noted as read."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from admin_core.contributions import Belonging
from admin_core.generator.context import Context
from admin_core.generator.detail import names_in
from admin_core.generator.labels import label_columns
from admin_core.generator.reads import read_of
from admin_core.generator.related import names_of, units_of
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.subjects import way_of
from admin_core.policy import limit, sees
from schema.access_log import AccessKind

Ranges = Iterable[sa.ColumnElement[bool]]


def shown_columns(ctx: Context, belonging: Belonging) -> list[ColumnSpec]:
    """Return the columns of what belongs to a record that this person may know of."""
    other = ctx.registry.spec(belonging.rows)
    return [other.columns[key] for key in belonging.columns if sees(ctx.person, other.columns[key]) != "never"]


def newest_keys(other: ModelSpec, belonging: Belonging) -> list[Any]:
    """Return what such records are ordered by, each descending."""
    return [getattr(other.model, name) for name in (belonging.newest, *other.primary_key)]


def belonging_rows(ctx: Context, belonging: Belonging, owner: Any, most: int, ranges: Ranges = ()) -> Sequence[Any]:
    """Return the newest records that belong to a key, at most so many: one statement, one range of an index."""
    other, columns = ctx.registry.spec(belonging.rows), shown_columns(ctx, belonging)
    wanted = {column.key for column in columns} | {belonging.newest, belonging.owner}
    wanted |= {*other.primary_key, *other.title, *units_of(other, columns)}
    wanted |= {name for name in (belonging.first, belonging.unless) if name}
    read = [getattr(other.model, key) for key in sorted(wanted) if other.columns[key].pii != "secret"]
    left = [getattr(other.model, belonging.unless).is_(None)] if belonging.unless else []
    query = sa.select(other.model).where(*whose(other, belonging, owner), *left, *ranges)
    query = query.options(load_only(*read), *names_of(ctx, other, columns))
    above = [getattr(other.model, belonging.first).desc()] if belonging.first else []
    query = query.order_by(*above, *(key.desc() for key in newest_keys(other, belonging))).limit(most)
    return ctx.session.scalars(limit(query, ctx.person, other)).unique().all()


def whose(other: ModelSpec, belonging: Belonging, owner: Any) -> Ranges:
    """Return the criteria of what belongs to a key, for an index that leads with these columns."""
    key = str(owner) if other.columns[belonging.owner].kind == "text" else owner
    yield from (getattr(other.model, name) == value for name, value in belonging.among)
    yield getattr(other.model, belonging.owner) == key


def note_belonging(ctx: Context, belonging: Belonging, records: Sequence[Any]) -> None:
    """Note whose data is shown; rows whose owner is whom they are about need no further question."""
    other = ctx.registry.spec(belonging.rows)
    shown = [*shown_columns(ctx, belonging), *(other.columns[key] for key in label_columns(ctx.person, other))]
    fields = [key for each in records for key in [*read_of(ctx.person, shown, each), *names_in(ctx, shown, each)]]
    owners = {tuple(getattr(each, k) for k in other.primary_key): getattr(each, belonging.owner) for each in records}
    way = way_of(other)
    known = way is not None and way.column == belonging.owner
    ctx.reads.note(other, AccessKind.LIST, fields, owners if known else list(owners))
