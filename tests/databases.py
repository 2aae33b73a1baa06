"""Makes and drops the databases of a test run. One template per state of the schema, shared by parallel runs."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from schema import load_models
from schema.base import SCHEMA, Base

ROOT = Path(__file__).parent.parent
LOCK = 7_203_117  # any number of ours: parallel workers must not make the template twice
PREFIX = "admin_test"


@contextmanager
def server(url: str) -> Iterator[Connection]:
    """Yield a connection outside any transaction that holds the lock of the template."""
    engine = create_engine(normal(url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        yield connection


def normal(url: str) -> str:
    """Return the address with the driver that we use."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def address(server_url: str, database: str) -> str:
    """Return the address of a database on that server."""
    return make_url(normal(server_url)).set(database=database).render_as_string(hide_password=False)


def clone(server_url: str, name: str) -> str:
    """Make a database from the template and return its address."""
    with server(server_url) as connection:
        template = ensure_template(connection, server_url)
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return address(server_url, name)


def drop(server_url: str, name: str) -> None:
    """Drop a database, whoever is still connected."""
    with server(server_url) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def ensure_template(connection: Connection, server_url: str) -> str:
    """Return the name of the template for the schema as it is on disk; make it when it is missing."""
    name = f"{PREFIX}_template_{fingerprint()}"
    existing = set(connection.scalars(text("SELECT datname FROM pg_database WHERE datname LIKE :like"), like()))
    if name in existing:
        return name
    for stale in existing | {f"{name}_new"}:  # templates are only used under the lock: nobody is in them
        connection.execute(text(f'DROP DATABASE IF EXISTS "{stale}" WITH (FORCE)'))
    connection.execute(text(f'CREATE DATABASE "{name}_new" TEMPLATE template0'))
    fill(address(server_url, f"{name}_new"))
    connection.execute(text(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"'))
    return name


def like() -> dict[str, str]:
    """Return the pattern of all our templates."""
    return {"like": f"{PREFIX}\\_template\\_%"}


def fill(url: str) -> None:
    """Bring an empty database to the present schema."""
    engine: Engine = create_engine(url, poolclass=NullPool)
    load_models()
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        Base.metadata.create_all(connection)


def fingerprint() -> str:
    """Return a hash over everything that decides how the database looks."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "schema").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def unique_name(kind: str) -> str:
    """Return a name that no parallel run uses."""
    return f"{PREFIX}_{os.getpid()}_{kind}_{os.urandom(4).hex()}"
