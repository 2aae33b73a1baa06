"""Rows on their way to the database: collected as tuples, written by COPY in the order of the foreign keys.

Keys are UUIDv7, made of the row's moment and of seeded random bits, so that the same company comes out each time.
"""

import random
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.json import JsonbDumper
from sqlalchemy import func

from schema.base import SCHEMA, Base

Row = tuple[Any, ...]
Page = tuple[str, tuple[str, ...], list[Row]]
"""A table, the columns given, and rows of them."""


@dataclass(frozen=True)
class Shape:
    """What a table wants from every row: a key, and the moments the server would otherwise set to now."""

    has_id: bool
    born: tuple[str, ...]


@cache
def shape_of(table: str) -> Shape:
    """Return the shape of one of our tables."""
    columns = Base.metadata.tables[f"{SCHEMA}.{table}"].columns
    born = [c.name for c in columns if isinstance(getattr(c.server_default, "arg", None), type(func.now()))]
    has_id = "id" in columns and columns["id"].identity is None
    return Shape(has_id, tuple(born))


@cache
def write_order() -> tuple[str, ...]:
    """Return all tables, those that are referred to first."""
    return tuple(table.name for table in Base.metadata.sorted_tables)


def key(at: datetime, draw: random.Random) -> str:
    """Return a UUIDv7 of that moment as 32 hex digits."""
    bits = draw.getrandbits(74)
    return f"{int(at.timestamp() * 1000):012x}7{bits >> 62:03x}{0x8 | bits >> 60 & 3:x}{bits & (1 << 60) - 1:015x}"


class Book:
    """Collects rows until they are written."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.written: dict[str, int] = {}
        self._rows: dict[str, dict[tuple[str, ...], list[Row]]] = {}

    def pen(self, *entity: object) -> "Pen":
        """Return a pen with a random stream of its own, so that one entity never changes another."""
        name = "/".join(str(part) for part in (self.seed, *entity))
        return Pen(self, random.Random(name))

    def put(self, table: str, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
        """Take rows of one table that have the same columns."""
        self._rows.setdefault(table, {}).setdefault(columns, []).extend(rows)

    def pages(self) -> list[Page]:
        """Return what waits to be written, in the order of the foreign keys."""
        tables = (name for name in write_order() if name in self._rows)
        return [(name, columns, rows) for name in tables for columns, rows in self._rows[name].items()]

    def take(self) -> list[Page]:
        """Return what waits to be written, count it and forget it."""
        pages = self.pages()
        for table, _, rows in pages:
            self.written[table] = self.written.get(table, 0) + len(rows)
        self._rows = {}
        return pages


class Press:
    """Writes pages in a thread of its own, one load at a time: the next is drawn up while the database works."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1)
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def write(self, book: Book) -> None:
        """Write what the book holds; errors of one load are raised when the next begins."""
        self.wait()
        self._running = self._thread.submit(copy_pages, self._connection, book.take())

    def wait(self) -> None:
        """Return when all is written, or raise what went wrong."""
        if self._running is not None:
            self._running.result()


def copy_pages(connection: psycopg.Connection[Any], pages: list[Page]) -> None:
    """COPY the pages, in their order."""
    with connection.cursor() as cursor:
        for table, columns, rows in pages:
            names = ", ".join(f'"{column}"' for column in columns)
            with cursor.copy(f'COPY {SCHEMA}."{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)


class Pen:
    """Writes the rows of one entity into the book."""

    def __init__(self, book: Book, draw: random.Random) -> None:
        self.book = book
        self.draw = draw

    def add(self, table: str, at: datetime, **values: Any) -> str:
        """Add a row that came into being at ``at`` and return its key."""
        shape = shape_of(table)
        if shape.has_id and "id" not in values:
            values["id"] = key(at, self.draw)
        for column in shape.born:
            values.setdefault(column, at)
        self.book.put(table, tuple(values), (tuple(values.values()),))
        return str(values.get("id", ""))

    def key(self, at: datetime) -> str:
        """Return a key for a row that is written later."""
        return key(at, self.draw)

    def chance(self, share: float) -> bool:
        """Return True in this share of cases."""
        return self.draw.random() < share

    def pick(self, choices: Sequence[Any]) -> Any:
        """Return one of the choices, each as likely."""
        return choices[int(self.draw.random() * len(choices))]

    def weighted(self, choices: Mapping[str, float]) -> str:
        """Return one of the choices by weight."""
        return self.draw.choices(list(choices), list(choices.values()))[0]

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.draw.random() * (high - low + 1))


def adapt(adapters: AdaptersMap) -> None:
    """Let dictionaries be written as JSON; lists stay arrays, JSON lists are wrapped where they occur."""
    adapters.register_dumper(dict, JsonbDumper)
