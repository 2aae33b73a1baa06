"""Your account and the proof before something dangerous: own sessions, own factors, and nothing typed lost."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from admin_core.access.browsers import SEALED
from admin_core.access.configuration import idle_time
from admin_core.access.devices import device_name
from admin_core.access.sessions import open_sessions
from admin_core.database import Database
from schema.audit import AuditEntry
from schema.staff import StaffMember, StaffSession, WebAuthnCredential
from tests.admin_core.access.conftest import (
    CIPHER,
    PASSWORD,
    SEED,
    SETTINGS,
    code_now,
    codes_in,
    first_step,
    forget_codes,
    parts_of,
    seed_in,
    sign_in,
    token_in,
)
from tests.journeys.site import session_of

ACCOUNT = "/admin/account"
OTHER_SEED = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form as a page of the member's own would."""
    return client.post(path, data={**fields, "csrf_token": token_in(client.get(ACCOUNT))})


def grow_stale(client: FlaskClient) -> None:
    """Let eleven minutes pass since the last proof."""
    with parts_of(client).database.transaction() as session:
        session.execute(
            update(StaffSession).where(session_of(client)).values(fresh_at=func.now() - timedelta(minutes=11))
        )


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


def kept_path(client: FlaskClient) -> str:
    """Return where a form that was sent too late is offered again."""
    grow_stale(client)
    answer = post(client, f"{ACCOUNT}/passkeys", name="Laptop", answer="")
    return prove(client, answer.location or "").location or ""


def test_a_kept_form_is_forgotten_when_it_is_sent_and_after_half_an_hour(
    client: FlaskClient, database: Database
) -> None:
    sign_in(client)
    page = client.get(kept_path(client))
    found = re.search(r'name="kept-form" value="([^"]+)"', page.text)
    assert found
    form = {"name": "Laptop", "answer": "", "kept-form": found[1], "csrf_token": token_in(page)}
    assert client.post(f"{ACCOUNT}/passkeys", data=form).status_code == 200
    assert client.get(f"/auth/kept/{found[1]}").location == "/admin/"
    outlived = kept_path(client)
    assert client.get(outlived).status_code == 200
    rewrite(database, lambda held: [each.update(at=each["at"] - 1_801) for each in held["kept"].values()])
    assert client.get(outlived).location == "/admin/"
    rewrite(database, lambda held: held["kept"] == {} or pytest.fail("it is still there"))


def rewrite(database: Database, change: Callable[[Any], object]) -> None:
    """Change what the open session holds."""
    with database.transaction() as session:
        row = session.scalars(select(StaffSession).where(StaffSession.content.is_not(None))).one()
        held = json.loads(CIPHER.open(SEALED, (row.content or b"").decode()))
        change(held)
        row.content = CIPHER.seal(SEALED, json.dumps(held)).encode()


def test_no_password_is_kept(client: FlaskClient, database: Database) -> None:
    sign_in(client)
    token = token_in(client.get("/auth/change"))
    grow_stale(client)
    secret = {"old": PASSWORD, "password": "five other plain words", "again": "five other plain words"}
    assert (
        client.post("/auth/change", data=secret | {"csrf_token": token}).location
        == "/auth/verify?next=%2Fauth%2Fchange"
    )
    answer = post(client, f"{ACCOUNT}/passkeys", name="Laptop", **{"c-api_secret": PASSWORD, "answer": ""})
    page = client.get(prove(client, answer.location or "").location or "")
    assert "Files, passwords and very long texts are not kept" in page.text
    rewrite(database, lambda held: PASSWORD in str(held) and pytest.fail("a password is kept"))


def test_what_sessions_held_that_nobody_ended_is_forgotten_at_the_next_sign_in(app: Flask, database: Database) -> None:
    left, new = app.test_client(), app.test_client()
    sign_in(left)
    kept_path(left)
    with database.transaction() as session:
        session.execute(update(StaffSession).values(last_seen_at=func.now() - timedelta(minutes=31)))
    sign_in(new)
    with database.transaction() as session:
        held = session.scalars(select(StaffSession.content).where(StaffSession.member_id.is_not(None))).all()
    assert held == [None, None]


def test_scripts_are_told_where_to_go(client: FlaskClient) -> None:
    sign_in(client)
    grow_stale(client)
    answer = client.get(f"{ACCOUNT}/authenticator", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/auth/verify?next=")
    assert post(client, f"{ACCOUNT}/passkeys/options").status_code == 401


def test_new_codes_take_the_place_of_the_old_ones(
    client: FlaskClient, database: Database, staff: dict[str, uuid.UUID]
) -> None:
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
        mine = select(AuditEntry.action).where(AuditEntry.actor_id == staff["Ada"])
        actions = Counter(session.scalars(mine))
    assert (actions["staff.factor-changed"], actions["staff.recovery-code-used"]) == (2, 1)


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


def change_password(client: FlaskClient, _key: uuid.UUID) -> TestResponse:
    new = "five other plain words here"
    return post(client, "/auth/change", old=PASSWORD, password=new, again=new)


def prove_again(client: FlaskClient, _key: uuid.UUID) -> TestResponse:
    grow_stale(client)
    return prove(client, f"/auth/verify?next={ACCOUNT}")


def take_another_app(client: FlaskClient, _key: uuid.UUID) -> TestResponse:
    page = client.get(f"{ACCOUNT}/authenticator")
    return post(client, f"{ACCOUNT}/authenticator", code=code_now(seed_in(page)))


@pytest.mark.parametrize(
    ("deed", "action", "fields"),
    [
        (change_password, "staff.password-changed", []),
        (prove_again, "staff.proved", []),
        (take_another_app, "staff.factor-changed", ["authenticator"]),
        (lambda c, _: post(c, f"{ACCOUNT}/authenticator/remove"), "staff.factor-changed", ["authenticator"]),
        (lambda c, _: post(c, f"{ACCOUNT}/recovery-codes"), "staff.factor-changed", ["recovery-codes"]),
        (lambda c, key: post(c, f"{ACCOUNT}/passkeys/{key}/rename", name="Old"), "staff.passkey-renamed", []),
        (lambda c, key: post(c, f"{ACCOUNT}/passkeys/{key}/remove"), "staff.factor-changed", ["passkey"]),
        (lambda c, _: post(c, f"{ACCOUNT}/sessions/end-others"), "staff.sessions-ended", []),
    ],
)
def test_what_one_does_to_one_s_own_account_stands_in_the_log_once(
    client: FlaskClient, database: Database, staff: dict[str, uuid.UUID], deed: Any, action: str, fields: list[str]
) -> None:
    sign_in(client)
    key = give_passkey(database, "Ada")
    assert deed(client, key).status_code in {200, 303, 302}
    with database.transaction() as session:
        mine = select(AuditEntry).where(AuditEntry.actor_id == staff["Ada"], AuditEntry.action == action)
        (entry,) = session.scalars(mine)
        assert (entry.object_key, entry.field_names) == (str(staff["Ada"]), fields)


def test_a_browser_that_was_left_alone_too_long_is_nowhere_called_open(
    app: Flask, database: Database, staff: dict[str, uuid.UUID]
) -> None:
    mine, left = app.test_client(), app.test_client()
    sign_in(left)
    with database.transaction() as session:
        session.execute(update(StaffSession).values(last_seen_at=func.now() - timedelta(minutes=31)))
    sign_in(mine)
    with database.transaction() as session:
        assert len(open_sessions(session, staff["Ada"], idle_time(SETTINGS))) == 1
    post(mine, f"{ACCOUNT}/sessions/end-others")
    assert "Signed out in 0 other browsers." in mine.get(ACCOUNT).text
    assert len(session_ids(database, "Ada")) == 1  # outlived ones are ended all the same
