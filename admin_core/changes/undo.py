"""Takes a change back: previewed row by row, refused where somebody changed the row since. The caller commits.

Values go from the history to the tables inside the database: numbers keep their digits, moments their microseconds.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_core.changes.acting import tell
from admin_core.changes.personal import Texts, is_erased
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
    operation: RowOperation
    record: str
    """The key of the record, as text."""
    columns: tuple[str, ...]
    """The columns whose values come back."""
    problem: str = ""
    """Why it can't be put back, empty when it can."""

    @property
    def statement(self) -> tuple[str, RowOperation]:
        """What kind of statement puts it back."""
        return self.table, self.operation

    @property
    def verb(self) -> str:
        """What undoing does to the row."""
        return {"insert": "delete", "update": "restore", "delete": "bring back"}[self.operation]


def steps(
    session: Session,
    change: ChangeSet,
    rows: Sequence[ChangeRow],
    tables: Mapping[str, Table],
    texts: Texts,
    *,
    lock: bool = False,
) -> list[Step]:
    """Return what undoing a change would do, the last row first, with a sentence where it can't.

    ``texts`` are the personal values of its rows: ``personal.texts_of``.
    """
    worth_asking = change.undoable and len(rows) <= MOST
    problems = problems_of(session.connection(), rows, tables, as_json(texts), lock=lock) if worth_asking else {}
    return [step_of(row, problems.get(row.id, "")) for row in reversed(rows)]


def step_of(row: ChangeRow, problem: str) -> Step:
    """Return what undoes the change of one row."""
    record = json.dumps(row.record_key, sort_keys=True)
    return Step(row.id, row.table_name, row.operation, record, columns_of(row), problem)


def columns_of(row: ChangeRow) -> tuple[str, ...]:
    """Return the columns that a change of a row says something about."""
    return tuple({**(row.before or {}), **(row.after or {}), **dict.fromkeys(row.personal_columns or ())})


def why_not(change: ChangeSet, plan: list[Step]) -> str:
    """Return why a change can't be undone as a whole, empty when it can."""
    if not change.undoable:
        return "It had effects outside, or belongs to a log that is only written on."
    if not plan:
        return "It changed no row."
    if len(plan) > MOST:
        return f"It changed more than {MOST} rows."
    astray = Counter(step.problem for step in plan if step.problem)
    if not astray:
        return ""
    return f"{astray.total()} of {len(plan)} rows can't be put back. {' '.join(sorted(astray))}"


def problems_of(
    connection: Connection, rows: Iterable[ChangeRow], tables: Mapping[str, Table], opened: str, *, lock: bool
) -> dict[int, str]:
    """Return, for each row that can't be put back, why; two statements for each table."""
    found: dict[int, str] = {}
    groups: dict[str, list[ChangeRow]] = {}
    for row in rows:
        groups.setdefault(row.table_name, []).append(row)
    for name, group in groups.items():
        if name not in tables:
            found |= dict.fromkeys((row.id for row in group), "The table is gone.")
            continue
        ids = {"rows": [row.id for row in group], "opened": opened}
        asked = connection.execute(text(standing(tables[name], lock=lock)), ids)
        stands: dict[int, bool] = {row_id: as_left for row_id, as_left in asked}  # noqa: C416 (rows are no tuples)
        needed = frozenset(connection.scalars(text(leaning(tables[name])), ids))
        told = ((row.id, problem_of(row, tables[name], stands.get(row.id), row.id in needed)) for row in group)
        found |= {row_id: problem for row_id, problem in told if problem}
    return found


def problem_of(row: ChangeRow, table: Table, stands: bool | None, needed: bool) -> str:
    """Return why a row can't be put back, empty when it can; ``stands`` is None when there is no record."""
    if is_erased(row):
        return "Personal values it held were erased for good."
    if row.operation is RowOperation.DELETE:
        return "A record with this key exists again." if stands is not None else lost_secrets(table)
    if stands is None:
        return "The record was deleted since."
    if not stands:
        return "Somebody changed it since."
    lost = needed and row.operation is RowOperation.INSERT
    return "Other records belong to it by now, and would go with it or lose their link." if lost else ""


def lost_secrets(table: Table) -> str:
    """Return why deleted rows of a table can't come back whole, empty when they can."""
    lost = [c.name for c in table.columns if c.info.get("pii") == "secret" and not c.nullable]
    return f"Secrets are not kept: {', '.join(lost)}." if lost else ""


def undo(session: Session, plan: Sequence[Step], tables: Mapping[str, Table], texts: Texts) -> int:
    """Put the rows back; return how many. IntegrityError when a record that stands forbids it.

    The last row comes first, but for those that need another row of the change: of what went by a cascade, triggers see
    the parent before its children. They come in a later round.
    """
    tell(session)
    waiting = list(batches(plan))
    while waiting:
        refused = [(batch, error) for batch in waiting if (error := refusal(session, batch, tables, texts))]
        if len(refused) == len(waiting):
            raise refused[0][1]
        waiting = [batch for batch, _ in refused]
    return len(plan)


def batches(plan: Iterable[Step]) -> Iterator[list[Step]]:
    """Yield the steps that one statement can do: in a row, of one kind, on one table, each on another record."""
    batch: dict[str, Step] = {}
    for step in plan:
        if batch and (step.record in batch or step.statement != next(iter(batch.values())).statement):
            yield [*batch.values()]
            batch = {}
        batch[step.record] = step
    if batch:
        yield [*batch.values()]


def refusal(
    session: Session, batch: Sequence[Step], tables: Mapping[str, Table], texts: Texts
) -> IntegrityError | None:
    """Put the rows of a batch back, or change nothing and return why the database refused."""
    table, operation = batch[0].statement
    rows = [step.row_id for step in batch]
    try:
        with session.begin_nested():
            words = {"rows": rows, "opened": as_json(texts, *rows)}
            session.connection().execute(text(reversal(tables[table], operation)), words)
    except IntegrityError as error:
        return error
    return None


def as_json(texts: Texts, *only: int) -> str:
    """Return personal values as one JSON object by row; the values' own text, so that no number is rounded."""
    rows = only or tuple(texts)
    return "{" + ",".join(f'"{row}":{texts[row]}' for row in rows if row in texts) + "}"


def side(column: str, place: int) -> str:
    """Return one side of a change as SQL: the plain values and the personal ones together."""
    words = "CAST(:opened AS jsonb) -> CAST(id AS text)"
    personal = f"SELECT jsonb_object_agg(key, value->{place}) FROM jsonb_each({words})"
    return f"coalesce({column}, '{{}}') || coalesce(({personal}), '{{}}') AS {column}"


SIDES = f"""
    WITH r AS (
      SELECT id, change_set_id, table_name, record_key, {side("before", 0)}, {side("after", 1)}
      FROM {SCHEMA}.change_rows WHERE id = ANY(:rows))
"""
LATER = f"""
    SELECT FROM {SCHEMA}.change_rows l
    WHERE l.change_set_id = r.change_set_id AND l.table_name = r.table_name AND l.record_key = r.record_key
      AND l.id > r.id AND (l.after ? w.key OR w.key = ANY(l.personal_columns))
"""
"""The same change set the column once more: then that value must stand."""


def standing(table: Table, *, lock: bool) -> str:
    """Return the query for whether each row stands as the change left it; of a row that is gone nothing comes back."""
    same = f"to_jsonb(t)->w.key IS NOT DISTINCT FROM w.value OR EXISTS ({LATER})"
    return f"""{SIDES}
    SELECT r.id, coalesce((SELECT bool_and({same}) FROM jsonb_each(r.after) w), true)
    FROM {named(table)} t, r WHERE {same_key(table)} ORDER BY r.id {"FOR UPDATE OF t" if lock else ""}"""


def leaning(table: Table) -> str:
    """Return the query for the rows of a table to which records point that the change itself did not make point."""
    pointing = " OR ".join(f"EXISTS ({outsiders(key)})" for key in keys_to(table)) or "false"
    return f"{SIDES} SELECT r.id FROM {named(table)} t, r WHERE {same_key(table)} AND ({pointing})"


def keys_to(table: Table) -> Iterator[ForeignKeyConstraint]:
    """Yield the foreign keys that point to a table."""
    for other in table.metadata.tables.values():
        yield from (key for key in other.foreign_key_constraints if key.referred_table is table)


def outsiders(key: ForeignKeyConstraint) -> str:
    """Return the query for the records that point to ``t`` by this key and did not come with the change of ``r``."""
    assert isinstance(key.table, Table)
    points = " AND ".join(f'o."{e.parent.name}" = t."{e.column.name}"' for e in key.elements)
    own = ", ".join(f"'{c.name}', o.\"{c.name}\"" for c in key.table.primary_key.columns)
    set_then = " OR ".join(f"p.after ? '{e.parent.name}'" for e in key.elements)
    return f"""SELECT FROM {named(key.table)} o WHERE {points} AND NOT EXISTS (
        SELECT FROM {SCHEMA}.change_rows p WHERE p.change_set_id = r.change_set_id
        AND p.table_name = '{key.table.name}' AND p.record_key = jsonb_build_object({own}) AND ({set_then}))"""


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
