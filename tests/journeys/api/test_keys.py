"""Who may call ``/api/v1``, from where, and what a key opens; what is logged and what never is."""

import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin_core.api.key_store import REMEMBERED_S
from admin_core.api.keys import NewKey, checksum, new_key
from schema.api import ApiKey
from tests.journeys.api.programs import (
    ROOT,
    Program,
    ago,
    api_of,
    make_key,
    program,
    refused,
)
from tests.journeys.site import Site

# --- Who calls


def test_a_key_says_what_it_is(site: Site) -> None:
    caller = program(site, "feedback:read", name="Nightly report", rate_per_minute=5)
    answer = caller.get("/key").json
    assert answer == {
        "name": "Nightly report",
        "prefix": caller.key.prefix,
        "scopes": ["feedback:read"],
        "browser": False,
        "rate_per_minute": 5,
        "allowed_networks": [],
        "expires_at": None,
    }
    assert (caller.get("/status").json or {})["status"] == "ok"


STRANGERS = (
    (None, "key-missing"),
    ("", "key-missing"),
    ("Basic dXNlcjpwYXNz", "key-missing"),
    ("Bearer", "key-unknown"),
    ("Bearer nonsense", "key-unknown"),
    ("Bearer \xe9\xff", "key-unknown"),
    ("Bearer " + "h" * 9_000, "key-unknown"),
)


@pytest.mark.parametrize(("header", "kind"), STRANGERS)
def test_a_stranger_is_told_how_to_send_a_key(site: Site, header: str | None, kind: str) -> None:
    client = site.app.test_client(use_cookies=False)
    answer = client.get(f"{ROOT}/key", headers={} if header is None else {"Authorization": header})
    refused(answer, 401, kind)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="api"')


@pytest.mark.parametrize("place", [3, 15, 40, 49])
def test_a_key_with_one_letter_changed_is_no_key(site: Site, place: int) -> None:
    key = make_key(site)
    changed = key.text[:place] + ("x" if key.text[place] != "x" else "y") + key.text[place + 1 :]
    refused(Program(site.app.test_client(), NewKey("", changed)).get("/key"), 401, "key-unknown")


def test_the_right_prefix_with_another_secret_is_no_key(site: Site) -> None:
    key, other = make_key(site), new_key(browser=False)
    secret = other.text[13:-6]
    body = f"{key.prefix}_{secret}"
    refused(Program(site.app.test_client(), NewKey("", body + checksum(body))).get("/key"), 401, "key-unknown")


@pytest.mark.parametrize(
    ("values", "says"), [({"revoked_at": ago(hours=1)}, "was revoked"), ({"expires_at": ago(seconds=1)}, "has expired")]
)
def test_a_key_that_is_over_opens_nothing(site: Site, values: dict[str, Any], says: str) -> None:
    assert says in refused(program(site, **values).get("/key"), 401, "key-over")["detail"]


def test_a_revocation_is_known_after_a_few_seconds_without_asking_each_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = program(site)
    assert caller.get("/key").status_code == 200
    with site.machine.database.transaction() as session:
        row = session.scalars(select(ApiKey).where(ApiKey.prefix == caller.key.prefix)).one()
        row.revoked_at = ago()
    assert caller.get("/key").status_code == 200  # still remembered
    now = time.monotonic()
    monkeypatch.setattr("admin_core.api.key_store.time.monotonic", lambda: now + REMEMBERED_S + 0.1)
    refused(caller.get("/key"), 401, "key-over")


NETWORKS = (
    ("10.0.0.7", ["10.0.0.0/8"], 200),
    ("11.0.0.7", ["10.0.0.0/8"], 403),
    ("10.0.0.7", ["192.168.0.0/16", "10.0.0.7/32"], 200),
    ("::ffff:10.0.0.7", ["10.0.0.0/8"], 200),
    ("::ffff:11.0.0.7", ["10.0.0.0/8"], 403),
    ("fe80::1%eth0", ["fe80::/10"], 200),
    ("2001:db8::1", ["2001:db8::/32"], 200),
    ("2001:db9::1", ["2001:db8::/32"], 403),
    ("10.0.0.7", ["2001:db8::/32"], 403),
    ("nonsense", ["0.0.0.0/0"], 403),
    ("", ["0.0.0.0/0"], 403),
)


@pytest.mark.parametrize(("address", "networks", "status"), NETWORKS)
def test_a_key_opens_only_from_its_networks(site: Site, address: str, networks: list[str], status: int) -> None:
    caller = program(site, allowed_networks=networks)
    answer = caller.get("/key", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    if status == 403:
        refused(answer, 403, "network-not-allowed")


IN_ADDRESSES = ("api_key={}", "x={}", "token=abc", "Access_Token=abc", "{}=1", "q=Bearer%20{}", "key=")


@pytest.mark.parametrize("query", IN_ADDRESSES)
def test_a_key_in_the_address_is_refused_with_what_to_do(site: Site, query: str) -> None:
    caller = program(site)
    answer = caller.get(f"/key?{query.format(caller.key.text)}")
    assert "Authorization: Bearer" in refused(answer, 400, "key-in-address")["detail"]
    assert caller.key.text not in answer.text


def test_a_session_opens_nothing_here(owner: FlaskClient) -> None:
    assert owner.get("/admin/").status_code == 200
    for path in ("/key", "/feedback"):
        refused(owner.get(ROOT + path), 401, "key-missing")
    refused(owner.post(f"{ROOT}/feedback", json={"helpful": True}), 401, "key-missing")


def test_keys_stand_in_no_log_line(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caller = program(site, "feedback:read")
    for path in ("/key", "/feedback", f"/nope/{caller.key.text}", f"/key?api_key={caller.key.text}"):
        caller.get(path)
    assert len(caplog.records) >= 4
    assert caller.key.text not in caplog.text
    assert caller.key.text[13:] not in caplog.text


def test_use_is_noted_at_most_once_a_minute_after_the_answer(site: Site) -> None:
    caller = program(site)
    caller.get("/key", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    first = used(site, caller.key)
    assert first[0] is not None
    assert first[1] == "10.1.2.3"
    caller.get("/key", environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert used(site, caller.key) == first


def used(site: Site, key: NewKey) -> tuple[Any, Any]:
    with site.machine.database.sessions() as session:
        row = session.scalars(select(ApiKey).where(ApiKey.prefix == key.prefix)).one()
        return row.last_used_at, str(row.last_used_ip) if row.last_used_ip else None


# --- What it may

OPENS = {
    ("GET", "/key"): "",
    ("GET", "/status"): "",
    ("GET", "/feedback"): "feedback:read",
    ("GET", "/feedback/{id}"): "feedback:read",
    ("POST", "/feedback"): "feedback:write",
    ("GET", "/announcements"): "announcements:read",
    ("POST", "/customers"): "customers:write",
    ("POST", "/people"): "people:write",
    ("POST", "/decisions"): "decisions:write",
    ("POST", "/events"): "events:write",
    ("GET", "/pricing"): "",
    ("GET", "/accounts/{external_id}"): "accounts:read",
    ("GET", "/accounts/{external_id}/entitlements"): "accounts:read",
    ("GET", "/accounts/{external_id}/credits"): "credits:read",
    ("POST", "/accounts/{external_id}/credits/consume"): "credits:consume",
    ("POST", "/sign-ins"): "sign_ins:write",
    ("POST", "/promotions/validate"): "promotions:read",
    ("POST", "/promotions/redeem"): "promotions:redeem",
    ("GET", "/impersonations"): "impersonations:read",
    ("GET", "/impersonations/keys"): "impersonations:take",
    ("POST", "/impersonations/consume"): "impersonations:take",
    ("GET", "/impersonations/{id}"): "impersonations:take",
    ("POST", "/impersonations/{id}/activity"): "impersonations:take",
    ("POST", "/impersonations/{id}/end"): "impersonations:take",
}
"""Operation → the scope that opens it: written by hand, so that a new one must be thought about."""


def test_every_operation_stands_in_the_table(site: Site) -> None:
    own = [each.route for each in api_of(site).offered if each.route.protocol is None]
    assert {(route.method, route.path): route.scope for route in own} == OPENS


@pytest.mark.parametrize("scope", sorted({"", *OPENS.values()}))
def test_a_scope_opens_its_own_operations_and_no_other(site: Site, scope: str) -> None:
    caller = program(site, *([scope] if scope else []))
    for (method, path), needed in OPENS.items():
        url = re.sub(r"{\w+}", str(uuid4()), path)
        answer = caller.call(method, url, json={} if method == "POST" else None)
        if needed in {"", scope}:
            assert answer.status_code in {200, 400, 404, 422}, (url, answer.text)
        else:
            assert needed in refused(answer, 403, "scope-missing")["detail"]


@pytest.mark.parametrize("scopes", [["feedback:*"], ["*"], ["feedback:read "], ["Feedback:read"]])
def test_scopes_are_exact_words(site: Site, scopes: list[str]) -> None:
    refused(program(site, *scopes).get("/feedback"), 403, "scope-missing")


# --- At the same time


def test_a_hundred_calls_at_once_are_all_answered(site: Site) -> None:
    callers = [program(site, "feedback:read") for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: callers[i % 4].get("/feedback?limit=1").status_code, range(100)))
    assert answers == [200] * 100
