"""How many rows match, as far as it is worth knowing: capped by rows and by time, never a full count."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from admin_core.database import connection_of
from admin_core.theme.formats import NBSP
from admin_core.theme.formats import number as grouped

CAP = 1_000
LIMIT_MS = 150
Exactness = Literal["exact", "more", "about"]


@dataclass(frozen=True)
class Count:
    """A number of rows and what it is worth."""

    number: int
    kind: Exactness

    @property
    def text(self) -> str:
        """The number in words: ``12``, ``1 000+``, ``≈ 12 480``."""
        shown = grouped(self.number)
        return {"exact": shown, "more": f"{shown}+", "about": f"≈{NBSP}{shown}"}[self.kind]


def capped_count(
    session: Session,
    statement: sa.Select[Any],
    cap: int = CAP,
    ms: int | None = LIMIT_MS,
    *,
    table: sa.Table | None = None,
) -> Count:
    """Return the number of rows of a statement: exact to the cap, else "more"; an estimate when time ran out.

    ``ms`` None: no time of its own, which saves three messages to the database.
    """
    inner = statement.order_by(None).limit(cap + 1).subquery()
    try:
        with nullcontext() if ms is None else time_box(session, ms, table=table):
            found = session.scalar(sa.select(sa.func.count()).select_from(inner)) or 0
    except TimedOut:
        return Count(estimate(session, statement, table), "about")
    return Count(cap, "more") if found > cap else Count(found, "exact")


class TimedOut(Exception):
    """The statement took longer than its box allows."""


@contextmanager
def time_box(session: Session, ms: int, *settings: str, table: sa.Table | None = None) -> Iterator[None]:
    """Run a block under its own time-out and planner settings; always rolled back, so that neither stays."""
    savepoint = session.begin_nested()
    try:
        words = "; ".join(f"SET LOCAL {setting}" for setting in (f"statement_timeout = {int(ms)}", *settings))
        # Several commands in one message: psycopg takes them where no values are bound.
        connection_of(session, table).exec_driver_sql(words, execution_options={"no_parameters": True})
        yield
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TimedOut from error
        raise
    finally:
        savepoint.rollback()  # RELEASE would keep the local settings


class Explain(sa.Executable, sa.ClauseElement):
    """EXPLAIN of a statement, its bound values kept apart."""

    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        """Take the statement, which carries the policy's restrictions in itself."""
        self.statement = statement


@compiles(Explain, "postgresql")
def compile_explain(element: Explain, compiler: Any, **options: Any) -> str:
    """Return the SQL text."""
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


def estimate(session: Session, statement: sa.Select[Any], table: sa.Table | None = None) -> int:
    """Return how many rows the planner expects."""
    # Nothing but the plan is read, of a statement that already carries the policy's restrictions.
    plan = connection_of(session, table).execute(Explain(statement.order_by(None))).scalar()
    return int(plan[0]["Plan"]["Plan Rows"]) if plan else 0
