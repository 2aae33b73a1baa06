"""Makes the databases on which plugins are examined, and drops them; no database that exists is ever touched."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from admin_core import demo_mark
from admin_core.commands import database
from admin_core.conformance.stage import Databases, settings_for
from admin_core.machine import Machine
from admin_core.settings import read_database_url
from admin_core.supervisor.servers import start_postgres

SCALE = 0.02
"""Of the demo company: enough rows to see statements multiply, few enough to wait for."""
PREFIX = "admin_check"


class ProductionRefused(RuntimeError):
    """Plugins are not examined where real records are; the message says what to do."""


def refuse_production(environ: Mapping[str, str]) -> None:
    """Raise unless this process is none of a production: one that has a database and no word is."""
    env = environ.get("ADMIN_ENV", "production" if "DATABASE_URL" in environ else "test")
    if env == "production":
        raise ProductionRefused(
            "ADMIN_ENV is production: a plugin is examined beside no real records. Do it on a machine for development,"
            " or set ADMIN_ENV=test and name a server for trying things out with --database."
        )


@contextmanager
def thrown_away(server_url: str = "", paths: tuple[str, ...] = ()) -> Iterator[Databases]:
    """Yield two databases made from nothing, on this server or on one that is started for the purpose.

    ``paths`` are those of plugins outside ``plugins/``, whose tables are made, too.
    """
    with server(server_url) as url, connected(url) as connection:
        empty, filled = (f"{PREFIX}_{os.getpid()}_{os.urandom(3).hex()}" for _ in range(2))
        try:
            connection.execute(text(f'CREATE DATABASE "{empty}" TEMPLATE template0'))
            database.upgrade(settings_for(address(url, empty), paths=paths))
            connection.execute(text(f'CREATE DATABASE "{filled}" TEMPLATE "{empty}"'))
            fill(address(url, filled))
            yield Databases(empty=address(url, empty), filled=address(url, filled))
        finally:
            for name in (filled, empty):
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@contextmanager
def server(url: str) -> Iterator[str]:
    """Yield the address of a server on which databases may be made: the one given, or our own until the block ends."""
    if url:
        yield read_database_url(url)
        return
    own = start_postgres(fast_unsafe=True)
    try:
        yield read_database_url(own.superuser_url)
    finally:
        own.stop()


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection outside any transaction: databases are made and dropped there."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        yield connection


def address(server_url: str, name: str) -> str:
    """Return the address of a database on a server."""
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def fill(database_url: str) -> None:
    """Put the invented records of every plugin that has some into a new database."""
    parts = Machine.assemble(settings_for(database_url))
    with parts.database.engine.begin() as connection:
        demo_mark.set_mark(connection, demo_mark.DEMO)
    for demo in parts.plugins.items("register_demo"):
        demo.seed(parts.database.engine, SCALE, lambda _: None)
    parts.database.engine.dispose()
