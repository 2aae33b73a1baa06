"""Compiles a CHECK constraint into a rule in Python: a predicate, a sentence and limits for HTML. No database here.

Only what means the same in Python and in PostgreSQL is compiled; anything else raises Unsupported, and the database
decides when the row is written. NULL follows SQL: a predicate answers True, False or None, and None is accepted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from admin_core.generator.forms import phrases
from admin_core.generator.forms.operands import (
    Operand,
    Unsupported,
    bare,
    literal_for,
    operand_of,
    regex_of,
    translated_like,
)
from admin_core.generator.spec import ColumnSpec

Truth = bool | None
Predicate = Callable[[Mapping[str, Any]], Truth]


@dataclass(frozen=True)
class Rule:
    """What a condition on one row means."""

    holds: Predicate
    """Values by column key → True, False, or None where a NULL leaves it open."""
    sentence: str
    keys: frozenset[str]
    limits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """HTML attributes by column key; ``choices`` holds a list of values, one per line."""


def compile_check(sql: str, columns: Mapping[str, ColumnSpec]) -> Rule:
    """Return the rule of a condition; columns are looked up by their name in the database."""
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except sqlglot.errors.SqlglotError as error:
        raise Unsupported(str(error)) from error
    return condition(tree, columns, negated=False)


def condition(node: exp.Expr, columns: Mapping[str, ColumnSpec], *, negated: bool) -> Rule:
    """Return the rule of a condition or of its opposite; NOT moves inwards until it meets a comparison."""
    node = bare(node)
    if isinstance(node, exp.Not):
        return condition(node.this, columns, negated=not negated)
    if isinstance(node, exp.And | exp.Or):
        parts = [condition(part, columns, negated=negated) for part in node.flatten()]
        return joined(parts, all_must=isinstance(node, exp.And) != negated)
    for kinds, compile_node in COMPILERS:
        if isinstance(node, kinds):
            return compile_node(node, columns, negated)
    raise Unsupported(type(node).__name__)


def joined(parts: list[Rule], *, all_must: bool) -> Rule:
    """Return the rule that all parts, or any of them, hold. Limits survive only where all must."""

    def holds(row: Mapping[str, Any]) -> Truth:
        truths = [part.holds(row) for part in parts]
        if (not all_must) in truths:
            return not all_must
        return None if None in truths else all_must

    limits: dict[str, dict[str, str]] = {}
    for part in parts if all_must else ():
        for key, words in part.limits.items():
            limits.setdefault(key, {}).update(words)
    sentence = phrases.both([p.sentence for p in parts]) if all_must else phrases.either([p.sentence for p in parts])
    return Rule(holds, sentence, frozenset().union(*(part.keys for part in parts)), limits)


def comparison(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of ``a < b`` and its kin."""
    left, right = bare(node.this), bare(node.expression)
    if isinstance(node, exp.EQ) and isinstance(right, exp.Any):
        return membership(left, any_values(right), columns, negated)
    sign = SIGNS[type(node)]
    if sign in {"=", "<>"} and isinstance(left, CONDITIONS) and isinstance(right, CONDITIONS):
        return equivalence(left, right, columns, same=(sign == "=") != negated)
    if isinstance(left, exp.Literal | exp.Neg) and not isinstance(right, exp.Literal | exp.Neg):
        left, right, sign = right, left, phrases.FLIPPED[sign]
    a, b = operand_of(left, columns), operand_of(right, columns, beside=left)
    comparable(a, b, sign)
    sign = phrases.OPPOSITE[sign] if negated else sign
    test = phrases.TESTS[sign]

    def holds(row: Mapping[str, Any]) -> Truth:
        return apart(test, a, b, row)

    return Rule(holds, phrases.compared(a, sign, b), a.keys | b.keys, phrases.limits_of(a, sign, b))


def equivalence(left: exp.Expr, right: exp.Expr, columns: Mapping[str, ColumnSpec], *, same: bool) -> Rule:
    """Return the rule that two conditions hold together: ``(state = 'paid') = (paid_at IS NOT NULL)``."""
    a, b = condition(left, columns, negated=False), condition(right, columns, negated=not same)

    def holds(row: Mapping[str, Any]) -> Truth:
        one, other = a.holds(row), b.holds(row)
        return None if one is None or other is None else one == other

    return Rule(holds, phrases.together(a.sentence, b.sentence), a.keys | b.keys)


def comparable(a: Operand, b: Operand, sign: str) -> None:
    """Refuse an order that a collation decides, and values of different kinds."""
    if a.family != b.family:
        raise Unsupported(f"{a.family} beside {b.family}")
    if sign not in {"=", "<>"} and a.family not in {"number", "moment", "local_moment", "date", "time", "interval"}:
        raise Unsupported("the order of texts depends on a collation")


def apart(test: Callable[[Any, Any], bool], a: Operand, b: Operand, row: Mapping[str, Any]) -> Truth:
    """Return the comparison, None when a side is NULL or Python can't tell what PostgreSQL would say."""
    try:
        left, right = a.value(row), b.value(row)
        return None if left is None or right is None else test(left, right)
    except (TypeError, ArithmeticError, Unsupported):
        return None


def distinct(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of IS [NOT] DISTINCT FROM, for which NULL is a value like any other."""
    a, b = operand_of(node.this, columns), operand_of(node.expression, columns, beside=bare(node.this))
    differ = isinstance(node, exp.NullSafeNEQ) != negated
    sentence = phrases.compared(a, "<>" if differ else "=", b)
    return Rule(lambda row: (a.value(row) != b.value(row)) == differ, sentence, a.keys | b.keys)


def between(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of BETWEEN: both ends belong to it."""
    assert isinstance(node, exp.Between)
    low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
    high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
    parts = [comparison(low, columns, negated), comparison(high, columns, negated)]
    rule = joined(parts, all_must=not negated)
    ends = [operand_of(bare(node.args[end]), columns, beside=bare(node.this)) for end in ("low", "high")]
    subject = operand_of(bare(node.this), columns)
    return Rule(rule.holds, phrases.between(subject, ends[0], ends[1], negated=negated), rule.keys, rule.limits)


def one_of(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of IN with a list of literals."""
    assert isinstance(node, exp.In)
    if node.args.get("query") or not node.expressions:
        raise Unsupported("IN with a query")
    return membership(bare(node.this), node.expressions, columns, negated)


def membership(left: exp.Expr, items: list[exp.Expr], columns: Mapping[str, ColumnSpec], no: bool) -> Rule:
    """Return the rule that a column's value is, or is not, in a list."""
    subject = operand_of(left, columns)
    literals = [literal_for(bare(item), subject) for item in items]
    values = [literal.value({}) for literal in literals]
    if None in values:
        raise Unsupported("NULL in a list")

    def holds(row: Mapping[str, Any]) -> Truth:
        value = subject.value(row)
        return None if value is None else (value in values) != no

    choices = {"choices": "\n".join(map(str, values))} if subject.is_column and not no else {}
    sentence = phrases.listed(subject, literals, negated=no)
    return Rule(holds, sentence, subject.keys, {key: choices for key in subject.keys if choices})


def any_values(node: exp.Expr) -> list[exp.Expr]:
    """Return the elements of ``ANY (ARRAY[…])``, as PostgreSQL prints IN."""
    array = bare(node.this)
    if not isinstance(array, exp.Array):
        raise Unsupported("ANY of something else than a list")
    return list(array.expressions)


def is_something(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of IS NULL, IS TRUE and their opposites: these are never open."""
    subject, what = operand_of(bare(node.this), columns), bare(node.expression)
    no = bool(node.args.get("negate")) != negated
    if isinstance(what, exp.Null):
        return Rule(lambda row: (subject.value(row) is None) != no, phrases.given(subject, given=no), subject.keys)
    if isinstance(what, exp.Boolean):
        wanted = bool(what.this)
        return Rule(
            lambda row: (subject.value(row) is wanted) != no, phrases.is_true(subject, wanted != no), subject.keys
        )
    raise Unsupported("IS of something else")


def pattern(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of ``~`` and LIKE, for patterns that read the same in both worlds."""
    subject = operand_of(bare(node.this), columns)
    source = bare(node.expression)
    if subject.family != "text" or not (isinstance(source, exp.Literal) and source.is_string):
        raise Unsupported("a pattern that is no literal")
    text = translated_like(source.this) if isinstance(node, exp.Like) else source.this
    compiled = regex_of(text)

    def holds(row: Mapping[str, Any]) -> Truth:
        value = subject.value(row)
        return None if value is None else (compiled.search(value) is not None) != negated

    limits = phrases.pattern_limits(subject, text) if not negated else {}
    return Rule(holds, phrases.patterned(subject, source.this, negated=negated), subject.keys, limits)


def truth(node: exp.Expr, columns: Mapping[str, ColumnSpec], negated: bool) -> Rule:
    """Return the rule of a boolean column standing alone."""
    subject = operand_of(node, columns)
    if subject.family != "boolean":
        raise Unsupported("a condition that is no boolean")

    def holds(row: Mapping[str, Any]) -> Truth:
        value = subject.value(row)
        return None if value is None else bool(value) != negated

    return Rule(holds, phrases.is_true(subject, not negated), subject.keys)


SIGNS: dict[type[exp.Expr], str] = {
    exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.EQ: "=", exp.NEQ: "<>",
}  # fmt: skip
CONDITIONS = (*SIGNS, exp.Between, exp.In, exp.Is, exp.And, exp.Or, exp.Not)
"""What answers yes or no, and may itself be compared."""
Compiler = Callable[[exp.Expr, Mapping[str, ColumnSpec], bool], Rule]
COMPILERS: tuple[tuple[tuple[type[exp.Expr], ...], Compiler], ...] = (
    (tuple(SIGNS), comparison),
    ((exp.NullSafeEQ, exp.NullSafeNEQ), distinct),
    ((exp.Between,), between),
    ((exp.In,), one_of),
    ((exp.Is,), is_something),
    ((exp.RegexpLike, exp.Like), pattern),
    ((exp.Column, exp.Boolean), truth),
)
