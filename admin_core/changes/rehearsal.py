"""A dry run: does a deed in a transaction of its own, reads what the triggers recorded, and takes all of it back.

Nothing leaves: what a deed asks for are rows of the same transaction. Only a number out of a sequence stays used.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.changes import acting
from admin_core.changes.plan import Asked, EffectKind, Outline, Sum, TableChange
from admin_core.changes.undo import named, same_key, side
from admin_core.contributions import Effects, Letter
from admin_core.jobs.arguments import Argument
from admin_core.policy import Person, PolicySession
from admin_core.traces import trace_of
from schema.base import SCHEMA
from schema.changes import ChangeRow

log = logging.getLogger(__name__)
LOCK_MS, RUN_MS = 1_000, 5_000
SHOWN = ("id", "table_name", "operation", "record_key", "before", "after", "personal", "personal_columns")
SAMPLE = 100
"""Rows that are shown; beyond them there are counts and totals."""
LOCKED, CANCELLED, REFUSED = "55P03", "57014", ("22", "23", "P0")
T = TypeVar("T")


class Failed(Exception):
    """The deed cannot be done as things are; why, in a sentence for whoever tried. Nothing was changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Money:
    """A column that holds cents, and where its currency stands."""

    column: str
    beside: str = ""
    """The column with the currency; empty: always ``currency``."""
    currency: str = "ZAR"


Known = Callable[[str], tuple[Table, tuple[Money, ...]] | None]
"""Returns a table by its name, with its columns of money; None for one that is none of ours."""


@dataclass(frozen=True)
class Measured:
    """What was written so far, in numbers."""

    outline: Outline
    rows: tuple[ChangeRow, ...] = ()
    """The first ones, as plain objects of no session."""


@dataclass
class Noting:
    """Effects that are asked for as always, and noted."""

    inner: Effects
    counts: Counter[tuple[EffectKind, str]] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    """Which jobs will change how many."""

    def enqueue(
        self, job: str, args: Mapping[str, Argument] | None = None, *, key: str | None = None, rows: int = 0
    ) -> UUID:
        """Ask for a job."""
        self.counts["job", job] += 1
        self.rows[job] += rows
        return self.inner.enqueue(job, args, key=key, rows=rows)

    def about(self, kind: str, key: str) -> "Noting":
        """Return the same for jobs about a person or company; noted here as well."""
        return Noting(self.inner.about(kind, key), self.counts, self.rows)

    def mail(self, letter: Letter) -> UUID:
        """Ask for an e-mail."""
        self.counts["mail", letter.template] += 1
        return self.inner.mail(letter)

    def webhook(self, event_type: str, data: Mapping[str, Any], *, key: str) -> int:
        """Tell the endpoints."""
        self.counts["webhook", event_type] += 1
        return self.inner.webhook(event_type, data, key=key)

    def call(self, service: str, /, **values: Any) -> Any:
        """Have another plugin's service do its part; what it asks for is noted, too."""
        return self.inner.call(service, **{"effects": self, **values})

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What was asked for so far."""
        return tuple(
            sorted(
                Asked(kind, name, times, self.rows[name] if kind == "job" else 0)
                for (kind, name), times in self.counts.items()
            )
        )


def rehearse(engine: Engine, person: Person, deed: Callable[[PolicySession], T]) -> T:
    """Do the deed in the person's name, take it back, and return what it returned; Failed says why it can't be done."""
    with acting.acting(somebody()), engine.connect() as connection:
        transaction = connection.begin()
        try:
            limit(connection)
            with explained(), inside(connection, person) as session:
                return deed(session)
        finally:
            transaction.rollback()


def inside(connection: Connection, person: Person) -> PolicySession:
    """Return a session of the person within a transaction: a commit or rollback in it only ends a savepoint."""
    return PolicySession(connection, person=person, join_transaction_mode="create_savepoint")


def measured(session: Session, known: Known, asked: Iterable[Asked] = ()) -> Measured:
    """Return what was written in this transaction under the present change, and what it asks for."""
    settle(session)
    who = acting.current.get()
    assert who is not None  # somebody writes
    connection = session.connection()
    return Measured(
        Outline(tables_of(connection, who.id, known), tuple(asked)),
        first_rows(connection, who.id),
    )


def somebody() -> acting.Acting:
    """Return who acts in a dry run: whoever acts now, in a change of its own."""
    who = acting.current.get()
    assert who is not None  # a request or a job says it
    return replace(who, id=uuid7())


def limit(connection: Connection) -> None:
    """Wait for no lock and no statement for long: people look at the page meanwhile."""
    words = f"SET LOCAL lock_timeout = {LOCK_MS}; SET LOCAL statement_timeout = {RUN_MS}"
    connection.exec_driver_sql(words, execution_options={"no_parameters": True})


def settle(session: Session) -> None:
    """Write what is not written yet, and check what would only be checked at the commit."""
    session.flush()
    session.connection().exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE", execution_options={"no_parameters": True})


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the database or a plugin raises into Failed; the log says where it came from."""
    try:
        yield
    except DBAPIError as error:
        sentence = sentence_of(str(getattr(error.orig, "sqlstate", None) or ""))
        if not sentence:
            raise
        raise Failed(sentence) from error


def sentence_of(state: str) -> str:
    """Return what a SQLSTATE means to somebody who tries something out; empty for what is no answer to them."""
    if state == LOCKED:
        return "Somebody else is changing the same record right now. Try again in a moment."
    if state == CANCELLED:
        return "It takes longer than a page may wait, so it can't be shown beforehand."
    return (
        "The database refuses it: a rule that these records must keep would be broken."
        if state.startswith(REFUSED)
        else ""
    )


def contained(error: Exception, action: str) -> Failed:
    """Return how the failure of a plugin is told, and log where it came from."""
    log.error("action %s failed\n%s", action, trace_of(error))
    return Failed("It failed, and the log says why. Nothing was changed.")


# --- What the triggers recorded
COUNTS = f"""
    SELECT table_name, operation, count(*) AS n FROM {SCHEMA}.change_rows
    WHERE change_set_id = :change GROUP BY 1, 2"""
COLUMNS = f"""
    SELECT DISTINCT table_name, key FROM {SCHEMA}.change_rows r,
      LATERAL jsonb_object_keys(coalesce(r.after, '{{}}') || coalesce(r.personal, '{{}}')) key
    WHERE change_set_id = :change AND operation = 'update'"""


def tables_of(connection: Connection, change_id: UUID, known: Known) -> tuple[TableChange, ...]:
    """Return what was written under a change in this transaction; two statements, one more for each column of money."""
    change = {"change": change_id}
    counts: dict[str, dict[str, int]] = {}
    for row in connection.execute(text(COUNTS), change):
        counts.setdefault(row.table_name, {})[row.operation] = row.n
    columns: dict[str, list[str]] = {}
    for row in connection.execute(text(COLUMNS), change) if counts else ():
        columns.setdefault(row.table_name, []).append(row.key)
    return tuple(
        TableChange(
            table=name,
            inserted=by.get("insert", 0),
            updated=by.get("update", 0),
            deleted=by.get("delete", 0),
            columns=tuple(sorted(columns.get(name, ()))),
            sums=tuple(sums_of(connection, change_id, known(name))),
        )
        for name, by in sorted(counts.items())
    )


def sums_of(connection: Connection, change_id: UUID, found: tuple[Table, tuple[Money, ...]] | None) -> Iterable[Sum]:
    """Yield the money that moves in a table, by column and currency."""
    for money in found[1] if found else ():
        assert found is not None
        query = text(moving(found[0], money))
        words = {"change": change_id, "table": found[0].name, "opened": "{}"}  # nothing is encrypted yet
        for row in connection.execute(query, {**words, "currency": money.currency}):
            if row.moved:
                yield Sum(money.column, row.currency, int(row.net), int(row.moved))


def moving(table: Table, money: Money) -> str:
    """Return the query for the money that moves in a column; the currency is the row's own, as it stands now."""
    amount = f"coalesce((a->>'{money.column}')::numeric, 0) - coalesce((b->>'{money.column}')::numeric, 0)"
    beside = f"coalesce(a->>'{money.beside}', b->>'{money.beside}', t.\"{money.beside}\"::text, :currency)"
    join = f"LEFT JOIN {named(table)} t ON {same_key(table)}" if money.beside else ""
    return f"""
    WITH r AS (SELECT id, record_key, {side("before", 0)}, {side("after", 1)} FROM {SCHEMA}.change_rows
               WHERE change_set_id = :change AND table_name = :table)
    SELECT {beside if money.beside else ":currency"} AS currency, sum(d) AS net, sum(abs(d)) AS moved
    FROM (SELECT *, before AS b, after AS a FROM r) r {join}, LATERAL (SELECT {amount} AS d) m GROUP BY 1 ORDER BY 1"""


def first_rows(connection: Connection, change_id: UUID) -> tuple[ChangeRow, ...]:
    """Return the first rows of a change, detached: their transaction is about to end."""
    columns = ChangeRow.__table__.c
    wanted = [columns[name] for name in SHOWN]
    query = select(*wanted).where(columns.change_set_id == change_id).order_by(columns.id).limit(SAMPLE)
    return tuple(ChangeRow(**row) for row in connection.execute(query).mappings())
