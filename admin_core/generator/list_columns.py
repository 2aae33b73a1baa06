"""Which columns a list shows, and the one statement that reads them, related names included."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from admin_core.generator.cells import currency_column
from admin_core.generator.context import Context
from admin_core.generator.keyset import SortKey
from admin_core.generator.labels import label_columns
from admin_core.generator.list_state import ListState
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.subjects import way_of
from admin_core.policy import may, sees

CUT = 200
"""Characters read of long texts and data: a list shows fewer, and a CV may have 100 000."""


@dataclass
class ListQuery:
    """A SELECT being put together, and where each value stands in its rows."""

    spec: ModelSpec
    columns: list[Any] = field(default_factory=list)
    joins: list[tuple[Any, Any]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    labels: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Reference column → where the title values of the record it points to stand."""

    def add(self, name: str, expression: Any) -> int:
        """Select an expression once and return its place."""
        if name not in self.places:
            self.places[name] = len(self.columns)
            self.columns.append(expression)
        return self.places[name]

    def raw(self, key: str) -> int:
        """Select a column as it is stored."""
        return self.add(key, getattr(self.spec.model, key))

    def statement(self) -> sa.Select[Any]:
        """Return the SELECT."""
        statement = sa.select(*self.columns).select_from(self.spec.model)
        for entity, on in self.joins:
            statement = statement.outerjoin(entity, on)
        return statement


def resolve(spec: ModelSpec, name: str) -> ColumnSpec | None:
    """Return the column a name means: its own key, or a to-one relation that follows it."""
    if name in spec.columns:
        return spec.columns[name]
    relation = spec.parents.get(name)
    return spec.columns[relation.columns[0]] if relation and len(relation.columns) == 1 else None


def shown_columns(ctx: Context, spec: ModelSpec, state: ListState) -> tuple[ColumnSpec, ...]:
    """Return the columns of the list: the saved view's, else the person's own choice, else the model's."""
    chosen = ctx.person.preferences.get("columns", {})
    own = chosen.get(spec.key, ()) if isinstance(chosen, Mapping) else ()
    for names in (state.columns, own, spec.listed, spec.primary_key):
        found = [column for name in names if isinstance(name, str) and (column := resolve(spec, name))]
        visible = [column for column in found if sees(ctx.person, column) != "never"]
        if visible:
            return tuple({column.key: column for column in visible}.values())
    return ()


def list_query(ctx: Context, spec: ModelSpec, columns: Iterable[ColumnSpec], keys: Iterable[SortKey]) -> ListQuery:
    """Return the query for these columns: the key, what is shown, what is sorted by, and related names."""
    query = ListQuery(spec)
    for key in spec.primary_key:
        query.raw(key)
    for sort_key in keys:
        query.raw(sort_key.name)
    for name in label_columns(ctx.person, spec):
        query.add(f"title:{name}", shortened(spec.columns[name], getattr(spec.model, name)))
    for column in columns:
        add_column(ctx, query, column)
    if (way := way_of(spec)) and way.column:
        query.raw(way.column)  # for the log of who read whose data
    return query


def add_column(ctx: Context, query: ListQuery, column: ColumnSpec) -> None:
    """Select what one cell needs."""
    attribute = getattr(query.spec.model, column.key)
    if sees(ctx.person, column) != "clear":
        query.add(f"shown:{column.key}", attribute.is_not(None))  # only whether there is something to hide
        return
    query.add(f"shown:{column.key}", shortened(column, attribute))
    if currency := currency_column(query.spec, column):
        query.raw(currency)
    if column.reference:
        add_label(ctx, query, column)


def shortened(column: ColumnSpec, attribute: Any) -> Any:
    """Return what is read of a column: no more of long values than a list can show."""
    if column.kind == "bytes":
        return sa.func.octet_length(attribute)
    if column.kind in {"json", "range", "other"}:
        return sa.func.left(sa.cast(attribute, sa.Text), CUT)
    return sa.func.left(attribute, CUT) if column.kind == "longtext" else attribute


def add_label(ctx: Context, query: ListQuery, column: ColumnSpec) -> None:
    """Join the record a reference points to, for its name; left out where the person may not read such records."""
    reference = column.reference
    if reference is None or reference.model not in ctx.registry:
        return
    other = ctx.registry.spec(reference.model)
    names = label_columns(ctx.person, other)
    if not names or reference.column not in other.columns or not may(ctx.person, "read", other):
        return
    entity = referred(other.model, (query.spec.key, column.key))  # type: ignore[arg-type]  # classes are hashable
    query.joins.append((entity, getattr(entity, reference.column) == getattr(query.spec.model, column.key)))
    query.labels[column.key] = tuple(
        query.add(f"label:{column.key}:{name}", shortened(other.columns[name], getattr(entity, name))) for name in names
    )


@lru_cache(maxsize=4_096)
def referred(other: type[Any], _by: tuple[str, str]) -> Any:
    """Return the alias of the model that a reference points to, one for each reference.

    Made once: naming the columns of an alias costs more than the question it is for.
    """
    return aliased(other)
