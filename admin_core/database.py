"""Engines and sessions. Nothing here knows Flask.

One request, one session. Reads of lists run under a statement time-out that is local to their transaction, so that
nothing survives in a pooled connection (PgBouncer-safe).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

LIST_TIMEOUT_MS = 5_000


@dataclass(frozen=True)
class Database:
    """An engine and the factory of its sessions."""

    engine: Engine
    sessions: sessionmaker[Session]

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session; commit when the block ends, roll back when it raises."""
        with self.sessions() as session, session.begin():
            yield session


def open_database(url: str, *, pool_size: int = 5, application: str = "hireinbox-admin") -> Database:
    """Return a database whose errors never show bound values, and whose dead connections are replaced."""
    engine = create_engine(
        url,
        hide_parameters=True,  # bound values may be personal data: they must not reach a log
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"application_name": application, "connect_timeout": 5},
    )
    return Database(engine, sessionmaker(engine, expire_on_commit=False))


def limit_statements(session: Session, timeout_ms: int = LIST_TIMEOUT_MS) -> None:
    """Give every further statement of this transaction at most ``timeout_ms`` (QueryCanceled after that)."""
    # On the connection: a policy session refuses plain SQL, and this statement touches no row.
    session.connection().execute(text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(timeout_ms)})
