"""What is put down in the audit log, and the canonical text of it that is hashed.

The text holds keys, names of fields and counts, never a value of a person: those stand beside it, bound by hashes.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from admin_core.audit.canonical import canonical
from schema.audit import ActorKind, AuditCategory, AuditOutcome

VERSION = 1
LOG_SUBJECT = "log"
"""Kind of the keys for values about nobody in particular; one key a month."""
COMMAND_LINE = "command-line"
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,199}")
"""What keys of records look like. An ``@`` or a space would be somebody's address or name."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that somebody did, tried or saw. Only ``reason``, ``ip`` and ``values`` may be personal."""

    category: AuditCategory
    action: str
    """``noun.what-happened``: ``staff.signed-in``, ``customers.edited``."""
    actor_kind: ActorKind = ActorKind.MEMBER
    actor_id: UUID | None = None
    actor_key: str | None = None
    object_type: str | None = None
    object_key: str | None = None
    subject_kind: str | None = None
    subject_key: str | None = None
    field_names: tuple[str, ...] = ()
    row_count: int = 1
    outcome: AuditOutcome = AuditOutcome.OK
    ticket_id: UUID | None = None
    session_id: UUID | None = None
    impersonation_id: UUID | None = None
    change_set_id: UUID | None = None
    request_id: str | None = None
    reason: str | None = None
    ip: str | None = None
    values: Mapping[str, Any] | None = None
    """Values before and after, words that were searched: encrypted under the key of the subject."""

    def __post_init__(self) -> None:
        """Refuse what could be a person's address or name, and keys without their kind."""
        for name in ("actor_key", "object_key", "subject_key", "request_id"):
            if (key := getattr(self, name)) is not None and not KEY.fullmatch(key):
                raise ValueError(
                    f"{name} of audit entry {self.action!r} is no plain key: personal values never enter the sealed"
                    " text. Give the record's key, or digest_of(…) of it."
                )
        if (self.subject_kind is None) != (self.subject_key is None):
            raise ValueError(f"Audit entry {self.action!r} names half a subject: give subject_kind and subject_key.")


def run_entry(deed: str, slug: str, job_id: UUID, *, failed: bool) -> Entry:
    """Return the entry that tells how a run of a job ended."""
    return Entry(
        category=AuditCategory.JOB,
        action=f"jobs.{deed}",
        actor_kind=ActorKind.SYSTEM,
        actor_key=slug,
        object_type="jobs",
        object_key=str(job_id),
        outcome=AuditOutcome.FAILED if failed else AuditOutcome.OK,
    )


def command_entry(action: str, object_type: str, object_key: str | None) -> Entry:
    """Return the entry that tells what somebody did on the command line; who, only the server's own log knows."""
    return Entry(
        category=AuditCategory.CONFIG,
        action=action,
        actor_kind=ActorKind.SYSTEM,
        actor_key=COMMAND_LINE,
        object_type=object_type,
        object_key=object_key,
    )


COPIES: dict[str, str] = {
    "action": "action",
    "actor": "actor_id",
    "actor_key": "actor_key",
    "actor_kind": "actor_kind",
    "at": "occurred_at",
    "category": "category",
    "change_set": "change_set_id",
    "fields": "field_names",
    "id": "id",
    "impersonation": "impersonation_id",
    "mac_key": "mac_key_id",
    "object": "object_key",
    "object_type": "object_type",
    "outcome": "outcome",
    "request": "request_id",
    "rows": "row_count",
    "session": "session_id",
    "subject": "subject_key",
    "subject_kind": "subject_kind",
    "ticket": "ticket_id",
    "v": "schema_version",
    "values": "values_commitment",
}
"""Word of the text → the column that holds a copy of it for lists and filters."""

SHOWN, VALUES_KEY = "x_shown", "x_values_key"
"""The words that have no column: the hash over what stands in clear beside the text, and whose key encrypts the
values. They sort behind all others, so that PostgreSQL can compare the copies without reading JSON."""


def body_of(columns: Mapping[str, Any], more: Mapping[str, Any]) -> str:
    """Return the canonical text of an entry's columns; what is empty is left out."""
    copies = {word: spelled(columns[column]) for word, column in COPIES.items()}
    return canonical({word: value for word, value in {**copies, **more}.items() if value not in (None, [], ())})


def spelled(value: Any) -> Any:
    """Return a column's value as the text spells it."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, (UUID, str)) else value


def moment(at: datetime) -> str:
    """Return an instant in UTC with microseconds, the way PostgreSQL is asked to spell it too."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shown_text(ip: str | None, reason: str | None) -> bytes:
    """Return the bytes that the hash over the columns in clear is made of: ``inet_send`` of PostgreSQL, the reason."""
    return inet_bytes(ip) + (reason or "").encode()


def inet_bytes(ip: str | None) -> bytes:
    """Return an address as PostgreSQL sends it, or one zero byte for none."""
    if ip is None:
        return b"\x00"
    packed = ipaddress.ip_address(ip).packed
    family = 2 if len(packed) == 4 else 3  # noqa: PLR2004 bytes of an IPv4 address
    return bytes((family, len(packed) * 8, 0, len(packed))) + packed
