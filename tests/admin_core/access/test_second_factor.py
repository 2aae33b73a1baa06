"""The second factor: codes once, limits, recovery, fixation, and what of it is in the audit log."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from passlib.totp import TOTP
from sqlalchemy import func, select, update

from admin_core.access.attempts import LIMITS_OF_FACTORS, WINDOW, Limit
from admin_core.access.authenticator import new_seed, opened_seed, step_of, use_step
from admin_core.access.recovery import hashed, hashes, new_codes, use_code
from admin_core.access.sessions import end_sessions
from admin_core.ciphers import Cipher
from admin_core.database import Database
from schema.audit import AuditEntry, AuditOutcome
from schema.sign_in import AttemptOutcome, SignInAttempt, SignInMethod
from schema.staff import StaffMember, StaffSession
from tests.admin_core.access.conftest import (
    CIPHER,
    PASSWORD,
    SEED,
    code_now,
    first_step,
    forget_codes,
    sign_in,
    token_in,
)

NOON = 1_800_000_000


@pytest.mark.parametrize(("seconds", "is_good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_code_is_good_one_step_around_now(seconds: int, is_good: bool) -> None:
    code = str(TOTP(key=SEED, format="base32").generate(time=NOON + seconds).token)
    assert (step_of(SEED, code, at=NOON) is not None) is is_good


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "١٢٣٤٥٦", "1" * 400, "-12345", "12 34 5x", "\x00"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert step_of(SEED, code, at=NOON) is None


@given(st.text(max_size=40))
def test_no_text_but_the_code_is_right(text: str) -> None:
    shown = {str(TOTP(key=SEED, format="base32").generate(time=NOON + at).token) for at in (-30, 0, 30)}
    assert (step_of(SEED, text, at=NOON) is not None) is ("".join(text.split()) in shown)


def test_of_fifty_who_use_one_code_at_once_one_succeeds(database: Database, staff: dict[str, uuid.UUID]) -> None:
    def use(_: int) -> bool:
        with database.transaction() as session:
            return use_step(session, staff["Ada"], 1000)

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(50))) == 1
    with database.transaction() as session:
        assert not use_step(session, staff["Ada"], 999)  # an older one is a replay too
        assert use_step(session, staff["Ada"], 1001)


def test_of_five_windows_with_one_code_one_signs_in(app: Flask) -> None:
    clients = [app.test_client() for _ in range(5)]
    for client in clients:
        first_step(client)
    forget_codes(clients[0])
    forms = [{"code": code_now(), "csrf_token": token_in(client.get("/auth/code"))} for client in clients]
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(lambda pair: pair[0].post("/auth/code", data=pair[1]), zip(clients, forms, strict=True))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 302]
    assert sum(client.get("/admin/").status_code == 200 for client in clients) == 1


def test_of_fifty_who_send_one_code_at_once_one_signs_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_core.access.attempts.LIMITS_OF_FACTORS", (Limit(WINDOW, 1_000, 1_000),))
    clients = [app.test_client() for _ in range(5)]
    for client in clients:
        first_step(client)
    forget_codes(clients[0])
    pairs = [(client, {"code": code_now(), "csrf_token": token_in(client.get("/auth/code"))}) for client in clients]
    windows = [(same_browser(app, client), form) for client, form in pairs for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda pair: pair[0].post("/auth/code", data=pair[1]), windows))
    assert [answer.location for answer in answers].count("/admin/") == 1
    assert {answer.status_code for answer in answers} <= {200, 302, 400}
    assert sum(window.get("/admin/").status_code == 200 for window, _ in windows) == 1


def same_browser(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return another window of the same browser."""
    window, cookie = app.test_client(), client.get_cookie("admin")
    assert cookie is not None
    window.set_cookie("admin", cookie.value)
    return window


def test_a_used_code_is_refused_with_a_sentence(app: Flask) -> None:
    sign_in(app.test_client())
    other = app.test_client()
    first_step(other)
    answer = other.post("/auth/code", data={"code": code_now(), "csrf_token": token_in(other.get("/auth/code"))})
    assert "was used already" in answer.text


def test_the_sixth_code_in_five_minutes_is_not_looked_at(app: Flask, database: Database) -> None:
    client = app.test_client()
    first_step(client)
    token = token_in(client.get("/auth/code"))
    for _ in range(LIMITS_OF_FACTORS[0].account):
        assert "The code is not right" in client.post("/auth/code", data={"code": "0", "csrf_token": token}).text
    form = {"code": code_now(), "csrf_token": token}
    assert client.post("/auth/code", data=form).status_code == 429
    assert client.post("/auth/recovery", data=form).status_code == 429  # counted together
    with database.transaction() as session:
        session.execute(update(SignInAttempt).values(occurred_at=func.now() - LIMITS_OF_FACTORS[0].window))
        forget = update(StaffMember).values(totp_last_counter=None)
        session.execute(forget)
    assert client.post("/auth/code", data=form).location == "/admin/"


@pytest.mark.parametrize(("row", "age_minutes"), [(1, 30), (2, 600)])
def test_slow_guessing_is_limited_by_the_hour_and_the_day(
    client: FlaskClient, database: Database, staff: dict[str, uuid.UUID], row: int, age_minutes: int
) -> None:
    first_step(client)
    with database.transaction() as session:
        ours = session.scalars(select(SignInAttempt)).one()
        for _ in range(LIMITS_OF_FACTORS[row].account):
            words = {"email_key": ours.email_key, "outcome": AttemptOutcome.WRONG_CODE, "method": SignInMethod.TOTP}
            at = func.now() - func.make_interval(0, 0, 0, 0, 0, age_minutes)
            session.add(SignInAttempt(occurred_at=at, **words))
    forget_codes(client)
    form = {"code": code_now(), "csrf_token": token_in(client.get("/auth/code"))}
    assert client.post("/auth/code", data=form).status_code == 429


def test_a_stranger_does_not_lock_out_a_browser_that_is_known(app: Flask) -> None:
    mine, strange = app.test_client(), app.test_client()
    sign_in(mine)
    mine.post("/auth/logout", data={"csrf_token": token_in(mine.get("/admin/account"))})
    for _ in range(12):
        first_step(strange, "Ada", "not the password")
    assert first_step(strange).status_code == 429
    assert sign_in(mine).location == "/admin/"
    mine.post("/auth/logout", data={"csrf_token": token_in(mine.get("/admin/account"))})
    for _ in range(11):  # and a known browser guesses no oftener
        first_step(mine, "Ada", "not the password")
    assert first_step(mine).status_code == 429


def test_each_recovery_code_is_good_once_however_it_is_spelled(client: FlaskClient, database: Database) -> None:
    codes = new_codes()
    with database.transaction() as session:
        session.execute(update(StaffMember).values(mf_recovery_codes=hashes(codes)))
    for spelled, is_good in [(codes[0].upper().replace("-", " "), True), (codes[0], False), (codes[1], True)]:
        first_step(client)
        form = {"code": spelled, "csrf_token": token_in(client.get("/auth/recovery"))}
        answer = client.post("/auth/recovery", data=form)
        assert (answer.location == "/admin/") is is_good
        if is_good:
            client.post("/auth/logout", data={"csrf_token": token_in(client.get("/admin/account"))})
    with database.transaction() as session:
        left = session.scalars(select(StaffMember.mf_recovery_codes).where(StaffMember.name == "Ada")).one()
    assert left == hashes(codes[2:])


def test_of_many_who_use_one_recovery_code_at_once_one_succeeds(
    database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        session.execute(update(StaffMember).values(mf_recovery_codes=hashes(["abcd"])))

    def use(_: int) -> bool:
        with database.transaction() as session:
            return use_code(session, staff["Ada"], "ABCD")

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(50))) == 1


def test_ten_codes_of_eighty_bits_are_kept_as_hashes() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    assert not set(codes) & set(hashes(codes))
    assert hashed(codes[0]) == hashes(codes)[0]


def test_no_token_from_before_the_sign_in_is_good_after_it(app: Flask) -> None:
    victim, thief = app.test_client(), app.test_client()
    thief.get("/auth/login")
    planted = thief.get_cookie("admin")
    assert planted is not None
    victim.set_cookie("admin", planted.value)
    first_step(victim)
    between = victim.get_cookie("admin")
    assert between is not None
    thief.set_cookie("admin", between.value)
    forget_codes(victim)
    form = {"code": code_now(), "csrf_token": token_in(victim.get("/auth/code"))}
    assert victim.post("/auth/code", data=form).location == "/admin/"
    for value in (planted.value, between.value, between.value.removeprefix("v.")):
        thief.set_cookie("admin", value)
        assert thief.get("/admin/").status_code == 302
        assert thief.get("/auth/code").status_code == 302


def test_whoever_planted_a_token_sees_no_step_that_was_begun_with_it(app: Flask) -> None:
    victim, thief = app.test_client(), app.test_client()
    thief.get("/auth/login")
    planted = thief.get_cookie("admin")
    assert planted is not None
    victim.set_cookie("admin", planted.value)
    assert first_step(victim).location == "/auth/code"
    assert victim.get("/auth/code").status_code == 200
    for value in (planted.value, planted.value.removeprefix("v.")):
        thief.set_cookie("admin", value)
        assert thief.get("/auth/code").location == "/auth/login"


def test_a_cookie_copied_before_the_sign_out_is_worth_nothing_after_it(app: Flask) -> None:
    mine, copy = app.test_client(), app.test_client()
    sign_in(mine)
    cookie = mine.get_cookie("admin")
    assert cookie is not None
    copy.set_cookie("admin", cookie.value)
    assert copy.get("/admin/").status_code == 200
    mine.post("/auth/logout", data={"csrf_token": token_in(mine.get("/admin/account"))})
    assert copy.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", ["/auth/code", "/auth/recovery", "/auth/enrol", "/auth/verify", "/auth/kept/x"])
def test_no_step_opens_without_the_one_before(client: FlaskClient, path: str) -> None:
    assert (client.get(path).location or "").startswith("/auth/login")


@pytest.mark.parametrize(
    "path",
    [
        "/auth/login",
        "/auth/code",
        "/auth/recovery",
        "/auth/passkey",
        "/auth/passkey/options",
        "/auth/enrol",
        "/auth/enrol/passkey",
        "/auth/logout",
        "/auth/verify",
        "/auth/change",
        "/admin/account/sessions/end-others",
        "/admin/account/authenticator",
        "/admin/account/authenticator/remove",
        "/admin/account/recovery-codes",
        "/admin/account/passkeys",
        "/admin/account/passkeys/options",
    ],
)
def test_no_step_is_taken_by_a_form_without_its_token(client: FlaskClient, path: str) -> None:
    sign_in(client)
    assert client.post(path, data={"code": code_now(), "password": PASSWORD}).status_code == 400
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("path", ["/auth/login", "/auth/passkey", "/auth/verify", "/auth/verify/passkey"])
@pytest.mark.parametrize("text", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_step_leads_to_another_site(client: FlaskClient, path: str, text: str) -> None:
    sign_in(client)
    token = token_in(client.get("/auth/verify"))
    answer = client.post(path, data={"next": text, "csrf_token": token})
    assert answer.status_code == 400
    assert "evil.example" not in (client.get("/auth/login", query_string={"next": text}).location or "")


def test_a_first_step_ends_when_the_members_sessions_are_ended(client: FlaskClient, database: Database) -> None:
    first_step(client)
    assert client.get("/auth/code").status_code == 200
    with database.transaction() as session:
        end_sessions(session, session.scalars(select(StaffMember.id).where(StaffMember.name == "Ada")).one(), "revoked")
    assert client.get("/auth/code").location == "/auth/login"


def test_what_happens_at_the_sign_in_is_in_the_audit_log(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        ada = session.scalars(select(StaffMember.id).where(StaffMember.name == "Ada")).one()
    client = app.test_client()
    first_step(client)
    client.post("/auth/code", data={"code": "0", "csrf_token": token_in(client.get("/auth/code"))})
    sign_in(client)
    client.post("/auth/logout", data={"csrf_token": token_in(client.get("/admin/account"))})
    stranger = app.test_client()
    for _ in range(14):
        first_step(stranger, "Ada", "not the password")
    with database.transaction() as session:
        theirs = select(AuditEntry).where(AuditEntry.object_key == str(ada)).order_by(AuditEntry.occurred_at)
        entries = [(entry.action, entry.outcome) for entry in session.scalars(theirs)]
    assert entries == [
        ("staff.factor-failed", AuditOutcome.REFUSED),
        ("staff.signed-in", AuditOutcome.OK),
        ("staff.signed-out", AuditOutcome.OK),
        ("staff.locked", AuditOutcome.REFUSED),
    ]


def test_a_seed_is_encrypted_at_rest_and_opened_by_its_key_alone(
    database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        kept = session.get_one(StaffMember, staff["Ada"]).tf_totp_secret or ""
    assert SEED not in kept
    assert opened_seed(CIPHER, kept) == SEED
    assert opened_seed(Cipher(["n" * 40]), kept) is None
    assert len(new_seed()) == 32


def test_what_a_session_holds_is_encrypted(client: FlaskClient, database: Database) -> None:
    first_step(client)
    with database.transaction() as session:
        held = session.scalars(select(StaffSession.content).where(StaffSession.content.is_not(None))).one()
        ada = session.scalars(select(StaffMember.id).where(StaffMember.name == "Ada")).one()
    assert held is not None
    assert str(ada).encode() not in held
