"""Every switch of Flask, Flask-WTF and Flask-Security that concerns the sign-in, in one place."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from admin_core.settings import Settings

SHORTEST_PASSWORD: Final = 12
FRESH_FOR: Final = timedelta(minutes=10)
"""How long after a proof of identity dangerous actions do not ask again."""
SESSION_LASTS: Final = timedelta(hours=12)
"""A session ends after this time, whatever the activity: one working day."""
DEVICE_LASTS: Final = timedelta(days=365)
"""How long a browser is known after a sign-in; one that is known is not locked out by strangers."""

HOME: Final = "/admin/"
SIGN_IN: Final = "/auth/login"
PROOF: Final = "/auth/verify"
WRONG: Final = "The e-mail address or the password is not right."


def idle_time(settings: Settings) -> timedelta:
    """Return after how long without use a session ends."""
    return timedelta(minutes=settings.session_idle_minutes)


def flask_options(settings: Settings) -> dict[str, Any]:
    """Return the configuration of the sign-in for Flask and its extensions."""
    return {**cookie_options(settings), **password_options()}


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
    """Return how Flask-Security keeps passwords; its pages are not mounted, ours ask for the second factor."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        # No pepper: Argon2 salts by itself, and a pepper would have to outlive every rotation of the secret key.
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_SALT": "unused",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
    }
