"""Engines and sessions. Nothing here knows Flask.

One request, one session. Reads of lists run under a statement time-out that is local to their transaction, so that
nothing survives in a pooled connection (PgBouncer-safe).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

from admin_core.changes.acting import by_somebody

LIST_TIMEOUT_MS = 5_000
ENGINE = "reflected engine"
"""Under this name a table of another database carries the engine that its rows are read with."""
UNSTAMPED = "rows without a stamp"
"""Under this name a view, or a table that is foreign there, says that its rows have neither ``xmin`` nor ``ctid``."""
TRUSTED_S = 2.0
"""A connection used so lately is not asked whether it lives: under load the question would be asked twice a page."""


@dataclass(frozen=True)
class Database:
    """An engine and the factory of its sessions."""

    engine: Engine
    sessions: sessionmaker[Session]
    single: sessionmaker[Session]
    """Sessions whose statements each commit by themselves."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session; commit when the block ends, roll back when it raises.

        What is written belongs to who acts; where nobody does (a process keeps its own books), to the system.
        """
        with by_somebody(), self.sessions() as session, session.begin():
            yield session

    @contextmanager
    def statement(self) -> Iterator[Session]:
        """Yield a session for one statement, which is its own transaction: no BEGIN and no COMMIT to wait for."""
        with by_somebody(), self.single() as session:
            yield session


def open_database(url: str, *, pool_size: int = 5, application: str = "hireinbox-admin") -> Database:
    """Return a database whose errors never show bound values, and whose dead connections are replaced."""
    engine = create_engine(
        url,
        hide_parameters=True,  # bound values may be personal data: they must not reach a log
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"application_name": application, "connect_timeout": 5},
    )
    replace_dead_connections(engine)
    single = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Database(engine, sessionmaker(engine, expire_on_commit=False), sessionmaker(single, expire_on_commit=False))


def replace_dead_connections(engine: Engine) -> None:
    """Ask a connection that has rested whether it lives, and renew the pool when it does not."""

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get("used")  # None: it was opened just now
        if used is not None and time.monotonic() - used > TRUSTED_S and not lives(engine, connection):
            raise InvalidatePoolError


def lives(engine: Engine, connection: Any) -> bool:
    """Return whether the server answers on a connection."""
    try:
        return not connection.closed and engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def connection_of(session: Session, table: Table | None = None) -> Connection:
    """Return the session's connection to the database a table is in; to ours when none is named."""
    return session.connection(bind_arguments=bind_of(table))


def bind_of(table: Table | None) -> dict[str, Any] | None:
    """Return what tells a session which database a table is in; None: ours."""
    engine = table.info.get(ENGINE) if table is not None else None
    return {"bind": engine} if engine is not None else None


def limit_statements(session: Session, timeout_ms: int = LIST_TIMEOUT_MS, *, table: Table | None = None) -> None:
    """Give every further statement of this transaction at most ``timeout_ms`` (QueryCanceled after that)."""
    # On the connection: a policy session refuses plain SQL, and this statement touches no row.
    driver: Any = connection_of(session, table).connection.driver_connection
    with driver.pipeline():  # one wait for it and for the BEGIN before it
        driver.execute(f"SET LOCAL statement_timeout = {int(timeout_ms)}")
