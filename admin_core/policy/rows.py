"""Which rows a person may see: one rule per model, compiled into every statement.

A rule takes the person and returns a criterion, or None when it does not concern them. The criteria travel as
options on the statement, because COPY compiles statements itself and no session event runs for those.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import LoaderCriteriaOption, Mapper, Session
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.selectable import Select

from admin_core.policy.decisions import Column, Model, require
from admin_core.policy.person import Person
from schema.views import SavedView, Selection, ViewState

RowRule = Callable[[Person], ColumnElement[bool] | None]
"""Decides by the person alone: the answer is kept and serves their later requests, too."""
SelectT = TypeVar("SelectT", bound=Select[Any])


def own_or_shared_views(person: Person) -> ColumnElement[bool]:
    """Private views are their owner's alone; those without an owner came with the product."""
    return or_(SavedView.shared, SavedView.owner_id == person.own_id, SavedView.owner_id.is_(None))


def own_view_states(person: Person) -> ColumnElement[bool]:
    """Search words and filter values are of use to the person who typed them."""
    return ViewState.owner_id == person.own_id


def own_selections(person: Person) -> ColumnElement[bool]:
    """A frozen selection is worked through by the person who made it."""
    return Selection.owner_id == person.own_id


row_rules: dict[type[Any], RowRule] = {
    SavedView: own_or_shared_views,
    ViewState: own_view_states,
    Selection: own_selections,
}
"""Rule by mapped class. Read on every statement."""


class RowCriterion(LoaderCriteriaOption):
    """A loader criterion that also follows a join to an alias with its own ON clause.

    SQLAlchemy 2.1 leaves a plain expression on the original table there: the alias would show every row.
    """

    _traverse_internals = LoaderCriteriaOption._traverse_internals  # noqa: SLF001 - keeps the statement cache

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        criterion = super()._resolve_where_criteria(ext_info)
        return ext_info._adapter.traverse(criterion) if ext_info.is_aliased_class else criterion  # noqa: SLF001


def limit(statement: SelectT, person: Person, spec: Model[Column]) -> SelectT:
    """Return the SELECT restricted to what the person may see, related rows included; Refused without read access."""
    require(person, "read", spec)
    return statement.options(*row_options(person))


def row_options(person: Person) -> tuple[ExecutableOption, ...]:
    """Return the options that hide rows from the person, whichever of the ruled models a statement touches."""
    return options_under(person, tuple(row_rules.items()))


@lru_cache(maxsize=256)
def options_under(person: Person, rules: tuple[tuple[type[Any], RowRule], ...]) -> tuple[ExecutableOption, ...]:
    """Return the options of some rules; kept, because every statement of every page asks for them."""
    return tuple(
        RowCriterion(model, criterion, include_aliases=True)
        for model, rule in rules
        if (criterion := rule(person)) is not None
    )


def rule_for(person: Person, model: type[Any]) -> ColumnElement[bool] | None:
    """Return the criterion that restricts the rows of one model for the person, or None when they see all."""
    rule = row_rules.get(model)
    return rule(person) if rule else None


def visible(session: Session, person: Person, model: type[Any], identities: set[tuple[Any, ...]]) -> bool:
    """Return whether every one of these rows is one the person may see. Rows that no longer exist are not."""
    criterion = rule_for(person, model)
    if criterion is None or not identities:
        return True
    mapper: Mapper[Any] = inspect(model)
    keys = [mapper.get_property_by_column(column).class_attribute for column in mapper.primary_key]
    chosen = [or_(*(same_key(keys, identity) for identity in identities))]
    with session.no_autoflush:
        found = session.execute(select(*keys).where(*chosen, criterion)).all()
    return len(found) == len(identities)


def same_key(keys: list[Any], identity: tuple[Any, ...]) -> ColumnElement[bool]:
    """Return the criterion for one primary key."""
    first, *rest = (key == value for key, value in zip(keys, identity, strict=True))
    criterion: ColumnElement[bool] = first
    for other in rest:
        criterion &= other
    return criterion
