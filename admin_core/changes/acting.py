"""Who acts, why, and on whose request: told to the database before a transaction's first write.

A transaction that only reads tells nothing and pays nothing. The setting is local to its transaction, so it passes
through PgBouncer and never reaches another one.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction
from uuid_utils.compat import uuid7

from schema.audit import ActorKind
from schema.changes import ChangeKind
from schema.tags import options_of

SETTING = "admin.change"
TOLD, WRITING, NOTED = "change_told", "change_writing", "change_noted"
"""What a session remembers of its transaction: whom the database was told of; that it was ever told, so that something
may have been written; and within which transaction or savepoint the audit log got an entry."""


@dataclass(frozen=True, kw_only=True)
class Acting:
    """One change-set to be: it exists once something was written."""

    kind: ChangeKind
    actor_kind: ActorKind
    actor_id: UUID | None = None
    actor_key: str | None = None
    title: str | None = None
    action: str | None = None
    reason: str | None = None
    request_id: str | None = None
    job_id: UUID | None = None
    undoes_id: UUID | None = None
    undoable: bool = True
    id: UUID = field(default_factory=uuid7)
    witness: "Callable[[Session, Acting], None] | None" = field(default=None, compare=False, repr=False)
    """Told before the commit of each transaction that wrote: puts what it did into the audit log, or it does not."""

    def words(self) -> str:
        """Return it as the triggers read it."""
        known = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "witness"}
        return json.dumps({name: value for name, value in known.items() if value is not None}, default=str)


current: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(who: Acting) -> Iterator[Acting]:
    """Let everything written inside belong to this change-set."""
    token = current.set(who)
    try:
        yield who
    finally:
        current.reset(token)


@contextmanager
def by_somebody() -> Iterator[None]:
    """Let what is written inside belong to the system, unless somebody acts already."""
    if current.get() is not None:
        yield
        return
    with acting(Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key="system")):
        yield


def describe(**words: Any) -> None:
    """Add to what is known of the present change: its kind, title, action, reason. Call before the first write."""
    who = current.get()
    if who is not None:
        current.set(replace(who, **words))


def tell(session: Session) -> None:
    """Tell the database who acts, once per transaction and again when more is known; nothing when nobody does."""
    who = current.get()
    if who is None or session.info.get(TOLD) == who:
        return
    # On the connection: a policy session refuses Core statements, and this one touches no row.
    session.connection().execute(select(func.set_config(SETTING, who.words(), True)))  # noqa: FBT003 (SQL's own)
    session.info[TOLD] = who
    session.info[WRITING] = True


def note(session: Session) -> None:
    """Remember that the audit log has an entry about this transaction: its witness need not write one."""
    session.info[NOTED] = session.get_nested_transaction() or session.get_transaction()


@event.listens_for(Session, "before_commit")
def before_commit(session: Session) -> None:
    """Let nothing be committed of which the audit log does not tell."""
    who = current.get()
    if who is None or who.witness is None or session.in_nested_transaction():
        return
    session.flush()  # what is written last belongs to it, too
    if WRITING in session.info and NOTED not in session.info:
        who.witness(session, current.get() or who)


@event.listens_for(Session, "before_flush")
def before_flush(session: Session, _context: Any, _instances: Any) -> None:
    """Tell before objects are written; new rows of tables that are not captured concern nobody."""
    if session.dirty or session.deleted or any(is_captured(each.__class__) for each in session.new):
        tell(session)


@cache
def is_captured(model: type) -> bool:
    """Return whether triggers note new rows of a model, or of a join table that may be written with it."""
    mapper: Mapper[Any] = inspect(model)
    joins = any(each.secondary is not None for each in mapper.relationships)
    return joins or options_of(model).capture == "row"


@event.listens_for(Session, "do_orm_execute")
def before_statement(state: ORMExecuteState) -> None:
    """Tell before a statement that may write."""
    if not state.is_select:
        tell(state.session)


@event.listens_for(Session, "after_transaction_end")
def forget(session: Session, transaction: Any) -> None:
    """Everything known of a transaction ends with it, and only with its root."""
    if transaction.parent is None:
        for word in (TOLD, WRITING, NOTED):
            session.info.pop(word, None)


@event.listens_for(Session, "after_soft_rollback")
def forget_what_was_rolled_back(session: Session, transaction: Any) -> None:
    """What was told within a savepoint ended with it, and what was noted there; what was written before it stands."""
    session.info.pop(TOLD, None)
    if is_within(session.info.get(NOTED), transaction):
        session.info.pop(NOTED, None)


def is_within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """Return whether a transaction is another one, or a savepoint somewhere inside it."""
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is not None
