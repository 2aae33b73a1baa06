"""The database of the shapes: made once per worker, every test rolled back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from admin_core.generator import catalog
from schema import load_models
from tests.admin_core.generator.shapes_world import ALL, World, make_shapes, staff
from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="session")
def shapes_engine(server_url: str) -> Iterator[Engine]:
    """Yield an engine on a database that holds our tables and the shapes."""
    load_models()
    name = unique_name("shapes")
    engine = create_engine(clone(server_url, name))
    make_shapes(engine)
    yield engine
    engine.dispose()
    drop(server_url, name)


@pytest.fixture
def shapes_session(shapes_engine: Engine) -> Iterator[Session]:
    """Yield a session in a transaction that is rolled back."""
    with shapes_engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()
    catalog.known.pop(shapes_engine, None)


@pytest.fixture
def world(shapes_session: Session) -> World:
    """Return the world as Ada sees it, who may do everything."""
    return World(shapes_session, staff(shapes_session, "Ada", ALL))
