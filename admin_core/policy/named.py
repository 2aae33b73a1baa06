"""Rows that name the permission that shows them: the question of ``Person.has``, compiled to SQL."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, any_, bindparam, exists, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from admin_core.policy.person import NEGATIVE, Person

EVERYTHING = frozenset({"*"})


def shown_with(names: InstrumentedAttribute[list[str]], person: Person) -> ColumnElement[bool] | None:
    """Return the criterion of rows whose permission the person has, known by any of these names; None: all of them.

    A row that names none is shown to everybody.
    """
    sets = [person.permissions, *([person.seeing.within] if person.seeing else [])]
    parts = [granted(names, patterns) for patterns in sets if patterns != EVERYTHING]
    return or_(func.cardinality(names) == 0, and_(*parts)) if parts else None


def granted(names: InstrumentedAttribute[list[str]], patterns: frozenset[str]) -> ColumnElement[bool]:
    """Return whether a pattern covers one of the names, and none that takes away covers any."""
    given, taken = likes_of(patterns)
    return and_(covers(names, given), not_(covers(names, taken)) if taken else true())


def covers(names: InstrumentedAttribute[list[str]], likes: list[str]) -> ColumnElement[bool]:
    """Return whether one of the names is like one of these."""
    name = func.unnest(names).column_valued("name")
    return exists(select(1).where(is_like(name, likes)))


def held(name: Any, person: Person) -> ColumnElement[bool]:
    """Return the criterion that the person has the permission named in a column; a row that names none has none."""
    sets = [person.permissions, *([person.seeing.within] if person.seeing else [])]
    return and_(name.is_not(None), *(covering(name, patterns) for patterns in sets))


def covering(name: Any, patterns: frozenset[str]) -> ColumnElement[bool]:
    """Return whether a pattern covers the name, and none that takes away does."""
    given, taken = likes_of(patterns)
    return and_(is_like(name, given), not_(is_like(name, taken)) if taken else true())


def is_like(name: Any, likes: list[str]) -> ColumnElement[bool]:
    """Return whether a name is like one of these."""
    found: ColumnElement[bool] = name.like(any_(bindparam(None, likes, ARRAY(Text))))
    return found


def likes_of(patterns: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return what gives and what takes away, as LIKE understands it."""
    given = sorted(like_of(each) for each in patterns if not each.startswith(NEGATIVE))
    return given, sorted(like_of(each[1:]) for each in patterns if each.startswith(NEGATIVE))


def like_of(pattern: str) -> str:
    """Return a permission pattern as LIKE understands it; of its wildcards only ``*`` and ``?`` are in use."""
    escaped = pattern.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return escaped.replace("*", "%").replace("?", "_")
