"""Filters in an address: ``f.<column>.<operator>=value``, further groups as ``f2.``, ``f3.`` …

Within a group all conditions hold; between groups any group does. A condition given several times means any of
its values. Unknown columns, operators and values are refused by name, never ignored: a list that silently shows
everything is worse than one that shows nothing.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from admin_core.generator.capabilities import Capabilities
from admin_core.generator.errors import BadRequest
from admin_core.generator.operators import ALIASES, OPERATORS, OPERATORS_OF, VALUELESS, Operator, fits, word_of
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.values import SPANS, parsed, shortened, span_of
from admin_core.policy import Person, may_probe, sees
from admin_core.theme.formats import in_sentence

NAME = re.compile(r"^f(\d?)\.(.+)\.([a-z]+)$", re.DOTALL)
PREFIX = re.compile(r"^f\d?\.")
MOST_CONDITIONS = 30
MOST_VALUES = 100


@dataclass(frozen=True)
class Condition:
    """One comparison of one column with any of some values, as canonical texts."""

    column: str
    op: Operator
    values: tuple[str, ...] = ()
    group: int = 1

    @property
    def name(self) -> str:
        """What stands before the equals sign in an address."""
        return f"f{'' if self.group == 1 else self.group}.{self.column}.{self.op}"

    def pairs(self) -> list[tuple[str, str]]:
        """Return the condition as arguments of an address."""
        return [(self.name, value) for value in self.values] or [(self.name, "1")]


class BadFilter(BadRequest):
    """A filter that can't be used; the sentence names what is wrong with it."""

    def __init__(self, problem: str) -> None:
        """Take the problem as a sentence."""
        super().__init__(f"This filter can't be used: {problem}", "Clear the filters, or change this one.")


def is_filter(name: str) -> bool:
    """Return whether an argument's name is meant as a filter."""
    return bool(PREFIX.match(name))


def read_conditions(spec: ModelSpec, person: Person, pairs: Iterable[tuple[str, str]]) -> tuple[Condition, ...]:
    """Return the conditions of an address, every part of them known; BadFilter otherwise."""
    gathered: dict[tuple[int, str, Operator], dict[str, None]] = {}  # dicts are sets that keep the order
    for name, value in pairs:
        group, key, operator = read_name(spec, person, name)
        values = gathered.setdefault((group, key, operator), {})
        if operator not in VALUELESS:
            values[value] = None
    check_number(gathered.values())
    found = [Condition(key, op, tuple(values), group) for (group, key, op), values in gathered.items()]
    for condition in found:
        check_values(spec.columns[condition.column], condition)
    return tuple(sorted(found, key=lambda condition: condition.group))


def check_number(values_of_each: Collection[Collection[str]]) -> None:
    """Raise BadFilter when there are more conditions, or values of one, than anybody means."""
    if len(values_of_each) > MOST_CONDITIONS or any(len(values) > MOST_VALUES for values in values_of_each):
        raise BadFilter(f"there are more than {MOST_CONDITIONS} conditions, or more than {MOST_VALUES} values in one.")


def read_name(spec: ModelSpec, person: Person, name: str) -> tuple[int, str, Operator]:
    """Return group, column and operator of an argument."""
    match = NAME.match(name)
    if not match or match[1] in {"0", "1"}:
        raise BadFilter(f"“{shortened(name)}” is not of the form f.<column>.<operator>.")
    column = spec.columns.get(match[2])
    if column is None or sees(person, column) == "never":
        raise BadFilter(f"{spec.plural} have no column “{shortened(match[2])}”.")
    if not may_probe(person, column):
        raise BadFilter(f"you may not see {column.label} in clear, and so not filter by it.")
    return int(match[1] or 1), column.key, read_operator(column, match[3])


def read_operator(column: ColumnSpec, word: str) -> Operator:
    """Return the operator a word stands for on this column."""
    operator = next((op for op in OPERATORS if op == ALIASES.get(word, word)), None)
    if operator is None or operator not in OPERATORS_OF[column.kind] or not fits(operator, column):
        known = ", ".join(op for op in OPERATORS_OF[column.kind] if fits(op, column))
        raise BadFilter(f"{column.label} can't be compared by “{shortened(word)}”. Known: {known or 'nothing'}.")
    return operator


def check_values(column: ColumnSpec, condition: Condition) -> None:
    """Raise BadFilter unless every value can be read."""
    try:
        for value in condition.values:
            read_value(column, condition.op, value)
    except ValueError as error:
        raise BadFilter(f"{column.label}: {error}") from error


def read_value(column: ColumnSpec, operator: Operator, text: str) -> object:
    """Return a value as the operator takes it: ``between`` takes two, joined by dots; ``within`` a span's name."""
    if operator == "within":
        return span_of(text, datetime.now(UTC))
    if operator == "between":
        return read_bounds(column, text)
    if operator == "has" and column.item is not None:
        return parsed(column.item, text)
    if operator in {"contains", "starts"} and not text:
        raise ValueError("a text to look for is missing.")
    return parsed(column, text)


def read_bounds(column: ColumnSpec, text: str) -> tuple[object, object]:
    """Return both ends of ``a..b``; one of them may be open."""
    low, dots, high = text.partition("..")
    if not dots or not (low or high):
        raise ValueError(f"“{shortened(text)}” is not of the form 1..9.")
    return (parsed(column, low) if low else None, parsed(column, high) if high else None)


def check_served(spec: ModelSpec, able: Capabilities, conditions: Iterable[Condition]) -> None:
    """Raise BadFilter when a condition would read a whole large table."""
    for condition in conditions:
        column, ability = spec.columns[condition.column], able.columns[condition.column]
        if condition.op not in ability.operators:
            offered = ", ".join(word_of(op, column) for op in ability.operators)
            known = f"Offered on it: {offered}." if offered else "Nothing is offered on it."
            raise BadFilter(
                f"no index serves “{column.label} {word_of(condition.op, column)}”"
                f" for so many {in_sentence(spec.plural)}. {known}"
            )


def is_private(spec: ModelSpec, condition: Condition) -> bool:
    """Return whether the condition's values must not stand in an address."""
    return spec.columns[condition.column].is_personal and condition.op not in VALUELESS


def span_words(name: str) -> str:
    """Return a span of days in words."""
    return SPANS.get(name, name)
