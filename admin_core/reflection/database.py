"""The connections to a reflected database: they read only, but for the one that writes; nothing is lost on the way.

What Python has no exact value for (``infinity``, years before 1 and after 9999, intervals of months, big numbers inside
JSON) arrives as PostgreSQL's own text instead of an error or a rounded value.
"""

from typing import Any

from psycopg import Connection, DataError
from psycopg.adapt import Loader
from psycopg.types.datetime import DateLoader, TimeLoader, TimestampLoader, TimestamptzLoader, TimetzLoader
from psycopg.types.string import TextLoader
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import NullPool

AS_TEXT = ("json", "jsonb")
"""Types whose text is shown as PostgreSQL writes it."""
CONNECTING = {"application_name": "hireinbox-admin reflection", "connect_timeout": 5}
MARK = "of_reflected"
WRITING = "-c timezone=UTC -c intervalstyle=postgres -c datestyle=ISO"
OPTIONS = f"-c default_transaction_read_only=on {WRITING}"


def open_catalog(url: str) -> Engine:
    """Return an engine for what tables look like; it keeps no connection open."""
    return create_engine(url, poolclass=NullPool, connect_args={**CONNECTING, "options": OPTIONS})


def open_reflected(url: str, pool_size: int = 5, options: str = OPTIONS) -> Engine:
    """Return an engine whose transactions only read, unless the options say otherwise."""
    engine = create_engine(
        url,
        hide_parameters=True,  # bound values may be personal data: they must not reach a log
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={**CONNECTING, "options": options},
    )
    event.listen(engine, "connect", load_exactly)
    event.listen(engine, "handle_error", mark)
    return engine


def place_of(engine: Engine) -> str:
    """Return which database it is, in 80 characters: a number of a transaction means nothing on another server."""
    url = engine.url
    host = url.host or url.query.get("host") or "local"
    return f"{host}:{url.port or 5432}/{url.database}"[-80:]


def mark(context: ExceptionContext) -> None:
    """Let an error tell that it is the other database's."""
    if context.sqlalchemy_exception is not None:
        setattr(context.sqlalchemy_exception, MARK, True)


def is_theirs(error: Exception) -> bool:
    """Return whether an error is the other database's."""
    return getattr(error, MARK, False)


def load_exactly(connection: Connection[Any], _record: Any) -> None:
    """Let a connection hand over values as they are."""
    known = connection.adapters
    for name in AS_TEXT:
        if known.types.get(name) is not None:
            known.register_loader(name, TextLoader)
    for name, loader in LENIENT.items():
        known.register_loader(name, loader)


def lenient(base: type[Loader]) -> type[Loader]:
    """Return a loader that hands over the text of what its base cannot hold."""

    class Lenient(base):  # type: ignore[misc, valid-type]  # the base is a parameter
        """As its base; else the text."""

        def load(self, data: Any) -> Any:
            """Return the value, or PostgreSQL's text of it."""
            try:
                return super().load(data)
            except DataError:
                return bytes(data).decode()

    return Lenient


LENIENT: dict[str, type[Loader]] = {
    "date": lenient(DateLoader),
    "timestamp": lenient(TimestampLoader),
    "timestamptz": lenient(TimestamptzLoader),
    "time": lenient(TimeLoader),
    "timetz": lenient(TimetzLoader),
}
