"""One key per person whose values stand in the logs: made at the first value, wrapped by the application's secret key,
destroyed when the person is erased. From then on nobody reads the values, in backups neither, and the log stays whole.

Each cell has a key of its own, derived from the person's: it can be given to an auditor without giving the others.
"""

import base64
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.audit.keys import AppKeys
from admin_core.audit.tables import SUBJECT_KEYS as TABLE
from admin_core.ciphers import fernet

WRAPPING = "subject key"


Person = tuple[str, str]
"""Kind and key of a data subject."""


class KeyDestroyed(LookupError):
    """The person was erased: what was encrypted for them cannot be read, and nothing new is encrypted for them."""


@dataclass(frozen=True)
class SubjectKeys:
    """Encrypts for a person and decrypts, on the connection of the session at hand: no row rule stands in between."""

    keys: AppKeys = field(repr=False)

    def seal(self, session: Session, kind: str, key: str, cell: UUID, plain: bytes) -> bytes:
        """Return the bytes encrypted for the person, for one cell; KeyDestroyed when the person was erased."""
        return cell_box(self.made(session, kind, key), cell).encrypt(plain)

    def open(self, session: Session, kind: str, key: str, cell: UUID, sealed: bytes) -> bytes:
        """Return the bytes; KeyDestroyed when the person was erased or was never known."""
        wrapped = self.wrapped(session, kind, key)
        if wrapped is None:
            raise KeyDestroyed(f"There is no key of {kind} {key}.")
        try:
            return cell_box(self.unwrapped(wrapped), cell).decrypt(sealed)
        except InvalidToken as error:
            raise ValueError("These bytes were not encrypted for this person and this cell.") from error

    def known(self, session: Session, people: Collection[Person]) -> dict[Person, bytes]:
        """Return the keys that stand of several people; who was erased, or never known, is not among them."""
        who = tuple_(TABLE.c.subject_kind, TABLE.c.subject_key)
        query = select(TABLE.c.subject_kind, TABLE.c.subject_key, TABLE.c.wrapped_key).where(who.in_(set(people)))
        rows = session.connection().execute(query.where(TABLE.c.wrapped_key.is_not(None))) if people else ()
        return {(kind, key): self.unwrapped(wrapped) for kind, key, wrapped in rows}

    def made(self, session: Session, kind: str, key: str) -> bytes:
        """Return the person's key, made when there is none yet."""
        found = self.wrapped(session, kind, key)
        if found is None:
            found = self.make(session, kind, key)
        if found is None:
            raise KeyDestroyed(f"The key of {kind} {key} was destroyed.")
        return self.unwrapped(found)

    def make(self, session: Session, kind: str, key: str) -> bytes | None:
        """Make the key unless somebody has; return what stands there, None when it was destroyed."""
        fresh = self.wrap(os.urandom(32))
        words = {"id": uuid7(), "subject_kind": kind, "subject_key": key}
        row = words | {"wrapped_key": fresh, "wrapping_key_id": self.keys.mac.id}
        made = insert(TABLE).values(row).on_conflict_do_nothing().returning(TABLE.c.id)
        if session.connection().scalar(made) is not None:
            return fresh
        return self.wrapped(session, kind, key)

    def wrapped(self, session: Session, kind: str, key: str) -> bytes | None:
        """Return the key as it is stored; None when there is none."""
        mine = (TABLE.c.subject_kind == kind) & (TABLE.c.subject_key == key)
        found: bytes | None = session.connection().scalar(select(TABLE.c.wrapped_key).where(mine))
        return found

    def destroy(self, session: Session, kind: str, key: str) -> bool:
        """Destroy the person's key for good, or see to it that there never is one; False when that was done before."""
        gone = {"wrapped_key": None, "destroyed_at": func.now()}
        words = {"id": uuid7(), "subject_kind": kind, "subject_key": key, "wrapping_key_id": self.keys.mac.id}
        made = insert(TABLE).values(words | gone)
        ours = [TABLE.c.subject_kind, TABLE.c.subject_key]
        upsert = made.on_conflict_do_update(index_elements=ours, set_=gone, where=TABLE.c.wrapped_key.is_not(None))
        return session.connection().scalar(upsert.returning(TABLE.c.id)) is not None

    def wrap_anew(self, session: Session, limit: int = 500) -> int:
        """Wrap keys that an old secret key protects with the current one; return how many. Call until it returns 0."""
        old = TABLE.c.wrapping_key_id.in_([mac.id for mac in self.keys.macs[1:]]) & TABLE.c.wrapped_key.is_not(None)
        rows = select(TABLE.c.id, TABLE.c.wrapped_key).where(old).limit(limit).with_for_update(skip_locked=True)
        connection = session.connection()
        found = connection.execute(rows).all()
        for row_id, wrapped in found:
            values = {"wrapped_key": self.wrap(self.unwrapped(wrapped)), "wrapping_key_id": self.keys.mac.id}
            connection.execute(update(TABLE).where(TABLE.c.id == row_id).values(values))
        return len(found)

    def wrap(self, key: bytes) -> bytes:
        """Return a key encrypted by the application's current secret key."""
        return fernet(self.keys.secrets, WRAPPING).encrypt(key)

    def unwrapped(self, wrapped: bytes) -> bytes:
        """Return a stored key in clear."""
        return fernet(self.keys.secrets, WRAPPING).decrypt(wrapped)


def cell_box(key: bytes, cell: UUID) -> Fernet:
    """Return the box of one cell."""
    own = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cell" + cell.bytes).derive(key)
    return Fernet(base64.urlsafe_b64encode(own))
