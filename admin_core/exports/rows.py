"""The rows of an export: what the list shows, in its order, uncut, with what the person sees masked left masked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from admin_core.exports.texts import reader
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.finding import find
from admin_core.generator.keyset import SortKey, behind, read_page
from admin_core.generator.labels import named_fields
from admin_core.generator.list_columns import ListQuery, add_label
from admin_core.generator.list_state import ListState
from admin_core.generator.lists import Asked, understood
from admin_core.generator.reads import is_read
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import MASK, limit, require, sees

BATCH = 1_000
Cell = Callable[[Any], Any]


@dataclass(frozen=True)
class Export:
    """What is taken out, and how."""

    spec: ModelSpec
    asked: Asked
    names: tuple[str, ...]
    """Headings."""
    query: ListQuery
    cells: tuple[Cell, ...]
    fields: tuple[str, ...]
    """Personal columns in clear, those of the records that are named among them."""

    def record(self, row: Any) -> list[Any]:
        """Return one row as plain values."""
        return [cell(row) for cell in self.cells]

    def key(self, row: Any) -> tuple[Any, ...]:
        """Return a row's primary key."""
        return tuple(row[: len(self.spec.primary_key)])


def export_of(ctx: Context, spec: ModelSpec, state: ListState) -> Export:
    """Return the export of a list in this state; Refused without the right to take such rows out."""
    require(ctx.person, "export", spec)
    asked = understood(ctx, spec, capabilities_of(ctx.session, spec), state)
    query = ListQuery(spec)
    for key in spec.primary_key:
        query.raw(key)
    for sort_key in asked.order.keys:
        query.raw(sort_key.name)
    taken = with_keys(spec, asked.columns)
    parts = [part for column in taken for part in parts_of(ctx, query, column)]
    own = [column.key for column in taken if is_read(ctx.person, column)]
    fields = (*own, *(name for column in taken for name in named_fields(ctx, column)))
    return Export(spec, asked, named_once([name for name, _ in parts]), query, tuple(cell for _, cell in parts), fields)


def with_keys(spec: ModelSpec, columns: Sequence[ColumnSpec]) -> list[ColumnSpec]:
    """Return the shown columns behind the key: without it a file cannot be read back."""
    shown = {column.key for column in columns}
    return [*(spec.columns[key] for key in spec.primary_key if key not in shown), *columns]


def parts_of(ctx: Context, query: ListQuery, column: ColumnSpec) -> Iterator[tuple[str, Cell]]:
    """Yield the cells of one column: its value, and the name of what it refers to."""
    attribute = getattr(query.spec.model, column.key)
    if sees(ctx.person, column) != "clear":
        place = query.add(f"shown:{column.key}", attribute.is_not(None))
        yield column.label, lambda row: MASK if row[place] else None
        return
    at, read = query.raw(column.key), reader(column)
    yield column.label, lambda row: read(row[at])
    if column.reference:
        add_label(ctx, query, column)
        places = query.labels.get(column.key, ())
        if places:
            yield f"{column.label}: name", lambda row: " · ".join(str(row[p]) for p in places if row[p]) or None


def named_once(names: Sequence[str]) -> tuple[str, ...]:
    """Return headings of which no two are the same."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(found)


def batches(ctx: Context, export: Export) -> Iterator[list[Any]]:
    """Yield the rows in pieces, each by a statement of its own: nothing is held open between two of them."""
    found = find(ctx, export.spec, export.asked.able, export.asked.state)
    keys = export.asked.order.keys
    statement = limit(export.query.statement().where(*found.where), ctx.person, export.spec)
    ranges = None
    while True:
        page = read_page(ctx.session, statement, keys, BATCH, ranges=ranges)
        if page.rows:
            yield page.rows
        if not page.more:
            return
        ranges = behind(keys, values_of(export.query, keys, page.rows[-1]))


def values_of(query: ListQuery, keys: Sequence[SortKey], row: Any) -> list[Any]:
    """Return where a row stands in the order."""
    return [row[query.places[key.name]] for key in keys]
