"""The sides of a comparison in a CHECK: columns, literals, and the few functions that mean the same in Python."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlglot import exp

from admin_core.generator.spec import ColumnSpec, Kind


class Unsupported(Exception):
    """Python can't tell what PostgreSQL would say; the database is asked instead."""


@dataclass(frozen=True)
class Operand:
    """A value computed from a row."""

    value: Callable[[Mapping[str, Any]], Any]
    text: str
    """How a sentence calls it."""
    family: str
    """Only equal families are compared."""
    keys: frozenset[str] = frozenset()
    column: ColumnSpec | None = None
    """Set when the operand is a column, or the length of one."""
    measure: str = ""
    """``length`` when it counts the characters of the column."""
    literal: Any = None

    @property
    def is_column(self) -> bool:
        """True for a column itself, not something computed from it."""
        return self.column is not None and not self.measure


FAMILIES: dict[Kind, str] = {
    "integer": "number",
    "decimal": "number",
    "float": "number",
    "text": "text",
    "longtext": "text",
    "enum": "text",
    "boolean": "boolean",
    "date": "date",
    "moment": "moment",
    "local_moment": "local_moment",
    "time": "time",
    "interval": "interval",
    "uuid": "uuid",
}
"""Kinds that may stand beside each other; others are never compared here."""
TEXT_CASTS = {exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR}


def bare(node: exp.Expr) -> exp.Expr:
    """Return a node without brackets and without casts of texts to text, which change nothing."""
    while True:
        if isinstance(node, exp.Paren) or (isinstance(node, exp.Cast) and is_plain_text(node.to)):
            node = node.this
        else:
            return node


def is_plain_text(to: exp.DataType) -> bool:
    """Return whether a cast leads to text of any length, or to an array of it."""
    if to.this == exp.DataType.Type.ARRAY:
        return all(isinstance(inner, exp.DataType) and is_plain_text(inner) for inner in to.expressions)
    return to.this in TEXT_CASTS and not to.expressions


def operand_of(node: exp.Expr, columns: Mapping[str, ColumnSpec], beside: exp.Expr | None = None) -> Operand:
    """Return one side of a comparison; a literal takes its type from the side it stands beside."""
    node = bare(node)
    if isinstance(node, exp.Column):
        return column_operand(node, columns)
    for kinds, make in MAKERS:
        if isinstance(node, kinds):
            return make(node, columns)
    if is_literal(node):
        return literal_for(node, operand_of(beside, columns) if beside is not None else NUMBER)
    raise Unsupported(type(node).__name__)


def column_operand(node: exp.Column, columns: Mapping[str, ColumnSpec]) -> Operand:
    """Return a column's value; members of an enum count as what is stored."""
    column = columns.get(node.name)
    if column is None or column.kind not in FAMILIES:
        raise Unsupported(f"column {node.name}")
    key = column.key

    def value(row: Mapping[str, Any]) -> Any:
        return getattr(row[key], "value", row[key])

    return Operand(value, column.label, FAMILIES[column.kind], frozenset({key}), column)


def is_literal(node: exp.Expr) -> bool:
    """Return whether a node is a constant."""
    if isinstance(node, exp.Neg):
        return is_literal(bare(node.this))
    if isinstance(node, exp.Cast):
        return is_literal(bare(node.this))
    return isinstance(node, exp.Literal | exp.Boolean | exp.Null)


def literal_for(node: exp.Expr, beside: Operand) -> Operand:
    """Return a constant, read as PostgreSQL reads it beside that operand."""
    negative = isinstance(node, exp.Neg)
    inner = bare(node.this) if negative else node
    if isinstance(inner, exp.Cast):
        inner = bare(inner.this)
    read = READERS.get(beside.family)
    if read is None or not isinstance(inner, exp.Literal | exp.Boolean):
        raise Unsupported("a literal of an unusual type")
    try:
        value = read(str(inner.this))
        value = -value if negative else value
    except (ValueError, ArithmeticError, TypeError) as error:
        raise Unsupported("a literal that can't be read") from error
    if isinstance(value, Decimal) and not value.is_finite():
        raise Unsupported("a literal that is no number")
    return Operand(lambda _: value, words_of(value, beside.column), beside.family, literal=value)


def words_of(value: Any, column: ColumnSpec | None) -> str:
    """Return a literal as a sentence says it: cents as money, stored words as their labels."""
    if column is not None and column.widget == "money" and column.kind == "integer":
        return format(Decimal(value).scaleb(-2), ".2f")
    labels = dict(column.choices) if column else {}
    return labels.get(str(value), str(value)) if value != "" else "nothing"


def read_truth(text: str) -> bool:
    """Return a boolean literal."""
    return text.lower() in {"true", "t"}


def read_instant(text: str) -> datetime:
    """Return a moment that names its time zone; others mean something else on another server."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no time zone")
    return value


READERS: dict[str, Callable[[str], Any]] = {
    "number": Decimal,
    "text": str,
    "boolean": read_truth,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "local_moment": datetime.fromisoformat,
    "moment": read_instant,
}
NUMBER = Operand(lambda _: None, "", "number")


def length(node: exp.Expr, columns: Mapping[str, ColumnSpec]) -> Operand:
    """Return the number of characters of a text column."""
    inner = operand_of(bare(node.this), columns)
    if inner.family != "text" or inner.column is None:
        raise Unsupported("the length of something else")

    def value(row: Mapping[str, Any]) -> Any:
        text = inner.value(row)
        return None if text is None else len(text)

    return Operand(value, inner.text, "number", inner.keys, inner.column, measure="length")


def changed_text(change: Callable[[str], str]) -> Callable[[exp.Expr, Mapping[str, ColumnSpec]], Operand]:
    """Return a maker of lower(), upper(), trim(); beyond ASCII they follow the locale, so Python does not say."""

    def make(node: exp.Expr, columns: Mapping[str, ColumnSpec]) -> Operand:
        inner = operand_of(bare(node.this), columns)
        if inner.family != "text" or (isinstance(node, exp.Trim) and node.args.get("expression")):
            raise Unsupported("a function of something else")

        def value(row: Mapping[str, Any]) -> Any:
            text = inner.value(row)
            if text is not None and not text.isascii():
                raise Unsupported("letters beyond ASCII")
            return None if text is None else change(text)

        return Operand(value, f"{inner.text} {CHANGES[type(node)]}", "text", inner.keys, inner.column, measure="change")

    return make


CHANGES: dict[type[exp.Expr], str] = {
    exp.Lower: "in lower case",
    exp.Upper: "in upper case",
    exp.Trim: "without outer spaces",
}


def first_given(node: exp.Expr, columns: Mapping[str, ColumnSpec]) -> Operand:
    """Return COALESCE."""
    parts = [bare(part) for part in (node.this, *node.expressions)]
    first = operand_of(parts[0], columns)
    operands = [first, *(operand_of(part, columns, beside=parts[0]) for part in parts[1:])]
    if {operand.family for operand in operands} != {first.family}:
        raise Unsupported("COALESCE over several types")

    def value(row: Mapping[str, Any]) -> Any:
        return next((v for operand in operands if (v := operand.value(row)) is not None), None)

    names = [operand.text for operand in operands if operand.column]
    keys = frozenset().union(*(operand.keys for operand in operands))
    return Operand(value, " or ".join(names), first.family, keys)


def arithmetic(node: exp.Expr, columns: Mapping[str, ColumnSpec]) -> Operand:
    """Return a sum, difference or product of numbers."""
    a, b = operand_of(node.this, columns), operand_of(node.expression, columns)
    if {a.family, b.family} != {"number"}:
        raise Unsupported("arithmetic on something else")
    word, compute = SUMS[type(node)]

    def value(row: Mapping[str, Any]) -> Any:
        left, right = a.value(row), b.value(row)
        return None if left is None or right is None else compute(left, right)

    return Operand(value, f"{a.text} {word} {b.text}", "number", a.keys | b.keys)


SUMS: dict[type[exp.Expr], tuple[str, Callable[[Any, Any], Any]]] = {
    exp.Add: ("plus", lambda a, b: a + b),
    exp.Sub: ("minus", lambda a, b: a - b),
    exp.Mul: ("times", lambda a, b: a * b),
}


def count_of_given(node: exp.Expr, columns: Mapping[str, ColumnSpec]) -> Operand:
    """Return num_nonnulls(…) and num_nulls(…)."""
    name = str(node.this).lower()
    if name not in {"num_nonnulls", "num_nulls"}:
        raise Unsupported(f"function {name}")
    named = [columns.get(part.name) for part in node.expressions if isinstance(part, exp.Column)]
    found = [column for column in named if column is not None]
    if len(found) != len(node.expressions):
        raise Unsupported("a column that is not mapped")
    empty = name == "num_nulls"

    def value(row: Mapping[str, Any]) -> int:
        return sum((row[column.key] is None) == empty for column in found)

    names = ", ".join(column.label for column in found)
    text = f"the number of {'empty' if empty else 'filled'} fields among {names}"
    return Operand(value, text, "number", frozenset(column.key for column in found))


Maker = Callable[[exp.Expr, Mapping[str, ColumnSpec]], Operand]
MAKERS: tuple[tuple[tuple[type[exp.Expr], ...], Maker], ...] = (
    ((exp.Length,), length),
    ((exp.Lower,), changed_text(str.lower)),
    ((exp.Upper,), changed_text(str.upper)),
    ((exp.Trim,), changed_text(lambda text: text.strip(" "))),
    ((exp.Coalesce,), first_given),
    ((exp.Add, exp.Sub, exp.Mul), arithmetic),
    ((exp.Anonymous,), count_of_given),
)

SHARED_REGEX = re.compile(
    r"\^?(?:\\[.^$*+?()\[\]{}|\\/d-]|\[\^?(?:[A-Za-z0-9_ .,@:/#+%&=-]|\\[-.\]\\d])+\]|[A-Za-z0-9_ .,@:/#%&='\"!<>~-]"
    r"|\((?!\?)|\(\?:|\)|\||[*+?]\??|\{\d{1,3}(?:,\d{0,3})?\})*\$?\Z",
    re.ASCII,
)
"""Regular expressions whose every sign means the same in PostgreSQL, Python and HTML."""


def regex_of(source: str) -> re.Pattern[str]:
    """Return a compiled pattern; ``$`` ends the text, as PostgreSQL has it, not the line."""
    if not SHARED_REGEX.match(source):
        raise Unsupported("a regular expression with signs of its own")
    ends = source.endswith("$") and not source.endswith(r"\$")
    try:
        return re.compile(source[:-1] + r"\Z" if ends else source, re.ASCII | re.DOTALL)
    except re.error as error:
        raise Unsupported("a regular expression Python can't read") from error


def translated_like(pattern: str) -> str:
    """Return the regular expression of a LIKE pattern without escapes."""
    if "\\" in pattern:
        raise Unsupported("LIKE with escapes")
    parts = [".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern]
    return f"^{''.join(parts)}$"
