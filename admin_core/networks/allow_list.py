"""The list as a process knows it: asked of the database at most every few seconds, and written under a lock.

A database that does not answer leaves the list as it was last known; before that, nobody gets in.
"""

import ipaddress
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, load_only

from admin_core.database import Database
from admin_core.networks.rules import Allowed, is_allowed
from admin_core.plugin_switches import MARK
from schema.sign_in import IpAllowEntry

log = logging.getLogger(__name__)

EVERY_S = 3.0
"""A process notices a change after so long at most."""
LOCK = 7_203_119
"""Any number of ours: two changes at once could lock out what neither locks out alone."""

Entries = tuple[Allowed, ...]


@dataclass
class AllowList:
    """The list of this process."""

    read: Callable[[], Entries]
    every_s: float = EVERY_S
    clock: Callable[[], float] = time.monotonic
    _known: Entries | None = None
    _read_at: float = 0.0
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def entries(self) -> Entries:
        """Return the lines, asking again when the last answer is old."""
        known = self._known
        if known is not None and not self._is_old():
            return known
        if not self._reading.acquire(blocking=known is None) and known is not None:
            return known  # somebody else is asking
        try:
            return self._renewed()
        finally:
            self._reading.release()

    def _renewed(self) -> Entries:
        known = self._known
        if known is None or self._is_old():
            known = self._asked(known)
            self._known, self._read_at = known, self.clock()
        return known

    def _asked(self, known: Entries | None) -> Entries:
        try:
            return self.read()
        except SQLAlchemyError as error:
            if known is None:
                raise
            log.warning("cannot ask which networks are allowed: %s", type(error).__name__)
            return known

    def _is_old(self) -> bool:
        return self.clock() - self._read_at >= self.every_s

    def allows(self, address: str | None, now: datetime) -> bool:
        """Return whether this address may reach the admin surface."""
        return is_allowed(self.entries(), address, now)

    def expire(self) -> None:
        """Ask again at the next occasion: somebody has just changed the list in this process."""
        self._known = None


def list_in(database: Database) -> AllowList:
    """Return the list that stands in a database."""

    def read() -> Entries:
        with database.sessions() as session:
            return entries_of(session.scalars(lines().prefix_with(f"{MARK}\n")))

    return AllowList(read)


def entries_in(session: Session) -> Entries:
    """Return the lines as a session sees them, oldest first."""
    return entries_of(session.scalars(lines()))


def lines() -> Select[IpAllowEntry]:
    """Return the question for the lines."""
    columns = (IpAllowEntry.network, IpAllowEntry.label, IpAllowEntry.enabled, IpAllowEntry.expires_at)
    found = select(IpAllowEntry).options(load_only(*columns)).order_by(IpAllowEntry.created_at, IpAllowEntry.id)
    return found.execution_options(populate_existing=True)  # under the lock, what was read before it is over


def entries_of(rows: Iterable[IpAllowEntry]) -> Entries:
    """Return rows as values."""
    return tuple(
        Allowed(row.id, ipaddress.ip_network(row.network), row.label, row.enabled, row.expires_at) for row in rows
    )


def lock(session: Session) -> None:
    """Let nobody else change the list until the transaction ends."""
    # On the connection: a policy session refuses Core statements, and this one touches no row.
    session.connection().execute(select(func.pg_advisory_xact_lock(LOCK)))


def switch_off(session: Session) -> list[str]:
    """Disable every line and return the networks that were enabled. The caller commits."""
    lock(session)
    off = update(IpAllowEntry).where(IpAllowEntry.enabled).values(enabled=False).returning(IpAllowEntry.network)
    return [str(network) for network in session.scalars(off)]
