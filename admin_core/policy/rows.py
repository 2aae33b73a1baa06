"""Which rows a person may see: the rules of all models, compiled into every statement.

The criteria travel as an option on the statement, because COPY compiles statements itself and no session event runs
for those.
"""

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    and_,
    column,
    exists,
    false,
    func,
    inspect,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.selectable import Select
from sqlalchemy.sql.visitors import replacement_traverse

from admin_core.policy.criteria import RowCriteria
from admin_core.policy.decisions import Column, Model, require
from admin_core.policy.person import Person
from admin_core.policy.rules import OF_CORE, RowRule
from schema.changes import ChangeRow, RowOperation

log = logging.getLogger(__name__)
SelectT = TypeVar("SelectT", bound=Select[Any])
Criteria = Mapping[Mapper[Any], ColumnElement[bool]]

_rules: list[RowRule] = [*OF_CORE]


def declared() -> tuple[RowRule, ...]:
    """Return every rule that is in force in this process."""
    return tuple(_rules)


def declare(rules: Iterable[RowRule]) -> None:
    """Let these rules be in force beside core's own: for the whole process, so that no path can do without them."""
    _rules[:] = [*OF_CORE, *(rule for rule in rules if rule not in OF_CORE)]
    criteria_for.cache_clear()
    options_of.cache_clear()


def rules_on(model: type[Any]) -> list[RowRule]:
    """Return the rules on a model."""
    return [rule for rule in _rules if rule.model is model]


def limit(statement: SelectT, person: Person, spec: Model[Column]) -> SelectT:
    """Return the SELECT restricted to what the person may see, related rows included; Refused without read access."""
    require(person, "read", spec)
    return statement.options(*row_options(person))


def row_options(person: Person) -> tuple[ExecutableOption, ...]:
    """Return the option that hides rows from the person, whichever models a statement touches; none when nothing is."""
    return options_of(bare(person))


def criteria_of(person: Person) -> Criteria:
    """Return the criterion of each model of which rows are hidden from the person."""
    return criteria_for(bare(person))


def bare(person: Person) -> Person:
    """Return what a rule may decide by: not what somebody likes, nor whether they proved lately who they are."""
    rights = {"roles": person.roles, "permissions": person.permissions, "seeing": person.seeing}
    return Person(person.id, "", has_own_accounts=person.has_own_accounts, **rights)  # type: ignore[arg-type]  # by name


@lru_cache(maxsize=256)
def options_of(person: Person) -> tuple[ExecutableOption, ...]:
    """Return the same, kept for the person's next statement."""
    found = criteria_for(person)
    return (RowCriteria(found),) if found else ()


@lru_cache(maxsize=256)
def criteria_for(person: Person) -> Criteria:
    """Return the same, kept for the person's next statement."""
    found: dict[Mapper[Any], list[ColumnElement[bool]]] = {}
    for rule in _rules:
        criterion = asked(rule, person)
        if criterion is not None:
            found.setdefault(inspect(rule.model), []).append(criterion)
    return {mapper: and_(*criteria) for mapper, criteria in found.items()}


def asked(rule: RowRule, person: Person) -> ColumnElement[bool] | None:
    """Return what a rule demands of the rows this person sees; a rule that fails hides every row."""
    if rule.lifting_permission and person.has(rule.lifting_permission):
        return None
    try:
        return rule.criterion(person)
    except Exception:  # a plugin may raise anything; showing what it would hide is no answer
        log.exception("row rule %s failed, so every row of %s is hidden", rule.name, rule.model.__name__)
        return false()


def rule_for(person: Person, model: type[Any]) -> ColumnElement[bool] | None:
    """Return the criterion that restricts the rows of one model for the person, or None when they see all."""
    found = criteria_of(person)
    return next((found[each] for each in inspect(model).iterate_to_root() if each in found), None) if found else None


def visible(session: Session, person: Person, model: type[Any], identities: set[tuple[Any, ...]]) -> bool:
    """Return whether every one of these rows is one the person may see. Rows that no longer exist are not."""
    if rule_for(person, model) is None or not identities:
        return True
    keys = key_attributes(inspect(model))
    chosen = or_(*(same_key(keys, identity) for identity in identities))
    with session.no_autoflush:
        found = session.execute(select(*keys).where(chosen).options(*row_options(person))).all()
    return len(found) == len(identities)


def is_or_was_visible(
    session: Session, person: Person, model: type[Any], identity: tuple[Any, ...], record_key: ColumnElement[Any]
) -> bool:
    """Return whether the person may see a row, or might before it was deleted; ``record_key`` as in the history."""
    criterion = rule_for(person, model)
    if criterion is None or visible(session, person, model, {identity}):
        return True
    mapper = inspect(model)
    there = exists().where(same_key(key_attributes(mapper), identity))
    image, kept = last_image(mapper.local_table, record_key)
    seen = exists().select_from(image).where(kept.is_not(None), moved_to(image, mapper.local_table, criterion))
    # On the connection: the rules would else restrict what the criterion itself asks for.
    return bool(session.connection().scalar(select(seen & ~there)))


def last_image(table: Any, record_key: ColumnElement[Any]) -> tuple[Any, ColumnElement[Any]]:
    """Return a deleted row as a table, as the history kept it without what is personal; and the JSON of it."""
    deleted = select(ChangeRow.before).where(
        ChangeRow.table_name == table.name,
        ChangeRow.record_key == record_key,
        ChangeRow.operation == RowOperation.DELETE,
    )
    kept = deleted.order_by(ChangeRow.id.desc()).limit(1).scalar_subquery()
    row_type: ColumnElement[Any] = literal_column(f'NULL::{table.schema}."{table.name}"')
    columns = (column(each.name, each.type) for each in table.columns)
    return func.jsonb_populate_record(row_type, kept).table_valued(*columns), kept


def moved_to(image: Any, table: Any, criterion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a criterion about a table as one about an image of a row of it."""

    def replaced(element: Any, **_: Any) -> Any:
        is_ours = getattr(getattr(element, "table", None), "name", "") == table.name
        return image.c[element.name] if is_ours else None

    moved: ColumnElement[bool] = replacement_traverse(criterion, {}, replaced)
    return moved


def key_attributes(mapper: Mapper[Any]) -> list[Any]:
    """Return the attributes that hold the primary key."""
    return [mapper.get_property_by_column(column).class_attribute for column in mapper.primary_key]


def same_key(keys: list[Any], identity: tuple[Any, ...]) -> ColumnElement[bool]:
    """Return the criterion for one primary key."""
    first, *rest = (key == value for key, value in zip(keys, identity, strict=True))
    criterion: ColumnElement[bool] = first
    for other in rest:
        criterion &= other
    return criterion
