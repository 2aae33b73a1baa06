"""The steps of a proof: a password, then a code or a passkey. Each try is written down, limited and answered alike."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from admin_core.access.attempts import LOCKED
from admin_core.access.authenticator import opened_seed, step_of, use_step
from admin_core.access.browsers import browser_here
from admin_core.access.entering import begin_anew
from admin_core.access.notes import note, note_refused
from admin_core.access.parts import caller, parts
from admin_core.access.passwords import is_password_of
from admin_core.access.recovery import use_code
from admin_core.access.team import PROOFS, member_by_email
from schema.sign_in import AttemptOutcome, SignInMethod
from schema.staff import StaffMember

STEP = "step"
OK, TOO_MANY_REQUESTS = 200, 429
WRONG_CODE = "The code is not right. Codes change every 30 seconds; take the one that is shown now."
REPLAYED = "This code was used already. Wait for the next one."
SENTENCES = {AttemptOutcome.WRONG_CODE: WRONG_CODE, AttemptOutcome.REPLAYED_CODE: REPLAYED}


@dataclass(frozen=True)
class Tried:
    """How a try ended: the member it proves, or the sentence for the person."""

    member: StaffMember | None
    sentence: str = ""
    status: int = OK

    @property
    def is_locked(self) -> bool:
        """Return whether nothing was looked at."""
        return self.status == TOO_MANY_REQUESTS


def try_password(email: str, password: str, wrong: str) -> Tried:
    """Return the active member with this address and password; anything else is answered with the same sentence."""
    attempts = parts().attempts
    attempt = attempts.begin(email, caller())
    if attempt.is_locked:
        return locked(email, is_news=attempt.is_news)
    with parts().database.transaction() as work:
        member = member_by_email(work, email)
    is_right = is_password_of(member, password)
    outcome = outcome_of(member, is_right=is_right)
    attempts.finish(attempt.id, outcome, member.id if member else None)
    return Tried(member) if outcome is AttemptOutcome.OK else Tried(None, wrong)


def outcome_of(member: StaffMember | None, *, is_right: bool) -> AttemptOutcome:
    """Return what is written down about a password."""
    if member is None:
        return AttemptOutcome.UNKNOWN_EMAIL
    if not member.active:
        return AttemptOutcome.DISABLED
    return AttemptOutcome.OK if is_right else AttemptOutcome.WRONG_PASSWORD


Proof = Callable[[Session, StaffMember], AttemptOutcome]
"""Looks at a code, and uses it up when it is right."""


def try_factor(
    member: StaffMember, method: SignInMethod, proof: Proof, then: Callable[[Session, StaffMember], Any]
) -> Tried:
    """Run a proof, and what follows from it in the same transaction; return the member when it holds."""
    attempts = parts().attempts
    attempt = attempts.begin(member.email, caller(), method)
    if attempt.is_locked:
        return locked(member.email, is_news=attempt.is_news)
    with parts().database.transaction() as work:
        found = work.get_one(StaffMember, member.id)
        outcome = proof(work, found)
        if outcome is AttemptOutcome.OK:
            then(work, found)
    attempts.finish(attempt.id, outcome, member.id)
    if outcome is AttemptOutcome.OK:
        return Tried(found)
    note_refused("staff.factor-failed", member.id)
    return Tried(None, SENTENCES[outcome])


def locked(email: str, *, is_news: bool) -> Tried:
    """Return the answer of a lock; the first one of a member is recorded."""
    if is_news:
        with parts().database.transaction() as work:
            member = member_by_email(work, email)
        if member is not None:
            note_refused("staff.locked", member.id)
    return Tried(None, LOCKED, TOO_MANY_REQUESTS)


def proof_by_app(code: str) -> Proof:
    """Return the proof by an authenticator's code."""

    def prove(work: Session, member: StaffMember) -> AttemptOutcome:
        seed = opened_seed(parts().cipher, member.tf_totp_secret or "")
        step = step_of(seed, code) if seed else None
        if step is None:
            return AttemptOutcome.WRONG_CODE
        return AttemptOutcome.OK if use_step(work, member.id, step) else AttemptOutcome.REPLAYED_CODE

    return prove


def proof_by_recovery(code: str) -> Proof:
    """Return the proof by a recovery code."""

    def prove(work: Session, member: StaffMember) -> AttemptOutcome:
        if not use_code(work, member.id, code):
            return AttemptOutcome.WRONG_CODE
        note(work, "staff.recovery-code-used", member.id)
        return AttemptOutcome.OK

    return prove


def first_step_done(member: StaffMember, way_back: str) -> None:
    """Remember who proved a password, until the second step."""
    begin_anew()
    browser_here()[STEP] = {"member": str(member.id), "mark": mark_of(member), "next": way_back}


def member_of_step() -> tuple[StaffMember, str] | None:
    """Return who proved a password here, with their passkeys, and where they want to go; None when nobody did.

    It is forgotten when anything ended the member's sessions meanwhile.
    """
    step = browser_here().get(STEP)
    if not step:
        return None
    with parts().database.transaction() as work:
        member = work.get(StaffMember, uuid.UUID(step["member"]), options=PROOFS)
        if member is None or not member.active or mark_of(member) != step["mark"]:
            return None
        assert member.webauthn is not None  # read while there is a session
    return member, step["next"]


def mark_of(member: StaffMember) -> str:
    """Return what changes when the member's sessions are ended."""
    return hashlib.sha256(member.fs_uniquifier.encode()).hexdigest()[:16]
