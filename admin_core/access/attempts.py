"""Limits of the sign-in, counted in PostgreSQL: at the 11th failure in five minutes an account or address is locked.

An attempt is written as failed before the password is looked at, and corrected afterwards: however many run at the
same time, the twelfth sees eleven rows. Unknown addresses are counted and locked like known ones.
"""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, func, or_, select, update

from admin_core.database import Database
from schema.sign_in import AttemptOutcome, SignInAttempt, SignInMethod

WINDOW = timedelta(minutes=5)
FAILURES_ALLOWED = 11
FAILED = (
    AttemptOutcome.WRONG_PASSWORD,
    AttemptOutcome.UNKNOWN_EMAIL,
    AttemptOutcome.WRONG_CODE,
    AttemptOutcome.REPLAYED_CODE,
    AttemptOutcome.DISABLED,
    AttemptOutcome.LINK_REFUSED,
)
LOCKED = "There were too many failed tries. Wait five minutes, then sign in again."
"""Said for known and unknown addresses alike, and whatever the password is."""


@dataclass(frozen=True)
class Caller:
    """Who knocks, as far as the network tells."""

    ip: str | None
    device: str
    request_id: str


@dataclass(frozen=True)
class Attempt:
    """An attempt that has been written down."""

    id: uuid.UUID
    is_locked: bool


class Attempts:
    """Writes attempts down, each in a transaction of its own: a refused request must not take its row back."""

    def __init__(self, database: Database, key: str) -> None:
        """Take the key under which e-mail addresses are hashed."""
        self._database = database
        self._key = key.encode()

    def begin(self, email: str, caller: Caller, method: SignInMethod = SignInMethod.PASSWORD) -> Attempt:
        """Write an attempt down as failed and return it, locked when the limit is passed."""
        email_key = self.email_key(email)
        row = SignInAttempt(
            email=email[:320] or None,
            email_key=email_key,
            ip=caller.ip,
            device=caller.device[:400] or None,
            request_id=caller.request_id,
            method=method,
            outcome=AttemptOutcome.LINK_REFUSED if method is SignInMethod.LINK else AttemptOutcome.WRONG_PASSWORD,
        )
        with self._database.transaction() as session:
            session.add(row)
        is_locked = max(self.failures(email_key, caller.ip)) > FAILURES_ALLOWED
        if is_locked:
            self.finish(row.id, AttemptOutcome.LOCKED)
        return Attempt(row.id, is_locked)

    def finish(self, attempt: uuid.UUID, outcome: AttemptOutcome, member: uuid.UUID | None = None) -> None:
        """Note how the attempt ended."""
        values = {"outcome": outcome, "member_id": member}
        with self._database.transaction() as session:
            session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt).values(values))

    def failures(self, email_key: str, ip: str | None) -> tuple[int, int]:
        """Return how many attempts failed lately for the account and for the address; one statement."""
        same_account = and_(SignInAttempt.email_key == email_key, SignInAttempt.method != SignInMethod.LINK)
        same_address = SignInAttempt.ip == ip
        statement = select(func.count().filter(same_account), func.count().filter(same_address)).where(
            SignInAttempt.occurred_at > func.now() - WINDOW,
            SignInAttempt.outcome.in_(FAILED),
            or_(SignInAttempt.email_key == email_key, same_address),
        )
        with self._database.transaction() as session:
            account, address = session.execute(statement).one()
        return account, address

    def email_key(self, email: str) -> str:
        """Return what stands for an address in the counts."""
        return hmac.new(self._key, email.strip().lower().encode(), hashlib.sha256).hexdigest()
