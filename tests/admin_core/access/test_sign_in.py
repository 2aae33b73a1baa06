"""Signing in and out through the browser's eyes, and who is kept out."""

import logging
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import low_level
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from werkzeug.test import TestResponse

from admin_core.access.attempts import WINDOW, Attempts, Caller
from admin_core.access.sessions import end_sessions
from admin_core.database import Database
from admin_core.settings import Settings
from schema.sign_in import AttemptOutcome, SignInAttempt
from schema.staff import Role, StaffMember, StaffSession
from tests.admin_core.access.conftest import PASSWORD, SEED, SETTINGS, code_now, sign_in, token_in

WRONG = "The e-mail address or the password is not right."
TOO_MANY = "There were too many failed tries."


def test_a_member_signs_in_and_out(client: FlaskClient) -> None:
    answer = sign_in(client, "Ada")
    assert answer.location == "/admin/"
    assert client.get("/admin/").text == "Ada: Owner {}"
    assert client.get("/auth/logout").status_code == 405
    assert client.post("/auth/logout").status_code == 400
    assert client.get("/admin/").text == "Ada: Owner {}"
    client.post("/auth/logout", data={"csrf_token": session_token(client)})
    assert client.get("/admin/").location.startswith("/auth/login")


def session_token(client: FlaskClient) -> str:
    """Return a token for the forms of this session; the pages of the admin carry one each."""
    return token_in(client.get("/auth/change"))


@pytest.mark.parametrize("email", ["ADA@hireinbox.example", "  ada@HireInbox.Example "])
def test_upper_and_lower_case_of_the_address_are_the_same(client: FlaskClient, email: str) -> None:
    assert sign_in(client, email=email).location == "/admin/"


def neutral(page: TestResponse) -> str:
    """Return a page without what differs on every request."""
    text = re.sub(r'name="csrf_token"[^>]*', "", page.text)
    return re.sub(r"\w+@[a-z.]+", "", text)


def test_unknown_disabled_and_wrong_are_answered_alike(
    make_app: Callable[[Settings], Flask], database: Database
) -> None:
    app = make_app(SETTINGS)
    with database.transaction() as session:
        session.execute(update(StaffMember).where(StaffMember.name == "Otto").values(active=False))
        session.execute(update(StaffMember).where(StaffMember.name == "Nomsa").values(password=None))
    answers = [
        sign_in(app.test_client(), "Ada", "not the password"),
        sign_in(app.test_client(), "Finn", "not the password"),
        sign_in(app.test_client(), "Otto", PASSWORD),
        sign_in(app.test_client(), "Nomsa", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert [neutral(answer) for answer in answers] == [neutral(answers[0])] * 4
    assert WRONG in answers[0].text


def test_an_unknown_address_costs_as_much_as_a_wrong_password(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    verify, make = low_level.verify_secret, low_level.hash_secret  # all that hashes and verifies
    monkeypatch.setattr(low_level, "verify_secret", lambda *a, **k: (hashed.append(1), verify(*a, **k))[1])
    monkeypatch.setattr(low_level, "hash_secret", lambda *a, **k: (hashed.append(1), make(*a, **k))[1])
    sign_in(client, "Finn", "not the password")
    unknown = len(hashed)
    sign_in(client, "Ada", "not the password")
    assert (unknown, len(hashed)) == (1, 2)


def test_the_twelfth_try_is_refused_even_with_the_right_password(app: Flask, database: Database) -> None:
    client = app.test_client()
    for _ in range(11):
        assert WRONG in sign_in(client, "Ada", "not the password").text
    locked = sign_in(client, "Ada", PASSWORD)
    assert locked.status_code == 429
    assert TOO_MANY in locked.text
    with database.transaction() as session:
        session.execute(update(SignInAttempt).values(occurred_at=func.now() - WINDOW))
    assert sign_in(client, "Ada", PASSWORD).location == "/admin/"


def test_an_unknown_account_is_locked_like_a_known_one(client: FlaskClient) -> None:
    for _ in range(11):
        sign_in(client, "Finn", "not the password")
    assert TOO_MANY in sign_in(client, "Finn", "not the password").text


def test_an_address_is_locked_across_accounts_and_an_account_across_addresses(app: Flask) -> None:
    here, there = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "2001:db8::1"}
    client = app.test_client()
    client.environ_base = {**client.environ_base, **here}
    for number in range(11):
        sign_in(client, f"stranger{number}", "not the password")
    assert sign_in(client, "Ada").status_code == 429
    client.environ_base = {**client.environ_base, **there}
    assert sign_in(client, "Ada").location == "/admin/"
    for number in range(11):
        client.environ_base = {**client.environ_base, "REMOTE_ADDR": f"198.51.100.{number}"}
        sign_in(app.test_client(), "Nomsa", "not the password")
    assert sign_in(app.test_client(), "Nomsa").status_code == 429


def test_however_many_try_at_once_eleven_are_looked_at(database: Database, staff: dict[str, uuid.UUID]) -> None:
    attempts = Attempts(database, SETTINGS.secret_key)
    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(lambda _: attempts.begin("ada@hireinbox.example", Caller(None, "", "")), range(40)))
    assert sum(not attempt.is_locked for attempt in tries) <= 11


@pytest.mark.parametrize(
    "send",
    [
        {"data": {}},
        {"data": {"csrf_token": "nonsense"}},
        {"headers": {"X-CSRFToken": "nonsense"}},
    ],
)
def test_a_form_without_its_token_is_refused(client: FlaskClient, send: dict[str, Any]) -> None:
    sign_in(client)
    answer = client.post("/admin/", **send)
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.text


def test_a_token_of_another_session_is_refused(app: Flask) -> None:
    stranger = app.test_client()
    sign_in(stranger, "Otto")
    mine = app.test_client()
    sign_in(mine, "Ada")
    assert mine.post("/admin/", data={"csrf_token": session_token(stranger)}).status_code == 400
    assert mine.post("/admin/", data={"csrf_token": session_token(mine)}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost:8000"}, 200),
        ({"Origin": "null"}, 400),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "http://localhost.evil.example"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_a_form_from_another_site_is_refused(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    sign_in(client)
    answer = client.post("/admin/", data={"csrf_token": session_token(client)}, headers=headers)
    assert answer.status_code == status


def test_a_stranger_is_sent_to_the_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/admin/?status=active")
    assert answer.location == "/auth/login?next=%2Fadmin%2F%3Fstatus%3Dactive"
    assert 'name="next" value="/admin/?status=active"' in client.get(answer.location).text
    assert sign_in(client, next="/admin/?status=active").location == "/admin/?status=active"


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_strangers_fragment_is_401(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/admin/", headers=headers).status_code == 401


def test_a_stranger_learns_nothing_about_addresses(client: FlaskClient) -> None:
    assert client.get("/admin/no-such-page").status_code == 302
    assert client.post("/admin/").location == "/auth/login"


@pytest.mark.parametrize("text", ["//evil.example", "https://evil.example", "/\\evil.example", "/admin/..//evil"])
def test_a_way_back_to_another_site_is_forgotten(client: FlaskClient, text: str) -> None:
    assert client.get("/auth/login", query_string={"next": text}).location == "/auth/login"
    assert sign_in(client, next=text).status_code == 400
    assert client.get("/admin/").status_code == 302


def disable(session: Any) -> None:
    session.execute(update(StaffMember).where(StaffMember.name == "Ada").values(active=False))


def end_all(session: Any) -> None:
    ada = session.scalars(select(StaffMember).where(StaffMember.name == "Ada")).one()
    assert end_sessions(session, ada.id, "role-changed") == 1


def outlive(session: Any) -> None:
    session.execute(update(StaffSession).values(expires_at=func.now()))


def leave_alone(session: Any) -> None:
    session.execute(update(StaffSession).values(last_seen_at=func.now() - timedelta(minutes=31)))


@pytest.mark.parametrize("change", [disable, end_all, outlive, leave_alone])
def test_a_session_ends_at_the_next_request(
    client: FlaskClient, database: Database, change: Callable[[Any], None]
) -> None:
    sign_in(client)
    assert client.get("/admin/").status_code == 200
    with database.transaction() as session:
        change(session)
    assert client.get("/admin/").status_code == 302


def test_a_session_in_use_does_not_end_and_its_row_is_written_once_a_minute(
    client: FlaskClient, database: Database
) -> None:
    sign_in(client)

    def seen() -> Any:
        with database.transaction() as session:
            return session.scalars(select(StaffSession.last_seen_at).where(StaffSession.member_id.is_not(None))).one()

    before = seen()
    client.get("/admin/")
    assert seen() == before
    with database.transaction() as session:
        session.execute(update(StaffSession).values(last_seen_at=func.now() - timedelta(minutes=29)))
    assert client.get("/admin/").status_code == 200
    assert seen() > before


def test_a_changed_role_counts_at_once(client: FlaskClient, database: Database) -> None:
    sign_in(client, "Otto")
    with database.transaction() as session:
        otto = session.scalars(select(StaffMember).where(StaffMember.name == "Otto")).one()
        otto.roles = [session.scalars(select(Role).where(Role.name == "Support")).one()]
    assert client.get("/admin/").text.startswith("Otto: Support")


def test_a_changed_password_ends_the_other_sessions(app: Flask) -> None:
    one, other = app.test_client(), app.test_client()
    sign_in(one)
    sign_in(other)
    before = one.get_cookie("admin")
    new = "five other plain words here"
    form = {"old": PASSWORD, "password": new, "again": new, "csrf_token": session_token(one)}
    assert "12 to 128" in one.post("/auth/change", data=form | {"password": "short", "again": "short"}).text
    assert "The password is not right" in one.post("/auth/change", data=form | {"old": "wrong"}).text
    assert one.post("/auth/change", data=form).location == "/admin/account"
    assert one.get_cookie("admin") != before
    assert one.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert sign_in(other, "Ada", new).location == "/admin/"


def test_one_statement_says_who_asks(client: FlaskClient, database: Database) -> None:
    sign_in(client)
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        assert client.get("/admin/").status_code == 200
        assert len(statements) == 1
        assert client.get("/public").text == "nobody"
        assert len(statements) == 1
    finally:
        event.remove(database.engine, "before_cursor_execute", count)


def test_no_session_is_read_outside_the_admin(client: FlaskClient) -> None:
    sign_in(client)
    assert client.get("/public").text == "nobody"
    assert client.post("/public").text == "nobody"


def test_no_token_in_a_header_signs_in(client: FlaskClient) -> None:
    token = token_in(client.get("/auth/login"))
    given = {"email": "Ada@hireinbox.example", "password": PASSWORD}
    answer = client.post("/auth/login?include_auth_token", json=given, headers={"X-CSRFToken": token})
    assert "authentication_token" not in answer.text


def test_neither_cookie_nor_log_holds_personal_data(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in(client, "Ada", "not the password")
        sign_in(client, "Ada")
        client.get("/admin/")
    cookies = [client.get_cookie(name) for name in ("admin", "admin-device")]
    values = [cookie.value for cookie in cookies if cookie is not None]
    assert len(values) == 2
    assert all(re.fullmatch(r"[\w-]{43}", value) for value in values)  # random, and nothing else
    for words in ("hireinbox.example", "Ada", PASSWORD, SEED, "127.0.0.1", *values):
        assert words not in caplog.text


def test_the_cookie_is_bound_to_host_and_https(
    make_app: Callable[[Settings], Flask], secure_settings: Settings
) -> None:
    client = make_app(replace(secure_settings)).test_client()
    answer = client.get("/auth/login", base_url="https://admin.hireinbox.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-admin=")
    for word in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"):
        assert word in cookie
    assert "Domain" not in cookie


def test_preferences_are_kept_and_nonsense_is_not(client: FlaskClient) -> None:
    sign_in(client)
    token = session_token(client)
    for form in ({"theme": "dark"}, {"density": "compact", "keys": "off", "theme": "<script>", "more": "x"}):
        headers = {"HX-Request": "true"}  # as the switches do
        assert client.post("/admin/preferences", data=form | {"csrf_token": token}, headers=headers).status_code == 204
    kept = client.get("/admin/").text
    assert kept == "Ada: Owner " + str({"keys": False, "theme": "dark", "density": "compact"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://localhost/admin/data/customers/?sort=name", "/admin/data/customers/?sort=name"),
        ("https://elsewhere.test/admin/data/customers/", "/admin/"),
        ("http://localhost//elsewhere.test/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_preferences_without_script_lead_back(client: FlaskClient, before: str, after: str) -> None:
    sign_in(client)
    form = {"theme": "dark", "csrf_token": session_token(client)}
    answer = client.post("/admin/preferences", data=form, headers={"Referer": before})
    assert (answer.status_code, answer.location) == (303, after)


def test_the_password_is_asked_again_and_counted(app: Flask, client: FlaskClient, database: Database) -> None:
    sign_in(client)
    token = session_token(client)
    for _ in range(11):
        client.post("/auth/verify", data={"password": "not the password", "code": "1", "csrf_token": token})
    answer = client.post("/auth/verify", data={"password": PASSWORD, "code": code_now(), "csrf_token": token})
    assert TOO_MANY in answer.text
    with database.transaction() as session:
        counted = dict(
            session.execute(select(SignInAttempt.outcome, func.count()).group_by(SignInAttempt.outcome)).all()
        )
    assert counted == {AttemptOutcome.OK: 2, AttemptOutcome.WRONG_PASSWORD: 11, AttemptOutcome.LOCKED: 1}


def test_even_a_valid_token_in_a_header_signs_nobody_in(app: Flask, staff: dict[str, uuid.UUID]) -> None:
    with app.test_request_context("/auth/login"):
        token = app.extensions["security"].datastore.find_user(id=staff["Ada"]).get_auth_token()
    assert app.test_client().get("/admin/", headers={"Authentication-Token": token}).status_code == 302
