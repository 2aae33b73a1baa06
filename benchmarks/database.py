"""The private PostgreSQL of the benchmark, with the full database and its tenth; nobody else's server is touched."""

import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from admin_core import migrate
from admin_core.access import ensure_roles
from admin_core.supervisor.servers import RunningPostgres, start_postgres
from benchmarks import data
from schema import load_models

SETTINGS = {
    "shared_buffers": "3GB",
    "work_mem": "32MB",
    "random_page_cost": "1.1",
    "effective_cache_size": "12GB",
    "max_wal_size": "8GB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
}


@dataclass(frozen=True)
class Databases:
    """A running server with both databases in it."""

    server: RunningPostgres
    full: str
    tenth: str
    superuser: str


def provided(directory: Path, size: data.Size) -> Databases:
    """Return the databases under a directory, made when they are missing. Call from the main thread."""
    directory.mkdir(parents=True, exist_ok=True)
    tune(directory)
    server = start_postgres(directory, fast_unsafe=True)
    load_models()
    for name, wanted in (("bench", size), ("bench_tenth", data.tenth(size))):
        if not is_complete(server, name):
            started = time.monotonic()
            make(server, name, wanted)
            print(f"{name}: {wanted} in {time.monotonic() - started:.0f} s", flush=True)
        else:
            migrate.upgrade(alchemy(address(server.url, name)))  # kept since an older schema
    superuser = address(server.superuser_url, "bench")
    return Databases(server, address(server.url, "bench"), address(server.url, "bench_tenth"), superuser)


def tune(directory: Path) -> None:
    """Give a new server its settings; they are read at a start only."""
    if (directory / "postgres" / "postgresql.auto.conf").exists():
        return
    server = start_postgres(directory, fast_unsafe=True)
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        for name, value in SETTINGS.items():
            if "." not in name:
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    server.stop()
    with (directory / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items() if "." in name)


def is_complete(server: RunningPostgres, name: str) -> bool:
    """Return whether a database was filled to the end by an earlier run."""
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        found = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        row = connection.execute(found, [name]).fetchone()
    return row is not None and row[0] == "complete"


def make(server: RunningPostgres, name: str, size: data.Size) -> None:
    """Make a database: our migrations, roles, extensions and rows."""
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} OWNER admin_owner")
    superuser, owner = address(server.superuser_url, name), address(server.url, name)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("CREATE EXTENSION pg_trgm")
    migrate.upgrade(alchemy(owner))
    engine = create_engine(alchemy(owner))
    with Session(engine) as session:
        ensure_roles(session)
        session.commit()
    engine.dispose()
    data.fill(superuser, size)
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"COMMENT ON DATABASE {name} IS 'complete'")


def address(url: str, name: str) -> str:
    """Return the address of another database of the same server, for psycopg."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def alchemy(url: str) -> str:
    """Return the address for SQLAlchemy."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
