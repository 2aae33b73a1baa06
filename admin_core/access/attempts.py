"""Limits of the sign-in, counted in PostgreSQL: at the 11th failure in five minutes an account or line is locked.

An attempt is written as failed before the password is looked at, and corrected afterwards: however many run at the
same time, the twelfth sees eleven rows. Unknown addresses are counted and locked like known ones. A browser from which
the member signed in before is counted by itself: strangers cannot lock it out.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, update

from admin_core.addresses import Line, line_of
from admin_core.database import Database
from schema.sign_in import AttemptOutcome, SignInAttempt, SignInMethod, StaffDevice
from schema.staff import StaffMember

WINDOW = timedelta(minutes=5)
FAILURES_ALLOWED = 11
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """How many failures a window may hold, for one account and for one address."""

    window: timedelta
    account: int
    address: int


KNOWING = frozenset({SignInMethod.PASSWORD, SignInMethod.LINK})
"""What is proved by a text that is known; codes and passkeys are counted apart, and more strictly."""
LIMITS_OF_PASSWORDS = (Limit(WINDOW, FAILURES_ALLOWED, FAILURES_ALLOWED),)
LIMITS_OF_FACTORS = (Limit(WINDOW, 5, 10), Limit(HOUR, 20, 50), Limit(DAY, 50, 200))
"""A code has a million values and three are good at a time: 50 tries a day guess one in 7 000. As on PyPI."""
FAILED = (
    AttemptOutcome.WRONG_PASSWORD,
    AttemptOutcome.UNKNOWN_EMAIL,
    AttemptOutcome.WRONG_CODE,
    AttemptOutcome.REPLAYED_CODE,
    AttemptOutcome.DISABLED,
    AttemptOutcome.LINK_REFUSED,
)
ASSUMED = {SignInMethod.PASSWORD: AttemptOutcome.WRONG_PASSWORD, SignInMethod.LINK: AttemptOutcome.LINK_REFUSED}
LOCKED = "There were too many failed tries. Wait five minutes, then sign in again."
"""Said for known and unknown addresses alike, and whatever the password is."""
FORGIVEN = "forgiven"
"""Stands instead of the account on tries that count no longer; the rest of the row stays as evidence."""


@dataclass(frozen=True)
class Caller:
    """Who knocks, as far as the network tells."""

    ip: str | None
    device: str
    request_id: str
    device_token: str = ""
    """What a browser shows that signed in before."""


@dataclass(frozen=True)
class Attempt:
    """An attempt that has been written down."""

    id: uuid.UUID
    is_locked: bool
    is_news: bool = False
    """True for the attempt that met the lock first."""


class Attempts:
    """Writes attempts down, each in a transaction of its own: a refused request must not take its row back."""

    def __init__(self, database: Database, key: str) -> None:
        """Take the key under which e-mail addresses are hashed."""
        self._database = database
        self._key = key

    def begin(self, email: str, caller: Caller, method: SignInMethod = SignInMethod.PASSWORD) -> Attempt:
        """Write an attempt down as failed and return it, locked when a limit is passed."""
        row = SignInAttempt(
            email=email[:320] or None,
            email_key=email_key(self._key, email),
            ip=caller.ip,
            device=caller.device[:400] or None,
            device_known=is_known(email, caller.device_token),
            request_id=caller.request_id,
            method=method,
            outcome=ASSUMED.get(method, AttemptOutcome.WRONG_CODE),
        )
        with self._database.transaction() as session:
            session.add(row)
        counts = self.failures(row)
        is_locked = any(counts[n] > allowed for n, allowed in enumerate(allowances(row)))
        if is_locked:
            self.finish(row.id, AttemptOutcome.LOCKED)
        return Attempt(row.id, is_locked, is_news=is_locked and counts[-1] == 0)

    def finish(self, attempt: uuid.UUID, outcome: AttemptOutcome, member: uuid.UUID | None = None) -> None:
        """Note how the attempt ended."""
        values = {"outcome": outcome, "member_id": member}
        with self._database.transaction() as session:
            session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt).values(values))

    def failures(self, row: SignInAttempt) -> tuple[int, ...]:
        """Return how many attempts failed lately, per limit for account and address; last, how many met the lock."""
        limits = limits_of(row.method)
        failed = SignInAttempt.outcome.in_(FAILED)
        account, address = same_account(row), from_line(line_of(row.ip))
        counts = [
            func.count().filter(failed, criterion, SignInAttempt.occurred_at > func.now() - limit.window)
            for limit in limits
            for criterion in (account, and_(address, ~known(row)))
        ]
        refused = func.count().filter(SignInAttempt.outcome == AttemptOutcome.LOCKED, or_(account, address))
        statement = select(*counts, refused).where(
            SignInAttempt.occurred_at > func.now() - max(limit.window for limit in limits),
            SignInAttempt.method.in_(family_of(row.method)),
            SignInAttempt.email_key != FORGIVEN,
            or_(SignInAttempt.email_key == row.email_key, address),
        )
        with self._database.transaction() as session:
            return tuple(session.execute(statement).one())


def email_key(key: str, email: str) -> str:
    """Return what stands for an address in the counts."""
    return hmac.new(key.encode(), email.strip().lower().encode(), hashlib.sha256).hexdigest()


def limits_of(method: SignInMethod) -> tuple[Limit, ...]:
    """Return the limits of a method."""
    return LIMITS_OF_PASSWORDS if method in KNOWING else LIMITS_OF_FACTORS


def allowances(row: SignInAttempt) -> Iterator[int]:
    """Yield what is allowed, in the order of the counts."""
    for limit in limits_of(row.method):
        yield limit.account
        yield limit.address


def family_of(method: SignInMethod) -> list[SignInMethod]:
    """Return the methods that are counted together with this one."""
    return [each for each in SignInMethod if (each in KNOWING) == (method in KNOWING)]


def same_account(row: SignInAttempt) -> ColumnElement[bool]:
    """Return which attempts count against the same account: from known browsers and strange ones apart.

    Links and passkeys that name nobody count for the network address alone.
    """
    if row.email is None:
        return literal(value=False)
    return and_(SignInAttempt.email_key == row.email_key, SignInAttempt.device_known == known(row))


def from_line(line: Line | None) -> ColumnElement[bool]:
    """Return which attempts came from one line of a provider: of IPv6, any address in it is at its hand."""
    if line is None:
        return SignInAttempt.ip.is_(None)
    return SignInAttempt.ip.between(str(line[0]), str(line[-1]))  # a range that the index serves


def known(row: SignInAttempt) -> Any:
    """Return, as the database found it, whether the browser of an attempt is known."""
    written = SignInAttempt.__table__.alias("written")
    return select(written.c.device_known).where(written.c.id == row.id).scalar_subquery()


def is_known(email: str, token: str) -> Any:
    """Return, as an expression, whether the member of this address signed in with this browser before."""
    hash_of_theirs = device_hash(token, cast(StaffMember.id, Text))
    found = select(StaffDevice.id).join(StaffMember, StaffMember.id == StaffDevice.member_id)
    is_theirs = func.lower(StaffMember.email) == email.strip().lower()
    return select(found.where(is_theirs, StaffDevice.token_hash == hash_of_theirs).exists()).scalar_subquery()


def device_hash(token: str, member: Any) -> Any:
    """Return, as an expression, what is kept of a browser's token; one browser may serve several members."""
    return func.encode(func.sha256(func.convert_to(func.concat(token, member), "UTF8")), "hex")
