"""Unsubscribe links: unguessable, made anew from the keys each time, and good when the message is long deleted.

A link holds the message's id, the keyed hash of the address and a signature over both: nothing needs to be stored for
it to work, and nobody who reads the database can use one. The message keeps a hash of its link, which finds it still
when the key that signed it is gone.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.ciphers import derived
from admin_core.mail.addresses import AddressHashes
from admin_core.mail.suppression import Suppressing, suppress
from schema.mail import MailEvent, MailEventKind, MailMessage, SuppressionReason, SuppressionScope

PURPOSE = "mail unsubscribe link"
ID, HASH, TAG = 16, 32, 16
LENGTH = 86
"""Characters of a token: 64 bytes."""


@dataclass(frozen=True)
class UnsubscribeLinks:
    """Makes and reads the links of an installation."""

    keys: tuple[bytes, ...] = field(repr=False)
    hashes: AddressHashes
    public_url: str

    @classmethod
    def of(cls, keys: Sequence[str], hashes: AddressHashes, public_url: str) -> "UnsubscribeLinks":
        """Return the links under these secret keys, the present one first."""
        return cls(tuple(derived(key, PURPOSE) for key in keys), hashes, public_url)

    def token(self, message_id: UUID, email: str) -> str:
        """Return the token of a message's link; the same each time under the same keys."""
        body = message_id.bytes + bytes.fromhex(self.hashes.of_address(email)[0])
        return base64.urlsafe_b64encode(body + tag(self.keys[0], body)).decode().rstrip("=")

    def url(self, message_id: UUID, email: str) -> str:
        """Return the address of the unsubscribe page."""
        return f"{self.public_url.rstrip('/')}/u/{self.token(message_id, email)}"

    def read(self, token: str) -> tuple[UUID, str] | None:
        """Return the message's id and the address's hash; None when none of our keys signed this."""
        if len(token) != LENGTH or not token.isascii():
            return None
        try:
            raw = base64.b64decode(token + "==", altchars=b"-_", validate=True)
        except ValueError:
            return None
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
            return None  # the last character has bits that mean nothing: one spelling is enough
        body, given = raw[: ID + HASH], raw[ID + HASH :]
        if not any(hmac.compare_digest(tag(key, body), given) for key in self.keys):
            return None
        return UUID(bytes=body[:ID]), body[ID:].hex()


def tag(key: bytes, body: bytes) -> bytes:
    """Return the signature of a link."""
    return hmac.new(key, body, hashlib.sha256).digest()[:TAG]


def hashed(token: str) -> str:
    """Return what a message keeps of its link."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Asked:
    """Whom a link is about: a hash, and the message as far as it is still there."""

    address_hash: str
    message: MailMessage | None

    def email(self, hashes: AddressHashes) -> str | None:
        """Return the address when the message still holds it, None after erasure."""
        if self.message is None or self.address_hash not in hashes.of_address(self.message.to_email):
            return None
        return self.message.to_email


def find(session: Session, links: UnsubscribeLinks, token: str) -> Asked | None:
    """Return whom the link is about; None when it was never ours."""
    opened = links.read(token)
    if opened is not None:
        return Asked(opened[1], session.get(MailMessage, opened[0]))
    if len(token) != LENGTH:
        return None
    message = session.scalar(select(MailMessage).where(MailMessage.unsubscribe_hash == hashed(token)))
    return Asked(links.hashes.of_address(message.to_email)[0], message) if message else None


def unsubscribe(session: Session, links: UnsubscribeLinks, asked: Asked, way: str) -> bool:
    """Write that the address wants no more marketing; False when that was known. Asked twice, written once."""
    email = asked.email(links.hashes)
    message_id = asked.message.id if asked.message else None
    wanted = Suppressing(
        address_hash=links.hashes.of_address(email)[0] if email else asked.address_hash,
        email=email,
        scope=SuppressionScope.MARKETING,
        reason=SuppressionReason.UNSUBSCRIBED,
        source=way,
        message_id=message_id,
    )
    is_new = suppress(session, wanted)
    if is_new and message_id:
        session.add(MailEvent(message_id=message_id, kind=MailEventKind.UNSUBSCRIBED))
    return is_new
