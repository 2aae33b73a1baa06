"""Makes and drops the databases of a test run. One template per state of the schema, shared by parallel runs."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from admin_core import migrate
from admin_core.changes.database_roles import ROLES, make_role
from admin_core.changes.triggers import APP_ROLE

ROOT = Path(__file__).parent.parent
LOCK = 7_203_117  # any number of ours: parallel workers must not make the template twice
PREFIX = "admin_test"
KEPT = 3  # templates of other states of the schema: a checkout beside this one may be using them


WAITING = text("""
    SELECT count(DISTINCT waiting.pid) FROM pg_locks AS waiting
    WHERE NOT waiting.granted AND EXISTS (
      SELECT FROM pg_locks AS held JOIN pg_database AS place ON place.oid = held.database
      WHERE held.pid = waiting.pid AND place.datname = current_database())
""")
"""Who waits for a lock in this database: parallel tests have others on the same server."""


@contextmanager
def server(url: str) -> Iterator[Connection]:
    """Yield a connection outside any transaction: databases are made and dropped there, however long others take."""
    patient = {"options": "-c lock_timeout=0 -c statement_timeout=0"}
    engine = create_engine(normal(url), isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=patient)
    with engine.connect() as connection:
        yield connection


def normal(url: str) -> str:
    """Return the address with the driver that we use."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def address(server_url: str, database: str) -> str:
    """Return the address of a database on that server."""
    return make_url(normal(server_url)).set(database=database).render_as_string(hide_password=False)


APP_PASSWORD = "app"


def as_app(url: str) -> str:
    """Return the address for the role of web and workers, which owns nothing."""
    changed = make_url(url).set(username=APP_ROLE, password=APP_PASSWORD)
    return changed.render_as_string(hide_password=False)


def make_roles(server_url: str) -> None:
    """Make the roles of the product on the server, for every database of the run."""
    url = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        for role in ROLES:
            make_role(connection, role, APP_PASSWORD)


def clone(server_url: str, name: str) -> str:
    """Make a database from the template and return its address."""
    with server(server_url) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        copied(connection, ensure_template(connection, server_url), name)
    return address(server_url, name)


def copied(connection: Connection, template: str, name: str) -> None:
    """Make a database as another is, in which nobody may be. As files: page by page costs twice as much."""
    connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))


def drop(server_url: str, name: str) -> None:
    """Drop a database, whoever is still connected."""
    with server(server_url) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def ensure_template(connection: Connection, server_url: str) -> str:
    """Return the name of the template for the schema as it is on disk; make it when it is missing."""
    name = f"{PREFIX}_template_{fingerprint()}"
    found = "SELECT datname FROM pg_database WHERE datname LIKE :like ORDER BY oid DESC"
    existing = list(connection.scalars(text(found), {"like": f"{PREFIX}\\_template\\_%"}))
    if name in existing:
        return name
    for stale in [f"{name}_new", *existing[KEPT:]]:  # templates are only used under the lock: nobody is in them
        connection.execute(text(f'DROP DATABASE IF EXISTS "{stale}" WITH (FORCE)'))
    make_roles(server_url)
    connection.execute(text(f'CREATE DATABASE "{name}_new" TEMPLATE template0'))
    migrate.upgrade(address(server_url, f"{name}_new"))
    connection.execute(text(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"'))
    return name


def fingerprint() -> str:
    """Return a hash over everything that decides how the database looks."""
    digest = hashlib.sha256()
    for path in [
        Path(__file__),
        *sorted((ROOT / "schema").rglob("*.py")),
        *sorted((ROOT / "admin_core/changes").glob("*.py")),
    ]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def unique_name(kind: str) -> str:
    """Return a name that no parallel run uses."""
    return f"{PREFIX}_{os.getpid()}_{kind}_{os.urandom(4).hex()}"


def until_waiting(connection: Connection, many: int = 1) -> None:
    """Return when so many others wait for a lock."""
    for _ in range(600):
        if connection.scalar(WAITING) >= many:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
