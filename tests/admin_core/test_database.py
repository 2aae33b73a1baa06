"""Dead connections are replaced without anybody noticing; a statement's time is limited for one transaction only."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from admin_core import database
from admin_core.database import Database, limit_statements, open_database


@pytest.fixture
def opened(fresh_database: str) -> Iterator[Database]:
    opened = open_database(fresh_database)
    yield opened
    opened.engine.dispose()


def backend(opened: Database) -> int:
    """Return which server process answers."""
    with opened.transaction() as session:
        return int(session.scalar(sa.text("SELECT pg_backend_pid()")))


def end_backends(opened: Database, *pids: int) -> None:
    """End server processes, as a restart does, and wait until they are gone."""
    other = sa.create_engine(opened.engine.url, poolclass=sa.NullPool)
    with other.connect() as connection:
        for pid in pids:
            assert connection.scalar(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every connection as one that has rested."""
    monkeypatch.setattr(database, "TRUSTED_S", -1.0)


@pytest.mark.usefixtures("impatient")
def test_connections_that_died_at_rest_are_all_replaced(opened: Database) -> None:
    with opened.sessions() as one, opened.sessions() as two:
        old = {int(s.scalar(sa.text("SELECT pg_backend_pid()"))) for s in (one, two)}
    end_backends(opened, *old)
    with opened.sessions() as one, opened.sessions() as two:
        new = {int(s.scalar(sa.text("SELECT pg_backend_pid()"))) for s in (one, two)}
    assert len(new) == 2
    assert not new & old


@pytest.mark.usefixtures("impatient")
def test_a_living_connection_is_used_again(opened: Database) -> None:
    assert backend(opened) == backend(opened)


def test_a_connection_used_a_moment_ago_fails_once_and_is_replaced(opened: Database) -> None:
    end_backends(opened, backend(opened))
    with pytest.raises(OperationalError):
        backend(opened)
    assert backend(opened)


def test_a_limit_ends_with_its_transaction(opened: Database) -> None:
    show = sa.text("SHOW statement_timeout")
    with opened.transaction() as session:
        limit_statements(session, 1234)
        assert session.scalar(show) == "1234ms"
    with opened.transaction() as session:
        assert session.scalar(show) == "0"


def test_a_single_statement_is_its_own_transaction(opened: Database) -> None:
    with opened.transaction() as session:
        session.execute(sa.text("CREATE TABLE marks (what text)"))
    with opened.statement() as session:
        session.execute(sa.text("INSERT INTO marks VALUES ('kept')"))
    with opened.sessions() as session:  # the same pooled connection is transactional again
        session.execute(sa.text("INSERT INTO marks VALUES ('rolled back')"))
        session.rollback()
        assert session.scalars(sa.text("SELECT what FROM marks")).all() == ["kept"]
