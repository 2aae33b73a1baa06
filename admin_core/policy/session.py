"""A session bound to a person: what they may not see, no statement of it returns or changes.

Closed here are the ways around loader criteria: objects already in the identity map, ``refresh``, changes to loaded
objects, UPDATE by list of keys, INSERT from SELECT, upserts, Core statements and plain SQL. What no session hook can
see (``session.connection().execute()``, ``__table__`` inside an ORM statement) is forbidden outside core by a test.
"""

from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, Select, TextClause, event, inspect, select
from sqlalchemy.dialects.postgresql.dml import OnConflictDoUpdate
from sqlalchemy.orm import FromStatement, Mapper, ORMExecuteState, Session, UOWTransaction

from admin_core.policy.decisions import Refused
from admin_core.policy.person import Person
from admin_core.policy.rows import key_attributes, row_options, rule_for, same_key, visible


class UnguardedStatementError(RuntimeError):
    """A statement the policy cannot restrict was given to a policy session: an error in our code, not the person's."""


class PolicySession(Session):
    """A session that answers for one person."""

    def __init__(self, bind: Engine | Connection | None = None, *, person: Person, **options: Any) -> None:
        super().__init__(bind, expire_on_commit=False, **options)
        self.person = person

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Return the row with this key, or None; asked of the database when a rule concerns the model."""
        mapper: Mapper[Any] = inspect(entity)
        if rule_for(self.person, mapper.class_) is None:
            return super().get(entity, ident, **options)
        statement = select(mapper.class_).where(same_key(key_attributes(mapper), key_values(mapper, ident)))
        statement = statement.options(*options.get("options") or ())
        if lock := options.get("with_for_update"):
            statement = statement.with_for_update(**({} if lock is True else lock))
        execution_options = dict(options.get("execution_options") or {})
        if options.get("populate_existing"):
            execution_options["populate_existing"] = True
        return self.scalars(statement, execution_options=execution_options).unique().one_or_none()

    def refresh(self, instance: object, *arguments: Any, **options: Any) -> None:
        """Read the row again; Refused when the person may no longer see it."""
        self.require_visible({type(instance): {identity_of(instance)}})
        super().refresh(instance, *arguments, **options)

    def require_visible(self, identities: dict[type[Any], set[tuple[Any, ...]]]) -> None:
        """Raise Refused unless the person may see every one of these rows."""
        for model, keys in identities.items():
            if not visible(self, self.person, model, keys):
                raise Refused(
                    "You may not change this: it belongs to somebody else.", f"data:{model.__tablename__}:row"
                )

    def bulk_save_objects(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: no hook sees it."""
        raise UnguardedStatementError("bulk_save_objects() is not restricted by the policy: add the objects instead.")

    def bulk_insert_mappings(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: no hook sees it."""
        raise UnguardedStatementError("bulk_insert_mappings() is not restricted by the policy: use insert(Model).")

    def bulk_update_mappings(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: no hook sees it."""
        raise UnguardedStatementError("bulk_update_mappings() is not restricted by the policy: use update(Model).")


@event.listens_for(PolicySession, "do_orm_execute")
def guard(state: ORMExecuteState) -> None:
    """Refuse what cannot be restricted, restrict the rest."""
    session = state.session
    if not isinstance(session, PolicySession):
        return
    if not state.is_select:
        require_acting(session.person)
    if problem := unguarded(state, session.person):
        raise UnguardedStatementError(problem)
    if state.is_column_load:
        restrict_refresh(state, session.person)
    elif state.is_select or state.is_update or state.is_delete:
        restrict(state, session.person)


def restrict(state: ORMExecuteState, person: Person) -> None:
    """Add the rules, unless ``limit`` has done so."""
    options = row_options(person)
    if options and options[0] not in state.statement._with_options:  # noqa: SLF001
        state.statement = state.statement.options(*options)


def restrict_refresh(state: ORMExecuteState, person: Person) -> None:
    """Add the rule to the SELECT that reads one row again: SQLAlchemy applies no loader criteria there."""
    mapper = state.bind_mapper
    criterion = rule_for(person, mapper.class_) if mapper is not None else None
    if criterion is not None and isinstance(state.statement, Select):
        state.statement = state.statement.where(criterion)


def unguarded(state: ORMExecuteState, person: Person) -> str:
    """Return what makes the statement impossible to restrict, and what to write instead; empty when nothing does."""
    statement = state.statement
    if not state.is_orm_statement:
        return "Core statements and text() are not restricted by the policy: select mapped classes."
    if isinstance(statement, FromStatement) and isinstance(statement.element, TextClause):
        return "from_statement(text()) is not restricted by the policy: select mapped classes."
    if state.is_update and isinstance(state.parameters, (list, tuple)):
        return "UPDATE by a list of keys is not restricted by the policy: use update(Model).where(...)."
    return unguarded_insert(state, person) if state.is_insert else ""


def unguarded_insert(state: ORMExecuteState, person: Person) -> str:
    """Return what makes an INSERT impossible to restrict; empty when nothing does."""
    if getattr(state.statement, "select", None) is not None:
        return "INSERT from SELECT is not restricted by the policy: add objects instead."
    if changes_existing_rows(state, person):
        return "INSERT … ON CONFLICT may change rows that are hidden: read the row, then add or change it."
    return ""


def changes_existing_rows(state: ORMExecuteState, person: Person) -> bool:
    """Return whether an INSERT may turn into an UPDATE of a model whose rows are restricted."""
    mapper = state.bind_mapper
    # The private name is the only place where PostgreSQL's ON CONFLICT is kept; a test provokes this refusal.
    upserts = isinstance(getattr(state.statement, "_post_values_clause", None), OnConflictDoUpdate)
    return upserts and mapper is not None and rule_for(person, mapper.class_) is not None


@event.listens_for(PolicySession, "before_flush")
def check_changes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Refuse to write a row that the person may not see, however it came into the session."""
    if not isinstance(session, PolicySession):
        return
    if session.new or session.dirty or session.deleted:
        require_acting(session.person)
    touched: dict[type[Any], set[tuple[Any, ...]]] = {}
    for instance in [*session.dirty, *session.deleted]:
        if rule_for(session.person, type(instance)) is not None:
            touched.setdefault(type(instance), set()).add(identity_of(instance))
    session.require_visible(touched)


def require_acting(person: Person) -> None:
    """Raise Refused when the person only looks through other eyes."""
    if person.seeing is not None:
        raise Refused("You are only looking: nothing can be changed.", "core:roles:see_as")


def identity_of(instance: object) -> tuple[Any, ...]:
    """Return the key the row has in the database, whatever was assigned since."""
    return tuple(inspect(instance, raiseerr=True).identity or ())


def key_values(mapper: Mapper[Any], ident: Any) -> tuple[Any, ...]:
    """Return the values of a key given as one value, a tuple, or a mapping of attribute names."""
    if isinstance(ident, dict):
        return tuple(ident[mapper.get_property_by_column(column).key] for column in mapper.primary_key)
    return tuple(ident) if isinstance(ident, (tuple, list)) else (ident,)
