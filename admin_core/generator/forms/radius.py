"""What deleting a record would touch: counted along the foreign keys, bounded, before anything is deleted.

Rows are counted whoever may see them: the database will delete them for everybody.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.ids import as_text
from admin_core.generator.reading import model_key
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec, label_of
from admin_core.policy import may
from admin_core.theme.formats import number

MOST = 1_000
DEEPEST = 5
MOST_PATHS = 200
Rule = Literal["delete", "clear", "block"]
RULES: dict[str, Rule] = {"CASCADE": "delete", "SET NULL": "clear", "SET DEFAULT": "clear"}
Criterion = Callable[[Any], sa.ColumnElement[bool]]
"""Entity (an alias of the table) → which of its rows are meant."""


@dataclass(frozen=True)
class Effect:
    """What happens to the rows of one table."""

    rule: Rule
    """``delete``: they go too; ``clear``: they stay without the link; ``block``: they forbid the deletion."""
    label: str
    count: int
    capped: bool
    """True: there are more than ``count``."""
    depth: int
    """1: they point to the record itself."""
    url: str = ""
    """The list of exactly these rows, where an address can say so."""

    @property
    def words(self) -> str:
        """Label and number: ``Desks: 12``, ``Events: 1 000+``."""
        return f"{self.label}: {number(self.count)}{'+' if self.capped else ''}"


@dataclass(frozen=True)
class Path:
    """One way along foreign keys from the record to rows of a table."""

    table: sa.Table
    rule: Rule
    strict: bool
    """RESTRICT: forbids even where the rows would go by another way."""
    rows: Criterion
    depth: int
    key: sa.ForeignKeyConstraint


@dataclass(frozen=True)
class Start:
    """What is deleted: one record, or many."""

    pointing: Callable[[sa.ForeignKeyConstraint], Criterion]
    """Foreign key → which rows point by it at what is deleted."""
    itself: Criterion
    """What is deleted: it does not stand in its own way."""
    record: Any = None
    """Set where it is one."""


def effects_of(ctx: Context, spec: ModelSpec, record: Any) -> list[Effect]:
    """Return what deleting the record does to other rows, what forbids it first."""
    return effects_from(ctx, spec, Start(partial(pointing_at_record, spec, record), itself(spec, record), record))


def effects_of_many(ctx: Context, spec: ModelSpec, chosen: Criterion) -> list[Effect]:
    """Return what deleting the chosen rows of a table does to others, what forbids it first."""
    return effects_from(ctx, spec, Start(partial(pointing_at_rows, ctx.registry, spec.table, chosen), chosen))


def effects_from(ctx: Context, spec: ModelSpec, start: Start) -> list[Effect]:
    """Return the effects on other rows."""
    paths = list(paths_from(ctx.registry, spec, start))[:MOST_PATHS]
    groups: dict[tuple[sa.Table, Rule, bool], list[Path]] = {}
    for path in paths:
        groups.setdefault((path.table, path.rule, path.strict), []).append(path)
    gone = [path for path in paths if path.rule == "delete"]
    in_the_way = [path for path in paths if path.rule == "block"]
    counts = []
    for (table, rule, strict), ways in groups.items():
        spared = [] if rule == "delete" or strict else [path.rows for path in gone if path.table is table]
        if rule == "clear":  # a row that forbids the deletion by another key is said once
            spared += [path.rows for path in in_the_way if path.table is table]
        if table is spec.table and not strict:
            spared.append(start.itself)
        counts.append(count_of_rows(ctx.registry, table, [way.rows for way in ways], spared))
    # Fifty tables, one statement; on the connection, as the session leaves out rows that a rule hides from the person.
    counted = ctx.session.connection().execute(sa.select(*counts)).one() if counts else ()
    found = [
        effect(ctx, spec, start.record, ways, min(count, MOST), capped=count > MOST)
        for ways, count in zip(groups.values(), counted, strict=True)
        if count
    ]
    return sorted(found, key=lambda each: (("block", "delete", "clear").index(each.rule), each.depth, each.label))


def paths_from(registry: Registry, spec: ModelSpec, start: Start) -> Iterator[Path]:
    """Yield every way from what is deleted, nearest first; cascades are followed to a depth, circles included."""
    level = [path_along(key, start.pointing(key), 1) for key in pointing_to(registry, spec.table)]
    seen = 0
    while level and seen < MOST_PATHS:
        yield from level
        seen += len(level)
        level = [
            path_along(key, pointing_at_rows(registry, path.table, path.rows, key), path.depth + 1)
            for path in level
            if path.rule == "delete" and path.depth < DEEPEST
            for key in pointing_to(registry, path.table)
        ]


def path_along(key: sa.ForeignKeyConstraint, rows: Criterion, depth: int) -> Path:
    """Return the way along one foreign key."""
    declared = (key.ondelete or "NO ACTION").upper()
    assert isinstance(key.table, sa.Table)
    return Path(key.table, RULES.get(declared, "block"), declared == "RESTRICT", rows, depth, key)


def pointing_at_record(spec: ModelSpec, record: Any, key: sa.ForeignKeyConstraint) -> Criterion:
    """Return which rows point at a record."""
    mapper = sa.inspect(spec.model)
    values = [getattr(record, mapper.get_property_by_column(element.column).key) for element in key.elements]
    return lambda entity: sa.and_(
        *(column_in(entity, column) == value for column, value in zip(key.columns, values, strict=True))
    )


def pointing_at_rows(registry: Registry, table: sa.Table, chosen: Criterion, key: sa.ForeignKeyConstraint) -> Criterion:
    """Return which rows point at some rows of a table."""

    def rows(entity: Any) -> sa.ColumnElement[bool]:
        above = entity_of(registry, table)
        targets = sa.select(*(column_in(above, element.column) for element in key.elements)).where(chosen(above))
        ours = [column_in(entity, column) for column in key.columns]
        return ours[0].in_(targets) if len(ours) == 1 else sa.tuple_(*ours).in_(targets)

    return rows


def itself(spec: ModelSpec, record: Any) -> Criterion:
    """Return the record alone: it does not stand in its own way."""
    mapper = sa.inspect(spec.model)
    keys = [(column, getattr(record, mapper.get_property_by_column(column).key)) for column in mapper.primary_key]
    return lambda entity: sa.and_(*(column_in(entity, column) == value for column, value in keys))


def count_of_rows(
    registry: Registry, table: sa.Table, wanted: Iterable[Criterion], spared: Iterable[Criterion]
) -> sa.ScalarSelect[int]:
    """Return the number of rows that are meant, counted to one more than the bound."""
    entity = entity_of(registry, table)
    statement = sa.select(sa.literal(1)).select_from(entity).where(sa.or_(*(rows(entity) for rows in wanted)))
    for rows in spared:
        statement = statement.where(sa.not_(sa.func.coalesce(rows(entity), sa.false())))
    return sa.select(sa.func.count()).select_from(statement.limit(MOST + 1).subquery()).scalar_subquery()


def entity_of(registry: Registry, table: sa.Table) -> Any:
    """Return a new alias of a table, as a mapped class where there is one."""
    key = model_key(table)
    return aliased(registry.model(key)) if key in registry else table.alias()


def column_in(entity: Any, column: sa.ColumnElement[Any]) -> Any:
    """Return a table's column on an alias of it."""
    inspected = sa.inspect(entity)
    if isinstance(inspected, sa.Alias):
        return inspected.c[column.key]
    return getattr(entity, inspected.mapper.get_property_by_column(column).key)


def effect(ctx: Context, spec: ModelSpec, record: Any, ways: list[Path], count: int, *, capped: bool) -> Effect:
    """Return the effect in words, with a link to the rows where one filter finds them."""
    way = ways[0]
    key = model_key(way.table)
    if key not in ctx.registry:
        return Effect(way.rule, f"Links in {label_of(way.table.name).lower()}", count, capped, way.depth)
    child = ctx.registry.spec(key)
    return Effect(way.rule, child.plural, count, capped, way.depth, url_of(ctx, child, spec, record, ways))


def url_of(ctx: Context, child: ModelSpec, spec: ModelSpec, record: Any, ways: list[Path]) -> str:
    """Return the list filtered by the link to the record; empty when no single filter says it."""
    way = ways[0]
    columns = list(way.key.columns)
    if record is None or len(ways) > 1 or way.depth > 1 or len(columns) > 1 or not may(ctx.person, "read", child):
        return ""
    mapper = sa.inspect(child.model)
    target = sa.inspect(spec.model).get_property_by_column(way.key.elements[0].column).key
    key = mapper.get_property_by_column(columns[0]).key
    return urls.list_url(child.key, {f"f.{key}.eq": as_text(getattr(record, target))})


def pointing_to(registry: Registry, table: sa.Table) -> tuple[sa.ForeignKeyConstraint, ...]:
    """Return the foreign keys that point to a table, those of unmapped tables included."""
    return keys_by_target(registry).get(table, ())


@lru_cache(maxsize=8)
def keys_by_target(registry: Registry) -> dict[sa.Table, tuple[sa.ForeignKeyConstraint, ...]]:
    """Return all foreign keys by the table they point to."""
    metadatas = {sa.inspect(registry.model(key)).local_table.metadata for key in registry}
    tables = {table for metadata in metadatas for table in metadata.tables.values()}
    found: dict[sa.Table, list[sa.ForeignKeyConstraint]] = {}
    for table in sorted(tables, key=lambda each: each.fullname):
        for key in sorted(table.foreign_key_constraints, key=lambda each: [c.name for c in each.columns]):
            found.setdefault(key.referred_table, []).append(key)
    return {table: tuple(keys) for table, keys in found.items()}
