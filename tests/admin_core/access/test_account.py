"""Your account and the proof before something dangerous: own sessions, own factors, and nothing typed lost."""

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from admin_core.access.devices import device_name
from admin_core.database import Database
from schema.audit import AuditEntry
from schema.staff import StaffMember, StaffSession, WebAuthnCredential
from tests.admin_core.access.conftest import (
    PASSWORD,
    SEED,
    code_now,
    codes_in,
    first_step,
    forget_codes,
    parts_of,
    seed_in,
    sign_in,
    token_in,
)

ACCOUNT = "/admin/account"
OTHER_SEED = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form as a page of the member's own would."""
    return client.post(path, data={**fields, "csrf_token": token_in(client.get(ACCOUNT))})


def grow_stale(client: FlaskClient) -> None:
    """Let eleven minutes pass since the last proof."""
    with parts_of(client).database.transaction() as session:
        session.execute(update(StaffSession).values(fresh_at=func.now() - timedelta(minutes=11)))


def prove(client: FlaskClient, path: str, *, password: str = PASSWORD, code: str = "") -> TestResponse:
    """Fill in the proof that a page asks for."""
    forget_codes(client)
    found = re.search(r'name="next" value="([^"]+)"', client.get(path).text)
    assert found
    return post(client, "/auth/verify", password=password, code=code or code_now(), next=found[1])


def session_ids(database: Database, name: str) -> list[uuid.UUID]:
    with database.transaction() as session:
        theirs = select(StaffSession.id).join(StaffMember, StaffMember.id == StaffSession.member_id)
        return list(session.scalars(theirs.where(StaffMember.name == name, StaffSession.ended_at.is_(None))))


def give_passkey(database: Database, name: str, label: str = "Laptop") -> uuid.UUID:
    with database.transaction() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.name == name)).one()
        words = {"credential_id": uuid.uuid4().bytes, "public_key": b"x", "backup_state": False, "usage": "first"}
        key = WebAuthnCredential(name=label, device_type="single_device", lastuse_datetime=func.now(), **words)
        member.webauthn.append(key)
        session.flush()
        return key.id


@pytest.fixture(autouse=True)
def _no_passkeys(database: Database, staff: dict[str, uuid.UUID]) -> None:
    assert staff
    with database.transaction() as session:
        for key in session.scalars(select(WebAuthnCredential)):
            session.delete(key)


def test_a_member_sees_and_ends_their_own_sessions_and_nobody_elses(app: Flask, database: Database) -> None:
    mine, other, otto = app.test_client(), app.test_client(), app.test_client()
    other.environ_base = {**other.environ_base, "HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) Safari/604"}
    for client, name in ((mine, "Ada"), (other, "Ada"), (otto, "Otto")):
        sign_in(client, name)
    page = mine.get(ACCOUNT).text
    assert "Safari on iPhone" in page
    assert page.count("this one") == 1
    theirs = session_ids(database, "Otto")[0]
    post(mine, f"{ACCOUNT}/sessions/{theirs}/end")
    assert otto.get("/admin/").status_code == 200
    ended = re.findall(r"/admin/account/sessions/([0-9a-f-]{36})/end", page)
    assert len(ended) == 1
    assert post(mine, f"{ACCOUNT}/sessions/{ended[0]}/end").location == ACCOUNT
    assert other.get("/admin/").status_code == 302
    sign_in(other, "Ada")
    post(mine, f"{ACCOUNT}/sessions/end-others")
    assert other.get("/admin/").status_code == 302
    assert mine.get("/admin/").status_code == 200


@pytest.mark.parametrize("path", ["authenticator", "passkeys/new"])
def test_a_page_that_needs_a_proof_leads_to_it_and_back(client: FlaskClient, path: str) -> None:
    sign_in(client)
    assert client.get(f"{ACCOUNT}/{path}").status_code == 200
    grow_stale(client)
    proof = client.get(f"{ACCOUNT}/{path}").location or ""
    assert proof.startswith("/auth/verify?next=")
    assert prove(client, proof, code="000000").status_code == 200  # a wrong code proves nothing
    assert client.get(f"{ACCOUNT}/{path}").status_code == 303
    assert prove(client, proof).location == f"{ACCOUNT}/{path}"
    assert client.get(f"{ACCOUNT}/{path}").status_code == 200


def test_a_form_that_was_sent_too_late_is_kept_and_offered_again(client: FlaskClient) -> None:
    sign_in(client)
    grow_stale(client)
    answer = post(client, f"{ACCOUNT}/passkeys", name='Ada\'s "<laptop>"', answer="")
    before, token = client.get_cookie("admin"), token_in(client.get(ACCOUNT))
    kept = prove(client, answer.location or "").location or ""
    assert kept.startswith("/auth/kept/")
    assert client.get_cookie("admin") != before  # a new token for what was proved
    assert token_in(client.get(ACCOUNT)).split(".")[0] == token.split(".")[0]  # and no form that is open is lost
    page = client.get(kept)
    assert f'action="{ACCOUNT}/passkeys"' in page.text
    assert "Ada&#39;s &#34;&lt;laptop&gt;&#34;" in page.text
    again = client.post(f"{ACCOUNT}/passkeys", data={"name": "x", "answer": "", "csrf_token": token_in(page)})
    assert "took too long" in again.text


def test_scripts_are_told_where_to_go(client: FlaskClient) -> None:
    sign_in(client)
    grow_stale(client)
    answer = client.get(f"{ACCOUNT}/authenticator", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/auth/verify?next=")
    assert post(client, f"{ACCOUNT}/passkeys/options").status_code == 401


def test_new_codes_take_the_place_of_the_old_ones(client: FlaskClient, database: Database) -> None:
    sign_in(client)
    first, second = (codes_in(post(client, f"{ACCOUNT}/recovery-codes")) for _ in range(2))
    assert len(first) == len(second) == 10
    assert "10 left" in client.get(ACCOUNT).text
    client.post("/auth/logout", data={"csrf_token": token_in(client.get(ACCOUNT))})
    first_step(client)
    for code, location in ((first[0], None), (second[0], "/admin/")):
        form = {"code": code, "csrf_token": token_in(client.get("/auth/recovery"))}
        assert client.post("/auth/recovery", data=form).location == location
    with database.transaction() as session:
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {"staff.factor-changed", "staff.recovery-code-used"} <= actions


def test_another_app_takes_the_place_of_the_old_one_and_ends_other_sessions(app: Flask) -> None:
    mine, other = app.test_client(), app.test_client()
    sign_in(mine)
    sign_in(other)
    page = mine.get(f"{ACCOUNT}/authenticator")
    seed = seed_in(page)
    wrong = mine.post(f"{ACCOUNT}/authenticator", data={"code": code_now(OTHER_SEED), "csrf_token": token_in(page)})
    assert "The code is not right" in wrong.text
    assert seed_in(wrong) == seed
    form = {"code": code_now(seed), "csrf_token": token_in(page)}
    assert mine.post(f"{ACCOUNT}/authenticator", data=form).location == ACCOUNT
    assert other.get("/admin/").status_code == 302
    assert mine.get("/admin/").status_code == 200
    first_step(other)
    forget_codes(other)
    token = token_in(other.get("/auth/code"))
    assert other.post("/auth/code", data={"code": code_now(SEED), "csrf_token": token}).status_code == 200
    assert other.post("/auth/code", data={"code": code_now(seed), "csrf_token": token}).location == "/admin/"


def test_the_last_factor_stays(client: FlaskClient, database: Database) -> None:
    sign_in(client)
    post(client, f"{ACCOUNT}/authenticator/remove")
    assert "This is your only second factor" in client.get(ACCOUNT).text
    key = give_passkey(database, "Ada")
    post(client, f"{ACCOUNT}/authenticator/remove")
    with database.transaction() as session:
        ada = session.scalars(select(StaffMember).where(StaffMember.name == "Ada")).one()
        assert ada.tf_totp_secret is None
    post(client, f"{ACCOUNT}/passkeys/{key}/remove")
    with database.transaction() as session:
        assert session.get(WebAuthnCredential, key) is not None


def test_nobody_touches_anothers_passkey(client: FlaskClient, database: Database) -> None:
    theirs, mine = give_passkey(database, "Otto"), give_passkey(database, "Ada", "Phone")
    sign_in(client)
    for path in (f"{theirs}/remove", f"{theirs}/rename", f"{uuid.uuid4()}/remove"):
        assert post(client, f"{ACCOUNT}/passkeys/{path}", name="Mine now").location == ACCOUNT
    post(client, f"{ACCOUNT}/passkeys/{mine}/rename", name="  Old phone\x00 ")
    with database.transaction() as session:
        names = {key.id: key.name for key in session.scalars(select(WebAuthnCredential))}
    assert names == {theirs: "Laptop", mine: "Old phone"}


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", '{"rawId": 7}', '{"rawId": "AAAA", "id": "AAAA"}', "\x00" * 9]
)
def test_a_passkeys_answer_that_proves_nothing_is_refused_with_a_sentence(client: FlaskClient, answer: str) -> None:
    client.get("/auth/login")
    token = token_in(client.get("/auth/login"))
    assert client.post("/auth/passkey/options", data={"csrf_token": token}).status_code == 200
    page = client.post("/auth/passkey", data={"csrf_token": token, "answer": answer})
    assert "The passkey was not accepted" in page.text
    again = client.post("/auth/passkey", data={"csrf_token": token, "answer": answer})
    assert "took too long" in again.text  # a challenge is good once


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Chrome/126.0 Safari/537.36 Edg/126", "Edge on Mac"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
        (None, "Unknown browser"),
    ],
)
def test_a_browser_is_called_by_name(agent: str | None, name: str) -> None:
    assert device_name(agent) == name
