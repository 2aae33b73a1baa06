"""What comes from odd places and in odd shapes, and what two windows do to one another: no 500, nothing half done."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from admin_core.access.links import make_link
from admin_core.access.sessions import end_sessions
from admin_core.database import Database
from schema.sign_in import LinkPurpose
from schema.staff import StaffMember
from tests.admin_core.access.conftest import PASSWORD, sign_in, token_in
from tests.databases import until_waiting

NEW = "five other plain words here"


def come_from(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base = {**client.environ_base, "REMOTE_ADDR": address}
    return client


@pytest.mark.parametrize(("other", "status"), [("2001:db8:1:2:ffff::9", 429), ("2001:db8:1:3::1", 302)])
def test_of_ipv6_the_whole_line_is_locked(app: Flask, other: str, status: int) -> None:
    for number in range(11):
        sign_in(come_from(app, f"2001:db8:1:2::{number}"), f"stranger{number}", "not the password")
    assert sign_in(come_from(app, other)).status_code == status


@pytest.mark.parametrize("address", ["", "fe80::1%eth0", "unix:", "::ffff:192.0.2.1", "nonsense"])
def test_from_wherever_somebody_comes_they_sign_in(
    app: Flask, database: Database, staff: dict[str, uuid.UUID], address: str
) -> None:
    client = come_from(app, address)
    with database.transaction() as session:
        path = make_link(session, staff["Ada"], LinkPurpose.PASSWORD_RESET)
    new = {"password": NEW, "again": NEW, "csrf_token": token_in(client.get(path))}
    assert client.post(path, data=new).location == "/auth/login"
    assert sign_in(client, "Ada", NEW).location == "/admin/"


def test_zero_bytes_are_no_mistake_of_ours(client: FlaskClient) -> None:
    client.set_cookie("admin-device", '"\\000"')
    client.environ_base = {**client.environ_base, "HTTP_COOKIE": 'admin-device="\\000"'}
    assert "is not right" in sign_in(client, email="a\x00", password="not the password").text
    assert sign_in(client, email="a\x00da@hireinbox.example").location == "/admin/"


@pytest.mark.parametrize("answer", ["[" * 100_000, '{"rawId": "\\ud800"}', '{"rawId": "' + "A" * 9_999 + '"}'])
def test_a_passkeys_answer_out_of_shape_is_refused_with_a_sentence(client: FlaskClient, answer: str) -> None:
    token = token_in(client.get("/auth/login"))
    client.post("/auth/passkey/options", data={"csrf_token": token})
    page = client.post("/auth/passkey", data={"csrf_token": token, "answer": answer})
    assert "The passkey was not accepted" in page.text


# --- Two windows


def change_password(client: FlaskClient, token: str) -> TestResponse:
    return client.post("/auth/change", data={"old": PASSWORD, "password": NEW, "again": NEW, "csrf_token": token})


@contextmanager
def held(database: Database, name: str, waiting: Callable[[Session, ThreadPoolExecutor], None]) -> Iterator[None]:
    """Hold a member's row, let others wait for it, then let them go."""
    with ThreadPoolExecutor(2) as pool:
        with database.transaction() as session:
            session.execute(select(StaffMember.id).where(StaffMember.name == name).with_for_update())
            waiting(session, pool)
        yield


def test_who_is_signed_out_meanwhile_changes_nothing_and_signs_in_anew(
    app: Flask, database: Database, staff: dict[str, uuid.UUID]
) -> None:
    client = app.test_client()
    sign_in(client)
    token, sent = token_in(client.get("/auth/change")), list[Future[TestResponse]]()

    def end_meanwhile(session: Session, pool: ThreadPoolExecutor) -> None:
        sent.append(pool.submit(change_password, client, token))
        until_waiting(session.connection(), 1)
        end_sessions(session, staff["Ada"], "revoked")

    with held(database, "Ada", end_meanwhile):
        assert sent[0].result().status_code == 302
    assert client.get("/admin/").location.startswith("/auth/login")
    assert sign_in(app.test_client(), "Ada", PASSWORD).location == "/admin/"


def test_of_two_clicks_at_once_one_counts_and_the_browser_stays_signed_in(app: Flask, database: Database) -> None:
    one, other = app.test_client(), app.test_client()
    sign_in(one)
    cookie = one.get_cookie("admin")
    assert cookie is not None
    other.set_cookie("admin", cookie.value)
    token, sent = token_in(one.get("/auth/change")), list[Future[TestResponse]]()

    def both(session: Session, pool: ThreadPoolExecutor) -> None:
        sent.extend(pool.submit(change_password, client, token) for client in (one, other))
        until_waiting(session.connection(), 2)

    with held(database, "Ada", both):
        assert {each.result().location for each in sent} == {"/admin/account", "/admin/"}
    assert {client.get("/admin/").status_code for client in (one, other)} == {200, 302}
