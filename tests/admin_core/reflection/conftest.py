"""A database that is not ours, and the product beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.databases import address, drop, server, unique_name

AWKWARD = Path(__file__).parent / "awkward.sql"


@pytest.fixture(scope="session")
def awkward_database(server_url: str) -> Iterator[str]:
    with awkward(server_url) as url:
        yield url


@contextmanager
def awkward(server_url: str) -> Iterator[str]:
    """Yield a new database of awkward shapes."""
    name = unique_name("awkward")
    with server(server_url) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = address(server_url, name)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(AWKWARD.read_text("utf-8"), execution_options={"no_parameters": True})
        connection.exec_driver_sql("ANALYZE")
    yield url
    drop(server_url, name)
