"""Conditions as SQL. What is written here matches the expressions the indexes are declared with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from admin_core.generator.capabilities import Capabilities, Service
from admin_core.generator.filters import Condition, read_value
from admin_core.generator.operators import Operator
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.values import span_of, stored
from admin_core.periods import start_of

Criterion = sa.ColumnElement[bool]
MOMENTS = {"moment", "local_moment"}
TEXTS = {"text", "longtext"}


@dataclass(frozen=True)
class Target:
    """The column a comparison is about."""

    column: ColumnSpec
    attribute: Any
    serves: frozenset[Service]

    def bound(self, value: Any) -> Any:
        """Return a value typed for comparison: wide integers don't fail against narrow columns."""
        if self.column.kind == "integer":
            return sa.literal(value, sa.BigInteger)
        if self.column.kind == "local_moment" and isinstance(value, datetime):
            value = value.astimezone(UTC).replace(tzinfo=None)
        return sa.literal(stored(self.column, self.attribute, value), self.attribute.type)


def criterion(spec: ModelSpec, able: Capabilities, conditions: Iterable[Condition], now: datetime) -> Criterion | None:
    """Return all conditions as one: AND within a group, OR between groups. None: no condition."""
    groups: dict[int, list[Criterion]] = {}
    for condition in conditions:
        column = spec.columns[condition.column]
        target = Target(column, getattr(spec.model, column.key), able.columns[column.key].serves)
        groups.setdefault(condition.group, []).append(compare(target, condition, now))
    if not groups:
        return None
    return sa.or_(*(sa.and_(*parts) for parts in groups.values()))


def compare(target: Target, condition: Condition, now: datetime) -> Criterion:
    """Return one condition."""
    if condition.op == "empty":
        return is_empty(target)
    if condition.op == "filled":
        return sa.not_(is_empty(target))
    if condition.op == "within":
        return sa.or_(*(between_days(target, *span_of(name, now)) for name in condition.values))
    values = [read_value(target.column, condition.op, text) for text in condition.values]
    if condition.op in {"eq", "ne"}:
        return any_of(target, values) if condition.op == "eq" else none_of(target, values)
    return sa.or_(*(COMPARISONS[condition.op](target, value) for value in values))


def is_empty(target: Target) -> Criterion:
    """Return the condition for "nothing there"; a text of no letters is nothing."""
    missing: Criterion = target.attribute.is_(None)
    return sa.or_(missing, target.attribute == "") if target.column.kind in TEXTS else missing


def any_of(target: Target, values: list[Any]) -> Criterion:
    """Return equality with one of the values; e-mail addresses and lower() indexes ignore case."""
    if target.column.kind in MOMENTS:
        return sa.or_(*(on_moment(target, value) for value in values))
    ignores_case = "lower" in target.serves and ("equal" not in target.serves or target.column.widget == "email")
    if target.column.kind in TEXTS and ignores_case:
        return one_of(sa.func.lower(target.attribute), [sa.literal(str(value).lower()) for value in values])
    if target.column.widget == "email":
        values = [form for value in values for form in dict.fromkeys((value, str(value).lower()))]
    return one_of(target.attribute, [target.bound(value) for value in values])


def one_of(expression: Any, bounds: list[Any]) -> Criterion:
    """Return equality with a value, or membership in several."""
    found: Criterion = expression == bounds[0] if len(bounds) == 1 else expression.in_(bounds)
    return found


def none_of(target: Target, values: list[Any]) -> Criterion:
    """Return "is none of these", rows without a value included; said as "one of the others" where values are listed."""
    others = [value for value, _ in target.column.choices if value not in values]
    missing: Criterion = target.attribute.is_(None)
    if target.column.choices:
        found = any_of(target, others) if others else sa.false()
    else:
        found = sa.not_(any_of(target, values))
    return sa.or_(found, missing) if target.column.nullable else found


def on_moment(target: Target, value: date | datetime) -> Criterion:
    """Return "on that day", or "at that very moment"."""
    if isinstance(value, datetime):
        same: Criterion = target.attribute == target.bound(value)
        return same
    return between_days(target, value, value + timedelta(days=1))


def between_days(target: Target, first: date, behind: date) -> Criterion:
    """Return "from the first day on, and before the day behind", on our wall clock."""
    low, high = (start_of(first), start_of(behind)) if target.column.kind in MOMENTS else (first, behind)
    return sa.and_(target.attribute >= target.bound(low), target.attribute < target.bound(high))


def edge(target: Target, value: Any, *, end: bool) -> Any:
    """Return a comparison value; a day stands for its beginning or its end where moments are compared."""
    if target.column.kind in MOMENTS and not isinstance(value, datetime):
        value = start_of(value + timedelta(days=1) if end else value)
    return target.bound(value)


def is_day(target: Target, value: Any) -> bool:
    """Return whether a whole day is compared with moments."""
    return target.column.kind in MOMENTS and not isinstance(value, datetime)


def more_than(target: Target, value: Any) -> Criterion:
    """Return "after": behind the end of a day."""
    bound = edge(target, value, end=True)
    found: Criterion = target.attribute >= bound if is_day(target, value) else target.attribute > bound
    return found


def at_least(target: Target, value: Any) -> Criterion:
    """Return "from … on"."""
    found: Criterion = target.attribute >= edge(target, value, end=False)
    return found


def less_than(target: Target, value: Any) -> Criterion:
    """Return "before"."""
    found: Criterion = target.attribute < edge(target, value, end=False)
    return found


def at_most(target: Target, value: Any) -> Criterion:
    """Return "until": a day included."""
    bound = edge(target, value, end=True)
    found: Criterion = target.attribute < bound if is_day(target, value) else target.attribute <= bound
    return found


def between(target: Target, bounds: tuple[Any, Any]) -> Criterion:
    """Return "from … until", both included; an open end is left out."""
    low, high = bounds
    parts = [] if low is None else [at_least(target, low)]
    return sa.and_(*parts, *([] if high is None else [at_most(target, high)]))


def escaped(text: str) -> str:
    """Return text for LIKE in which percent and underscore stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def contains(target: Target, text: str) -> Criterion:
    """Return "contains", whatever the case; a trigram index serves it."""
    found: Criterion = target.attribute.ilike(f"%{escaped(text)}%")
    return found


def starts(target: Target, text: str) -> Criterion:
    """Return "starts with": as the index can, exactly by case for pattern indexes."""
    pattern = f"{escaped(text)}%"
    found: Criterion = (
        target.attribute.ilike(pattern) if "contains" in target.serves else target.attribute.like(pattern)
    )
    return found


def has(target: Target, value: Any) -> Criterion:
    """Return "the array has this element"."""
    holds = target.attribute.op("@>", is_comparison=True)
    found: Criterion = holds(sa.literal([value], target.attribute.type))
    return found


COMPARISONS: Mapping[Operator, Callable[[Target, Any], Criterion]] = {
    "gt": more_than,
    "gte": at_least,
    "lt": less_than,
    "lte": at_most,
    "between": between,
    "contains": contains,
    "starts": starts,
    "has": has,
}
