"""The triggers that mark the days whose rows changed: one function per source, made from the declarations.

Marks are only added, never looked for: two writers of one day wait for nobody and cannot lock each other up. The
refresh takes them away. Days beyond what a calendar here holds are not marked, since no period reaches them.
"""

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from admin_core.rollups.sources import Kept, column_of, columns_read, is_day, table_of
from admin_core.theme.formats import ZONE
from schema.base import SCHEMA

PREFIX = "rollup_mark_"
EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
    "truncate": "",
}
FIRST, LAST = "0001-01-02", "9999-12-30"


def install(connection: Connection, rollups: Iterable[Kept]) -> None:
    """Make the triggers that the rollups want, and take away those that nobody wants any more."""
    wanted = by_table(rollups)
    present = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = :s"), {"s": SCHEMA}))
    lines = [line for table in connection.scalars(text(MARKED)).all() for line in removal(table)]
    for table in sorted(wanted.keys() & present):
        lines += creation(table, wanted[table])
    if lines:
        connection.exec_driver_sql(";\n".join(lines), execution_options={"no_parameters": True})


MARKED = f"""
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND t.tgname LIKE 'rollup\\_%' AND NOT t.tgisinternal
"""


def by_table(rollups: Iterable[Kept]) -> dict[str, list[Kept]]:
    """Return the rollups of each source."""
    found: dict[str, list[Kept]] = {}
    for rollup in sorted(rollups, key=lambda each: each.name):
        found.setdefault(table_of(rollup).name, []).append(rollup)
    return found


def removal(table: str) -> Iterator[str]:
    """Yield the statements that take a source's triggers away."""
    for event in EVENTS:
        yield f'DROP TRIGGER IF EXISTS rollup_{event} ON {SCHEMA}."{table}"'
    yield f'DROP FUNCTION IF EXISTS {SCHEMA}."{PREFIX}{table}"()'


def creation(table: str, rollups: list[Kept]) -> Iterator[str]:
    """Yield the statements that make a source's function and triggers."""
    function = f'{SCHEMA}."{PREFIX}{table}"'
    yield f"CREATE OR REPLACE FUNCTION {function}() {body(rollups)}"
    yield f"COMMENT ON FUNCTION {function}() IS '{fingerprint(rollups)}'"
    for event, tables in EVENTS.items():
        yield (
            f'CREATE OR REPLACE TRIGGER rollup_{event} AFTER {event.upper()} ON {SCHEMA}."{table}" {tables} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def body(rollups: list[Kept]) -> str:
    """Return the function's text after its name. It runs with the rights of the owner."""

    def marks(rows: str) -> str:
        return " UNION ALL ".join(marked_days(rollup, rows) for rollup in rollups)

    changed = " UNION ALL ".join(marked_days(rollup, difference(rollup)) for rollup in rollups)
    names = ", ".join(f"'{rollup.name}'" for rollup in rollups)
    into = "INSERT INTO rollup_dirty_days (name, day)"
    return f"""RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SCHEMA}, pg_temp AS $f$
BEGIN
  IF TG_OP = 'INSERT' THEN {into} {marks("new_rows")};
  ELSIF TG_OP = 'DELETE' THEN {into} {marks("old_rows")};
  ELSIF TG_OP = 'UPDATE' THEN {into} {changed};
  ELSE DELETE FROM rollup_states WHERE name IN ({names});
  END IF;
  RETURN NULL;
END $f$"""


def marked_days(rollup: Kept, rows: str) -> str:
    """Return the query for a rollup's name and the different days of some rows."""
    column = f'"{column_of(rollup.moment).name}"'
    day = column if is_day(rollup) else f"({column} AT TIME ZONE '{ZONE.key}')::date"
    bounded = f"{column} > '{FIRST}' AND {column} < '{LAST}'"
    return f"SELECT DISTINCT '{rollup.name}', {day} FROM {rows} AS r WHERE {bounded}"


def difference(rollup: Kept) -> str:
    """Return the rows before and after an update that differ in what the rollup reads."""
    columns = ", ".join(f'"{name}"' for name in columns_read(rollup))
    old, new = f"SELECT {columns} FROM old_rows", f"SELECT {columns} FROM new_rows"
    return f"(({old} EXCEPT ALL {new}) UNION ALL ({new} EXCEPT ALL {old}))"


def fingerprint(rollups: list[Kept]) -> str:
    """Return what tells one text of a function from another."""
    return hashlib.sha256(body(rollups).encode()).hexdigest()[:32]


def unmarked(session: Session | Connection, rollups: Iterable[Kept]) -> set[str]:
    """Return the names of rollups whose source does not mark changed days as they want it."""
    installed = {row.table: (row.triggers, row.told) for row in session.execute(text(INSTALLED))}
    return {
        rollup.name
        for table, those in by_table(rollups).items()
        if installed.get(table) != (len(EVENTS), fingerprint(those))
        for rollup in those
    }


INSTALLED = f"""
    SELECT c.relname AS table, count(*) AS triggers, min(obj_description(t.tgfoid, 'pg_proc')) AS told
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND t.tgname LIKE 'rollup\\_%' AND t.tgenabled = 'O'
    GROUP BY c.relname
"""
