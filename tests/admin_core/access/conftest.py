"""A small app with the real sign-in: one page that says who asks, over a database of its own."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from admin_core import access, errors, requests
from admin_core.access.team import add_member, ensure_roles
from admin_core.database import Database, open_database
from admin_core.settings import Settings
from admin_core.theme.install import install as install_theme
from schema.sign_in import SignInAttempt, SignInLink
from schema.staff import StaffMember
from tests.databases import clone, drop, unique_name

PASSWORD = "four plain words here"
HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 1024, "argon2__parallelism": 1}
SETTINGS = Settings(database_url="", redis_url="redis://localhost/0", secret_key="k" * 40, env="test")


@pytest.fixture(scope="module")
def database(server_url: str) -> Iterator[Database]:
    name = unique_name("access")
    database = open_database(clone(server_url, name))
    yield database
    database.engine.dispose()
    drop(server_url, name)


@pytest.fixture
def staff(database: Database) -> Iterator[dict[str, uuid.UUID]]:
    """Ada is an Owner, Nomsa in Support, Otto a Viewer; all have the same password."""
    with database.transaction() as session:
        roles = ensure_roles(session)
        people = {"Ada": "Owner", "Nomsa": "Support", "Otto": "Viewer"}
        made = {
            name: add_member(session, name=name, email=f"{name}@hireinbox.example", roles=[roles[role]])
            for name, role in people.items()
        }
        for member in made.values():
            member.password = HASH
        keys = {name: member.id for name, member in made.items()}
    yield keys
    with database.transaction() as session:
        session.execute(delete(SignInAttempt))
        session.execute(delete(SignInLink))
        for member in session.scalars(select(StaffMember)):
            session.delete(member)


@pytest.fixture
def make_app(database: Database, staff: dict[str, uuid.UUID]) -> Callable[[Settings], Flask]:
    def make(settings: Settings) -> Flask:
        app = Flask("admin_core", static_folder=None, template_folder="templates")
        app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = CHEAP
        requests.install(app, settings)
        install_theme(app)
        access.install(app, settings, database)
        errors.install(app)
        app.add_url_rule("/admin/", "home", say_who, methods=["GET", "POST"])
        app.add_url_rule("/public", "public", say_who, methods=["GET", "POST"])
        return app

    return make


def say_who() -> ResponseReturnValue:
    person = access.current_person()
    return f"{person.name}: {' '.join(person.roles)} {person.preferences}" if person else "nobody"


@pytest.fixture
def app(make_app: Callable[[Settings], Flask]) -> Flask:
    return make_app(SETTINGS)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def secure_settings() -> Settings:
    return replace(SETTINGS, public_url="https://admin.hireinbox.example", env="production")


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def sign_in(client: FlaskClient, name: str = "Ada", password: str = PASSWORD, **fields: str) -> TestResponse:
    token = token_in(client.get("/auth/login"))
    form = {"email": f"{name}@hireinbox.example", "password": password, "csrf_token": token}
    return client.post("/auth/login", data=form | fields)
