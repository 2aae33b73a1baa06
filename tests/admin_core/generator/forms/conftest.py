"""A database with the awkward shapes, and a person who may do everything."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from admin_core.ciphers import Cipher
from admin_core.generator.context import Context
from admin_core.generator.registry import Registry
from admin_core.policy import Person, PolicySession
from tests.admin_core.generator.forms.shapes import Form
from tests.admin_core.generator.models import SHAPES, Shape
from tests.databases import clone, drop, unique_name

ADA = Person(uuid.UUID(int=1), "Ada", ("Owner",), frozenset({"*"}))
REGISTRY = Registry([*sorted(Shape.registry.mappers, key=str), *sorted(Form.registry.mappers, key=str)])


@pytest.fixture(scope="session")
def forms_engine(server_url: str) -> Iterator[Engine]:
    """Yield an engine on a database that has the shapes' tables."""
    name = unique_name("forms")
    engine = create_engine(clone(server_url, name))
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        for schema in (SHAPES, "forms"):
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        Shape.metadata.create_all(connection)
        Form.metadata.create_all(connection)
    yield engine
    engine.dispose()
    drop(server_url, name)


def context_on(session: Session, person: Person = ADA) -> Context:
    """Return a request's surroundings."""
    return Context(session, person, REGISTRY, Cipher(["k" * 32]), datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.fixture
def ctx(forms_engine: Engine) -> Iterator[Context]:
    """Yield Ada's request on a policy session; everything is rolled back afterwards."""
    with forms_engine.connect() as connection, connection.begin() as transaction:
        with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as session:
            yield context_on(session)
        transaction.rollback()
