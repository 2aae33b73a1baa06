"""A value of its own in every personal cell of a database: wherever one appears, it is known which cell told it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, StatementError

from admin_core.changes.acting import SETTING, Acting
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import Person, sees
from admin_core.policy.rows import rule_for
from schema.audit import ActorKind
from schema.changes import ChangeKind

BIRDS = re.compile(r"zq\d{5}qz|10\.77\.\d{1,3}\.\d{1,3}|\+2782\d{7}|18\d\d-\d\d-\d\d")
WORD = "zq"
"""What all of them begin with, that stand in texts."""
ROWS = 2
ACT = Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key="tests")


@dataclass
class Cage:
    """Every canary, and the column it sits in."""

    homes: dict[str, tuple[str, ColumnSpec]] = field(default_factory=dict)
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """The key of the row it sits in."""

    def hidden_from(self, person: Person) -> frozenset[str]:
        """Return the canaries that this person must never hear."""
        return frozenset(bird for bird, (_, column) in self.homes.items() if sees(person, column) != "clear")

    def in_hidden_rows(self, connection: Connection, registry: Registry, person: Person) -> frozenset[str]:
        """Return the canaries in rows that a rule hides from this person."""
        shown: dict[str, set[tuple[Any, ...]]] = {}
        for key in {home for home, _ in self.homes.values()}:
            criterion = rule_for(person, registry.model(key))
            if criterion is not None:
                keys = [getattr(registry.model(key), name) for name in registry.spec(key).primary_key]
                shown[key] = {tuple(row) for row in connection.execute(sa.select(*keys).where(criterion))}
        return frozenset(b for b, (key, _) in self.homes.items() if key in shown and self.rows[b] not in shown[key])

    def heard(self, text: str, hidden: Iterable[str]) -> list[str]:
        """Return which hidden cells a text tells of."""
        found = set(BIRDS.findall(text)) & set(hidden)
        return sorted(f"{self.homes[bird][0]}.{self.homes[bird][1].key}" for bird in found)


def planted(engine: Engine, registry: Registry) -> Cage:
    """Put a canary into every personal cell of some rows of every table; with the history of it where that is kept."""
    cage = Cage()
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.set_config(SETTING, ACT.words(), True)))  # noqa: FBT003 (SQL's own)
        for key in registry:
            spec = registry.spec(key)
            for row in some_rows(connection, spec):
                plant(connection, spec, row, cage)
    return cage


def some_rows(connection: Connection, spec: ModelSpec) -> list[Any]:
    keys = [spec.table.c[spec.columns[key].name] for key in spec.primary_key]
    statement = sa.select(*keys).order_by(*(key.desc() for key in keys)).limit(ROWS)
    if spec.key == "staff_members":  # not those who listen: everybody knows their own name
        statement = statement.where(spec.table.c.email.not_like("%@demo.example"))
    return list(connection.execute(statement))


def plant(connection: Connection, spec: ModelSpec, row: Any, cage: Cage) -> None:
    """Fill the cells of a row, one by one: some take no such value."""
    own = [spec.table.c[spec.columns[key].name] == value for key, value in zip(spec.primary_key, row, strict=True)]
    for column in spec.columns.values():
        bird = None if column.is_key else canary(column, len(cage.homes))
        if bird is None:
            continue
        for forced in (False, True):
            if written(connection, sa.update(spec.table).where(*own).values({column.name: bird[1]}), forced=forced):
                cage.homes[bird[0]], cage.rows[bird[0]] = (spec.key, column), tuple(row)
                break


def written(connection: Connection, statement: Any, *, forced: bool) -> bool:
    """Return whether the database took a value; ``forced``: past the triggers of what never changes."""
    try:
        with connection.begin_nested():
            if forced:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            done = connection.execute(statement).rowcount == 1
    except (DBAPIError, StatementError):
        return False
    if forced:
        connection.execute(sa.text("SET LOCAL session_replication_role = origin"))
    return done


def canary(column: ColumnSpec, number: int) -> tuple[str, Any] | None:
    """Return a canary and the value that holds it; None for columns that are not personal or hold no words."""
    if not column.is_personal or column.pii == "secret" or column.reference or column.choices:
        return None
    word, phone = f"zq{number:05}qz", f"+2782{number:07}"
    if column.kind == "inet":
        address = f"10.77.{number // 250}.{number % 250 + 1}"
        return address, address
    if column.kind == "date":
        born = date(1810, 1, 1) + timedelta(days=number)
        return born.isoformat(), born
    if column.kind in {"text", "longtext"} and column.widget == "phone":
        return phone, phone
    values: dict[str, Any] = {
        "text": f"{word}@example.com" if column.widget == "email" else word,
        "longtext": word,
        "json": {"canary": word},
        "array": [word],
    }
    return (word, values[column.kind]) if column.kind in values else None
