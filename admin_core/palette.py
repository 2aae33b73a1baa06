"""What the palette answers: pages by name; records by id, e-mail address, phone number or any indexed reference.

One statement asks every readable model that an index can answer for; columns the person sees masked are not asked.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from admin_core import menu
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.labels import title_fields
from admin_core.generator.reads import Reads
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.urls import list_url, record_url
from admin_core.machine import Machine, request_session
from admin_core.navigation import sidebar
from admin_core.phones import normal_phone
from admin_core.policy import Person, may, may_probe
from schema.access_log import AccessKind

PER_MODEL = 3
PAGES = 8
SHORTEST_REFERENCE = 3


@dataclass(frozen=True)
class Entry:
    """One answer."""

    label: str
    url: str
    note: str = ""
    icon: str = "point"


@dataclass(frozen=True)
class EntryGroup:
    """Answers of one kind."""

    label: str
    entries: tuple[Entry, ...]


def palette_results(parts: Machine, person: Person, typed: str, reads: Reads) -> tuple[EntryGroup, ...]:
    """Return pages whose name holds what was typed, and the records it is the id, address or number of.

    Records stand first, since few words name one; unless a page's name starts with the words.
    """
    words = typed.strip()[:320].replace("\x00", "")
    named = sorted(pages(parts, person, words), key=lambda page: not begins(page, words))
    groups = [
        EntryGroup("Records", tuple(records(parts, person, words, reads))),
        EntryGroup("Pages", tuple(named[:PAGES])),
    ]
    if words and named and begins(named[0], words):
        groups.reverse()
    return tuple(group for group in groups if group.entries)


def begins(page: Entry, words: str) -> bool:
    """Return whether a page's name starts with the words."""
    return page.label.lower().startswith(words.lower())


def pages(parts: Machine, person: Person, words: str) -> Iterator[Entry]:
    """Yield the pages of the sidebar whose name holds the words; all of them when nothing was typed."""
    reflection = parts.reflection
    for group in sidebar(parts.registry, person, menu.entries(parts.plugins, reflects=reflection is not None)):
        for item in group.items:
            if words.lower() in f"{group.label} {item.label}".lower():
                yield Entry(item.label, item.url, group.label, item.icon)
    for table in reflection.named(words) if reflection is not None and words else ():
        if table.is_readable and may(person, "read", table):
            yield Entry(table.name, list_url(table.key), table.schema, "database")


def records(parts: Machine, person: Person, words: str, reads: Reads) -> Iterator[Entry]:
    """Yield the records that the words identify exactly."""
    if len(words) < SHORTEST_REFERENCE:
        return
    specs = {key: parts.registry.spec(key) for key in parts.registry}
    asked = [s for spec in specs.values() if (s := question(spec, person, words)) is not None]
    if not asked:
        return
    session = request_session(person)
    for key, record_key, label in session.execute(sa.union_all(*asked)):
        spec, found = specs[key], encode_key((record_key,))
        url = record_url(key, found)
        reads.note(
            spec, AccessKind.SEARCH, title_fields(person, spec), filter(None, [decode_key(spec, found)]), words=words
        )
        yield Entry(label or f"{spec.label} {record_key[:8]}", url, spec.label, spec.options.icon)


def question(spec: ModelSpec, person: Person, words: str) -> sa.Select[Any] | None:
    """Return the SELECT that finds a model's records by these words, None when no index could answer."""
    if len(spec.primary_key) != 1 or not may(person, "read", spec):
        return None
    matches = [m for column in spec.columns.values() if (m := match(spec, person, column, words)) is not None]
    if not matches:
        return None
    key = getattr(spec.model, spec.primary_key[0])
    shown: list[sa.ColumnElement[Any]] = [sa.literal(spec.key), sa.cast(key, sa.Text), title_of(spec, person)]
    return sa.select(*shown).select_from(spec.model).where(sa.or_(*matches)).limit(PER_MODEL)


def match(spec: ModelSpec, person: Person, column: ColumnSpec, words: str) -> sa.ColumnElement[bool] | None:
    """Return the condition under which a column identifies its record by the words, None when it can't."""
    if not may_probe(person, column):
        return None
    attribute: sa.ColumnElement[Any] = getattr(spec.model, column.key)
    if column.kind == "uuid" and column.is_key:
        found = as_uuid(words)
        return None if found is None else attribute == found
    if column.kind != "text" or not is_indexed(spec, column):
        return None
    return text_match(attribute, column.widget, words)


def text_match(attribute: sa.ColumnElement[Any], widget: str, words: str) -> sa.ColumnElement[bool] | None:
    """Return the equality a text column is asked with; None when the words can be no such value."""
    if widget == "email":
        return sa.func.lower(attribute) == words.lower() if "@" in words else None
    if widget == "phone":
        phone = normal_phone(words)
        return attribute == phone if phone else None
    return attribute == words


def is_indexed(spec: ModelSpec, column: ColumnSpec) -> bool:
    """Return whether equality on a column is served: it is unique, or an index over it (or its lower case) exists."""
    name = column.name
    leading = [str(next(iter(index.expressions))) for index in spec.table.indexes]
    wanted = {name, f"{spec.table.name}.{name}", f"{spec.table.fullname}.{name}", f"lower({name})"}
    if column.widget == "email":
        wanted = {f"lower({text})" for text in wanted} | {f"lower({name})"}
        return any(expression in wanted for expression in leading)
    return column.unique or any(expression in wanted for expression in leading)


def title_of(spec: ModelSpec, person: Person) -> sa.ColumnElement[str]:
    """Return the expression of a record's label; empty when the person may not see it."""
    shown = [key for key in spec.title if may_probe(person, spec.columns[key])]
    parts = [sa.cast(getattr(spec.model, key), sa.Text) for key in shown]
    return sa.func.concat_ws(" ", *parts) if parts else sa.literal("")


def as_uuid(words: str) -> uuid.UUID | None:
    """Return the id the words are, None when they are none."""
    try:
        return uuid.UUID(words)
    except ValueError:
        return None
