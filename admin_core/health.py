"""Two questions of a load balancer: is the process alive (/healthz), can it serve (/readyz)? No session, no person."""

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from flask import Blueprint, Response
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

import schema
from admin_core.changes.database_roles import owns_history
from admin_core.machine import machine
from admin_core.plugin_migrations import Branch
from schema.base import SCHEMA
from schema.migrations import PLUGIN_MARK, VERSION_TABLE

blueprint = Blueprint("health", __name__)

MIGRATIONS = Path(schema.__file__).parent / "migrations" / "versions"
DOWN_REVISION = re.compile(r"^down_revision\b[^=\n]*=(.*)$", re.MULTILINE)
REVISION = re.compile(r"^revision\b[^=\n]*=\s*[\"']([^\"']+)", re.MULTILINE)
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


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
            current = migrations_of(connection)
            owns = machine().settings.env == "production" and owns_history(connection)
    except SQLAlchemyError:
        return "The database does not answer."
    if owns:
        return "The database role of the web owns the history. Run: admin db roles"
    return behind(current, machine().plugins.branches())


def behind(current: Collection[str], branches: Iterable[Branch]) -> str | None:
    """Return whose tables the database lacks, core's or a plugin's, or None when it has all that runs here needs."""
    if is_behind({name for name in current if PLUGIN_MARK not in name}, older_migrations()):
        return "The database is behind this version. Run: admin db upgrade"
    for branch in branches:
        own = f"{branch.plugin}{PLUGIN_MARK}"
        if is_behind({name for name in current if name.startswith(own)}, branch.older):
            return "The database lacks tables of a plugin. Run: admin db upgrade"
    return None


def is_behind(current: Collection[str], older: Collection[str]) -> bool:
    """Return whether a branch was never migrated, or stands at a revision that others come after.

    A revision we do not know comes from a newer version that is being rolled out beside us: we go on serving.
    """
    return not current or any(name in older for name in current)


def migrations_of(connection: Connection) -> list[str]:
    """Return the migrations the database is at, of core and of plugins; none when it was never migrated."""
    table = f"{SCHEMA}.{VERSION_TABLE}"
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": table}) is None:
        return []
    return list(connection.scalars(text(f"SELECT version_num FROM {table}")))


@cache
def newest_migrations() -> frozenset[str]:
    """Return the migrations that no other comes after; they cannot change while this process runs."""
    found = (REVISION.search(path.read_text("utf-8")) for path in MIGRATIONS.glob("*.py"))
    return frozenset(match[1] for match in found if match) - older_migrations()


@cache
def older_migrations() -> frozenset[str]:
    """Return the migrations before ours, those that others come after; they cannot change while this process runs.

    Read from the files' heads: Alembic would cost every web process 9 MB for this one answer.
    """
    heads = (DOWN_REVISION.search(path.read_text("utf-8")) for path in MIGRATIONS.glob("*.py"))
    return frozenset(name for head in heads if head for name in QUOTED.findall(head[1]))
