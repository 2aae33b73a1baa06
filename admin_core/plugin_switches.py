"""Which plugins the team has switched off: asked of the database at most every few seconds, in every process.

Nothing is asked at start-up: a process starts without a database, with every plugin on. A database that does not
answer leaves things as they were last known.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin_core.database import Database
from schema.settings import PluginState

log = logging.getLogger(__name__)

EVERY_S = 3.0
"""A process notices a switch after so long at most."""
MARK = "-- once in a few seconds"
"""Stands in the statement, so that the budget of a request can leave it out."""

Off = frozenset[str]


def all_on() -> Off:
    """Return that nothing is switched off, for processes without a database."""
    return frozenset()


@dataclass
class Switches:
    """What is switched off, as this process knows it."""

    read: Callable[[], Off] = all_on
    every_s: float = EVERY_S
    clock: Callable[[], float] = time.monotonic
    _off: Off = frozenset()
    _read_at: float | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def off(self) -> Off:
        """Return the names of what is switched off, asking again when the last answer is old."""
        if self._is_old() and self._reading.acquire(blocking=False):  # others go on with what is known
            try:
                self._off = self.read()
            except SQLAlchemyError as error:
                log.warning("cannot ask which plugins are switched off: %s", type(error).__name__)
            finally:
                self._read_at = self.clock()
                self._reading.release()
        return self._off

    def expire(self) -> None:
        """Ask again at the next occasion: somebody has just used a switch in this process."""
        self._read_at = None

    def _is_old(self) -> bool:
        return self._read_at is None or self.clock() - self._read_at >= self.every_s


def switched_off(database: Database) -> Off:
    """Return the plugins that the team has switched off."""
    with database.sessions() as session:
        return off_in(session)


def off_in(session: Session) -> Off:
    """Return the plugins that are switched off, as a session sees them."""
    statement = select(PluginState.name).where(PluginState.enabled.is_(False)).prefix_with(f"{MARK}\n")
    return frozenset(session.scalars(statement))
