"""Which keys exist: looked up by prefix, compared by hash, remembered for a few seconds in this process.

A key that was revoked is therefore refused everywhere after at most ``REMEMBERED_S``; an expiry holds to the second.
"""

import ipaddress
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import undefer

from admin_core.addresses import plain_address, stored_address
from admin_core.api import keys
from admin_core.database import Database
from schema.api import ApiKey

REMEMBERED_S = 5.0
MOST_REMEMBERED = 10_000
USE_NOTED_EVERY = timedelta(minutes=1)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Key:
    """Who calls: a key as it was read from the database."""

    id: uuid.UUID
    name: str
    prefix: str
    scopes: frozenset[str]
    networks: tuple[Network, ...]
    rate_per_minute: int
    browser: bool
    origins: frozenset[str]
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Return whether it was revoked or has expired."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)

    def may_come_from(self, address: str | None) -> bool:
        """Return whether the key may be used from an address."""
        return not self.networks or any(is_within(address, network) for network in self.networks)


NOBODY = Key(
    id=uuid.UUID(int=0),
    name="Anybody",
    prefix="anybody",
    scopes=frozenset(),
    networks=(),
    rate_per_minute=300,
    browser=True,
    origins=frozenset(),
    expires_at=None,
    revoked_at=None,
)
"""Who asks what needs no key; its rate counts by address."""


class KeyStore:
    """The keys of one database, as one process knows them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[str, tuple[float, Key | None]] = {}
        self._origins: tuple[float, frozenset[str]] = (0.0, frozenset())
        self._noted: dict[uuid.UUID, datetime] = {}

    def find(self, text: str) -> Key | None:
        """Return the key of this text, revoked and expired ones too; None when there is no such key."""
        prefix = keys.prefix_of(text)
        if prefix is None:
            return None
        digest = keys.digest_of(text)
        until, known = self._remembered.get(digest, (0.0, None))
        if time.monotonic() < until:
            return known
        found = self._read(prefix, digest)
        if len(self._remembered) >= MOST_REMEMBERED:  # somebody makes up keys with a right checksum
            self._remembered.clear()
        self._remembered[digest] = (time.monotonic() + REMEMBERED_S, found)
        return found

    def _read(self, prefix: str, digest: str) -> Key | None:
        with self._database.sessions() as session:
            row = session.scalar(select(ApiKey).options(undefer(ApiKey.key_hash)).where(ApiKey.prefix == prefix))
            return key_of(row) if row is not None and keys.is_same(digest, row.key_hash) else None

    def origins(self) -> frozenset[str]:
        """Return the origins that any browser key allows: a preflight names no key."""
        until, known = self._origins
        if time.monotonic() < until:
            return known
        over = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
        statement = select(ApiKey.allowed_origins).where(ApiKey.browser, ApiKey.revoked_at.is_(None), over)
        with self._database.sessions() as session:
            found = frozenset(origin for origins in session.scalars(statement) for origin in origins or ())
        self._origins = (time.monotonic() + REMEMBERED_S, found)
        return found

    def note_use(self, key: Key, address: str | None, now: datetime) -> None:
        """Write down that a key is in use, at most once a minute. Called when the answer is on its way."""
        if now - self._noted.get(key.id, datetime.min.replace(tzinfo=now.tzinfo)) < USE_NOTED_EVERY:
            return
        self._noted[key.id] = now
        old = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - USE_NOTED_EVERY)
        with self._database.transaction() as session:
            used = {"last_used_at": now, "last_used_ip": stored_address(address), "updated_at": ApiKey.updated_at}
            session.execute(update(ApiKey).where(ApiKey.id == key.id, old).values(used))

    def forget(self) -> None:
        """Ask the database again for every key."""
        self._remembered.clear()
        self._origins = (0.0, frozenset())


def key_of(row: ApiKey) -> Key:
    """Return the values of a row that outlive its session."""
    return Key(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(row.scopes),
        networks=read_networks(row.allowed_networks or ()),
        rate_per_minute=row.rate_per_minute,
        browser=row.browser,
        origins=frozenset(row.allowed_origins or ()),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks; ValueError when one of the texts is none."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def is_within(address: str | None, network: Network) -> bool:
    """Return whether an address lies in a network. What is no address lies nowhere."""
    found = plain_address(address)
    return found is not None and found in network
