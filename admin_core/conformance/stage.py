"""The stage on which a plugin is examined: the whole product with it, over databases that nobody needs afterwards."""

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from admin_core.access.links import make_link
from admin_core.access.team import add_member
from admin_core.app import create_app
from admin_core.generator.spec import ModelSpec
from admin_core.machine import EXTENSION, Machine
from admin_core.plugin_manager import Plugin
from admin_core.policy import Person, RowRule, declare, declared
from admin_core.settings import Settings
from schema.sign_in import LinkPurpose
from schema.staff import Role, StaffMember

EVERYTHING = "*"
OWNER = Person(uuid.UUID(int=1), "Owner", ("Owner",), frozenset({EVERYTHING}))
UNCOUNTED = re.compile(
    r"\s*((SELECT|UPDATE) -- once in a few seconds"
    r"|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|SELECT (pg_catalog\.)?set_config)\b",
    re.IGNORECASE,
)
"""Statements that open, end and limit transactions, or are not made by every request: no budget counts them."""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Databases:
    """Addresses of two migrated databases for trying things out."""

    empty: str
    """Holds no record but the roles."""
    filled: str
    """Holds invented records."""


@dataclass
class Stage:
    """One plugin under examination."""

    plugin: str
    databases: Databases
    paths: tuple[str, ...] = ()
    """Folders of plugins outside ``plugins/``, as in ADMIN_PLUGIN_PATHS."""
    notes: list[str] = field(default_factory=list)
    """What could not be examined, and why; no fault of the plugin."""
    statements: list[str] = field(default_factory=list)
    _apps: list[Flask] = field(default_factory=list)
    _rules: tuple[RowRule, ...] = field(default_factory=declared)
    """Those of the process before the plugin came."""

    @cached_property
    def without(self) -> Flask:
        """The product without the plugin, made before the plugin is imported for the first time."""
        return self.build(disabled=(self.plugin,))

    @cached_property
    def app(self) -> Flask:
        """The product with the plugin, over the filled database."""
        assert self.without  # first: an import leaves its traces in the process
        return self.build()

    @property
    def machine(self) -> Machine:
        """The parts of that product."""
        return machine_of(self.app)

    @property
    def module(self) -> ModuleType:
        """The plugin's ``plugin.py``."""
        found = self.machine.plugins.module(self.plugin)
        if found is None:
            raise LookupError(f"The plugin {self.plugin} does not run. {' '.join(self.problems)}")
        return found

    @property
    def found(self) -> Plugin | None:
        """The plugin as it was found, None when there is none of the name."""
        named = [plugin for plugin in self.machine.plugins if plugin.name == self.plugin]
        return next((plugin for plugin in named if plugin.is_running), named[0] if named else None)

    @property
    def problems(self) -> list[str]:
        """Why the plugin does not run; nothing when it does."""
        if self.found is None:
            names = ", ".join(sorted(plugin.name for plugin in self.machine.plugins))
            return [f"No plugin is called {self.plugin}; there are {names}."]
        if self.found.problems:
            return [f"{problem.sentence}." for problem in self.found.problems]
        return [f"{self.found.error}."] if self.found.error else []

    @property
    def folder(self) -> Path | None:
        """Where the plugin's files lie."""
        return self.found.folder if self.found else None

    def items(self, hook: str) -> tuple[Any, ...]:
        """Return what the plugin registered by a hook."""
        return self.machine.plugins.contributed(self.plugin, hook)

    def models(self) -> list[ModelSpec]:
        """Return the models that the plugin brings."""
        registry = self.machine.registry
        own = f"{self.found.package}." if self.found else "."
        return [registry.spec(key) for key in sorted(registry) if registry.model(key).__module__.startswith(own)]

    def build(self, database_url: str = "", *, disabled: tuple[str, ...] = ()) -> Flask:
        """Return a new application, over the filled database unless another is named."""
        app = create_app(settings_for(database_url or self.databases.filled, disabled=disabled, paths=self.paths))
        event.listen(machine_of(app).database.engine, "before_cursor_execute", self.note_statement)
        self._apps.append(app)
        return app

    def browser(self, *permissions: str, app: Flask | None = None) -> FlaskClient:
        """Return a browser in which somebody with exactly these permissions has signed in."""
        served = app or self.app
        with machine_of(served).database.transaction() as session:
            link = make_link(session, member_with(session, permissions).id, LinkPurpose.SIGN_IN)
        client = served.test_client()
        answer = client.post(link, data={"csrf_token": token_in(client.get(link).text)})
        if answer.status_code >= 400:  # noqa: PLR2004 - refused
            raise LookupError(f"Nobody could sign in: the answer was {answer.status_code}.")
        return client

    @cached_property
    def owner(self) -> FlaskClient:
        """A browser in which an Owner has signed in."""
        return self.browser(EVERYTHING)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Yield the list into which the block's statements go, those of transactions left out."""
        self.statements.clear()
        yield self.statements

    def note_statement(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        """Remember a statement that counts."""
        if not UNCOUNTED.match(statement):
            self.statements.append(statement)

    def close(self) -> None:
        """Give every connection back, and let the plugin's row rules be in force no more."""
        declare(self._rules)
        for app in self._apps:
            machine_of(app).database.engine.dispose()


def machine_of(app: Flask) -> Machine:
    """Return the parts of an application."""
    found: Machine = app.extensions[EXTENSION]
    return found


def settings_for(database_url: str, *, disabled: tuple[str, ...] = (), paths: tuple[str, ...] = ()) -> Settings:
    """Return the settings of an application that talks to nothing but this database."""
    return Settings(
        database_url=database_url,
        redis_url="redis://localhost:1/0",
        secret_key="conformance-" * 4,
        env="test",
        public_url="http://localhost",
        disabled_plugins=disabled,
        plugin_paths=paths,
    )


def member_with(session: Session, permissions: tuple[str, ...]) -> StaffMember:
    """Return a member whose one role grants exactly these permissions."""
    name = "kit-" + hashlib.sha256(" ".join(permissions).encode()).hexdigest()[:12]
    known = session.scalar(select(StaffMember).where(StaffMember.email == f"{name}@kit.example"))
    if known is not None:
        return known
    role = Role(name=name, description="Made by the conformance kit.", permissions=list(permissions))
    session.add(role)
    return add_member(session, name="Nomsa Kit", email=f"{name}@kit.example", roles=[role])


def token_in(page: str) -> str:
    """Return the token that the forms of a page carry."""
    found = TOKEN.search(page)
    if found is None:
        raise LookupError("The page holds no form with a token.")
    return found[1]


def token_for(client: FlaskClient) -> str:
    """Return a token that is good for this browser, whatever the page at hand shows."""
    return token_in(client.get("/admin/palette").text)


def posted(client: FlaskClient, url: str, form: Mapping[str, str]) -> Any:
    """Send a form as a page of ours would."""
    return client.post(url, data={**form, "csrf_token": token_for(client)})
