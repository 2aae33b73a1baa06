"""Records by what identifies them: id, e-mail address, phone number in any spelling, number, any indexed reference.

One statement asks every readable model that an index can answer for; columns the person sees masked are not asked.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from admin_core.generator.context import Context
from admin_core.generator.forms.numbers import bounds
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.labels import title_fields
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.urls import record_url
from admin_core.palette.entries import Entry
from admin_core.phones import normal_phone
from admin_core.policy import Person, may, may_probe
from schema.access_log import AccessKind

PER_MODEL = 3
SHORTEST_REFERENCE = 3
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def records(ctx: Context, words: str) -> Iterator[Entry]:
    """Yield the records that the words identify exactly."""
    if len(words) < SHORTEST_REFERENCE and not NUMBER.fullmatch(words.removeprefix("#")):
        return
    person, specs = ctx.person, {key: ctx.registry.spec(key) for key in ctx.registry}
    asked = [each for spec in specs.values() for each in questions(spec, person, words)]
    if not asked:
        return
    shown: Counter[str] = Counter()
    for key, record_key, label in dict.fromkeys(tuple(row) for row in ctx.session.execute(sa.union_all(*asked))):
        shown[key] += 1
        if shown[key] > PER_MODEL:
            continue
        spec, found = specs[key], encode_key((record_key,))
        url = record_url(key, found)
        ctx.reads.note(
            spec, AccessKind.SEARCH, title_fields(person, spec), filter(None, [decode_key(spec, found)]), words=words
        )
        yield Entry(label or f"{spec.label} {record_key[:8]}", url, spec.label, spec.options.icon)


def questions(spec: ModelSpec, person: Person, words: str) -> list[sa.Select[Any]]:
    """Return the SELECTs that find a model's records by these words; none when no index could answer.

    One for each column: of several conditions joined by OR the planner may think that they hold so often that reading
    the table up to the limit costs less than their indexes; a table of a million rows took it two seconds.
    """
    if len(spec.primary_key) != 1 or not may(person, "read", spec):
        return []
    key = getattr(spec.model, spec.primary_key[0])
    shown: list[sa.ColumnElement[Any]] = [sa.literal(spec.key), sa.cast(key, sa.Text), title_of(spec, person)]
    asked = sa.select(*shown).select_from(spec.model).limit(PER_MODEL)
    matches = (match(spec, person, column, words) for column in spec.columns.values())
    return [asked.where(condition) for condition in matches if condition is not None]


def match(spec: ModelSpec, person: Person, column: ColumnSpec, words: str) -> sa.ColumnElement[bool] | None:
    """Return the condition under which a column identifies its record by the words, None when it can't."""
    if not may_probe(person, column):
        return None
    attribute: sa.ColumnElement[Any] = getattr(spec.model, column.key)
    if column.kind == "uuid" and column.is_key:
        found = as_uuid(words)
        return None if found is None else attribute == found
    if column.kind == "integer" and (column.unique or column.is_key):
        number = as_number(words, attribute.type)
        return None if number is None else attribute == number
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
    return attribute.in_(list(dict.fromkeys((words, words.upper()))))  # INV-0042 is found by inv-0042, too


def is_indexed(spec: ModelSpec, column: ColumnSpec) -> bool:
    """Return whether equality on a column is served: it is unique, or an index over it (or its lower case) exists.

    An index over some rows alone serves when that leaves out those without a value, as equality does.
    """
    name = column.name
    whole = {"None", f"{name} IS NOT NULL"}
    serving = (i for i in spec.table.indexes if str(i.dialect_options["postgresql"]["where"]) in whole)
    leading = [str(next(iter(index.expressions))) for index in serving]
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


def as_number(words: str, type_: sa.types.TypeEngine[Any]) -> int | None:
    """Return the number the words are, ``#1042`` and ``1 042`` included; None when the column could not hold it."""
    digits = words.removeprefix("#").replace(" ", "")
    if not NUMBER.fullmatch(digits):
        return None
    number, (_, largest) = int(digits), bounds(type_)
    return number if number <= largest else None


def as_uuid(words: str) -> uuid.UUID | None:
    """Return the id the words are, None when they are none."""
    try:
        return uuid.UUID(words)
    except ValueError:
        return None
