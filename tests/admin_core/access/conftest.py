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
from passlib.totp import TOTP
from sqlalchemy import Text, cast, delete, update
from werkzeug.test import TestResponse

from admin_core import access, errors, requests
from admin_core.access.authenticator import METHOD, sealed_seed
from admin_core.access.parts import EXTENSION, Parts
from admin_core.access.team import add_member, ensure_roles
from admin_core.ciphers import Cipher
from admin_core.database import Database, open_database
from admin_core.settings import Settings
from admin_core.theme.install import install as install_theme
from schema.sign_in import SignInAttempt, SignInLink
from schema.staff import StaffMember, StaffSession
from tests.databases import clone, drop, unique_name

PASSWORD = "four plain words here"
HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 1024, "argon2__parallelism": 1}
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CIPHER = Cipher(["k" * 40])
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
    """Ada is an Owner, Nomsa in Support, Otto a Viewer; all have the same password and authenticator."""
    with database.transaction() as session:
        roles = ensure_roles(session)
        people = {"Ada": "Owner", "Nomsa": "Support", "Otto": "Viewer"}
        made = {
            name: add_member(session, name=name, email=f"{name}@hireinbox.example", roles=[roles[role]])
            for name, role in people.items()
        }
        for member in made.values():
            member.password = HASH
            member.tf_totp_secret = sealed_seed(CIPHER, SEED)
            member.tf_primary_method = METHOD
        keys = {name: member.id for name, member in made.items()}
    yield keys
    with database.transaction() as session:
        session.execute(delete(SignInAttempt))
        session.execute(delete(SignInLink))
        session.execute(delete(StaffSession))
        # Nobody is deleted whom the audit log names.
        gone = {"name": "Gone", "email": cast(StaffMember.id, Text) + "@gone.example", "active": False}
        session.execute(update(StaffMember).values(gone | {"tf_totp_secret": None}))


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


def first_step(client: FlaskClient, name: str = "Ada", password: str = PASSWORD, **fields: str) -> TestResponse:
    """Write address and password."""
    token = token_in(client.get("/auth/login"))
    form = {"email": f"{name}@hireinbox.example", "password": password, "csrf_token": token}
    return client.post("/auth/login", data=form | fields)


def sign_in(client: FlaskClient, name: str = "Ada", password: str = PASSWORD, **fields: str) -> TestResponse:
    """Write address and password, then the code; return the last answer."""
    answer = first_step(client, name, password, **fields)
    if answer.location != "/auth/code":
        return answer
    forget_codes(client, name)
    return client.post("/auth/code", data={"code": code_now(), "csrf_token": token_in(client.get("/auth/code"))})


def forget_codes(client: FlaskClient, name: str = "Ada") -> None:
    """Let the code of this half minute be good again: tests sign in oftener than people."""
    with parts_of(client).database.transaction() as session:
        session.execute(update(StaffMember).where(StaffMember.name == name).values(totp_last_counter=None))


def parts_of(client: FlaskClient) -> Parts:
    found: Parts = client.application.extensions[EXTENSION]
    return found


def code_now(seed: str = SEED) -> str:
    """Return what the app shows."""
    return str(TOTP(key=seed, format="base32").generate().token)


def seed_in(page: TestResponse) -> str:
    """Return the seed that a page shows for an app."""
    found = re.search(r'class="seed">([^<]+)<', page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def codes_in(page: TestResponse) -> list[str]:
    """Return the recovery codes that a page shows."""
    return re.findall(r"<li><code>([^<]+)</code></li>", page.text)
