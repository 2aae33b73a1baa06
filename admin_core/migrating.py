"""Brings a database to the present schema, and says how far one is. Alembic does the work, in schema "admin"."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import schema
from schema.base import SCHEMA

MIGRATIONS = Path(schema.__file__).with_name("migrations")
DEMO_MARK = "demo"
SEEDED_MARK = "demo, seeded"


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration without an ini file; migrations run on ``connection``, in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """Return the newest migration on disk."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def known() -> frozenset[str]:
    """Return every migration on disk."""
    return frozenset(step.revision for step in ScriptDirectory.from_config(configuration()).walk_revisions())


def current(connection: Connection) -> str | None:
    """Return the migration the database is at; None for a database without our tables."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    return context.get_current_revision()


def upgrade(connection: Connection) -> None:
    """Run every migration the database has not seen yet."""
    command.upgrade(configuration(connection), "head")


def has_schema(connection: Connection) -> bool:
    """Return whether schema "admin" exists."""
    return connection.scalar(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": SCHEMA}) is True


def mark(connection: Connection) -> str | None:
    """Return the mark on schema "admin": it tells a demo, which may be filled with invented data, from the rest."""
    statement = text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')")
    words: str | None = connection.scalar(statement, {"name": SCHEMA})
    return words


def set_mark(connection: Connection, words: str) -> None:
    """Mark schema "admin"; the words are one of our constants."""
    connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{words}'"))


def is_demo(connection: Connection) -> bool:
    """Return whether this database was made for invented data."""
    return mark(connection) in {DEMO_MARK, SEEDED_MARK}
