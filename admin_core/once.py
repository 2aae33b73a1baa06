"""Things that may be asked for twice and happen once: a submit token is used up in the transaction of its effect."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from schema.api import IdempotencyKey

ALREADY_DONE = "That was already done: the second click changed nothing."
"""Said where ``first_time`` answers no."""
KEPT = timedelta(days=2)
LONGEST = 100


def new_token() -> str:
    """Return a token for a form that was just made."""
    return secrets.token_urlsafe(16)


def first_time(session: Session, scope: str, token: str, now: datetime) -> bool:
    """Use the token up; False when that was done before. A form without a token is not protected."""
    if not token or len(token) > LONGEST:
        return True
    digest = hashlib.sha256(token.encode()).hexdigest()
    row = insert(IdempotencyKey).values(scope=scope, key=digest, request_digest=digest, expires_at=now + KEPT)
    return session.scalar(row.on_conflict_do_nothing().returning(IdempotencyKey.id)) is not None
