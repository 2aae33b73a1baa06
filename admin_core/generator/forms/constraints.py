"""What a table demands of its rows, read once per model: CHECKs as rules, unique keys, and their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from admin_core.generator.forms.checks import Rule, compile_check
from admin_core.generator.forms.operands import Unsupported
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.theme.formats import in_sentence

DIALECT: Any = pg.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # untyped upstream
"""Named parameters: the default style would double every percent sign of a CHECK."""


@dataclass(frozen=True)
class Unique:
    """A combination of values that only one row may have."""

    name: str
    keys: tuple[str, ...]
    parts: tuple[sa.ColumnElement[Any], ...]
    """What must differ: a column, or an expression over one."""
    functions: tuple[str, ...]
    """``lower``, ``upper`` or nothing, per key."""
    where: Any = None
    applies: Rule | None = None
    """Which rows a partial index counts; None with a ``where`` that Python can't read: the database decides."""
    nulls_equal: bool = False
    """NULLS NOT DISTINCT: two rows without a value have the same one."""


@dataclass(frozen=True)
class TableRules:
    """Everything a table says about its rows."""

    checks: Mapping[str, Rule]
    """By the constraint's name; those the database alone can judge are missing."""
    uniques: tuple[Unique, ...]
    limits: Mapping[str, Mapping[str, str]]
    """HTML attributes by column key."""
    choices: Mapping[str, tuple[str, ...]]
    """Values a CHECK lists, by column key."""
    broken: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    """Constraint name → keys of the columns concerned, and a sentence without any row's values."""


CACHE: dict[type[Any], tuple[ModelSpec, TableRules]] = {}


def rules_of(spec: ModelSpec) -> TableRules:
    """Return the table's rules; compiled when first asked for."""
    known = CACHE.get(spec.model)
    if known is None or known[0] is not spec:
        known = CACHE[spec.model] = (spec, read_rules(spec))
    return known[1]


def read_rules(spec: ModelSpec) -> TableRules:
    """Return the rules read off the table's constraints and unique indexes."""
    keys = {column.name: key for key, column in spec.columns.items()}
    checks, broken = read_checks(spec, keys)
    uniques = read_uniques(spec, keys)
    for unique in uniques:
        broken[unique.name] = (unique.keys, taken_sentence(spec, unique.keys))
    for constraint in spec.table.foreign_key_constraints:
        own = tuple(keys[c.name] for c in constraint.columns if c.name in keys)
        broken[name_of(constraint)] = (own, "There is no such record, or you may not see it.")
    limits: dict[str, dict[str, str]] = {}
    for rule in checks.values():
        for key, words in rule.limits.items():
            limits.setdefault(key, {}).update(words)
    choices = {key: tuple(words.pop("choices").split("\n")) for key, words in limits.items() if "choices" in words}
    return TableRules(checks, uniques, limits, choices, broken)


def read_checks(
    spec: ModelSpec, keys: Mapping[str, str]
) -> tuple[dict[str, Rule], dict[str, tuple[tuple[str, ...], str]]]:
    """Return the checks that Python can judge, and what to say about every one."""
    columns = {name: spec.columns[key] for name, key in keys.items()}
    rules: dict[str, Rule] = {}
    broken: dict[str, tuple[tuple[str, ...], str]] = {}
    for constraint in sorted(spec.table.constraints, key=name_of):
        if not isinstance(constraint, sa.CheckConstraint):
            continue
        name = name_of(constraint)
        try:
            rule = compile_check(sql_of(constraint.sqltext), columns)
            rules[name] = rule
            broken[name] = (ordered(spec, rule.keys), f"{rule.sentence}.")
        except Unsupported:
            broken[name] = (
                mentioned(sql_of(constraint.sqltext), columns),
                f"It breaks the rule “{words_of(name, spec)}”.",
            )
    return rules, broken


def read_uniques(spec: ModelSpec, keys: Mapping[str, str]) -> tuple[Unique, ...]:
    """Return the unique constraints and unique indexes, the primary key among them."""
    found: list[Unique] = []
    for constraint in sorted(spec.table.constraints, key=name_of):
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint) and len(constraint.columns):
            equal = bool(constraint.dialect_options["postgresql"].get("nulls_not_distinct"))
            made = unique_of(name_of(constraint), list(constraint.columns), spec, keys, nulls_equal=equal)
            found.extend([made] if made else [])
    for index in sorted((i for i in spec.table.indexes if i.unique), key=lambda i: str(i.name)):
        options = index.dialect_options["postgresql"]
        made = unique_of(str(index.name), list(index.expressions), spec, keys, where=options["where"],
                         nulls_equal=bool(options["nulls_not_distinct"]))  # fmt: skip
        found.extend([made] if made else [])
    return tuple(found)


def unique_of(
    name: str,
    expressions: Sequence[Any],
    spec: ModelSpec,
    keys: Mapping[str, str],
    *,
    where: Any = None,
    nulls_equal: bool = False,
) -> Unique | None:
    """Return what an index over columns and simple functions of them demands; None when it holds something else."""
    named, parts, functions = [], [], []
    for expression in expressions:
        key, function = column_in(expression, keys)
        if not key:
            return None
        named.append(key)
        functions.append(function)
        attribute = getattr(spec.model, key)
        parts.append(getattr(sa.func, function)(attribute) if function else attribute)
    condition = sa.text(where) if isinstance(where, str) else where
    applies = applies_of(condition, spec, keys) if condition is not None else None
    return Unique(name, tuple(named), tuple(parts), tuple(functions), condition, applies, nulls_equal)


def column_in(expression: Any, keys: Mapping[str, str]) -> tuple[str, str]:
    """Return the column's key and the function around it; no key for anything more."""
    if isinstance(expression, sa.Column):
        return keys.get(expression.name, ""), ""
    text = sql_of(expression).strip()
    for function in ("lower", "upper"):
        if text.lower().startswith(f"{function}(") and text.endswith(")"):
            inner = (
                text[len(function) + 1 : -1].removesuffix("::text").strip("() ").strip('"').split(".")[-1].strip('"')
            )
            return keys.get(inner, ""), function
    return keys.get(text.strip('"'), ""), ""


def applies_of(where: Any, spec: ModelSpec, keys: Mapping[str, str]) -> Rule | None:
    """Return the rule of a partial index, or None when only the database can tell."""
    try:
        return compile_check(sql_of(where), {name: spec.columns[key] for name, key in keys.items()})
    except Unsupported:
        return None


def taken_sentence(spec: ModelSpec, keys: Sequence[str]) -> str:
    """Return the sentence for values another row has already."""
    labels = [spec.columns[key].label for key in keys]
    if len(labels) == 1:
        return f"Another {in_sentence(spec.label)} has this {in_sentence(labels[0])} already."
    together = f"{', '.join(labels[:-1])} and {labels[-1]}".lower()
    return f"Another {in_sentence(spec.label)} has the same {together} already."


def name_of(constraint: sa.Constraint) -> str:
    """Return the name PostgreSQL knows the constraint by: long ones are cut by SQLAlchemy's rule."""
    name = DIALECT.identifier_preparer.format_constraint(constraint) if constraint.name else None
    return (name or "").strip('"')


def sql_of(clause: Any) -> str:
    """Return a clause as PostgreSQL reads it, literals included."""
    if isinstance(clause, str):
        return clause
    return str(clause.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def ordered(spec: ModelSpec, keys: frozenset[str]) -> tuple[str, ...]:
    """Return keys in the order of the form."""
    return tuple(key for key in spec.columns if key in keys)


def mentioned(sql: str, columns: Mapping[str, ColumnSpec]) -> tuple[str, ...]:
    """Return the keys of columns whose names stand in a condition."""
    words = "".join(sign if sign.isalnum() or sign == "_" else " " for sign in sql).split()
    return tuple(column.key for name, column in columns.items() if name in words)


def words_of(name: str, spec: ModelSpec) -> str:
    """Return a constraint's name as words, without the table's name and the convention's prefix."""
    bare = name.removeprefix("ck_").removeprefix(spec.table.name).strip("_")
    return (bare or name).replace("_", " ")
