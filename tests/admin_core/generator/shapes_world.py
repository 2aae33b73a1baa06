"""A database with the shapes in it, and the people who look at them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_core.ciphers import Cipher
from admin_core.generator import catalog
from admin_core.generator.context import Context
from admin_core.generator.list_model import ListPage
from admin_core.generator.lists import list_page
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Person
from schema.staff import StaffMember
from tests.admin_core.generator.models import SHAPES, Colour, Owner, Shape, Thing

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ALL = frozenset({"*"})
MASKED = frozenset({"*:read", "!pii:*"})
REGISTRY = Registry.of(Shape)
NAMES = ("Ada Botha", "Finn Naidoo", "Nomsa Dlamini", "Otto van Wyk")


def make_shapes(engine: Engine) -> None:
    """Create the tables of the shapes."""
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        connection.execute(text(f"CREATE SCHEMA {SHAPES}"))
        Shape.metadata.create_all(connection)


@dataclass
class World:
    """A session, somebody who asks, and ways to ask."""

    session: Session
    person: Person

    @property
    def ctx(self) -> Context:
        """What screens are given."""
        return Context(self.session, self.person, REGISTRY, Cipher(["k" * 32]), NOW)

    def spec(self, name: str) -> ModelSpec:
        """Return the spec of one shape."""
        return REGISTRY.spec(f"{SHAPES}.{name}")

    def open(self, name: str, query: str = "", **args: str) -> ListPage:
        """Return the list at an address, the query string parsed as a browser's would be."""
        return list_page(self.ctx, self.spec(name), args_of(query, **args))

    def as_person(self, permissions: frozenset[str], name: str = "Otto") -> "World":
        """Return the same world seen by somebody else."""
        return World(self.session, staff(self.session, name, permissions))


def args_of(query: str = "", **args: str) -> MultiDict[str, str]:
    """Return the arguments of an address."""
    found = parse_qsl(urlsplit(query).query if "?" in query else query, keep_blank_values=True)
    return MultiDict([*found, *args.items()])


def staff(session: Session, name: str, permissions: frozenset[str]) -> Person:
    """Add a member of the team and return them as the one who asks."""
    member = StaffMember(
        name=name,
        email=f"{name.lower()}-{uuid.uuid4().hex[:6]}@example.com",
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
    )
    session.add(member)
    session.flush()
    return Person(member.id, name, ("Owner",), permissions)


def add_owners(session: Session, count: int) -> list[Owner]:
    """Add owners with ties and gaps in what they may be sorted by."""
    owners = [
        Owner(
            name=f"{NAMES[n % 4]} {n}",
            email=f"{NAMES[n % 4].split()[0].lower()}{n}@example.com",
            phone=f"+2782555{n:04}",
            town=("Durban", "Cape Town", None)[n % 3],
            colour=list(Colour)[n % 3],
            balance_cents=n * 100 - 300,
            joined_at=NOW - timedelta(days=n // 3),
            seen_at=None if n % 4 == 0 else NOW - timedelta(hours=n // 2),
        )
        for n in range(count)
    ]
    session.add_all(owners)
    session.flush()
    return owners


def add_things(session: Session, count: int, **words: Any) -> list[Thing]:
    """Add things, some of them without values."""
    made = [NOW - timedelta(minutes=n) if n % 5 else None for n in range(count)]
    things = [Thing(title=f"Thing {n}", rank=n % 7 or None, made_at=made[n], **words) for n in range(count)]
    session.add_all(things)
    session.flush()
    return things


def pretend_large(session: Session, name: str, rows: int = 1_000_000) -> None:
    """Make lists believe that a shape has many rows: what they offer then follows from its indexes alone."""
    found = catalog.current(session)
    key = (SHAPES, name)
    facts = found.tables[key]
    catalog.known[catalog.engine_of(session)] = catalog.Catalog(
        {**found.tables, key: catalog.TableFacts(rows, facts.indexes)}, found.read_at
    )


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Collect the statements that count against a page's budget."""
    seen: list[str] = []
    engine = catalog.engine_of(session)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SET ", "SAVEPOINT", "ROLLBACK", "RELEASE")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
