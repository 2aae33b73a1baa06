"""Takes a change back: previewed row by row, refused where somebody changed the row since. The caller commits.

Values go from the history to the tables inside the database: numbers keep their digits, moments their microseconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.orm import Session

from admin_core.changes import history
from admin_core.changes.acting import tell
from schema.base import SCHEMA
from schema.changes import ChangeRow, ChangeSet, RowOperation

UPDATED = "updated_at"
MOST = 1_000
"""Rows of one change that can be taken back at once."""


@dataclass(frozen=True)
class Step:
    """One row to put back."""

    row_id: int
    table: str
    record_key: dict[str, Any]
    operation: RowOperation
    problem: str = ""
    """Why it can't be put back, empty when it can."""

    @property
    def verb(self) -> str:
        """What undoing does to the row."""
        return {"insert": "delete", "update": "restore", "delete": "bring back"}[self.operation]


def steps(session: Session, change: ChangeSet, tables: dict[str, Table]) -> list[Step]:
    """Return what undoing a change would do, the last row first, with a sentence where it can't."""
    rows = history.of_change(session, change.id, most=MOST + 1)
    connection = session.connection()
    return [step_of(connection, row, tables) for row in reversed(rows)]


def why_not(change: ChangeSet, plan: list[Step]) -> str:
    """Return why a change can't be undone as a whole, empty when it can."""
    if not change.undoable:
        return "It had effects outside, or belongs to a log that is only written on."
    if not plan:
        return "It changed no row."
    if len(plan) > MOST:
        return f"It changed more than {MOST} rows."
    astray = [step for step in plan if step.problem]
    return f"{len(astray)} of {len(plan)} rows can't be put back." if astray else ""


def step_of(connection: Connection, row: ChangeRow, tables: dict[str, Table]) -> Step:
    """Return the step for one row."""
    table = tables.get(row.table_name)
    problem = "The table is gone." if table is None else problem_of(connection, row, table)
    return Step(row.id, row.table_name, row.record_key, row.operation, problem)


def problem_of(connection: Connection, row: ChangeRow, table: Table) -> str:
    """Return why a row can't be put back, empty when it can."""
    stands = connection.scalar(text(standing(table)), {"row": row.id})
    if row.operation is RowOperation.DELETE:
        if stands is not None:
            return "A record with this key exists again."
        lost = [c.name for c in table.columns if c.info.get("pii") == "secret" and not c.nullable]
        return f"Secrets are not kept: {', '.join(lost)}." if lost else ""
    if stands is None:
        return "The record was deleted since."
    return "" if stands else "Somebody changed it since."


def undo(session: Session, plan: list[Step], tables: dict[str, Table]) -> int:
    """Put the rows back in the plan's order; return how many. Refused as a whole by the database's own rules."""
    tell(session)
    connection = session.connection()
    for step in plan:
        statement = text(reversal(tables[step.table], step.operation))
        connection.execute(statement, {"row": step.row_id})
    return len(plan)


def side(column: str, place: int) -> str:
    """Return one side of a change as SQL: the plain values and the personal ones together."""
    personal = f"SELECT jsonb_object_agg(key, value->{place}) FROM jsonb_each(personal)"
    return f"coalesce({column}, '{{}}') || coalesce(({personal}), '{{}}') AS {column}"


SIDES = f"""
    WITH r AS (
      SELECT record_key, {side("before", 0)}, {side("after", 1)} FROM {SCHEMA}.change_rows WHERE id = :row)
"""


def standing(table: Table) -> str:
    """Return the query that says whether a row stands as the change left it; no row when it is gone. Locks it."""
    return f"""{SIDES}
    SELECT coalesce((SELECT bool_and(to_jsonb(t)->w.key IS NOT DISTINCT FROM w.value) FROM jsonb_each(r.after) w), true)
    FROM {named(table)} t, r WHERE {same_key(table)} FOR UPDATE OF t"""


def reversal(table: Table, operation: RowOperation) -> str:
    """Return the statement that puts one row back."""
    record = f"jsonb_populate_record(NULL::{named(table)}, r.before)"
    if operation is RowOperation.INSERT:
        return f"{SIDES} DELETE FROM {named(table)} t USING r WHERE {same_key(table)}"
    if operation is RowOperation.UPDATE:
        sets = ", ".join(
            f'"{c.name}" = CASE WHEN r.before ? \'{c.name}\' THEN ({record})."{c.name}" ELSE t."{c.name}" END'
            for c in settable(table)
        )
        return f"{SIDES} UPDATE {named(table)} t SET {sets} FROM r WHERE {same_key(table)}"
    columns = [c for c in table.columns if c.computed is None]
    names = ", ".join(f'"{c.name}"' for c in columns)
    values = ", ".join("now()" if c.name == UPDATED else f'f."{c.name}"' for c in columns)
    return (
        f"{SIDES} INSERT INTO {named(table)} ({names}) OVERRIDING SYSTEM VALUE "
        f"SELECT {values} FROM r, jsonb_populate_record(NULL::{named(table)}, r.before) f"
    )


def settable(table: Table) -> Iterator[Any]:
    """Yield the columns an UPDATE may set."""
    for column in table.columns:
        if column.computed is None and column.identity is None and not column.primary_key:
            yield column


def same_key(table: Table) -> str:
    """Return the condition that finds the row of the history's key."""
    key = f"(jsonb_populate_record(NULL::{named(table)}, r.record_key))"
    return " AND ".join(f't."{c.name}" = {key}."{c.name}"' for c in table.primary_key.columns)


def named(table: Table) -> str:
    """Return the table's name as SQL."""
    return f'{table.schema}."{table.name}"'
