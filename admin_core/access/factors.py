"""Second factors of a member: whether there is one, and how all of them are taken away."""

import uuid
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from admin_core.access.sessions import end_sessions
from admin_core.changes.acting import tell
from schema.staff import StaffMember, WebAuthnCredential

NO_FACTOR = {"tf_primary_method": None, "tf_totp_secret": None, "totp_last_counter": None, "mf_recovery_codes": None}


def has_factor(member: Any) -> bool:
    """Return whether a member (ours, or the sign-in's view of one) proves themselves with more than a password."""
    return bool(member.tf_totp_secret or member.webauthn)


def is_enrolled() -> Any:
    """Return the same as a criterion, for lists of members."""
    passkey = exists(select(1).where(WebAuthnCredential.user_id == StaffMember.id))
    return or_(StaffMember.tf_totp_secret.is_not(None), passkey)


def reset_factors(session: Session, member_id: uuid.UUID) -> None:
    """Take authenticator, recovery codes and passkeys away and end every session, in the caller's transaction.

    The member enrols anew by a one-use link (``LinkPurpose.SECOND_FACTOR_RESET``): a password alone never does.
    """
    tell(session)
    connection = session.connection()  # no row rule decides whether a factor goes
    connection.execute(delete(WebAuthnCredential).where(WebAuthnCredential.user_id == member_id))
    connection.execute(update(StaffMember).where(StaffMember.id == member_id).values(NO_FACTOR))
    end_sessions(session, member_id, "factor-reset")
