"""What a database holds: every table and view by name, and which refers to which. Three statements, however many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Connection, text

from admin_core.reflection.naming import key_of_column, key_of_table
from schema.base import SCHEMA

Shape = Literal["table", "partitioned table", "view", "materialised view", "foreign table"]
SHAPES: Mapping[str, Shape] = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialised view",
    "f": "foreign table",
}

TABLES = text("""
    SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
           obj_description(c.oid, 'pg_class') AS comment, row_security_active(c.oid) AS secured,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
           has_table_privilege(c.oid, 'UPDATE') AS writable,
           greatest(c.reltuples, -1)::bigint AS rows
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname <> 'information_schema'
      AND n.nspname !~ '^pg_' AND n.nspname <> :own
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype = 'e')
    ORDER BY 1, 2
""")
FOREIGN_KEYS = text("""
    SELECT k.conname AS name, k.confdeltype::text AS on_delete, cn.nspname AS schema, c.relname AS table,
           fn.nspname AS to_schema, f.relname AS to_table,
           ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i) AS columns,
           ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
                 JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i) AS to_columns
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
    JOIN pg_catalog.pg_class f ON f.oid = k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0
    ORDER BY 2, 3, 1
""")


@dataclass(frozen=True)
class Outline:
    """A table or view as it is known before it is opened; enough to ask whether somebody may read it."""

    key: str
    schema: str
    name: str
    shape: Shape
    comment: str
    rows: int
    """Estimate; -1 when nobody knows."""
    is_readable: bool
    """False: our role in that database may not read it."""
    is_secured: bool
    """True: row security restricts what our role sees of it."""
    is_writable: bool = False
    """Our role may change its rows."""

    @property
    def group(self) -> str:
        """Heading: its schema."""
        return self.schema

    @property
    def plural(self) -> str:
        """What its rows are called."""
        return self.name


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key, by keys of models and columns."""

    name: str
    model: str
    columns: tuple[str, ...]
    to_model: str
    to_columns: tuple[str, ...]
    on_delete: str = "a"
    """PostgreSQL's letter for what deleting the row pointed to does: c(ascade), n(ull), d(efault), else it forbids."""


@dataclass(frozen=True)
class Directory:
    """Everything by key."""

    tables: Mapping[str, Outline]
    foreign_keys: tuple[ForeignKey, ...] = field(default=(), repr=False)

    @cached_property
    def leading_from(self) -> Mapping[str, list[ForeignKey]]:
        """Foreign keys by the table that has them."""
        return by((each.model, each) for each in self.foreign_keys)

    @cached_property
    def leading_to(self) -> Mapping[str, list[ForeignKey]]:
        """Foreign keys by the table they point to."""
        return by((each.to_model, each) for each in self.foreign_keys)


def by(pairs: Iterable[tuple[str, ForeignKey]]) -> dict[str, list[ForeignKey]]:
    """Return keys in lists by name."""
    found: dict[str, list[ForeignKey]] = {}
    for name, key in pairs:
        found.setdefault(name, []).append(key)
    return found


def read_directory(connection: Connection) -> Directory:
    """Return what the database holds, but for its own catalogs, extensions, partitions and our schema."""
    tables = [outline_of(row) for row in connection.execute(TABLES, {"own": SCHEMA})]
    known = {each.key: each for each in tables}
    keys = (foreign_key(row) for row in connection.execute(FOREIGN_KEYS))
    return Directory(known, tuple(k for k in keys if k.model in known and k.to_model in known))


def outline_of(row: Any) -> Outline:
    """Return one table."""
    return Outline(
        key=key_of_table(row.schema, row.name),
        schema=row.schema,
        name=row.name,
        shape=SHAPES[row.kind],
        comment=row.comment or "",
        rows=row.rows,
        is_readable=row.readable,
        is_secured=bool(row.secured),
        is_writable=row.writable,
    )


def foreign_key(row: Any) -> ForeignKey:
    """Return one foreign key."""
    return ForeignKey(
        name=row.name,
        model=key_of_table(row.schema, row.table),
        columns=tuple(key_of_column(name) for name in row.columns),
        to_model=key_of_table(row.to_schema, row.to_table),
        to_columns=tuple(key_of_column(name) for name in row.to_columns),
        on_delete=row.on_delete,
    )
