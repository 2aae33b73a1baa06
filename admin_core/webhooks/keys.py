"""Where signing secrets lie: ours encrypted with their endpoint, those of outside services with the settings."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.ciphers import Cipher, Unreadable
from admin_core.webhooks.signing import SecretRefused, key_in
from schema.api import WebhookEndpoint
from schema.settings import Setting

PURPOSE = "webhook secret"
OVERLAP = timedelta(hours=24)
"""The old secret signs as well for this long: receivers change theirs when it suits them."""


def sealed(cipher: Cipher, secret: str) -> bytes:
    """Return a secret as it is stored."""
    return cipher.seal(PURPOSE, secret).encode()


def opened(cipher: Cipher, stored: bytes) -> str:
    """Return a stored secret in clear, or raise Unreadable: the key it was sealed with is no longer known."""
    return cipher.open(PURPOSE, stored.decode("ascii", "replace"))


def signing_secrets(cipher: Cipher, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Return the secrets that sign at this moment, the newest first; Unreadable when the newest cannot be read."""
    found = [opened(cipher, endpoint.secret)]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > now:
        try:
            found.append(opened(cipher, endpoint.old_secret))
        except Unreadable:
            return found  # the receiver may have the new one already: it decides
    return found


def rotate(cipher: Cipher, endpoint: WebhookEndpoint, secret: str, now: datetime) -> None:
    """Give the endpoint a new secret; the one it had goes on signing for the overlap."""
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OVERLAP
    endpoint.secret = sealed(cipher, secret)


def verifying_secrets(session: Session, cipher: Cipher, place: tuple[str, str]) -> list[str]:
    """Return the secrets of an outside service from its place on the settings page; none when it is not set up.

    Several may stand side by side while the service changes its own. What is no secret counts as none: an empty one
    must never verify anything.
    """
    section, name = place
    stored = session.scalar(select(Setting.secret).where(Setting.section == section, Setting.name == name))
    if stored is None:
        return []
    try:
        text = cipher.open(store.purpose(section, name), stored.decode("ascii", "replace"))
    except Unreadable:
        return []
    return [secret for secret in text.split() if is_secret(secret)]


def is_secret(text: str) -> bool:
    """Return whether a text can verify anything."""
    try:
        key_in(text)
    except SecretRefused:
        return False
    return True
