"""Whose data the rows of a page are: asked once for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from admin_core.generator.labels import has_key
from admin_core.generator.reads import Key
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import Way, way_of


def people_of(session: Session, spec: ModelSpec, keys: Sequence[Key]) -> Mapping[Key, Any]:
    """Return whose data each row is, by the row's key: one statement. None: nobody's; missing: gone."""
    way = way_of(spec)
    if way is None or not keys:
        return {}
    if (way.column,) == spec.primary_key:
        return {key: key[0] for key in keys}
    statement = whose(spec, way).where(has_key(spec, keys))
    return {tuple(row[:-1]): row[-1] for row in session.execute(statement)}


def whose(spec: ModelSpec, way: Way) -> sa.Select[Any]:
    """Return the SELECT of rows' keys with the key of whom each is about."""
    own = [getattr(spec.model, name) for name in spec.primary_key]
    if way.column:
        return sa.select(*own, getattr(spec.model, way.column))
    entity: Any = spec.model
    joins = []
    for step in way.steps:
        attribute = getattr(entity, step)
        entity = aliased(attribute.property.mapper.class_)
        joins.append(attribute.of_type(entity))
    (person,) = sa.inspect(entity).mapper.primary_key
    statement = sa.select(*own, getattr(entity, sa.inspect(entity).mapper.get_property_by_column(person).key))
    for join in joins:
        statement = statement.join(join)
    return statement
