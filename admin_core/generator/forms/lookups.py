"""Records to choose from: what a picker offers for typed words, always bounded, never what the person may not see.

Only what an index serves is asked: the key itself, exact values, beginnings and parts of the title where an index
finds them. A table that is small by estimate is searched anyway.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from admin_core.generator import criteria, labels
from admin_core.generator.capabilities import Capabilities, capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest
from admin_core.generator.ids import as_text, encode_key, key_bound, parse
from admin_core.generator.search import words_are_private
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit, may_probe, require, sees
from schema.access_log import AccessKind

MOST = 20
LONGEST = 200
TEXTS = {"text", "longtext"}


@dataclass(frozen=True)
class Option:
    """A record to choose."""

    value: str
    """What the form sends: the value of the referenced column."""
    text: str


def lookup(ctx: Context, spec: ModelSpec, words: str, most: int = MOST, *, column: str = "") -> list[Option]:
    """Return records whose key or title fits the words, exact ones first; the first records when nothing is typed.

    ``column`` names the referenced column where that is not the primary key.
    """
    require(ctx.person, "read", spec)
    typed = words.strip()[:LONGEST]
    column = column or (spec.primary_key[0] if len(spec.primary_key) == 1 else "")
    if not may_offer(ctx, spec, column):
        raise BadRequest(f"{spec.plural} can't be looked up by this column.")
    if "\x00" in typed or any("\ud800" <= sign <= "\udfff" for sign in typed):
        return []
    bound = max(1, min(most, MOST))
    sought = typed if words_are_private(spec) else ""
    ctx.reads.note(spec, AccessKind.SEARCH, (), (), words=sought)
    found: dict[str, Option] = {}
    for condition in conditions(spec, capabilities_of(ctx.session, spec), ctx, column, typed):
        for option in options(ctx, spec, column, condition, bound, sought):
            found.setdefault(option.value, option)
        if len(found) >= bound:
            break
    return list(found.values())[:bound]


def may_offer(ctx: Context, spec: ModelSpec, column: str) -> bool:
    """Return whether a column may be what a picker sends: it identifies the row, and the person sees it."""
    known = spec.columns.get(column)
    return known is not None and (known.is_key or known.unique) and sees(ctx.person, known) == "clear"


def conditions(spec: ModelSpec, able: Capabilities, ctx: Context, column: str, typed: str) -> Iterator[Any]:
    """Yield what to look for, best first; None stands for any record."""
    if not typed:
        yield None
        return
    try:
        value = parse(spec.columns[column], typed)
    except (ValueError, ArithmeticError):
        value = None  # the words are no key: they may still be a name
    if value is not None:
        yield key_bound(getattr(spec.model, column), value) == getattr(spec.model, column)
    targets = [
        criteria.Target(c, getattr(spec.model, key), able.columns[key].serves)
        for key, c in spec.columns.items()
        if c.kind in TEXTS and key in able.columns and c.searchable and may_probe(ctx.person, c)
    ]
    exact = [criteria.any_of(t, [typed]) for t in targets if t.serves & {"equal", "lower"} and t.column.key != column]
    if exact:
        yield sa.or_(*exact)
    named = [t for t in targets if t.column.key in spec.title]
    partly = [criteria.contains(t, typed) for t in named if "contains" in t.serves]
    partly += [criteria.starts(t, typed) for t in named if t.serves & {"contains", "prefix"} == {"prefix"}]
    if partly:
        yield sa.or_(*partly)


def options(  # noqa: PLR0917 (five plain parts of one question, and what was typed)
    ctx: Context, spec: ModelSpec, column: str, condition: Any, bound: int, words: str = ""
) -> list[Option]:
    """Return the records that meet one condition, sorted by name."""
    names = labels.label_columns(ctx.person, spec)
    wanted = [getattr(spec.model, key) for key in (column, *spec.primary_key, *names)]
    statement = sa.select(*(attribute.label(f"c{i}") for i, attribute in enumerate(wanted))).limit(bound)
    if condition is None:  # the newest where keys are made in order of time; always along the primary key's index
        statement = statement.order_by(*(getattr(spec.model, key).desc() for key in spec.primary_key))
    else:
        statement = statement.where(condition)
    width = 1 + len(spec.primary_key)
    rows = ctx.session.execute(limit(statement, ctx.person, spec)).all()
    shown = (tuple(row[1:width]) for row in rows)
    kind = AccessKind.SEARCH if words else AccessKind.LIST
    ctx.reads.note(spec, kind, labels.title_fields(ctx.person, spec), shown, words=words)
    made = [
        Option(as_text(row[0]), labels.label_text(spec, row[width:], encode_key(tuple(row[1:width]))))
        for row in rows
        if row[0] is not None
    ]
    return sorted(made, key=lambda option: option.text.lower()) if condition is not None else made


def named(ctx: Context, spec: ModelSpec, column: str, texts: Iterable[str]) -> dict[str, str]:
    """Return labels by value for records that references point to; gone and hidden ones are missing."""
    attribute = getattr(spec.model, column)
    values = []
    for text in texts:
        try:
            values.append(key_bound(attribute, parse(spec.columns[column], text)))
        except (ValueError, ArithmeticError):
            continue  # typed text that is no key has no label
    if not values:
        return {}
    return {option.value: option.text for option in options(ctx, spec, column, attribute.in_(values), len(values))}
