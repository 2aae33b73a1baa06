"""Makes, replaces and ends keys. The caller commits; the text of a new key leaves here once and is kept nowhere."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.api.keys import NewKey, new_key
from admin_core.contributions import ActionRefused
from schema.api import ApiKey


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A key as somebody wants it."""

    name: str
    scopes: tuple[str, ...]
    browser: bool = False
    origins: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    rate_per_minute: int = 600
    lasts: timedelta | None = None
    """None: until it is revoked."""


def issue(session: Session, wish: Wish, member_id: uuid.UUID, now: datetime) -> NewKey:
    """Return a new key."""
    made = new_key(browser=wish.browser)
    session.add(
        ApiKey(
            name=wish.name,
            prefix=made.prefix,
            key_hash=made.digest,
            scopes=list(wish.scopes),
            browser=wish.browser,
            allowed_origins=list(wish.origins) or None,
            allowed_networks=list(wish.networks) or None,
            rate_per_minute=wish.rate_per_minute,
            expires_at=now + wish.lasts if wish.lasts else None,
            created_by_id=member_id,
        )
    )
    return made


def rotate(session: Session, old: ApiKey, old_lasts: timedelta, member_id: uuid.UUID, now: datetime) -> NewKey:
    """Return a key that may do the same; the old one stays valid for ``old_lasts``, and never longer than it was."""
    if refusal := why_over(old, now):
        raise ActionRefused(refusal, "Make a new key instead.")
    made = new_key(browser=old.browser)
    session.add(
        ApiKey(
            name=old.name,
            prefix=made.prefix,
            key_hash=made.digest,
            scopes=old.scopes,
            browser=old.browser,
            allowed_origins=old.allowed_origins,
            allowed_networks=old.allowed_networks,
            rate_per_minute=old.rate_per_minute,
            expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
            created_by_id=member_id,
            replaces_id=old.id,
        )
    )
    if old_lasts:
        end = now + old_lasts
        old.expires_at = min(old.expires_at, end) if old.expires_at else end
    else:
        old.revoked_at = now
    return made


def why_over(key: ApiKey, now: datetime) -> str:
    """Return why a key no longer opens anything, empty while it does."""
    if key.revoked_at is not None:
        return "This key was revoked."
    if key.expires_at is not None and key.expires_at <= now:
        return "This key has expired."
    return ""


def why_revoked(key: ApiKey) -> str:
    """Return why a key cannot be revoked, empty when it can."""
    return "This key was revoked already." if key.revoked_at is not None else ""


def revoke(record: ApiKey, now: datetime) -> str:
    """End a key."""
    record.revoked_at = now
    return f"Revoked the key {record.prefix}. It opens nothing from now on; every process knows within 5 seconds."
