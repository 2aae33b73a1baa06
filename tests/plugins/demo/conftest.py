"""One small demo company for all tests of this folder."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from admin_core import demo_mark
from plugins.demo import company
from schema import load_models
from tests.databases import clone, drop, unique_name

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CUSTOMERS = 60

load_models()


def marked(url: str) -> Engine:
    """An engine on a database that is marked as a demo."""
    engine = create_engine(url)
    with engine.begin() as connection:
        demo_mark.set_mark(connection, demo_mark.DEMO)
    return engine


@pytest.fixture(scope="session")
def demo_engine(server_url: str) -> Iterator[Engine]:
    """The demo company, written once."""
    name = unique_name("demo")
    engine = marked(clone(server_url, name))
    company.fill(engine, CUSTOMERS, lambda _: None, NOW)
    yield engine
    engine.dispose()
    drop(server_url, name)


@pytest.fixture
def demo(demo_engine: Engine) -> Iterator[Connection]:
    """A connection to the demo company."""
    with demo_engine.connect() as connection:
        yield connection


@pytest.fixture
def rows(demo: Connection) -> Callable[[str], list[tuple[object, ...]]]:
    """Answer a query with plain rows."""
    return lambda sql: [tuple(row) for row in demo.execute(text(sql))]
