"""Every switch of Flask, Flask-WTF and Flask-Security that concerns the sign-in, in one place."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from admin_core.settings import Settings

SECOND_FACTOR: Final = False
"""Whether a second factor is asked for. Turning it on needs its pages and the replay-safe codes of R3."""

SHORTEST_PASSWORD: Final = 12
FRESH_FOR: Final = timedelta(minutes=10)
"""How long after a proof of identity dangerous actions do not ask again."""
SESSION_LASTS: Final = timedelta(hours=12)
"""A session ends after this time, whatever the activity: one working day."""

HOME: Final = "/admin/"
SIGN_IN: Final = "/auth/login"
WRONG: Final = "The e-mail address or the password is not right."


def flask_options(settings: Settings) -> dict[str, Any]:
    """Return the configuration of the sign-in for Flask and its extensions."""
    return {**cookie_options(settings), **password_options(), **page_options()}


def cookie_options(settings: Settings) -> dict[str, Any]:
    """Return what protects the session cookie and the forms sent with it."""
    return {
        # The prefix makes browsers refuse the cookie from another host or without https.
        "SESSION_COOKIE_NAME": "__Host-admin" if settings.is_secure else "admin",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_CHECK_DEFAULT": False,  # the gate asks, for the paths that read a session
        "WTF_CSRF_TIME_LIMIT": int(SESSION_LASTS.total_seconds()),
        "WTF_CSRF_SSL_STRICT": False,  # it demands a Referer, which our policy suppresses; the gate checks the Origin
    }


def password_options() -> dict[str, Any]:
    """Return how passwords are kept and asked for, and what is switched off."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        # No pepper: Argon2 salts by itself, and a pepper would have to outlive every rotation of the secret key.
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_SALT": "unused",
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (WRONG, "error"),
        "SECURITY_FRESHNESS": FRESH_FOR,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_TWO_FACTOR": SECOND_FACTOR,
        "SECURITY_TWO_FACTOR_REQUIRED": SECOND_FACTOR,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,  # a mail must not replace the second factor
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_TRACKABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": plain_email, "case_insensitive": True}}],
    }


def page_options() -> dict[str, Any]:
    """Return where the pages are and what they say."""
    return {
        "SECURITY_URL_PREFIX": "/auth",
        "SECURITY_POST_LOGIN_VIEW": HOME,
        "SECURITY_POST_LOGOUT_VIEW": SIGN_IN,
        "SECURITY_POST_CHANGE_VIEW": HOME,
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_STATIC_FOLDER": None,
    }


def plain_email(text: str) -> str:
    """Return an address as it is looked up."""
    return text.strip()
