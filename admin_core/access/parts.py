"""What the pages of the sign-in work with; one per process."""

import re
from dataclasses import dataclass, field
from typing import Self

from flask import current_app, g, request

from admin_core.access.attempts import Attempts, Caller
from admin_core.addresses import stored_address
from admin_core.audit.recording import AuditLog
from admin_core.ciphers import Cipher
from admin_core.database import Database
from admin_core.settings import Settings

EXTENSION = "admin_core.access"
OURS = re.compile(r"[\w-]{1,100}", re.ASCII)
"""How a token looks that we gave to a browser; in a cookie may stand anything, zero bytes included."""


@dataclass(frozen=True)
class Parts:
    """Settings, database, limits, audit log and keys."""

    settings: Settings
    database: Database
    attempts: Attempts
    audit: AuditLog
    cipher: Cipher = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """Return the parts of a process with these settings."""
        return cls(
            settings=settings,
            database=database,
            attempts=Attempts(database, settings.secret_key),
            audit=AuditLog.of(settings),
            cipher=Cipher((settings.secret_key, *settings.old_secret_keys)),
        )

    @property
    def device_cookie(self) -> str:
        """Name of the cookie by which a browser that signed in before is known."""
        return "__Host-admin-device" if self.settings.is_secure else "admin-device"


def parts() -> Parts:
    """Return those of the current application."""
    found: Parts = current_app.extensions[EXTENSION]
    return found


def caller() -> Caller:
    """Return who knocks on this request."""
    token = request.cookies.get(parts().device_cookie, "")
    return Caller(
        stored_address(request.remote_addr),
        request.user_agent.string,
        g.get("request_id", ""),
        token if OURS.fullmatch(token) else "",
    )
