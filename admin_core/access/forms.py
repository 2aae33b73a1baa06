"""Flask-Security's forms behind our limits: while locked, the right password is refused like a wrong one."""

import uuid
from typing import Any

from flask import after_this_request, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.forms import ChangePasswordForm, Form, LoginForm, VerifyForm

from admin_core.access.attempts import LOCKED, Attempts, Caller
from schema.sign_in import AttemptOutcome

EXTENSION = "admin_core.access"
TOO_MANY_REQUESTS = 429


class SignInForm(LoginForm):
    """E-mail address and password; nothing is remembered beyond the browser session."""

    remember = None  # type: ignore[assignment]  # how WTForms drops a field

    def validate(self, **options: Any) -> bool:
        """Return whether the person may come in; every try is written down first."""
        self.email.data = (self.email.data or "").strip()
        return tried(self, self.email.data, lambda: super(SignInForm, self).validate(**options))


class ProveForm(VerifyForm):
    """The password again, before something dangerous."""

    def validate(self, **options: Any) -> bool:
        """Return whether it is the right one, within the same limits as the sign-in."""
        return tried(self, self.user.email, lambda: super(ProveForm, self).validate(**options))


class NewPasswordForm(ChangePasswordForm):
    """A new password, given the old one."""

    def validate(self, **options: Any) -> bool:
        """Return whether the old one is right and the new one long enough, within the limits of the sign-in."""
        return tried(self, current_user.email, lambda: super(NewPasswordForm, self).validate(**options))


def tried(form: Form, email: str, check: Any) -> bool:
    """Return the form's own answer, unless the account or the address is locked; write both down."""
    attempts = attempts_of_app()
    attempt = attempts.begin(email, caller())
    if attempt.is_locked:
        form.form_errors = [*form.form_errors, LOCKED]
        after_this_request(as_too_many)
        return False
    is_right: bool = check()
    outcome, member = outcome_of(form, is_right=is_right)
    attempts.finish(attempt.id, outcome, member)
    return is_right


def outcome_of(form: Form, *, is_right: bool) -> tuple[AttemptOutcome, uuid.UUID | None]:
    """Return what is written down about a try."""
    user = getattr(form, "user", None)
    member = user.id if user else None
    proves_only = not isinstance(form, LoginForm)
    if is_right or (proves_only and not form.password.errors):  # e.g. the new password is too short: no guess was made
        return AttemptOutcome.OK, member
    if user is None and not proves_only:
        return AttemptOutcome.UNKNOWN_EMAIL, None
    if user is not None and not user.active:
        return AttemptOutcome.DISABLED, member
    return AttemptOutcome.WRONG_PASSWORD, member


def as_too_many(response: Any) -> ResponseReturnValue:
    """Say it in the status too, for scripts and monitors."""
    response.status_code = TOO_MANY_REQUESTS
    return response  # type: ignore[no-any-return]  # Flask hands over its own response class


def caller() -> Caller:
    """Return who knocks on this request."""
    return Caller(request.remote_addr, request.user_agent.string, g.get("request_id", ""))


def attempts_of_app() -> Attempts:
    """Return the limits of the current application."""
    found: Attempts = current_app.extensions[EXTENSION]
    return found
