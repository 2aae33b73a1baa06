"""Rows of a list as markup: what stands in each place of a row is decided once per page."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

from admin_core.generator.cells import currency_column, money, renderer
from admin_core.generator.context import Context
from admin_core.generator.ids import encode_key
from admin_core.generator.labels import label_columns, label_text, short_id
from admin_core.generator.list_columns import ListQuery
from admin_core.generator.list_model import ListRow
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.urls import record_url
from admin_core.policy import may, sees
from admin_core.theme.cells import DASH, masked_cell

CellMaker = Callable[[Any], Markup]


def list_rows(
    ctx: Context, spec: ModelSpec, columns: Sequence[ColumnSpec], query: ListQuery, rows: Iterable[Any]
) -> tuple[ListRow, ...]:
    """Return the rows ready to be shown."""
    makers = [cell_maker(ctx, spec, query, column, linked=place > 0) for place, column in enumerate(columns)]
    width = len(spec.primary_key)
    titles = [query.places[f"title:{name}"] for name in label_columns(ctx.person, spec)]
    base = record_url(spec.key, "")
    made = []
    for row in rows:
        found = encode_key(tuple(row[:width]))
        cells = tuple(maker(row) for maker in makers)
        label = label_text(spec, (row[place] for place in titles), found)
        if cells and cells[0] is DASH:  # the first cell is the link: it must say where it leads
            cells = (escape(label), *cells[1:])
        made.append(ListRow(found, record_url(spec.key, found) if "%" in found else base + found, label, cells))
    return tuple(made)


def cell_maker(ctx: Context, spec: ModelSpec, query: ListQuery, column: ColumnSpec, *, linked: bool) -> CellMaker:
    """Return the function that makes one column's cell from a row."""
    place = query.places[f"shown:{column.key}"]
    if sees(ctx.person, column) != "clear":
        hidden = masked_cell()
        return lambda row: hidden if row[place] else DASH
    if column.reference:
        return reference_maker(ctx, query, column, place, linked=linked)
    if currency := currency_column(spec, column):
        beside, cents = query.places[currency], column.kind == "integer"
        return lambda row: DASH if row[place] is None else money(row[place], row[beside], cents=cents)
    show = renderer(column, ctx.now)
    return lambda row: DASH if row[place] is None else show(row[place])


def reference_maker(ctx: Context, query: ListQuery, column: ColumnSpec, place: int, *, linked: bool) -> CellMaker:
    """Return the function that shows a referenced record by name, as a link where the person may follow it."""
    reference = column.reference
    assert reference is not None
    if reference.model not in ctx.registry:
        return lambda row: DASH if row[place] is None else escape(row[place])
    other = ctx.registry.spec(reference.model)
    places = query.labels.get(column.key, ())
    follows = linked and may(ctx.person, "read", other) and other.primary_key == (reference.column,)

    def show(row: Any) -> Markup:
        if row[place] is None:
            return DASH
        found = encode_key((row[place],))
        name = label_text(other, (row[at] for at in places), found) if places else short_id(found)
        if not follows:
            return escape(name)
        return Markup(f'<a href="{escape(record_url(other.key, found))}">{escape(name)}</a>')  # noqa: S704 - escaped

    return show
