"""The whole application over a seeded database, people signed in by link, statements counted."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Connection, event, func, select, update
from werkzeug.datastructures import MultiDict

from admin_core.access import sign_in_link
from admin_core.access.links import make_link
from admin_core.access.sessions import hashed
from admin_core.app import create_app
from admin_core.conformance.stage import UNCOUNTED
from admin_core.machine import Machine
from admin_core.policy import declare, declared
from admin_core.settings import Settings
from schema.sign_in import LinkPurpose
from schema.staff import StaffSession
from tests.databases import as_app, clone, drop, unique_name

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Site:
    """One application and its database."""

    app: Flask
    statements: list[str] = field(default_factory=list)

    @property
    def machine(self) -> Machine:
        found: Machine = self.app.extensions["admin_core"]
        return found

    def client(self, role: str) -> FlaskClient:
        """Return a browser in which somebody with this role has signed in."""
        with self.machine.database.transaction() as session:
            link = sign_in_link(session, role)
        client = enter(self.app, link)
        keep_fresh(self.machine, session_of(client))
        return client

    def client_of(self, member: UUID) -> FlaskClient:
        """Return a browser in which this member has signed in."""
        with self.machine.database.transaction() as session:
            link = make_link(session, member, LinkPurpose.SIGN_IN)
        return enter(self.app, link)

    def stale_client(self, role: str) -> FlaskClient:
        """Return the same, eleven minutes after the last proof of identity."""
        client = self.client(role)
        make_stale(self.machine, client)
        return client

    def member(self, client: FlaskClient) -> UUID:
        """Return who is signed in."""
        with self.machine.database.sessions() as session:
            member = session.scalars(select(StaffSession.member_id).where(session_of(client))).one()
        assert member is not None
        return member

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Yield the list into which the block's statements go, those of transactions left out."""
        self.statements.clear()
        yield self.statements


def enter(app: Flask, link: str) -> FlaskClient:
    """Return a browser that has used a one-use link."""
    client = app.test_client()
    answer = client.post(link, data={"csrf_token": token_in(client.get(link).text)})
    assert answer.status_code in {302, 303}, answer.status_code
    return client


def session_of(client: FlaskClient) -> ColumnElement[bool]:
    """Return the criterion of the session that a browser shows."""
    name = client.application.config["SESSION_COOKIE_NAME"]
    (value,) = {each.value for each in (client._cookies or {}).values() if each.key == name}
    return session_with(value)


def session_with(cookie: str) -> ColumnElement[bool]:
    """Return the criterion of the session that a cookie stands for."""
    return StaffSession.token_hash == hashed(cookie)


def make_stale(machine: Machine, client: FlaskClient) -> None:
    """Let eleven minutes pass since the last proof of identity."""
    with machine.database.transaction() as session:
        stale = {"fresh_at": func.now() - timedelta(minutes=11)}
        session.execute(update(StaffSession).where(session_of(client)).values(stale))


def same_session(client: FlaskClient, other: FlaskClient) -> None:
    """Let another browser show the same session: a second window."""
    cookie = client.get_cookie("admin")
    assert cookie is not None
    other.set_cookie("admin", cookie.value)


def keep_fresh(machine: Machine, whose: ColumnElement[bool]) -> None:
    """Let the proof given in a session hold for an hour: a run may take longer than the ten minutes."""
    with machine.database.transaction() as session:
        session.execute(update(StaffSession).where(whose).values(fresh_at=func.now() + timedelta(hours=1)))


def make_site(database_url: str, **words: Any) -> Site:
    """Return the application over a database; ``words`` are further settings."""
    usual: dict[str, Any] = {"secret_key": "k" * 40, "env": "test", "public_url": "http://localhost"}
    settings = Settings(
        database_url=database_url,
        redis_url="redis://localhost:1/0",
        artifacts_dir=tempfile.mkdtemp(prefix="admin-files-"),
        **{**usual, **words},
    )
    site = Site(create_app(settings))

    @event.listens_for(site.machine.database.engine, "before_cursor_execute")
    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not UNCOUNTED.match(statement):
            site.statements.append(statement)

    return site


@contextmanager
def own_site(server_url: str, word: str, *, as_web: bool = False, **words: Any) -> Iterator[Site]:
    """Yield the application over a database that nothing else uses; ``as_web``: in the role of web and workers."""
    name = unique_name(word)
    url = clone(server_url, name)
    before = declared()
    site = make_site(as_app(url) if as_web else url, **words)
    yield site
    declare(before)
    site.machine.database.engine.dispose()
    drop(server_url, name)


def arguments_of(url: str) -> MultiDict[str, str]:
    """Return the arguments of an address."""
    return MultiDict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def token_in(page: str) -> str:
    """Return the CSRF token of a page."""
    found = TOKEN.search(page)
    assert found, page[:500]
    return found[1]
