"""Reads rows of the other database, a few hundred at a time, each time from where the last ones ended.

The expressions of a mapping are an operator's SQL, run in a transaction that only reads. Values are bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from admin_core.sources.mapping import Feed

PATIENCE_MS = 30_000
"""How long one statement over there may take: less than our own transaction, which waits for it, may be silent."""
PATIENCE = "patience_ms"
"""Option of an engine for whom a statement may not take so long: a page that somebody waits for."""
TIMES = ("timestamp", "date")
SETTING = "hireinbox.rows"
"""Of a transaction over there: rows of a file, as JSON."""
Question = tuple[str, tuple[Any, ...]]
"""SQL, and the values that are bound in it."""


@dataclass(frozen=True)
class Theirs:
    """One row as it was read."""

    key: str
    mark: str | None
    """Its watermark, as PostgreSQL writes it."""
    continues: str | None
    """Key of the row of an earlier mapping that it continues."""
    values: Mapping[str, Any]
    """By our columns; those that are the same for every row are among them."""
    sent: Mapping[str, Any] | None = None
    """As it came, where that and not the values tells whether it changed."""


@dataclass(frozen=True)
class Place:
    """Where reading goes on: behind this row."""

    key: str | None = None
    mark: str | None = None


def drawn_keys(feed: Feed) -> list[str]:
    """Return our columns that an expression fills."""
    return [ours for ours, drawn in feed.columns.items() if drawn.sql]


def spelled(sql: str) -> str:
    """Return SQL as the driver takes it beside bound values."""
    return sql.replace("%", "%%")


def tables(feed: Feed) -> str:
    """Return FROM of a mapping."""
    return spelled(f"FROM {feed.table} AS t {feed.join}")


def condition(feed: Feed) -> str:
    """Return which rows count."""
    return spelled(f"({feed.where or 'true'}) AND ({feed.key}) IS NOT NULL")


def selection(feed: Feed) -> str:
    """Return the query for all rows of a mapping, unordered."""
    words = [f"({feed.key})::text", f"({feed.watermark or 'NULL'})::text"]
    words.append(f"({feed.continues.sql if feed.continues else 'NULL'})::text")
    words += [f"({feed.columns[ours].sql})" for ours in drawn_keys(feed)]
    return f"SELECT {spelled(', '.join(words))} {tables(feed)} WHERE {condition(feed)}"


def page_of_all(feed: Feed, at: Place, size: int) -> Question:
    """Return the question for the next rows in the order of their keys."""
    key = spelled(f"({feed.key})")
    bound: tuple[Any, ...] = () if at.key is None else (at.key,)
    after = f"AND {key} > %s" if bound else ""
    return f"{selection(feed)} {after} ORDER BY {key} LIMIT {int(size)}", bound


def page_of_changed(feed: Feed, since: str, at: Place, size: int) -> Question:
    """Return the question for the next rows changed since a watermark, oldest change first."""
    key, mark = spelled(f"({feed.key})"), spelled(f"({feed.watermark})")
    bound: tuple[Any, ...] = (since,) if at.key is None else (at.mark, at.key)
    after = f"AND {mark} >= %s" if at.key is None else f"AND ({mark}, {key}) > (%s, %s)"
    return f"{selection(feed)} {after} ORDER BY {mark}, {key} LIMIT {int(size)}", bound


def some_by_key(feed: Feed, keys: Sequence[str]) -> Question:
    """Return the question for rows by their keys; the caller has some."""
    return f"{selection(feed)} AND ({spelled(feed.key)}) IN ({', '.join(['%s'] * len(keys))})", tuple(keys)


def read(engine: Engine, feed: Feed, question: Question, rows: str = "") -> list[Theirs]:
    """Return the rows of a question; ``rows`` are those of a file that is asked about."""
    with engine.connect() as connection:
        prepare(connection, rows)
        return [row_of(feed, row) for row in connection.exec_driver_sql(*question)]


def prepare(connection: Connection, rows: str) -> None:
    """Give a transaction its patience, and the rows of a file where it asks about some."""
    patience = connection.get_execution_options().get(PATIENCE, PATIENCE_MS)
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(patience)}")
    if rows:
        connection.exec_driver_sql(f"SELECT set_config('{SETTING}', %s, true)", (rows,))


def keyless(engine: Engine, feed: Feed, number: str, rows: str) -> list[str]:
    """Return the numbers of a file's rows that count and have no key."""
    wanted = spelled(f"({feed.where or 'true'}) AND ({feed.key}) IS NULL")
    with engine.connect() as connection:
        prepare(connection, rows)
        return list(connection.exec_driver_sql(f"SELECT t.{number} {tables(feed)} WHERE {wanted}").scalars())


def row_of(feed: Feed, row: Sequence[Any]) -> Theirs:
    """Return a row with its values by our columns."""
    key, mark, continues, *values = row
    same = {ours: drawn.value for ours, drawn in feed.columns.items() if not drawn.sql}
    return Theirs(key, mark, continues, {**same, **dict(zip(drawn_keys(feed), values, strict=True))})


@dataclass(frozen=True)
class Marks:
    """How far their table is, and from where it is read again."""

    high: str | None = None
    since: str | None = None


def marks_of(engine: Engine, feed: Feed, known: str | None) -> Marks:
    """Return the newest watermark over there, and what to read from when ``known`` was read already.

    Moments in the future are not taken for the newest: everything until then would be skipped.
    """
    if not feed.watermark:
        return Marks()
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
        kind = mark_type(connection, feed)
        mark = spelled(f"({feed.watermark})")
        past = f"AND {mark} <= {present(kind, feed.zone)}" if kind.startswith(TIMES) else ""
        newest = f"SELECT max({mark})::text {tables(feed)} WHERE {condition(feed)} {past}"
        high = connection.exec_driver_sql(newest).scalar()
        if known is None or not kind.startswith(TIMES):
            return Marks(high, known)
        earlier = f"SELECT (CAST(%s AS {kind}) - make_interval(secs => %s))::{kind}::text"
        return Marks(high or known, connection.exec_driver_sql(earlier, (known, feed.overlap_s)).scalar())


def present(kind: str, zone: str) -> str:
    """Return the present moment as a watermark of a type says it; one without a zone says it in theirs."""
    return "now()" if kind == "timestamp with time zone" else f"(now() AT TIME ZONE '{zone}')"


def mark_type(connection: Connection, feed: Feed) -> str:
    """Return the type of the watermark."""
    question = f"SELECT pg_typeof(max({spelled(feed.watermark)}))::text {tables(feed)} WHERE false"
    return str(connection.exec_driver_sql(question).scalar())


def sentence_of(error: DBAPIError) -> str:
    """Return what the other database said, without values: its code and, where the file is wrong, its own words."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith("42"):  # names, syntax and rights: the words of PostgreSQL name columns and tables alone
        return f"The other database refused: {str(error.orig).splitlines()[0]}."
    if state == "57014":
        return "The other database took too long to answer. Is there an index on the watermark, and on what is joined?"
    return (
        f"The other database could not be read (SQLSTATE {state})." if state else "The other database does not answer."
    )
