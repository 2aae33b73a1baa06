"""Installs what captures changes: two functions, and three triggers per table whose rows are recorded.

Which tables, and which of their columns hold personal data, is read from the models' tags, so the triggers are made
anew after each migration. ``wrong`` compares what is installed with what the models want.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapper

from admin_core.changes.capture_sql import FUNCTIONS
from schema.base import SCHEMA
from schema.tags import PERSONAL, options_of

APP_ROLE = "admin_app"
"""The role of web, workers and relay: what it writes outside a change-set is refused."""
OPEN, ROW, KEEP = "capture_open", "capture_row", "capture_keep"
UNCAPTURED = frozenset({"updated_at", "last_used_at", "last_used_ip"})
"""Clocks that machines move: a change of nothing else is no change."""
SELF = "self"
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped


@dataclass(frozen=True)
class Capture:
    """What the triggers of one table are told."""

    table: str
    key: tuple[str, ...]
    personal: tuple[str, ...]
    skipped: tuple[str, ...]
    """Neither compared nor kept: clocks, and secrets."""
    subject: "Subject"

    @property
    def arguments(self) -> str:
        """Return the arguments of the row trigger, as SQL."""
        lists = (array(self.key), array(self.personal), array(self.skipped))
        return ", ".join(f"'{word}'" for word in (*lists, *astuple(self.subject)))


@dataclass(frozen=True)
class Subject:
    """Whose data the rows of a table are, and how a row tells."""

    kind: str = ""
    column: str = ""
    query: str = ""
    """When it takes more than one step: the query that leads from the column's value to the subject's key."""


def captures(base: type[DeclarativeBase]) -> list[Capture]:
    """Return what is captured: every table but those exempt by name (``capture="batch"``); join tables are."""
    mapped = {mapper.local_table: mapper.class_ for mapper in base.registry.mappers}
    own = [t for t in base.metadata.sorted_tables if t.schema == SCHEMA]
    return [capture_of(t, mapped.get(t)) for t in own if t not in mapped or options_of(mapped[t]).capture == "row"]


def capture_of(table: Table, model: type[DeclarativeBase] | None) -> Capture:
    """Return the capture of one table."""
    return Capture(
        table=table.name,
        key=tuple(c.name for c in table.primary_key.columns),
        personal=tuple(c.name for c in table.columns if c.info.get("pii") in PERSONAL - {"secret"}),
        skipped=tuple(c.name for c in table.columns if is_left_out(c)),
        subject=subject_of(model) if model else Subject(),
    )


def is_left_out(column: Column[Any]) -> bool:
    """Return whether the history says nothing of a column."""
    return column.info.get("pii") == "secret" or column.name in UNCAPTURED or column.info.get("moving") is True


def subject_of(model: type[DeclarativeBase]) -> Subject:
    """Return whose data a row of a model is; nobody's when the model does not say, or one step has no single column."""
    path = options_of(model).subject
    if path == SELF:
        return Subject(kind_of(model.__mapper__), model.__mapper__.primary_key[0].name)
    if not path:
        return Subject()
    at, column, query = model.__mapper__, "", ""
    for step in path.split("."):
        relationship = at.relationships[step]
        if len(relationship.local_columns) != 1:
            return Subject()
        local = next(iter(relationship.local_columns))
        column, query = (column, next_step(at, local, query)) if column else (local.name, "")
        at = relationship.mapper
    return Subject(kind_of(at), column, query)


def next_step(at: Mapper[Any], column: ColumnElement[Any], query: str) -> str:
    """Return the query for a column of the row whose key another query finds, or is given."""
    key = at.primary_key[0]
    value = f"({query or '$1'})::{key.type.compile(dialect=DIALECT)}"
    return f'SELECT "{column.name}"::text FROM {at.local_table} WHERE "{key.name}" = {value}'


def kind_of(mapper: Mapper[Any]) -> str:
    """Return the word for whose data something is: the name of the model of people or companies."""
    return mapper.class_.__name__.lower()


def install(connection: Connection, base: type[DeclarativeBase]) -> None:
    """Make functions and triggers as the base's models want them; triggers of tables that are now exempt go."""
    connection.execute(text(FUNCTIONS))
    wanted = {capture.table: capture for capture in captures(base)}
    present = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = :s"), {"s": SCHEMA}))
    statements = [line for table in sorted(present) for line in removal(table)]
    statements += [line for table in sorted(present & wanted.keys()) for line in creation(wanted[table])]
    connection.exec_driver_sql(";\n".join(statements), execution_options={"no_parameters": True})


def removal(table: str) -> Iterator[str]:
    """Yield the statements that take a table's triggers away."""
    for name in (OPEN, ROW, KEEP):
        yield f'DROP TRIGGER IF EXISTS {name} ON {SCHEMA}."{table}"'


def creation(capture: Capture) -> Iterator[str]:
    """Yield the statements that make a table's triggers."""
    table = f'{SCHEMA}."{capture.table}"'
    when = f"WHEN (session_user = '{APP_ROLE}' OR coalesce(current_setting('admin.change', true), '') <> '')"
    yield (
        f"CREATE TRIGGER {OPEN} BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH STATEMENT {when} "
        f"EXECUTE FUNCTION {SCHEMA}.{OPEN}()"
    )
    yield (
        f"CREATE TRIGGER {ROW} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW {when} "
        f"EXECUTE FUNCTION {SCHEMA}.{ROW}({capture.arguments})"
    )
    yield f"CREATE TRIGGER {KEEP} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.{KEEP}()"


def wrong(connection: Connection, base: type[DeclarativeBase]) -> list[str]:
    """Return the tables whose row trigger is missing, too many, or told something else than the models want."""
    found = {
        row.table: row.definition
        for row in connection.execute(text(INSTALLED), {"schema": SCHEMA, "name": ROW})
        if row.enabled == "O"
    }
    wanted = {capture.table: capture for capture in captures(base)}
    astray = {table for table, capture in wanted.items() if f"({capture.arguments})" not in found.get(table, "")}
    return sorted(astray | (found.keys() - wanted.keys()))


INSTALLED = """
    SELECT c.relname AS table, pg_get_triggerdef(t.oid) AS definition, t.tgenabled AS enabled
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = CAST(:schema AS regnamespace) AND t.tgname = :name
"""


def array(names: Iterable[str]) -> str:
    """Return names as the text of a PostgreSQL array."""
    return "{" + ",".join(f'"{name}"' for name in names) + "}"
