"""Two questions of a load balancer: is the process alive (/healthz), can it serve (/readyz)? No session, no person."""

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from admin_core import migrate
from admin_core.machine import machine
from schema.base import SCHEMA
from schema.migrations.comparison import VERSION_TABLE

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; a database in trouble is no reason to restart it."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether requests can be served: 200, or 503 with the reason in a sentence."""
    reason = not_ready_because()
    return Response(f"{reason or 'ready'}\n", status=503 if reason else 200, mimetype="text/plain")


def not_ready_because() -> str | None:
    """Return what is missing, or None. Says nothing a stranger could use: no addresses, no error texts."""
    try:
        with machine().database.engine.connect() as connection:
            current = migration_of(connection)
    except SQLAlchemyError:
        return "The database does not answer."
    # A migration we do not know comes from a newer version that is being rolled out beside us: we go on serving.
    if current is None or current in older_migrations():
        return "The database is behind this version. Run: admin db upgrade"
    return None


def migration_of(connection: Connection) -> str | None:
    """Return the migration the database is at; None when it was never migrated."""
    options = {"version_table": VERSION_TABLE, "version_table_schema": SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


@cache
def older_migrations() -> frozenset[str]:
    """Return the migrations before ours; they cannot change while this process runs."""
    scripts = ScriptDirectory(str(migrate.SCRIPTS))
    return frozenset(step.revision for step in scripts.walk_revisions()) - {scripts.get_current_head() or ""}
