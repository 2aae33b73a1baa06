"""Checks of the row rules that a plugin brings: the database takes them, on a model's rows and on an alias of them."""

import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from admin_core.conformance.stage import Stage
from admin_core.policy import Person, PolicySession, RowRule, rules_on


def row_rules(stage: Stage) -> Iterator[str]:
    """Yield row rules that the database refuses, or that are not in force."""
    rules: tuple[RowRule, ...] = stage.items("register_row_rules")
    stranger = Person(uuid.uuid4(), "Nomsa Kit", ("A role",), frozenset({"data:*:read"}))
    for rule in rules:
        if rule.name not in {each.name for each in rules_on(rule.model)}:  # criteria may be made anew by each call
            yield f"The row rule {rule.name} on {rule.model.__name__} is not in force."
        with PolicySession(stage.machine.database.engine, person=stranger) as session:
            try:
                for entity in (rule.model, aliased(rule.model)):
                    session.execute(sa.select(sa.func.count()).select_from(sa.select(entity).limit(1).subquery()))
            except SQLAlchemyError as error:
                kind = type(getattr(error, "orig", None) or error).__name__
                yield f"The row rule {rule.name} on {rule.model.__name__} cannot be asked of the database: {kind}."
