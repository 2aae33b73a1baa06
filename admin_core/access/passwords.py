"""Passwords: how one is kept, compared and chosen. Unknown members cost as much as known ones."""

import unicodedata
from typing import Any

from flask_security.utils import hash_password, verify_password
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from admin_core.access.configuration import SHORTEST_PASSWORD

LONGEST_PASSWORD = 128
LONGEST_HASHED = 2048
"""Of more than anybody may choose, only the beginning is looked at."""


def kept_password(password: str) -> str:
    """Return what is kept of a password."""
    return hash_password(normal(password))


def is_password_of(member: Any, password: str) -> bool:
    """Return whether it is the member's; for nobody, and for a member without one, after the same work."""
    password = normal(password)
    if member is None or not member.password:
        hash_password(password)
        return False
    return bool(verify_password(password, member.password))


def normal(password: str) -> str:
    """Return a password however the keyboard composed its letters; without zero bytes, which Argon2 refuses."""
    return unicodedata.normalize("NFKD", password).replace("\x00", "")[:LONGEST_HASHED]


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new password, twice."""

    password = PasswordField(
        "Password",
        [
            InputRequired("Choose a password."),
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "The same password again",
        [InputRequired("Write it once more."), EqualTo("password", "The two passwords differ.")],
        render_kw={"autocomplete": "new-password"},
    )
