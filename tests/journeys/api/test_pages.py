"""Keys as an Owner makes, rotates and ends them; nobody else may."""

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from admin_core.api.keys import SHAPE, NewKey
from admin_core.generator.urls import action_url, list_url, record_url
from schema.api import ApiKey
from tests.journeys.api.programs import Program, ago, api_of, make_key
from tests.journeys.site import Site, token_in

NEW = "/admin/system/api-keys/new"
REFERENCE = "/admin/system/api"
ONCE = re.compile(r'name="once" value="([^"]+)"')


def send(client: FlaskClient, url: str, data: list[tuple[str, str]], once: str = "") -> TestResponse:
    """Open a form and send it; with ``once`` as if it were a form opened before."""
    page = client.get(url).text
    found = ONCE.search(page)
    fields = [*data, ("csrf_token", token_in(page)), ("once", once or (found[1] if found else ""))]
    return client.post(url, data=MultiDict(fields))


def wish(**changes: str) -> list[tuple[str, str]]:
    usual = {"name": "Customer app", "scopes": "feedback:read", "rate_per_minute": "600", "lasts": ""}
    return [(name, value) for name, value in {**usual, **changes}.items() if value is not None]


def shown_key(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text[-2000:]
    found = SHAPE.search(answer.text)
    assert found
    return found[0]


def key_id(site: Site, prefix: str) -> UUID:
    with site.machine.database.sessions() as session:
        return session.scalars(select(ApiKey.id).where(ApiKey.prefix == prefix)).one()


def status_of(site: Site, text: str) -> int:
    """Return what a call with this key gets now, as a process that remembers nothing."""
    api_of(site).keys.forget()
    return Program(site.app.test_client(use_cookies=False), NewKey("", text)).get("/key").status_code


def test_an_owner_makes_a_key_sees_it_once_and_it_opens_what_was_ticked(site: Site, owner: FlaskClient) -> None:
    name = f"App {uuid4().hex[:6]}"
    text = shown_key(send(owner, NEW, wish(name=name, networks="127.0.0.0/8\n10.0.0.0/8", lasts="30")))
    caller = Program(site.app.test_client(use_cookies=False), NewKey("", text))
    told = caller.get("/key").json
    assert told is not None
    assert (told["name"], told["scopes"], told["allowed_networks"]) == (
        name, ["feedback:read"], ["127.0.0.0/8", "10.0.0.0/8"],
    )  # fmt: skip
    assert told["expires_at"] is not None
    assert caller.get("/feedback").status_code == 200
    record = record_url("api_keys", str(key_id(site, told["prefix"])))
    for url in (record, list_url("api_keys"), NEW, REFERENCE):
        assert text not in owner.get(url).text, url


def test_the_key_itself_stands_nowhere_in_the_database(site: Site, owner: FlaskClient) -> None:
    text = shown_key(send(owner, NEW, wish()))
    with site.machine.database.sessions() as session:
        row = session.scalars(select(ApiKey).where(ApiKey.prefix == text[:12])).one()
        assert text not in str(vars(row))
        assert len(row.key_hash) == 64


def test_a_second_click_makes_no_second_key(site: Site, owner: FlaskClient) -> None:
    name, once = f"Twice {uuid4().hex[:6]}", uuid4().hex
    shown_key(send(owner, NEW, wish(name=name), once))
    again = send(owner, NEW, wish(name=name), once)
    assert again.status_code == 422
    assert "sent before" in again.text
    with site.machine.database.sessions() as session:
        assert len(session.scalars(select(ApiKey).where(ApiKey.name == name)).all()) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "Say which program uses the key."),
        ({"name": "a" * 201}, "these are 201"),
        ({"scopes": "everything:read"}, "no longer offered"),
        ({"browser": "yes", "origins": "https://app.example"}, "may not have feedback:read"),
        ({"browser": "yes", "scopes": "feedback:write"}, "Name the origins"),
        ({"browser": "yes", "scopes": "feedback:write", "origins": "*"}, "is no origin"),
        ({"browser": "yes", "scopes": "feedback:write", "origins": "https://a.example/path"}, "is no origin"),
        ({"origins": "https://app.example"}, "Only browser keys have origins"),
        ({"networks": "10.0.0.0/99"}, "is no network"),
        ({"networks": "10.0.0.1\n" * 51}, "at most 50 lines"),
        ({"rate_per_minute": "0"}, "Use 1 to 100000"),
        ({"rate_per_minute": "-1"}, "whole number"),
        ({"rate_per_minute": "9" * 30}, "whole number"),
        ({"lasts": "12"}, "Choose one of the list"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    owner: FlaskClient, changes: dict[str, str], says: str
) -> None:
    answer = send(owner, NEW, wish(**{"name": "Kept words", **changes}))
    assert answer.status_code == 422
    assert says in answer.text
    assert "name" in changes or 'value="Kept words"' in answer.text
    assert not SHAPE.search(answer.text)


def test_a_rotated_key_works_beside_the_new_one_for_as_long_as_was_chosen(site: Site, owner: FlaskClient) -> None:
    old = make_key(site, "feedback:read", expires_at=ago(days=-90), rate_per_minute=77)
    url = action_url("api_keys", str(key_id(site, old.prefix)), "core.rotate-key")
    page = owner.get(url)
    assert page.status_code == 303
    new = shown_key(send(owner, page.location, [("old_lasts", "24")]))
    assert (status_of(site, old.text), status_of(site, new)) == (200, 200)
    told = Program(site.app.test_client(use_cookies=False), NewKey("", new)).get("/key").json
    assert told is not None
    assert (told["scopes"], told["rate_per_minute"]) == (["feedback:read"], 77)
    with site.machine.database.sessions() as session:
        rows = {row.prefix: row for row in session.scalars(select(ApiKey)).all()}
    assert ago(hours=-23) < (rows[old.prefix].expires_at or ago()) < ago(hours=-25)
    assert rows[new[:12]].replaces_id == rows[old.prefix].id
    assert rows[new[:12]].created_by_id is not None


def test_a_leaked_key_is_replaced_and_ends_at_once(site: Site, owner: FlaskClient) -> None:
    old = make_key(site)
    url = f"/admin/system/api-keys/{key_id(site, old.prefix)}/rotate"
    new = shown_key(send(owner, url, [("old_lasts", "0")]))
    assert (status_of(site, old.text), status_of(site, new)) == (401, 200)
    assert "was revoked" in owner.get(url).text
    answer = owner.post(url, data={"old_lasts": "0", "csrf_token": token_in(owner.get(NEW).text)})
    assert answer.status_code == 422
    assert "was revoked" in answer.text


def test_a_revoked_key_opens_nothing_and_cannot_be_revoked_twice(site: Site, owner: FlaskClient) -> None:
    key = make_key(site)
    url = action_url("api_keys", str(key_id(site, key.prefix)), "core.revoke-key")
    assert status_of(site, key.text) == 200
    assert send(owner, url, []).status_code == 422  # nobody looked at what it does
    assert status_of(site, key.text) == 200
    shown = re.findall(r'type="hidden" name="(once|seen)" value="([^"]*)"', owner.get(url).text)
    assert send(owner, url, [*shown, ("step", "do")]).status_code == 303
    assert status_of(site, key.text) == 401
    assert "revoked already" in owner.get(url).text


@pytest.mark.parametrize("value", ["", "5", "-1", "ten"])
def test_a_made_up_end_of_the_old_key_is_refused(site: Site, owner: FlaskClient, value: str) -> None:
    old = make_key(site)
    answer = send(owner, f"/admin/system/api-keys/{key_id(site, old.prefix)}/rotate", [("old_lasts", value)])
    assert answer.status_code == 422
    assert "Choose one of the list" in answer.text


def test_a_key_that_does_not_exist_cannot_be_rotated(owner: FlaskClient) -> None:
    assert owner.get(f"/admin/system/api-keys/{uuid4()}/rotate").status_code == 404
    assert owner.get("/admin/system/api-keys/x/rotate").status_code == 404


@pytest.mark.parametrize("role", ["support", "viewer"])
def test_otto_and_support_may_not_see_the_pages_nor_act_on_keys(
    site: Site, role: str, request: pytest.FixtureRequest
) -> None:
    client: FlaskClient = request.getfixturevalue(role)
    found = str(key_id(site, make_key(site).prefix))
    pages = [NEW, REFERENCE, f"/admin/system/api-keys/{found}/rotate", record_url("api_keys", found)]
    pages += [action_url("api_keys", found, f"core.{name}-key") for name in ("rotate", "revoke")]
    for url in pages:
        assert client.get(url).status_code == 403, url
    token = token_in(client.get("/admin/palette").text)
    assert client.post(NEW, data=MultiDict([*wish(), ("csrf_token", token)])).status_code == 403


def test_without_a_fresh_proof_of_identity_no_key_is_made(site: Site) -> None:
    client = site.stale_client("Owner")
    found = key_id(site, make_key(site).prefix)
    for url in (NEW, f"/admin/system/api-keys/{found}/rotate"):
        answer = client.get(url)
        assert answer.status_code == 303
        assert "/auth/verify" in answer.location


def test_the_reference_shows_every_operation_and_scope(site: Site, owner: FlaskClient) -> None:
    page = owner.get(REFERENCE).text
    for each in [each for each in api_of(site).offered if each.route.protocol is None]:
        assert each.route.summary in page
        assert not each.route.scope or f"<code>{each.route.scope}</code>" in page
    assert "openapi.json" in page
    assert NEW in page


@pytest.mark.parametrize(("url", "budget"), [(NEW, 1), (REFERENCE, 1)])
def test_the_pages_stay_within_their_budget(site: Site, owner: FlaskClient, url: str, budget: int) -> None:
    owner.get(url)
    with site.counted() as statements:
        assert owner.get(url).status_code == 200
    assert len(statements) <= budget, statements
