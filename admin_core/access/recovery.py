"""Recovery codes: ten, shown once, each good once. Kept are hashes; 80 random bits need no salt."""

import hashlib
import secrets
import uuid
from base64 import b32encode
from typing import Any

from sqlalchemy import CursorResult, any_, func, literal, update
from sqlalchemy.orm import Session

from admin_core.changes.acting import tell
from schema.staff import StaffMember

HOW_MANY = 10
CODE_BYTES = 10


def new_codes() -> list[str]:
    """Return ten new codes in groups of four letters."""
    texts = (b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(HOW_MANY))
    return ["-".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in texts]


def hashes(codes: list[str]) -> list[str]:
    """Return what is kept of the codes."""
    return [hashed(code) for code in codes]


def hashed(code: str) -> str:
    """Return what is kept of a code, however it is spelled."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"recovery {plain}".encode()).hexdigest()


def use_code(session: Session, member_id: uuid.UUID, code: str) -> bool:
    """Use a code up; False when it is wrong or was used before. One statement decides."""
    found = hashed(code)
    kept = StaffMember.mf_recovery_codes
    statement = (
        update(StaffMember)
        .where(StaffMember.id == member_id, literal(found) == any_(kept))
        .values(mf_recovery_codes=func.array_remove(kept, found), update_datetime=StaffMember.update_datetime)
    )
    tell(session)
    result: CursorResult[Any] = session.connection().execute(statement)
    return result.rowcount == 1
