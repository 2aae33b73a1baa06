"""Requests that may be sent twice: the key is written in the transaction of its effect, and a repeat gets the answer.

Two at the same time: the second waits for the first at the unique index, then finds its answer. A refusal is not kept:
it changed nothing, and the sender may mend the request and use the same key.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.api.problems import Problem
from admin_core.ciphers import Cipher
from admin_core.contributions.programs import Idempotency
from schema.api import IdempotencyKey

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
SHAPE = re.compile(r"[\x21-\x7e]{1,200}")
PURPOSE = "api answer"


@dataclass(frozen=True)
class Repeat:
    """A request as its sender named it."""

    api_key_id: UUID
    name: str
    """What the header says."""
    digest: str
    """Of everything that makes it this request."""

    @property
    def scope(self) -> str:
        """Whose names these are: two keys never meet."""
        return f"api:{self.api_key_id}"

    @property
    def hidden_name(self) -> str:
        """The name as it is stored: a sender may have put anything into it."""
        return hashlib.sha256(self.name.encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """The answer of the first time."""

    status: int
    body: str


def read_name(header: str | None, wanted: Idempotency) -> str:
    """Return what the header says, empty when there is none; Problem when it is missing, malformed or not taken."""
    if header is None:
        if wanted == "required":
            hint = "Send a random value, e.g. a UUID, and the same one when you repeat the request."
            raise Problem(400, "idempotency-key-missing", f"This address wants an {HEADER} header. {hint}")
        return ""
    if wanted == "refused":
        hint = "Nothing is answered twice here. Send the request without it, and a new one instead of a repeat."
        raise Problem(400, "idempotency-key-refused", f"This address takes no {HEADER} header. {hint}")
    if not SHAPE.fullmatch(header):
        raise Problem(400, "idempotency-key-malformed", f"{HEADER} takes 1 to 200 visible ASCII characters.")
    return header


def request_digest(method: str, path: str, query: str, body: bytes) -> str:
    """Return what tells one request from another."""
    parts = [method.encode(), path.encode(), query.encode(), body]
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


def begin(session: Session, cipher: Cipher, repeat: Repeat, now: datetime) -> Kept | None:
    """Take the name for this transaction and return None; or return the kept answer when it was used before."""
    row = {
        "scope": repeat.scope,
        "key": repeat.hidden_name,
        "api_key_id": repeat.api_key_id,
        "request_digest": repeat.digest,
        "status_code": None,
        "answer": None,
        "created_at": now,
        "expires_at": now + KEPT,
    }
    fresh = {name: row[name] for name in row if name not in {"scope", "key"}}
    taken = insert(IdempotencyKey).values(row).on_conflict_do_update(
        index_elements=["scope", "key"], set_=fresh, where=IdempotencyKey.expires_at <= now
    )  # fmt: skip
    if session.scalar(taken.returning(IdempotencyKey.id)) is not None:
        return None
    return kept(session, cipher, repeat)


def kept(session: Session, cipher: Cipher, repeat: Repeat) -> Kept:
    """Return the stored answer of the same request; Problem when the name belongs to another one."""
    found = session.scalar(select(IdempotencyKey).where(*same(repeat)))
    if found is None or found.answer is None:
        raise Problem(409, "idempotency-key-in-use", "A request with this key is being worked on. Try again shortly.")
    if found.request_digest != repeat.digest:
        hint = "Use a new key for a new request."
        raise Problem(422, "idempotency-key-reused", f"This {HEADER} was used for another request. {hint}")
    return Kept(found.status_code or HTTPStatus.OK, cipher.open(PURPOSE, found.answer.decode()))


def keep(session: Session, cipher: Cipher, repeat: Repeat, answer: Kept) -> None:
    """Store the answer, encrypted, for the caller to commit with its effect."""
    kept_as = {"status_code": answer.status, "answer": cipher.seal(PURPOSE, answer.body).encode()}
    session.execute(update(IdempotencyKey).where(*same(repeat)).values(kept_as))


def same(repeat: Repeat) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that pick the row of a name."""
    return IdempotencyKey.scope == repeat.scope, IdempotencyKey.key == repeat.hidden_name
