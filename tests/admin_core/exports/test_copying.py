"""What PostgreSQL writes by COPY is to the byte what Python writes, for every type that is copied."""

import itertools
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_core.ciphers import Cipher
from admin_core.exports import copying
from admin_core.exports.copying import copied_pages, text_columns
from admin_core.exports.files import content
from admin_core.exports.rows import batches, export_of
from admin_core.exports.texts import FORMATS, head
from admin_core.generator.context import Context
from admin_core.generator.list_state import ListState
from admin_core.generator.registry import Registry
from admin_core.policy import Person, PolicySession
from schema.base import enum_values
from schema.customers import ProductLine
from schema.tags import AdminOptions, ui
from tests.databases import clone, drop, unique_name


class Own(DeclarativeBase):
    metadata = sa.MetaData(schema="copying")


class Parent(Own):
    __tablename__ = "parents"
    __admin__ = AdminOptions(title=("name", "place"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.Text)
    place: Mapped[str | None] = mapped_column(sa.Text)


class Every(Own):
    __tablename__ = "every"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    words: Mapped[str | None] = mapped_column(sa.Text)
    short: Mapped[str | None] = mapped_column(sa.String(200))
    mail: Mapped[str | None] = mapped_column(sa.Text, info=ui(pii="contact"))
    whole: Mapped[int | None] = mapped_column(sa.BigInteger)
    small: Mapped[int | None] = mapped_column(sa.SmallInteger)
    cents: Mapped[int | None] = mapped_column(sa.BigInteger, info=ui(widget="money"))
    exact: Mapped[Decimal | None] = mapped_column(sa.Numeric(20, 4))
    any_scale: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    yes: Mapped[bool | None] = mapped_column(sa.Boolean)
    line: Mapped[ProductLine | None] = mapped_column(
        sa.Enum(ProductLine, values_callable=enum_values, native_enum=False)
    )
    day: Mapped[date | None] = mapped_column(sa.Date)
    at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    local: Mapped[datetime | None] = mapped_column(sa.DateTime())
    clock: Mapped[time | None] = mapped_column(sa.Time())
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Parent.id))
    parent: Mapped[Parent | None] = relationship()


class Other(Own):
    __tablename__ = "others"
    id: Mapped[int] = mapped_column(primary_key=True)
    share: Mapped[float | None] = mapped_column(sa.Double)


SPACES = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\ufeff",
    "\x0b",
    "\x1c",
    "\x85",
    "\xa0",
    "\u2003",
    "\u2028",
    "\u3000",
    "\x01",
    "'",
    '"',
]
SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%", "\\", ";", ",", "x"]
TEXTS = [f"{a}{b}{c}{d}1" for a, b, c, d in itertools.product(["", "x", "x;", "x\n"], SPACES, SIGNS, ["", " ;'="])]
TEXTS += [
    "",
    "\\.",
    "\\N",
    "plain",
    'say "hi"',
    "a,b;c",
    " both ",
    "😀é",
    "; '\t\"= x",
    "\n\n==",
    "a\r",
    "NULL",
    "x" * 5000,
]
NUMBERS = ["0", "-0.5", "1E+3", "1.50", "NaN", "0.00000001", "123456789012345678901"]
LETTERS = "".join(SPACES) + "".join(SIGNS) + "ab1😀"


def values(number: int, chance: random.Random) -> dict[str, Any]:
    """Return the row of a number: every awkward text once, everything else by chance."""

    def maybe(value: Any) -> Any:
        return None if chance.random() < 0.2 else value

    moment = datetime(1, 1, 2, tzinfo=UTC) + timedelta(microseconds=chance.randrange(9998 * 365 * 86_400 * 10**6))
    moment = chance.choice([moment, moment.replace(microsecond=0), moment.replace(microsecond=120_000)])
    return {
        "id": uuid.UUID(int=chance.getrandbits(128)),
        "words": TEXTS[number % len(TEXTS)],
        "short": maybe("".join(chance.choices(LETTERS, k=chance.randrange(9)))),
        "mail": maybe(f"ada{number}@example.com"),
        "whole": maybe(chance.choice([0, -1, 2**63 - 1, -(2**63), number])),
        "small": maybe(chance.randrange(3)),
        "cents": maybe(chance.choice([0, -5, 5, 100, -199, 10**15, number])),
        "exact": maybe(Decimal(chance.randrange(-(10**12), 10**12)).scaleb(-4)),
        "any_scale": maybe(Decimal(chance.choice(NUMBERS))),
        "yes": maybe(chance.random() < 0.5),
        "line": maybe(chance.choice(list(ProductLine))),
        "day": maybe(moment.date()),
        "at": maybe(moment),
        "local": maybe(moment.replace(tzinfo=None)),
        "clock": maybe(moment.time()),
        "parent_id": maybe(chance.randrange(1, 9)),
    }  # fmt: skip


@pytest.fixture(scope="module")
def engine(server_url: str) -> Iterator[sa.Engine]:
    name = unique_name("copying")
    engine = sa.create_engine(clone(server_url, name))
    chance = random.Random(7)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA copying"))
        Own.metadata.create_all(connection)
        names = ["=1", "Ada", "", None, "a;=1", "Finn", " ", "😀"]
        rows = [{"id": n, "name": name, "place": names[-n]} for n, name in enumerate(names, 1)]
        connection.execute(sa.insert(Parent), rows)
        connection.execute(sa.insert(Every), [values(number, chance) for number in range(len(TEXTS) + 50)])
        connection.execute(sa.insert(Other), [{"id": 1, "share": 0.1}])
    yield engine
    engine.dispose()
    drop(server_url, name)


OWNER = Person(uuid.UUID(int=1), "Ada", ("Owner",), frozenset({"*"}))
VIEWER = Person(uuid.UUID(int=2), "Otto", ("Viewer",), frozenset({"*:read", "data:*:export", "!pii:*"}))


def both(engine: sa.Engine, person: Person, model: str, state: ListState, name: str) -> tuple[bytes, bytes, int]:
    """Return what Python writes, what PostgreSQL writes, and in how many pages."""
    with PolicySession(engine, person=person) as session:
        ctx = Context(session, person, Registry.of(Own), Cipher(["k" * 32]), datetime.now(UTC))
        found = export_of(ctx, ctx.registry.spec(model), state)
        form = FORMATS[name]
        ours = b"".join(
            content(form, found.names, ([found.record(row) for row in rows] for rows in batches(ctx, found)))
        )
        cells = text_columns(ctx, found, form)
        assert cells is not None
        theirs, pages, keys = [head(form, found.names)], 0, 0
        for page in copied_pages(ctx, found, form, cells):
            theirs += page.lines
            pages, keys = pages + 1, keys + len(page.keys)
        assert bool(keys) is bool(found.fields), "whose rows they are is known where it goes on record"
    return ours, b"".join(theirs), pages


COLUMNS = tuple(column.key for column in sa.inspect(Every).column_attrs)


@pytest.mark.parametrize("person", [OWNER, VIEWER], ids=lambda person: person.name)
@pytest.mark.parametrize("sort", ["", "-small", "at"])
@pytest.mark.parametrize("name", ["csv", "excel"])
def test_both_write_the_same_bytes(
    engine: sa.Engine, person: Person, sort: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "SIZE", 100)
    ours, theirs, pages = both(engine, person, "copying.every", ListState(columns=COLUMNS, sort=sort), name)
    assert pages > len(TEXTS) // 100
    for line, other in zip(ours.split(b"\n"), theirs.split(b"\n"), strict=False):
        assert line == other
    assert ours == theirs


def test_one_page_and_none(engine: sa.Engine) -> None:
    ours, theirs, pages = both(engine, OWNER, "copying.parents", ListState(columns=("id", "name", "place")), "csv")
    assert (ours, pages) == (theirs, 1)


@pytest.mark.parametrize(("model", "columns"), [("copying.others", ("id", "share")), ("copying.parents", ("id",))])
def test_what_postgresql_writes_otherwise_is_left_to_python(engine: sa.Engine, model: str, columns: Any) -> None:
    with PolicySession(engine, person=OWNER) as session:
        ctx = Context(session, OWNER, Registry.of(Own), Cipher(["k" * 32]), datetime.now(UTC))
        found = export_of(ctx, ctx.registry.spec(model), ListState(columns=columns))
        assert text_columns(ctx, found, FORMATS["csv"]) is None
