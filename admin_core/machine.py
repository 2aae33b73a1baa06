"""What one process holds: settings, database, models, plugins, jobs, keys; and the session of the request at hand."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Self, cast

from flask import Flask, current_app, g

from admin_core.ciphers import Cipher
from admin_core.database import Database, open_database
from admin_core.generator.action_registry import ActionRegistry, collected
from admin_core.generator.registry import Registry
from admin_core.jobs.core_jobs import CORE_JOBS
from admin_core.jobs.declared import JobRegistry
from admin_core.plugin_manager import Plugins, load_plugins
from admin_core.policy import Person, PolicySession
from admin_core.settings import Settings
from schema import load_models
from schema.base import Base

EXTENSION = "admin_core"


@dataclass(frozen=True)
class Machine:
    """The parts that web, worker, scheduler and command line work with. One per process."""

    settings: Settings
    database: Database
    registry: Registry
    plugins: Plugins
    jobs: JobRegistry
    actions: ActionRegistry
    cipher: Cipher = field(repr=False)

    @classmethod
    def assemble(cls, settings: Settings, *, pool_size: int = 5, application: str = "hireinbox-admin") -> Self:
        """Return the parts: models loaded, plugins found, no connection opened yet."""
        load_models()
        plugins = load_plugins(import_module("plugins"), settings.disabled_plugins)
        return cls(
            settings=settings,
            database=open_database(settings.database_url, pool_size=pool_size, application=application),
            registry=Registry.of(Base),
            plugins=plugins,
            jobs=JobRegistry.of([*CORE_JOBS, *plugins.items("register_jobs")]),
            actions=collected(plugins),
            cipher=Cipher([settings.secret_key, *settings.old_secret_keys]),
        )

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
