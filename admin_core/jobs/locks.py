"""Frees the locks of a process that fell silent inside a transaction: stopped, swapped out, or on a host that vanished.

Such a process holds its row locks for as long as its connection seems alive, which can be hours; its successor would
wait. PostgreSQL ends the transaction instead. The setting is local to the transaction, so it passes through PgBouncer.
"""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

SILENCE = "idle_in_transaction_session_timeout"
COMMIT_S = 5
"""Silence allowed between a transaction's last statement and its commit."""


def end_when_silent(session: Session, seconds: float) -> None:
    """Let PostgreSQL end this transaction when the process says nothing inside it for so long."""
    session.execute(select(silence_limit(seconds)))


def silence_limit(seconds: float) -> ColumnElement[str]:
    """Return the same as a column, to be set by a statement that is sent anyway."""
    limit: ColumnElement[str] = func.set_config(SILENCE, f"{int(seconds * 1000)}", True)  # noqa: FBT003 SQL's own
    return limit
