"""Databases for tests: one per xdist worker, made from a migrated template; a transaction rolled back per test.

``ADMIN_TEST_POSTGRES`` names a server on which databases may be made; without it an own one is started.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from schema import load_models
from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="session")
def server_url() -> str:
    """Return the address of a PostgreSQL server on which databases may be made."""
    url = os.environ.get("ADMIN_TEST_POSTGRES")
    if not url:
        pytest.exit("Set ADMIN_TEST_POSTGRES to a PostgreSQL server, e.g. postgresql://root@/postgres?host=/run", 4)
    return url


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
