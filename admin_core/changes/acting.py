"""Who acts, why, and on whose request: told to the database before a transaction's first write.

A transaction that only reads tells nothing and pays nothing. The setting is local to its transaction, so it passes
through PgBouncer and never reaches another one.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select
from sqlalchemy.orm import ORMExecuteState, Session
from uuid_utils.compat import uuid7

from schema.audit import ActorKind
from schema.changes import ChangeKind

SETTING = "admin.change"
TOLD = "change_told"


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

    def words(self) -> str:
        """Return it as the triggers read it."""
        return json.dumps({name: value for name, value in asdict(self).items() if value is not None}, default=str)


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


@event.listens_for(Session, "before_flush")
def before_flush(session: Session, _context: Any, _instances: Any) -> None:
    """Tell before objects are written."""
    if session.new or session.dirty or session.deleted:
        tell(session)


@event.listens_for(Session, "do_orm_execute")
def before_statement(state: ORMExecuteState) -> None:
    """Tell before a statement that may write."""
    if not state.is_select:
        tell(state.session)


@event.listens_for(Session, "after_transaction_end")
def forget(session: Session, transaction: Any) -> None:
    """The setting ended with its transaction."""
    if transaction.parent is None:
        session.info.pop(TOLD, None)


@event.listens_for(Session, "after_soft_rollback")
def forget_what_was_rolled_back(session: Session, _transaction: Any) -> None:
    """A setting that was made within a savepoint ended with it."""
    session.info.pop(TOLD, None)
