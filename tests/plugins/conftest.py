"""Rows of the business, and what an Owner's pages see of them. Everything is rolled back."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from admin_core.policy import Person, PolicySession
from tests.schema.core_rows import CoreMaker

ADA = Person(uuid.UUID(int=1), "Ada", ("Owner",), frozenset({"*"}))


@pytest.fixture
def rows(session: Session) -> CoreMaker:
    return CoreMaker(session)


@pytest.fixture
def reading(session: Session) -> Iterator[PolicySession]:
    """Yield Ada's session over the same transaction as ``rows``: plugins read through the policy."""
    connection = session.connection()
    with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as reading:  # type: ignore[arg-type]
        yield reading
