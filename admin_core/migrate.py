"""Brings the database to a revision of the schema: for ``admin db``, ``./run`` and tests, never in a web process.

Two processes that start at once take turns: the whole run holds one lock of the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

import schema
from schema.base import SCHEMA
from schema.migrations import VERSION_TABLE, comparison

SCRIPTS = Path(schema.__file__).parent / "migrations"
LOCK = 5_402_611  # any number of ours


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision, making the schema when it is missing."""
    with migrating(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; ``base`` leaves an empty schema."""
    with migrating(url) as config:
        command.downgrade(config, revision)


def current(url: str) -> str | None:
    """Return the revision the database is at, or None when it was never migrated."""
    with connected(url) as connection:
        options = {"version_table": VERSION_TABLE, "version_table_schema": SCHEMA}
        return MigrationContext.configure(connection, opts=options).get_current_revision()


def head() -> str | None:
    """Return the newest revision there is."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


def differences(url: str) -> list[Any]:
    """Return what models and database disagree on; empty when they agree."""
    with connected(url) as connection:
        return comparison.differences(connection)


def write_revision(url: str, message: str, revision: str) -> None:
    """Write a new revision file with what the models have and the database at ``url`` lacks."""
    with migrating(url) as config:
        command.revision(config, message=message, autogenerate=True, rev_id=revision)


@contextmanager
def migrating(url: str) -> Iterator[Config]:
    """Yield Alembic's configuration on a connection that holds the lock."""
    with connected(url) as connection, connected(url) as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        yield config


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection that is closed for good afterwards."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        yield connection
