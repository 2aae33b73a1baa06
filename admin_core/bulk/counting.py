"""A large selection in numbers, counted by the database without trying: what still stands, how much money it holds."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from admin_core.bulk.deeds import CHANGED, GONE, Deed
from admin_core.bulk.deleting import Delete
from admin_core.bulk.editing import Edit, typed_draft
from admin_core.bulk.selections import is_copied
from admin_core.changes.plan import Outline, Sum, TableChange
from admin_core.changes.rehearsal import Money
from admin_core.generator.context import Context
from admin_core.generator.forms.radius import Criterion, Effect, column_in, effects_of_many
from admin_core.generator.forms.versions import stamp_of
from admin_core.generator.plan_view import known_tables
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit
from schema.views import Selection, SelectionKey


def why_left_by_query(ctx: Context, deed: Deed, selection: Selection) -> Counter[str]:
    """Return how many rows are left as they are because they are gone or were changed since."""
    if not is_copied(deed.spec):
        return Counter()
    same = sa.func.count().filter(stamp_of(deed.spec) == SelectionKey.version)
    there, unchanged = ctx.session.execute(joined(ctx, deed.spec, selection, sa.func.count(), same)).one()
    changed = 0 if deed.take_changed else there - unchanged
    return Counter({why: count for why, count in ((GONE, selection.total - there), (CHANGED, changed)) if count})


def outline_by_query(ctx: Context, deed: Deed, selection: Selection) -> Outline | None:
    """Return the numbers of an edit or a deletion; None for what only a try can tell."""
    if not isinstance(deed, Edit | Delete):
        return None
    count = selection.total - why_left_by_query(ctx, deed, selection).total()
    sums = tuple(sums_of(ctx, deed, selection)) if is_copied(deed.spec) else ()
    table = deed.spec.table.name
    if isinstance(deed, Delete):
        return Outline((TableChange(table, deleted=count, sums=sums),))
    columns = tuple(sorted(deed.spec.columns[key].name for key in deed.values))
    return Outline((TableChange(table, updated=count, columns=columns, sums=sums),))


def joined(ctx: Context, spec: ModelSpec, selection: Selection, *columns: Any) -> sa.Select[Any]:
    """Return the SELECT over the rows of a selection that the person sees."""
    model = spec.model
    statement = sa.select(*columns).select_from(SelectionKey).join(model, same_row(spec, model))
    return limit(statement.where(SelectionKey.selection_id == selection.id), ctx.person, spec)


def same_row(spec: ModelSpec, entity: Any) -> sa.ColumnElement[bool]:
    """Return the condition under which a row is the one of a selection's key."""
    pairs = zip(spec.primary_key, key_parts(spec), strict=True)
    return sa.and_(*(getattr(entity, key) == part for key, part in pairs))


def key_parts(spec: ModelSpec) -> list[sa.ColumnElement[Any]]:
    """Return the values within a selection's key, typed as the columns they are of."""
    types = [getattr(spec.model, key).type for key in spec.primary_key]
    if len(types) == 1:
        return [sa.cast(SelectionKey.record_key, types[0])]
    return [sa.cast(sa.func.split_part(SelectionKey.record_key, ",", n), t) for n, t in enumerate(types, 1)]


def sums_of(ctx: Context, deed: Edit | Delete, selection: Selection) -> Iterator[Sum]:
    """Yield the money that would move, by column and currency."""
    known = known_tables(ctx.registry)(deed.spec.table.name)
    new = typed_draft(ctx, deed.spec, deed.values).changes if isinstance(deed, Edit) else {}
    keys = {column.name: key for key, column in deed.spec.columns.items()}
    for money in known[1] if known else ():
        key = keys[money.column]
        if isinstance(deed, Delete) or key in new:
            yield from moved(ctx, deed, selection, money, new.get(key))


def moved(ctx: Context, deed: Deed, selection: Selection, money: Money, new: int | None) -> Iterator[Sum]:
    """Yield how one column of money changes when its values become another, or nothing."""
    spec, keys = deed.spec, {column.name: key for key, column in deed.spec.columns.items()}
    amount = getattr(spec.model, keys[money.column])
    currency = getattr(spec.model, keys[money.beside]) if money.beside else sa.literal(money.currency)
    change = sa.literal(new or 0, sa.BigInteger) - sa.func.coalesce(amount, 0)
    columns = (currency, sa.func.sum(change), sa.func.sum(sa.func.abs(change)))
    rows = joined(ctx, spec, selection, *columns).group_by(currency)
    if not deed.take_changed:
        rows = rows.where(stamp_of(spec) == SelectionKey.version)
    for name, net, total in ctx.session.execute(rows.order_by(currency)):
        if total:
            yield Sum(money.column, name, int(net), int(total))


def radius(ctx: Context, spec: ModelSpec, selection: Selection) -> list[Effect]:
    """Return what a deletion of the selected rows does to others, counted to a bound; what forbids it first."""
    return effects_of_many(ctx, spec, chosen_by(spec, selection)) if is_copied(spec) else []


def chosen_by(spec: ModelSpec, selection: Selection) -> Criterion:
    """Return which rows of the table are in the selection."""
    keys = sa.select(*key_parts(spec)).where(SelectionKey.selection_id == selection.id)

    def rows(entity: Any) -> sa.ColumnElement[bool]:
        columns = [column_in(entity, column) for column in spec.table.primary_key.columns]
        return columns[0].in_(keys) if len(columns) == 1 else sa.tuple_(*columns).in_(keys)

    return rows
