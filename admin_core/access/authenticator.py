"""Codes of an authenticator app: the seed is encrypted at rest, a code is good once, however many try it at a time."""

import secrets
import uuid
from base64 import b32encode
from typing import Any, cast

from passlib.exc import TokenError
from passlib.totp import TOTP
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from admin_core.changes.acting import tell
from admin_core.ciphers import Cipher, Unreadable
from schema.staff import StaffMember

METHOD = "authenticator"
SEALED = "authenticator seed"
SEED_BYTES = 20
STEP_S = 30
"""A code is shown for 30 seconds; one from the step before or after is taken too, since clocks differ."""
LONGEST_CODE = 20


def new_seed() -> str:
    """Return a new seed, as apps take it."""
    return b32encode(secrets.token_bytes(SEED_BYTES)).decode()


def step_of(seed: str, code: str, *, at: float | None = None) -> int | None:
    """Return the time step that a code belongs to, None for a wrong one; whether it was used before is not asked."""
    digits = "".join(code.split())
    if len(digits) > LONGEST_CODE or not digits.isascii():
        return None
    try:
        return cast("int", TOTP(key=seed, format="base32").match(digits, time=at, window=STEP_S).counter)
    except TokenError:
        return None


def use_step(session: Session, member_id: uuid.UUID, step: int) -> bool:
    """Use a time step up; False when it, or a later one, was used before: a replay. One statement decides."""
    last = StaffMember.totp_last_counter
    statement = (
        update(StaffMember)
        .where(StaffMember.id == member_id, or_(last.is_(None), last < step))
        .values(totp_last_counter=step, update_datetime=StaffMember.update_datetime)
    )
    tell(session)
    result: CursorResult[Any] = session.connection().execute(statement)
    return result.rowcount == 1


def sealed_seed(cipher: Cipher, seed: str) -> str:
    """Return the seed as it is kept."""
    return cipher.seal(SEALED, seed)


def opened_seed(cipher: Cipher, kept: str) -> str | None:
    """Return the seed, None when no key of ours opens it any more."""
    try:
        return cipher.open(SEALED, kept)
    except Unreadable:
        return None


def address_of(seed: str, product: str, email: str) -> str:
    """Return what the picture says: seed, product and account."""
    return str(TOTP(key=seed, format="base32").to_uri(label=email.replace(":", ""), issuer=product.replace(":", "")))


def picture_of(address: str) -> tuple[str, int]:
    """Return the squares of a QR code as the path of an SVG, and how many there are in a row."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address)
    rows: list[list[bool]] = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return "".join(squares), len(rows)


def spelled(seed: str) -> str:
    """Return a seed in groups of four, to be typed by hand."""
    return " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
