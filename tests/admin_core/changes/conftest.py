"""A database whose writes come from the role of the web, as in production."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from admin_core.changes.acting import current
from tests.databases import as_app


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    """Let nobody answer for what is written, whatever tests before said."""
    token = current.set(None)
    yield
    current.reset(token)


@pytest.fixture
def app_engine(fresh_database: str) -> Iterator[Engine]:
    engine = create_engine(as_app(fresh_database), poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(app_engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(app_engine, expire_on_commit=False)
