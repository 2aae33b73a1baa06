"""How a rule reads, and what of it HTML can say."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from admin_core.generator.forms.numbers import show_money
from admin_core.generator.forms.operands import Operand

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
AMOUNT = {
    "<": "be less than", "<=": "be at most", ">": "be more than", ">=": "be at least", "=": "be", "<>": "not be",
}  # fmt: skip
ORDER = {
    "<": "be before", "<=": "not be after", ">": "be after", ">=": "not be before", "=": "be", "<>": "not be",
}  # fmt: skip
SHORTEST = 2


def compared(a: Operand, sign: str, b: Operand) -> str:
    """Return a comparison as a demand: ``Ends must not be before Starts``."""
    if a.literal is not None and not a.keys:
        return f"{b.text} must {AMOUNT[FLIPPED[sign]]} {a.text}"
    if a.measure == "length":
        return counted(a, sign, b)
    if b.literal == "" and sign == "<>":
        return f"{a.text} must not be empty"
    words = ORDER if a.family in {"date", "moment", "local_moment", "time"} else AMOUNT
    return f"{a.text} must {words[sign]} {b.text}"


def counted(a: Operand, sign: str, b: Operand) -> str:
    """Return a demand on the length of a text."""
    if (sign, b.literal) in {(">", 0), (">=", 1), ("<>", 0)}:
        return f"{a.text} must not be empty"
    words = AMOUNT[sign].replace("not be", "not have").replace("be", "have")
    return f"{a.text} must {words} {b.text} characters"


def between(subject: Operand, low: Operand, high: Operand, *, negated: bool) -> str:
    """Return BETWEEN as a demand."""
    verb = "not be" if negated else "be"
    if subject.measure == "length":
        return f"{subject.text} must {verb.replace('be', 'have')} between {low.text} and {high.text} characters"
    return f"{subject.text} must {verb} between {low.text} and {high.text}"


def listed(subject: Operand, items: Sequence[Operand], *, negated: bool) -> str:
    """Return IN as a demand."""
    return f"{subject.text} must {'not ' if negated else ''}be one of {', '.join(item.text for item in items)}"


def given(subject: Operand, *, given: bool) -> str:
    """Return IS [NOT] NULL as a demand."""
    return f"{subject.text} must be {'given' if given else 'empty'}"


def is_true(subject: Operand, wanted: bool) -> str:
    """Return a demand on a yes-or-no column."""
    return f"{subject.text} must be {'yes' if wanted else 'no'}"


def patterned(subject: Operand, pattern: str, *, negated: bool) -> str:
    """Return a demand on a text's form."""
    return f"{subject.text} must {'not ' if negated else ''}match the pattern {pattern}"


def both(sentences: Sequence[str]) -> str:
    """Return demands that all stand."""
    return ", and ".join(dict.fromkeys(sentences))


def either(sentences: Sequence[str]) -> str:
    """Return demands of which one must be met."""
    unique = list(dict.fromkeys(sentences))
    return unique[0] if len(unique) < SHORTEST else "Either " + ", or ".join(unique)


def together(one: str, other: str) -> str:
    """Return two demands that hold together or not at all: ``Paid must be given if, and only if, State is paid``."""
    fact = one.replace(" must not be ", " is not ").replace(" must be ", " is ").replace(" must have ", " has ")
    return f"{other} if, and only if, {fact}"


def limits_of(a: Operand, sign: str, b: Operand) -> Mapping[str, Mapping[str, str]]:
    """Return HTML attributes for a column compared with a constant."""
    if a.column is None or b.literal is None or b.keys or a.measure not in {"", "length"}:
        return {}
    if a.measure == "length":
        return length_limits(a.column.key, sign, int(b.literal))
    if a.family not in {"number", "date"} or sign not in {"<", "<=", ">", ">="}:
        return {}
    return {a.column.key: bound(a, sign, b)}


def length_limits(key: str, sign: str, count: int) -> Mapping[str, Mapping[str, str]]:
    """Return minlength or maxlength."""
    count += {"<": -1, ">": 1}.get(sign, 0)
    name = {"<": "maxlength", "<=": "maxlength", ">": "minlength", ">=": "minlength"}.get(sign)
    return {key: {name: str(count)}} if name else {}


def bound(a: Operand, sign: str, b: Operand) -> Mapping[str, str]:
    """Return min or max; HTML knows no "less than", so a whole number moves by one and others say nothing."""
    assert a.column is not None
    value = b.literal
    if a.column.kind == "integer":
        value = int(value) + {"<": -1, ">": 1}.get(sign, 0)
    elif sign in {"<", ">"}:
        return {}
    shown = show_money(value) if a.column.kind == "integer" and a.column.widget == "money" else str(value)
    return {"min" if sign in {">", ">="} else "max": shown}


def pattern_limits(subject: Operand, pattern: str) -> Mapping[str, Mapping[str, str]]:
    """Return a pattern attribute where HTML's, which matches the whole value, says the same."""
    whole = pattern.startswith("^") and pattern.endswith("$")
    if not whole or not subject.is_column or subject.column is None or not PLAIN_PATTERN.fullmatch(pattern[1:-1]):
        return {}
    return {subject.column.key: {"pattern": pattern[1:-1]}}


PLAIN_PATTERN = re.compile(r"(\[\^?(\w-\w|\w)+\]|\w|\{[0-9,]+\}|[*+?])+", re.ASCII)
"""Letters, classes and repetitions: browsers read punctuation in patterns by rules of their own."""
