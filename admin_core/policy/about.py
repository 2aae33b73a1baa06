"""Criteria that leave out the rows about some people: found along the path each model declares (``subject``).

For plugins that hide whole people, with all that is kept about them.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, inspect, or_, select
from sqlalchemy.orm import Mapper

from admin_core.changes.triggers import kind_of
from schema.changes import ChangeRow
from schema.tags import options_of

SELF = "self"
Without = Callable[[Select[Any]], ColumnElement[bool]]
"""Takes a SELECT of keys of people; returns the criterion that leaves out every row about one of them."""


def rows_about(subject: type[Any]) -> Iterator[tuple[type[Any], Without]]:
    """Yield every mapped class whose rows are about such people, those people among them."""
    target: Mapper[Any] = inspect(subject)
    for mapper in in_order(target):
        steps = path_of(mapper)
        if steps is not None and end_of(mapper, steps) is target:
            yield mapper.class_, partial(without, mapper, steps)


def rows_referring_to(subject: type[Any]) -> Iterator[tuple[type[Any], Without]]:
    """Yield every other mapped class that refers to such people, whoever its rows are about."""
    target: Mapper[Any] = inspect(subject)
    for mapper in in_order(target):
        names = [r.key for r in mapper.relationships if not r.uselist and r.mapper is target]
        if names and mapper is not target:
            yield mapper.class_, partial(without_any, mapper, names)


def changes_about(subject: type[Any]) -> tuple[type[Any], Without]:
    """Return the history's own rows, which tell of such people too."""
    kind = kind_of(inspect(subject))

    def without_changes(keys: Select[Any]) -> ColumnElement[bool]:
        return or_(
            ChangeRow.subject_kind.is_(None),
            ChangeRow.subject_kind != kind,
            ChangeRow.subject_key.not_in(select(cast(keys.subquery().c[0], String))),
        )

    return ChangeRow, without_changes


def in_order(target: Mapper[Any]) -> list[Mapper[Any]]:
    """Return every class mapped beside it, in an order that stays."""
    return sorted(target.registry.mappers, key=lambda mapper: str(mapper.local_table))


def path_of(mapper: Mapper[Any]) -> tuple[str, ...] | None:
    """Return the relationships that lead to whom a row is about; None where it is about nobody."""
    path = options_of(mapper.class_).subject
    if not path:
        return None
    return () if path == SELF else tuple(path.split("."))


def end_of(mapper: Mapper[Any], steps: Sequence[str]) -> Mapper[Any]:
    """Return the class that a path leads to."""
    for step in steps:
        mapper = mapper.relationships[step].mapper
    return mapper


def without(mapper: Mapper[Any], steps: Sequence[str], keys: Select[Any]) -> ColumnElement[bool]:
    """Return the criterion for rows that lead to none of these keys."""
    if not steps:
        return key_of(mapper).not_in(keys)  # type: ignore[no-any-return]  # a column's
    column = local_of(mapper, steps[0])
    apart: ColumnElement[bool] = column.not_in(leading(mapper.relationships[steps[0]].mapper, steps[1:], keys))
    return or_(column.is_(None), apart) if column.property.columns[0].nullable else apart


def without_any(mapper: Mapper[Any], names: Sequence[str], keys: Select[Any]) -> ColumnElement[bool]:
    """Return the criterion for rows none of whose references is to one of these keys."""
    return and_(*(without(mapper, (name,), keys) for name in names))


def leading(mapper: Mapper[Any], steps: Sequence[str], keys: Select[Any]) -> Select[Any]:
    """Return the keys of the rows that lead to one of these keys."""
    if not steps:
        return keys
    inner = leading(mapper.relationships[steps[0]].mapper, steps[1:], keys)
    return select(key_of(mapper)).where(local_of(mapper, steps[0]).in_(inner))


def key_of(mapper: Mapper[Any]) -> Any:
    """Return the attribute that holds the key."""
    return mapper.get_property_by_column(mapper.primary_key[0]).class_attribute


def local_of(mapper: Mapper[Any], name: str) -> Any:
    """Return our attribute that a relationship follows."""
    (column,) = mapper.relationships[name].local_columns
    return mapper.get_property_by_column(column).class_attribute
