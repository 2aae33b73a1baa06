"""One-use links: who may use them, once, and the command line that makes them."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from admin_core.access.commands import invite_owner, sign_in_links
from admin_core.access.factors import reset_factors
from admin_core.access.links import LinkRefused, make_link, sign_in_link, use_link
from admin_core.access.team import ensure_roles
from admin_core.database import Database
from admin_core.policy.roles import SHIPPED
from admin_core.settings import Environment, Settings, SettingsError
from schema.audit import AuditEntry
from schema.sign_in import LinkPurpose, SignInLink
from schema.staff import Role, StaffMember
from tests.admin_core.access.conftest import (
    PASSWORD,
    SETTINGS,
    code_now,
    codes_in,
    first_step,
    seed_in,
    sign_in,
    token_in,
)


@pytest.fixture
def path(database: Database, staff: dict[str, uuid.UUID]) -> str:
    with database.transaction() as session:
        return sign_in_link(session, "Owner")


def follow(client: FlaskClient, path: str) -> int:
    """Open the link and press its button."""
    page = client.get(path)
    if page.status_code != 200:
        return page.status_code
    return client.post(path, data={"csrf_token": token_in(page)}).status_code


def test_the_button_behind_a_link_signs_in_once(app: Flask, path: str) -> None:
    client = app.test_client()
    assert "Sign in as Ada" in client.get(path).text
    assert client.get("/admin/").status_code == 302
    assert follow(client, path) == 302
    assert client.get("/admin/").text.startswith("Ada: Owner")
    assert follow(app.test_client(), path) == 410


def test_a_button_without_its_token_signs_nobody_in(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code == 400
    assert follow(client, path) == 302


def test_of_fifty_who_use_a_link_at_once_one_succeeds(database: Database, path: str) -> None:
    token = path.rsplit("/", 1)[1]

    def use(_: int) -> bool:
        try:
            with database.transaction() as session:
                use_link(session, token, None)
        except LinkRefused:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(50))) == 1


@pytest.mark.parametrize("env", ["production", "development"])
def test_outside_the_demo_no_link_signs_in(make_app: Callable[[Settings], Flask], path: str, env: Environment) -> None:
    assert follow(make_app(replace(SETTINGS, env=env)).test_client(), path) == 410


@pytest.mark.parametrize(("address", "status"), [("192.0.2.7", 410), ("10.0.0.1", 410), ("::1", 302)])
def test_only_this_machine_signs_in_by_link(client: FlaskClient, path: str, address: str, status: int) -> None:
    client.environ_base = {**client.environ_base, "REMOTE_ADDR": address}
    assert follow(client, path) == status


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 x"}, {"Host": "demo.example"}],
)
def test_what_a_proxy_passes_on_is_not_this_machine(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, headers=headers).status_code == 410
    assert follow(client, path) == 302


@pytest.mark.parametrize("change", [{"expires_at": func.now()}, {"token_hash": "0" * 64}])
def test_an_outlived_or_unknown_link_is_refused(
    client: FlaskClient, database: Database, path: str, change: dict[str, object]
) -> None:
    with database.transaction() as session:
        session.execute(update(SignInLink).values(change))
    assert follow(client, path) == 410


def test_a_link_of_a_disabled_member_is_refused(client: FlaskClient, database: Database, path: str) -> None:
    with database.transaction() as session:
        session.execute(update(StaffMember).values(active=False))
    assert follow(client, path) == 410


def test_guessing_links_is_limited(client: FlaskClient, path: str) -> None:
    for number in range(11):
        assert client.get(f"/auth/link/guess{number}").status_code == 410
    assert client.get(path).status_code == 429


def test_the_database_holds_no_link(database: Database, path: str) -> None:
    with database.transaction() as session:
        kept = session.scalars(select(SignInLink.token_hash)).all()
    assert all(token not in path for token in kept)


@pytest.fixture
def invitation(database: Database) -> str:
    """The path of a link for Finn, who is new."""
    url = database.engine.url.render_as_string(hide_password=False)
    said = invite_owner(replace(SETTINGS, env="production", database_url=url), "Finn@hireinbox.example")
    found = re.search(r"/auth/link/\S+", said)
    assert found
    return found[0]


def test_an_invited_owner_chooses_a_password_and_sets_up_a_factor(
    make_app: Callable[[Settings], Flask], database: Database, invitation: str
) -> None:
    client = make_app(replace(SETTINGS, env="production")).test_client()
    page = client.get(invitation)
    assert "Finn@hireinbox.example" in page.text
    token = {"csrf_token": token_in(page)}
    short = client.post(invitation, data=token | {"password": "short", "again": "short"})
    assert "12 to 128 characters" in short.text
    differing = client.post(invitation, data=token | {"password": PASSWORD, "again": PASSWORD + "x"})
    assert "The two passwords differ" in differing.text
    assert client.post(invitation, data=token | {"password": PASSWORD, "again": PASSWORD}).location == "/auth/enrol"
    enrol = client.get("/auth/enrol")
    seed, token = seed_in(enrol), {"csrf_token": token_in(enrol)}
    wrong = client.post("/auth/enrol", data=token | {"code": "000000"})
    assert "The code is not right" in wrong.text
    assert client.get("/admin/").status_code == 302
    codes = client.post("/auth/enrol", data=token | {"code": code_now(seed)})
    assert len(codes_in(codes)) == 10
    assert client.get("/admin/").text.startswith("Finn: Owner")
    assert client.get(invitation).status_code == 410
    assert client.get("/auth/enrol").location == "/admin/"
    with database.transaction() as session:
        finn = session.scalars(select(StaffMember.id).where(StaffMember.name == "Finn")).one()
        mine = select(AuditEntry.action, AuditEntry.field_names).where(AuditEntry.actor_id == finn)
        entries = session.execute(mine.order_by(AuditEntry.id)).all()
    assert entries == [("staff.factor-enrolled", ["totp"]), ("staff.signed-in", ["totp"])]


def test_until_the_factor_is_proved_nothing_is_kept_and_the_link_stays_good(
    app: Flask, database: Database, invitation: str
) -> None:
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        form = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token_in(client.get(invitation))}
        assert client.post(invitation, data=form).location == "/auth/enrol"
    with database.transaction() as session:
        finn = session.scalars(select(StaffMember).where(StaffMember.name == "Finn")).one()
        assert (finn.password, finn.tf_totp_secret) == (None, None)
    pages = [client.get("/auth/enrol") for client in (first, second)]
    forms = [{"code": code_now(seed_in(page)), "csrf_token": token_in(page)} for page in pages]
    assert "Your recovery codes" in second.post("/auth/enrol", data=forms[1]).text
    assert first.post("/auth/enrol", data=forms[0]).location == "/auth/login"


def test_whoever_planted_a_token_sees_no_seed(app: Flask, invitation: str) -> None:
    victim, thief = app.test_client(), app.test_client()
    thief.get("/auth/login")
    planted = thief.get_cookie("admin")
    assert planted is not None
    victim.set_cookie("admin", planted.value)
    form = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token_in(victim.get(invitation))}
    assert victim.post(invitation, data=form).location == "/auth/enrol"
    assert seed_in(victim.get("/auth/enrol"))
    for value in (planted.value, planted.value.removeprefix("v.")):
        thief.set_cookie("admin", value)
        assert thief.get("/auth/enrol").location == "/auth/login"


def test_who_is_signed_in_and_enrols_somebody_is_signed_out(app: Flask, database: Database, invitation: str) -> None:
    client, copy = app.test_client(), app.test_client()
    sign_in(client)
    cookie = client.get_cookie("admin")
    assert cookie is not None
    copy.set_cookie("admin", cookie.value)
    form = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token_in(client.get(invitation))}
    assert client.post(invitation, data=form).location == "/auth/enrol"
    assert copy.get("/admin/").status_code == 302


def test_a_reset_of_the_second_factor_asks_for_the_password_and_leads_to_a_new_one(
    client: FlaskClient, database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        reset_factors(session, staff["Ada"])
        path = make_link(session, staff["Ada"], LinkPurpose.SECOND_FACTOR_RESET)
    assert first_step(client).status_code == 403  # the password alone opens and sets up nothing
    assert client.get("/auth/enrol").location == "/auth/login"
    token = {"csrf_token": token_in(client.get(path))}
    assert "The password is not right" in client.post(path, data=token | {"password": "another one"}).text
    assert client.post(path, data=token | {"password": PASSWORD}).location == "/auth/enrol"
    enrol = client.get("/auth/enrol")
    seed, token = seed_in(enrol), {"csrf_token": token_in(enrol)}
    assert "Your recovery codes" in client.post("/auth/enrol", data=token | {"code": code_now(seed)}).text
    assert client.get("/admin/").text.startswith("Ada: Owner")


def test_a_new_password_by_link_keeps_the_second_factor(
    client: FlaskClient, database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        path = make_link(session, staff["Ada"], LinkPurpose.PASSWORD_RESET)
    new = {"password": "five other plain words here", "again": "five other plain words here"}
    assert client.post(path, data=new | {"csrf_token": token_in(client.get(path))}).location == "/auth/login"
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, "Ada", new["password"]).location == "/admin/"


def test_a_link_for_a_password_signs_nobody_in(app: Flask, database: Database, staff: dict[str, uuid.UUID]) -> None:
    with database.transaction() as session:
        path = make_link(session, staff["Otto"], LinkPurpose.SECOND_FACTOR_RESET)
    assert follow(app.test_client(), path) == 410


def test_the_demo_has_a_link_for_each_role(app: Flask, database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    settings = replace(SETTINGS, database_url=url)
    lines = sign_in_links(settings, None).splitlines()
    assert [line.split()[0] for line in lines] == [role.name for role in SHIPPED]
    for line in lines:
        client = app.test_client()
        assert follow(client, line.split()[1].removeprefix("http://localhost:8000")) == 302
        assert f": {line.split()[0]}" in client.get("/admin/").text
    assert sign_in_links(settings, "viewer").startswith("Viewer")
    with pytest.raises(SettingsError, match="Boss is no role"):
        sign_in_links(settings, "Boss")
    with pytest.raises(SettingsError, match="demo alone"):
        sign_in_links(replace(settings, env="production"), None)


def test_shipped_roles_are_made_once_and_stay_as_edited(database: Database) -> None:
    with database.transaction() as session:
        ensure_roles(session)["Viewer"].permissions = ["data:tickets:read"]
    with database.transaction() as session:
        assert ensure_roles(session)["Viewer"].permissions == ["data:tickets:read"]
        assert session.scalar(select(func.count()).select_from(Role)) == len(SHIPPED)
        ensure_roles(session)["Viewer"].permissions = list(SHIPPED[-1].permissions)


def test_a_link_that_was_left_over_changes_no_password_that_was_chosen_since(
    app: Flask, database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        used, left = (make_link(session, staff["Ada"], LinkPurpose.PASSWORD_RESET) for _ in range(2))
        last = make_link(session, staff["Otto"], LinkPurpose.PASSWORD_RESET)
    client = app.test_client()
    new = {"password": "five other plain words here", "again": "five other plain words here"}
    assert client.post(used, data=new | {"csrf_token": token_in(client.get(used))}).location == "/auth/login"
    assert client.get(left).status_code == 410
    assert client.get(last).status_code == 200
    otto = app.test_client()
    sign_in(otto, "Otto")
    form = {"old": PASSWORD, "csrf_token": token_in(otto.get("/auth/change"))}
    assert otto.post("/auth/change", data=form | new).location == "/admin/account"
    assert otto.get(last).status_code == 410
