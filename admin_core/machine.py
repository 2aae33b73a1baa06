"""What one process holds: settings, database, models, plugins, keys; and the session of the request at hand."""

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app, g

from admin_core.ciphers import Cipher
from admin_core.database import Database
from admin_core.generator.registry import Registry
from admin_core.plugin_manager import Plugins
from admin_core.policy import Person, PolicySession
from admin_core.settings import Settings

EXTENSION = "admin_core"


@dataclass(frozen=True)
class Machine:
    """The parts every request needs. One per application."""

    settings: Settings
    database: Database
    registry: Registry
    plugins: Plugins
    cipher: Cipher = field(repr=False)

    def install(self, app: Flask) -> None:
        """Make this the application's machine and close the session when a request ends."""
        app.extensions[EXTENSION] = self
        app.teardown_appcontext(close_session)


def machine() -> Machine:
    """Return the current application's machine."""
    return cast("Machine", current_app.extensions[EXTENSION])


def request_session(person: Person) -> PolicySession:
    """Return the request's one session, bound to the person, opened when first asked for."""
    if "session" not in g:
        g.session = PolicySession(machine().database.engine, person=person)
    return cast("PolicySession", g.session)


def close_session(_error: BaseException | None = None) -> None:
    """Roll back what was not committed and give the connection back."""
    session: PolicySession | None = g.pop("session", None)
    if session is not None:
        session.close()
