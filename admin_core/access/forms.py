"""What the pages of the sign-in ask for. The gate checks the token of every form."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from admin_core.access.passwords import LONGEST_PASSWORD

LONGEST_EMAIL, LONGEST_CODE = 320, 64
CODE_ENTRY = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


def without_nul(text: str | None) -> str | None:
    """Return what was typed without zero bytes, which come in by pasting and which PostgreSQL refuses."""
    return text and text.replace("\x00", "")


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """E-mail address and password; nothing is remembered beyond the browser session."""

    email = StringField(
        "E-mail address",
        [InputRequired("Write your e-mail address."), Length(max=LONGEST_EMAIL)],
        filters=[without_nul],
        render_kw={"type": "email", "autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        "Password", [InputRequired("Write your password.")], render_kw={"autocomplete": "current-password"}
    )


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A code of the authenticator app."""

    code = StringField("Code", [InputRequired("Write the six digits."), Length(max=LONGEST_CODE)], render_kw=CODE_ENTRY)


class RecoveryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A recovery code."""

    code = StringField(
        "Recovery code",
        [InputRequired("Write one of your codes."), Length(max=LONGEST_CODE)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class OwnPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The password of whoever has signed in, or was sent a link."""

    password = PasswordField(
        "Password",
        [InputRequired("Write your password."), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class NameForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a passkey is called."""

    name = StringField("Name", [InputRequired("Give it a name."), Length(max=LONGEST_CODE)], filters=[without_nul])
