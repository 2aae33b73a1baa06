"""Puts entries into the audit log: with the change they tell of, or before the answer that shows what was read.

An entry that cannot be written fails the caller's transaction: nothing happens unrecorded. No lock is taken.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.addresses import stored_address
from admin_core.audit.canonical import canonical
from admin_core.audit.entries import KEY, LOG_SUBJECT, SHOWN, VALUES_KEY, VERSION, Entry, body_of, shown_text
from admin_core.audit.keys import AppKeys
from admin_core.audit.subject_keys import KeyDestroyed, SubjectKeys
from admin_core.audit.tables import ENTRIES, KEY_LISTS, LOOKS, PENDING
from admin_core.changes import acting
from admin_core.database import Database
from admin_core.settings import Settings
from schema.access_log import AccessKind
from schema.audit import ActorKind, AuditCategory

SALT_BYTES = 16
KEYS_A_ROW = 1_000
EXPORTING = frozenset({AccessKind.EXPORT, AccessKind.DOWNLOAD})
READING = frozenset({AuditCategory.READ, AuditCategory.EXPORT})
"""An entry of these says nothing of what the same transaction writes."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at personal data: the entry, and what the access log says beside it."""

    kind: AccessKind
    model_key: str
    record_key: str | None = None
    member_id: UUID | None = None
    api_key_id: UUID | None = None
    subject_kind: str | None = None
    subject_key: str | None = None
    field_names: tuple[str, ...] = ()
    row_count: int = 1
    people: tuple[str, ...] = ()
    """Keys of everybody in a list or an export, all of ``subject_kind``; then ``subject_key`` is left out."""
    query_digest: str | None = None
    reason: str | None = None
    ticket_id: UUID | None = None
    artifact_id: UUID | None = None
    session_id: UUID | None = None
    impersonation_id: UUID | None = None
    request_id: str | None = None
    ip: str | None = None

    def entry(self) -> Entry:
        """Return the same for the audit log."""
        return Entry(
            category=AuditCategory.EXPORT if self.kind in EXPORTING else AuditCategory.READ,
            action=f"data.{self.kind.value}",
            actor_kind=ActorKind.MEMBER if self.member_id else ActorKind.API_KEY,
            actor_id=self.member_id,
            actor_key=str(self.api_key_id) if self.api_key_id else None,
            object_type=self.model_key,
            object_key=self.record_key or keys_digest(self.people),
            subject_kind=self.subject_kind if self.subject_key else None,
            subject_key=self.subject_key,
            field_names=self.field_names,
            row_count=self.row_count,
            ticket_id=self.ticket_id,
            session_id=self.session_id,
            impersonation_id=self.impersonation_id,
            request_id=self.request_id,
            reason=self.reason,
            ip=self.ip,
        )


@dataclass(frozen=True)
class AuditLog:
    """The writing end of the log. One per process; it holds no connection."""

    keys: AppKeys = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "AuditLog":
        """Return the log of a process with these settings."""
        return cls(AppKeys.of(settings))

    @property
    def subjects(self) -> SubjectKeys:
        """The keys of the people whose values are in the logs."""
        return SubjectKeys(self.keys)

    def plain(self, key: str | None) -> str | None:
        """Return a key as the sealed text may hold it: one that could be somebody's address or name as its hash."""
        return key if key is None or KEY.fullmatch(key) else self.keys.digest_of(key)

    def record(self, session: Session, entry: Entry) -> UUID:
        """Write the entry in the session's own transaction and return its id; it counts if and when that commits."""
        row = self.row(session, entry)
        made = insert(ENTRIES).values(row).returning(ENTRIES.c.id).cte("entry")
        # On the connection: no row rule of the person decides whether an entry is written.
        session.connection().execute(insert(PENDING).from_select(["entry_id"], select(made.c.id)))
        if entry.category not in READING:
            acting.note(session)
        return UUID(str(row["id"]))

    def record_read(self, database: Database, look: Look) -> UUID:
        """Write a look in a transaction of its own, committed when this returns: call it before the answer goes out."""
        with database.transaction() as session:
            return self.record_look(session, look)

    def record_look(self, session: Session, look: Look) -> UUID:
        """Write a look into both logs under one id, in the session's own transaction."""
        row = self.row(session, look.entry())
        columns = {name: getattr(look, name) for name in LOOK_COLUMNS}
        values = {**columns, "id": row["id"], "ip": stored_address(look.ip), "field_names": list(look.field_names)}
        made = insert(ENTRIES).values(row).returning(ENTRIES.c.id).cte("entry")
        queued = (
            insert(PENDING).from_select(["entry_id"], select(made.c.id)).returning(PENDING.c.entry_id).cte("queued")
        )
        lists = key_lists(row["id"], look)
        parts = [insert(KEY_LISTS).values(each).returning(KEY_LISTS.c.position).cte("lists") for each in lists[:1]]
        # One statement for all that a page shows, and always of the same shape: a page waits for it.
        session.connection().execute(insert(LOOKS).values(values).add_cte(queued, *parts))
        if lists[1:]:
            session.connection().execute(insert(KEY_LISTS), lists[1:])
        return UUID(str(row["id"]))

    def row(self, session: Session, entry: Entry) -> dict[str, Any]:
        """Return the columns of an entry, its text and its mac among them."""
        entry_id, salt, now = uuid7(), os.urandom(SALT_BYTES), datetime.now(UTC)
        ip, reason = stored_address(entry.ip), entry.reason or None
        sealed, owner = self.sealed(session, entry, entry_id, now)
        commitment = hashlib.sha256(salt + sealed).digest() if sealed else None
        shown = hashlib.sha256(salt + shown_text(ip, reason)).hexdigest() if ip or reason else None
        columns = {name: getattr(entry, name) for name in ENTRY_COLUMNS} | {
            "id": entry_id,
            "occurred_at": now,
            "field_names": list(entry.field_names),
            "schema_version": VERSION,
            "values_commitment": commitment,
            "mac_key_id": self.keys.mac.id,
        }
        body = body_of(columns, {SHOWN: shown, VALUES_KEY: owner if sealed else None})
        return columns | {
            "ip": ip,
            "reason": reason,
            "body": body,
            "sealed_values": sealed,
            "values_salt": salt if sealed or shown else None,
            "mac": self.keys.mac.mac(body.encode()),
        }

    def sealed(self, session: Session, entry: Entry, entry_id: UUID, now: datetime) -> tuple[bytes | None, str]:
        """Return the values encrypted, and under whose key; of somebody erased no value is kept."""
        if not entry.values:
            return None, ""
        kind, key = values_owner(entry, now)
        plain = canonical(entry.values).encode()
        try:
            return self.subjects.seal(session, kind, key, entry_id, plain), f"{kind}/{key}"
        except KeyDestroyed:
            return None, ""


ENTRY_COLUMNS = (
    "category", "action", "actor_kind", "actor_id", "actor_key", "object_type", "object_key", "subject_kind",
    "subject_key", "row_count", "outcome", "ticket_id", "session_id", "impersonation_id", "change_set_id", "request_id",
)  # fmt: skip
LOOK_COLUMNS = (
    "kind", "model_key", "record_key", "member_id", "api_key_id", "subject_kind", "subject_key", "row_count",
    "query_digest", "reason", "ticket_id", "artifact_id", "request_id",
)  # fmt: skip


def key_lists(entry_id: UUID, look: Look) -> list[dict[str, Any]]:
    """Return the rows that hold whose data stood in a list, so many keys to a row."""
    keys = sorted(set(look.people))
    chunks = [keys[start : start + KEYS_A_ROW] for start in range(0, len(keys), KEYS_A_ROW)]
    return [
        {"entry_id": entry_id, "position": place, "subject_kind": look.subject_kind, "subject_keys": chunk}
        for place, chunk in enumerate(chunks)
    ]


def keys_digest(people: Sequence[str]) -> str | None:
    """Return what stands for a list of keys in the sealed text, so that the list can't be changed later unseen."""
    if not people:
        return None
    return f"keys:{hashlib.sha256(canonical(sorted(set(people))).encode()).hexdigest()}"


def values_owner(entry: Entry, now: datetime) -> tuple[str, str]:
    """Return whose key encrypts the values: the subject's, else the month's."""
    if entry.subject_kind and entry.subject_key:
        return entry.subject_kind, entry.subject_key
    return LOG_SUBJECT, f"{now:%Y-%m}"
