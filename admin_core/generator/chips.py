"""Filters in words, and the form a new one is made with."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from admin_core.generator.capabilities import Capabilities
from admin_core.generator.cells import fixed_currency
from admin_core.generator.context import Context
from admin_core.generator.filters import Condition, is_private, read_value, span_words
from admin_core.generator.ids import as_text
from admin_core.generator.labels import short_id
from admin_core.generator.list_model import Chip, Choice, FilterForm
from admin_core.generator.list_state import ListState, changed, url_of
from admin_core.generator.operators import VALUELESS, word_of
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.urls import lookup_url
from admin_core.generator.values import SPANS
from admin_core.policy import may, may_probe
from admin_core.theme import formats

MOST_NAMED = 4
INPUTS = {"date": "date", "moment": "date", "local_moment": "date", "time": "time"}


def chips(spec: ModelSpec, state: ListState) -> tuple[Chip, ...]:
    """Return the filters in words, each with the way to take it away."""
    return tuple(chip_of(spec, state, condition) for condition in state.conditions)


def chip_of(spec: ModelSpec, state: ListState, condition: Condition) -> Chip:
    """Return one filter in words."""
    column = spec.columns[condition.column]
    words = f"{word_of(condition.op, column)} {values_in_words(column, condition)}".strip()
    left = tuple(other for other in state.conditions if other is not condition)
    url = "" if is_private(spec, condition) else url_of(spec, changed(state, conditions=left))
    return Chip(column.label, words, condition.name, url, condition.group)


def values_in_words(column: ColumnSpec, condition: Condition) -> str:
    """Return the values of a filter as a person would say them."""
    said = [value_in_words(column, condition, text) for text in condition.values]
    if len(said) > MOST_NAMED:
        said = [*said[: MOST_NAMED - 1], f"{len(said) - MOST_NAMED + 1} others"]
    return said[0] if len(said) == 1 else " or ".join([", ".join(said[:-1]), said[-1]]) if said else ""


def value_in_words(column: ColumnSpec, condition: Condition, text: str) -> str:
    """Return one value as a person would say it."""
    if condition.op == "within":
        return span_words(text)
    if condition.op == "between":
        low, _, high = text.partition("..")
        ends = [value_in_words(column, replace(condition, op="eq"), end) if end else "" for end in (low, high)]
        return f"{ends[0] or 'the beginning'} and {ends[1] or 'the end'}"
    return plain_words(column, text, read_value(column, condition.op, text))


def plain_words(column: ColumnSpec, text: str, value: object) -> str:
    """Return a typed value in words; dates stand as they are written in the address."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal) and not column.reference:
        cents = column.widget == "money" and isinstance(value, int)
        return formats.money(int(value), fixed_currency(column)) if cents else formats.plain_number(value)
    if column.kind == "uuid":
        return short_id(text)
    return dict(column.choices).get(text, as_text(value) or "nothing")


def filterable(ctx: Context, spec: ModelSpec, able: Capabilities, state: ListState) -> tuple[Choice, ...]:
    """Return the columns a filter can be made on, each with the address of its form."""
    open_ = [c for c in spec.columns.values() if c.key in able.columns and may_probe(ctx.person, c)]
    found = [
        Choice(c.key, c.label, url_of(spec, state, [("add", c.key)])) for c in open_ if able.columns[c.key].operators
    ]
    return tuple(sorted(found, key=lambda choice: choice.label.lower()))


def filter_form(ctx: Context, spec: ModelSpec, able: Capabilities, state: ListState, key: str) -> FilterForm | None:
    """Return the form for a filter on a column, None where none can be made."""
    column = spec.columns.get(key)
    if column is None or key not in able.columns or not may_probe(ctx.person, column):
        return None
    operators = able.columns[key].operators
    if not operators:
        return None
    return FilterForm(
        column=key,
        label=column.label,
        operators=tuple(Choice(op, word_of(op, column)) for op in operators if op != "within"),
        values=values_of(column, valueless=set(operators) <= VALUELESS),
        spans=tuple(Choice(name, words) for name, words in SPANS.items()) if "within" in operators else (),
        input=INPUTS.get(column.kind, "text"),
        lookup_url=picker(ctx, column),
        groups=groups_of(state.conditions),
        help=column.help,
    )


def values_of(column: ColumnSpec, *, valueless: bool) -> tuple[Choice, ...]:
    """Return the values to choose from where they are listed."""
    if valueless:
        return ()
    if column.kind == "boolean":
        return (Choice("true", "yes"), Choice("false", "no"))
    return tuple(Choice(value, label) for value, label in column.choices)


def picker(ctx: Context, column: ColumnSpec) -> str:
    """Return where the records a column refers to are looked up, empty where they can't be."""
    if column.reference is None or column.reference.model not in ctx.registry:
        return ""
    other = ctx.registry.spec(column.reference.model)
    return lookup_url(other.key) if may(ctx.person, "read", other) else ""


def groups_of(conditions: Iterable[Condition]) -> tuple[Choice, ...]:
    """Return the groups a filter can join: one must hold with the others, or instead of them."""
    used = sorted({condition.group for condition in conditions})
    if not used:
        return ()
    joins = [Choice(str(group), "and" if len(used) == 1 else f"and, in group {group}") for group in used]
    return (*joins, Choice(str(used[-1] + 1), "or")) if used[-1] < 9 else tuple(joins)  # noqa: PLR2004 - one digit
