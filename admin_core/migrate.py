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
from admin_core.changes import database_roles, triggers
from admin_core.plugin_migrations import Branch
from schema import load_models
from schema.base import SCHEMA, Base
from schema.migrations import PLUGIN_MARK, VERSION_TABLE, comparison

SCRIPTS = Path(schema.__file__).parent / "migrations"
LOCK = 5_402_611  # any number of ours


def upgrade(url: str, revision: str = "head") -> None:
    """Bring core's tables up to a revision, making the schema when it is missing. Plugins' tables are left alone."""
    with migrating(url) as config:
        # By its name: applied revisions of plugins that are not here are ends too.
        command.upgrade(config, (head() or revision) if revision == "head" else revision)
        if revision == "head":
            furnish(config.attributes["connection"])


def upgrade_branch(url: str, branch: Branch) -> None:
    """Bring one plugin's tables up to its newest revision. Core's must be at its own already."""
    with migrating(url, branch) as config:
        command.upgrade(config, f"{branch.plugin}@head")
        furnish(config.attributes["connection"])


def furnish(connection: Connection) -> None:
    """Make what follows from the tables: the triggers that capture changes, and the rights of each role."""
    load_models()
    triggers.install(connection, Base)
    database_roles.grant(connection, Base)
    connection.commit()


def furnish_database(url: str) -> None:
    """Make triggers and rights anew, as after a migration."""
    with connected(url) as connection:
        furnish(connection)


def downgrade(url: str, revision: str) -> None:
    """Take core's tables back to a revision; ``base`` leaves an empty schema if no plugin has tables."""
    with migrating(url) as config:
        command.downgrade(config, revision)


def downgrade_branch(url: str, branch: Branch, revision: str = "base") -> None:
    """Take one plugin's tables back; ``base`` leaves none of them and touches nobody else's."""
    with migrating(url, branch) as config:
        command.downgrade(config, f"{branch.plugin}@{revision}")


def current(url: str) -> str | None:
    """Return the revision core's tables are at, or None when they were never migrated."""
    own = [name for name in all_current(url) if PLUGIN_MARK not in name]
    return own[0] if own else None


def all_current(url: str) -> tuple[str, ...]:
    """Return every revision the database is at: core's first, then one for each plugin with tables."""
    with connected(url) as connection:
        options = {"version_table": VERSION_TABLE, "version_table_schema": SCHEMA}
        found = MigrationContext.configure(connection, opts=options).get_current_heads()
    return tuple(sorted(found, key=lambda name: (PLUGIN_MARK in name, name)))


def head() -> str | None:
    """Return the newest revision of core."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


def differences(url: str) -> list[Any]:
    """Return what models and database disagree on; empty when they agree."""
    with connected(url) as connection:
        return comparison.differences(connection)


def write_revision(url: str, message: str, revision: str) -> None:
    """Write a new revision file with what the models have and the database at ``url`` lacks."""
    with migrating(url) as config:
        command.revision(config, message=message, autogenerate=True, rev_id=revision, head=head() or "head")


@contextmanager
def migrating(url: str, branch: Branch | None = None) -> Iterator[Config]:
    """Yield Alembic's configuration, with one plugin's branch beside core, on a connection that holds the lock."""
    with connected(url) as connection, connected(url) as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        folders = [SCRIPTS / "versions", *([branch.folder] if branch else [])]
        config.set_main_option("version_locations", "\n".join(map(str, folders)).replace("%", "%%"))
        config.attributes["connection"] = connection
        yield config


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection that is closed for good afterwards."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        yield connection
