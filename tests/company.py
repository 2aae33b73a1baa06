"""The demo company of journeys: invented once in a run, then copied as files for whoever changes or spoils it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin_core import demo_mark
from admin_core.access import ensure_roles
from admin_core.segments import ensure_segments
from plugins.customers.plugin import register_segments
from plugins.demo.company import fill
from tests.databases import PREFIX, address, clone, copied, drop, server, unique_name

CUSTOMERS = 60
"""More than one page of a list holds."""
LOCK = 7_203_118  # beside the one of the empty template, which is needed meanwhile
RUN = "ADMIN_TEST_RUN"
"""Names this run to its workers: what is invented counts its days from now, so that another run makes its own."""


@contextmanager
def company(server_url: str, word: str) -> Iterator[str]:
    """Yield the address of a database of one's own with the demo company in it."""
    name = unique_name(word)
    with server(server_url) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        copied(connection, ensured(connection, server_url), name)
    yield address(server_url, name)
    drop(server_url, name)


def ensured(connection: Connection, server_url: str) -> str:
    """Return the name of the database that this run copies; make it when it is missing."""
    name = name_of(os.environ.setdefault(RUN, os.urandom(4).hex()))  # a proof is a run without workers
    if connection.scalar(text("SELECT true FROM pg_database WHERE datname = :name"), {"name": name}):
        return name
    made = f"{name}_new"
    drop(server_url, made)  # of a worker that died in the middle
    invent(clone(server_url, made))
    connection.execute(text(f'ALTER DATABASE "{made}" RENAME TO "{name}"'))
    return name


def invent(url: str) -> None:
    """Write the shipped roles, the customers' segments and a small company."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection, Session(connection) as session:
        demo_mark.set_mark(connection, demo_mark.DEMO)
        ensure_roles(session)
        ensure_segments(session, register_segments())
        session.flush()
    fill(engine, CUSTOMERS, lambda _line: None, datetime.now(UTC))


def name_of(run: str) -> str:
    """Return what a run calls the database that is copied."""
    return f"{PREFIX}_company_{run}"
