"""What the database knows and declarations don't: how many rows about, which indexes really serve, what repeats.

Asked once per process and a few minutes; a list page finds it in memory.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_core.database import ENGINE, connection_of

LIFETIME_S = 300.0
UNKNOWN = -1
"""PostgreSQL's word for a table that was never analysed; it says nothing about its size."""

# Scaled by today's size, as the planner does: a table that grew since it was analysed is not small any more.
READ = sa.text("""
    SELECT n.nspname, c.relname,
           CASE WHEN c.relkind = 'p' THEN c.reltuples
                WHEN c.relkind IN ('v', 'f') OR c.reltuples < 0 THEN -1
                WHEN c.relpages > 0 THEN c.reltuples / c.relpages * (pg_relation_size(c.oid) / 8192.0)
                WHEN pg_relation_size(c.oid) = 0 THEN 0
                ELSE -1 END::bigint,
           coalesce(array_agg(i.relname) FILTER (WHERE x.indisvalid AND x.indisready), '{}') AS serving,
           CASE WHEN c.reltuples > :small THEN ARRAY(
               SELECT s.attname FROM pg_catalog.pg_stats s
               WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND :crowd < c.reltuples * greatest(
                   s.null_frac, s.most_common_freqs[1], CASE WHEN s.n_distinct > 0 THEN 1 / s.n_distinct END))
           ELSE '{}' END AS crowded
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index x ON x.indrelid = c.oid
    LEFT JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    GROUP BY n.nspname, c.relname, c.oid
""")

SMALL = 20_000
"""Up to so many rows everything is quick without an index."""
CROWD = 5_000
"""So many rows with one value are no longer sorted among themselves within a few milliseconds."""


@dataclass(frozen=True)
class TableFacts:
    """One table as the database knows it."""

    rows: int = UNKNOWN
    indexes: frozenset[str] = frozenset()
    """Names of the indexes that are there and valid."""
    crowded: frozenset[str] = frozenset()
    """Names of the columns of a large table in which one value, or none, stands for a crowd of rows."""


@dataclass
class Catalog:
    """The tables of one database; sizes counted by hand, and what was concluded, are kept beside."""

    tables: Mapping[tuple[str, str], TableFacts]
    read_at: float
    counted: dict[tuple[str, str], int] = field(default_factory=dict)
    concluded: dict[type[Any], Any] = field(default_factory=dict)


known: WeakKeyDictionary[Engine, Catalog] = WeakKeyDictionary()
"""By engine: two databases in one process must not answer for each other."""


def table_facts(session: Session, table: sa.Table) -> TableFacts:
    """Return what the database knows about a table, at most some minutes old."""
    name = (table.schema or "public", table.name)
    catalog = current(session, table)
    facts = catalog.tables.get(name, TableFacts())
    if facts.rows >= 0:
        return facts
    if name not in catalog.counted:
        catalog.counted[name] = counted(session, table)
    return replace(facts, rows=catalog.counted[name])


def current(session: Session, table: sa.Table | None = None) -> Catalog:
    """Return the catalog of the database a table is in, read again when it is old."""
    engine = engine_of(session, table)
    catalog = known.get(engine)
    if catalog is None or time.monotonic() - catalog.read_at > LIFETIME_S:
        # Only names and sizes of tables are read, no row of them: nothing the policy could restrict.
        rows = connection_of(session, table).execute(READ, {"small": SMALL, "crowd": CROWD}).all()
        tables = {
            (schema, table): TableFacts(size, frozenset(serving), frozenset(crowded))
            for schema, table, size, serving, crowded in rows
        }
        catalog = known[engine] = Catalog(tables, time.monotonic())
    return catalog


def forget(session: Session) -> None:
    """Read the catalog again at the next question: after a migration, or in a test."""
    known.pop(engine_of(session), None)


def engine_of(session: Session, table: sa.Table | None = None) -> Engine:
    """Return the engine a table is read with: its own, else the session's, bound to it or to a connection."""
    bind: Any = (table.info.get(ENGINE) if table is not None else None) or session.get_bind()
    engine: Engine = bind.engine
    return engine


def counted(session: Session, table: sa.Table) -> int:
    """Return the number of rows, counted no further than needed to call the table large."""
    some = sa.select(sa.literal_column("1")).select_from(table).limit(SMALL + 1).subquery()
    return connection_of(session, table).scalar(sa.select(sa.func.count()).select_from(some)) or 0
