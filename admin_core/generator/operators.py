"""The comparisons a filter can make, which kinds of column take which, and what they are called on the screen."""

from collections.abc import Mapping
from typing import Literal, get_args

from admin_core.generator.spec import ColumnSpec, Kind

Operator = Literal[
    "eq", "ne", "contains", "starts", "gt", "gte", "lt", "lte", "between", "within", "empty", "filled", "has"
]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
ALIASES: Mapping[str, Operator] = {"in": "eq", "is": "eq"}
"""Other ways an address may say it: every operator takes several values as "any of them"."""

VALUELESS: frozenset[Operator] = frozenset({"empty", "filled"})
NUMBERS: tuple[Operator, ...] = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "empty", "filled")
TIMES: tuple[Operator, ...] = ("within", "eq", "gte", "lt", "gt", "lte", "between", "empty", "filled")
TEXT: tuple[Operator, ...] = ("eq", "contains", "starts", "ne", "empty", "filled")
ONLY_PRESENCE: tuple[Operator, ...] = ("empty", "filled")

OPERATORS_OF: Mapping[Kind, tuple[Operator, ...]] = {
    "text": TEXT,
    "longtext": TEXT,
    "integer": NUMBERS,
    "decimal": NUMBERS,
    "float": NUMBERS,
    "boolean": ("eq", "empty", "filled"),
    "date": TIMES,
    "moment": TIMES,
    "local_moment": TIMES,
    "time": ("eq", "gte", "lt", "between", "empty", "filled"),
    "interval": ONLY_PRESENCE,
    "enum": ("eq", "ne", "empty", "filled"),
    "json": ONLY_PRESENCE,
    "array": ("has", "empty", "filled"),
    "uuid": ("eq", "ne", "empty", "filled"),
    "bytes": ONLY_PRESENCE,
    "inet": ("eq", "ne", "empty", "filled"),
    "range": ONLY_PRESENCE,
    "other": ONLY_PRESENCE,
}
"""In the order in which they are offered."""

REFERENCES: frozenset[Operator] = frozenset({"eq", "ne", "empty", "filled"})

WORDS: Mapping[Operator, str] = {
    "eq": "is",
    "ne": "is not",
    "contains": "contains",
    "starts": "starts with",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "between": "is between",
    "within": "is in",
    "empty": "is empty",
    "filled": "is not empty",
    "has": "has",
}
TIME_WORDS: Mapping[Operator, str] = {
    "eq": "is on",
    "gt": "is after",
    "gte": "is on or after",
    "lt": "is before",
    "lte": "is on or before",
}


def fits(operator: Operator, column: ColumnSpec) -> bool:
    """Return whether an operator makes sense for this very column."""
    if column.reference and operator not in REFERENCES:
        return False
    if operator in VALUELESS:
        return column.nullable
    return not (column.kind == "array" and column.item is not None and column.item.kind not in {"text", "longtext"})


def word_of(operator: Operator, column: ColumnSpec) -> str:
    """Return the operator in a sentence about the column."""
    timely = column.kind in {"date", "moment", "local_moment"}
    return TIME_WORDS.get(operator, WORDS[operator]) if timely else WORDS[operator]
