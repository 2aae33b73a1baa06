"""Databases for tests: one per xdist worker, made from a migrated template; a transaction rolled back per test.

``ADMIN_TEST_POSTGRES`` names a server on which databases may be made; without it an own one is started.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from admin_core.conformance import Databases
from admin_core.supervisor.places import temporary_directory
from admin_core.supervisor.servers import start_postgres
from schema import load_models
from tests.company import RUN, company, name_of
from tests.databases import clone, drop, unique_name

gc.set_threshold(50_000)  # what is imported stays: walking it often costs a fifth of a worker's start
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
"""A law holds or does not; how fast examples are made says only how busy the machine is."""
ROOM = 4 * 2**30
"""Bytes: the databases of a whole run fill less than half of it."""
pytest_plugins = ("admin_core.conformance.pytest_plugin",)


def pytest_configure(config: pytest.Config) -> None:
    """Start this run's server; the workers of a parallel run inherit its address."""
    if "ADMIN_TEST_POSTGRES" not in os.environ and not config.option.collectonly:
        with ExitStack() as cleanup:
            server = start_postgres(cleanup.enter_context(in_memory()), fast_unsafe=True)
            cleanup.callback(server.stop)
            config.add_cleanup(cleanup.pop_all().close)
        os.environ["ADMIN_TEST_POSTGRES"] = server.superuser_url
    if RUN not in os.environ and not config.option.collectonly:
        os.environ[RUN] = os.urandom(4).hex()
        config.add_cleanup(lambda: drop(os.environ["ADMIN_TEST_POSTGRES"], name_of(os.environ.pop(RUN))))


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of each garbage collection: a million objects that stay."""
    gc.collect()
    gc.freeze()


@contextmanager
def in_memory() -> Iterator[Path | None]:
    """Yield a place in memory where a copy of a database costs a tenth; None, for the disk, where there is no room."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < ROOM:
        yield None
        return
    made = temporary_directory(memory)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url() -> str:
    """Return the address of a PostgreSQL server on which databases may be made."""
    return os.environ["ADMIN_TEST_POSTGRES"]


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """Yield the address of this worker's own database. Tests leave no committed rows in it."""
    name = unique_name("worker")
    yield clone(server_url, name)
    drop(server_url, name)


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine on this worker's database."""
    load_models()
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session whose commits are savepoints: everything is rolled back after the test."""
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def make_database(server_url: str) -> Iterator[Callable[[], str]]:
    """Yield a function that makes a database from the template and returns its address."""
    made: list[str] = []

    def make() -> str:
        made.append(unique_name("fresh"))
        return clone(server_url, made[-1])

    yield make
    for name in made:
        drop(server_url, name)


@pytest.fixture
def fresh_database(make_database: Callable[[], str]) -> str:
    """Return the address of a new database, for tests that need real commits or several connections."""
    return make_database()


@pytest.fixture(scope="session")
def plugin_databases(server_url: str) -> Iterator[Databases]:
    """Yield the databases of the conformance kit, made from this run's template instead of from nothing."""
    empty = unique_name("empty")
    with company(server_url, "filled") as filled:
        yield Databases(empty=clone(server_url, empty), filled=filled)
    drop(server_url, empty)
