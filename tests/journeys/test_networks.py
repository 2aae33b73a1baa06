"""Allowed networks through HTTP: nobody locks themselves out, others stay outside, the refusal says nothing of ours."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.networks.guard import allow_list
from admin_core.networks.pages import URL
from schema.audit import AuditEntry
from schema.changes import ChangeSet
from schema.sign_in import AttemptOutcome, IpAllowEntry, SignInAttempt
from tests.databases import as_app
from tests.journeys.site import Site, arguments_of, make_site, token_in

BUDGET = 4
OFFICE, STRANGER = "196.25.1.7", "41.0.0.9"
HERE = {"REMOTE_ADDR": OFFICE}
DENIED = {"REMOTE_ADDR": STRANGER}


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[None]:
    """Leave no list behind: every other journey comes from 127.0.0.1."""
    yield
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(IpAllowEntry))
    with site.app.app_context():
        allow_list().expire()


def send(client: FlaskClient, path: str, **form: str) -> TestResponse:
    """Send a form as its page would, with the version that stands there."""
    page = client.get(URL + path, environ_base=HERE).text
    token = token_in(client.get(URL, environ_base=HERE).text)
    form = {**versions_in(page), **form}
    return client.post(f"{URL}{path}", data={"csrf_token": token, **form}, environ_base=HERE)


def versions_in(page: str) -> dict[str, str]:
    found = re.search(r'name="version" value="([^"]*)"', page)
    return {"version": found[1]} if found else {}


def lines(site: Site) -> dict[str, tuple[str, bool]]:
    with site.machine.database.sessions() as session:
        return {str(row.network): (row.label, row.enabled) for row in session.scalars(sa.select(IpAllowEntry))}


def id_of(site: Site, network: str) -> UUID:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(IpAllowEntry.id).where(IpAllowEntry.network == network)).one()


def add(site: Site, *networks: str, **values: Any) -> None:
    with site.machine.database.transaction() as session:
        session.add_all(IpAllowEntry(network=network, label=f"Office {network}", **values) for network in networks)
    with site.app.app_context():
        allow_list().expire()


def test_a_network_is_added_changed_and_removed_and_each_is_on_record(site: Site, owner: FlaskClient) -> None:
    added = send(owner, "/new", network="196.25.0.0/16", label="Office", enabled="yes")
    assert added.status_code == 303
    assert lines(site) == {"196.25.0.0/16": ("Office", True)}
    line = f"/{id_of(site, '196.25.0.0/16')}"
    page = owner.get(URL + line, environ_base=HERE).text
    assert 'value="196.25.0.0/16"' in page
    assert "checked" in page
    assert send(owner, line, network="196.25.1.0/24", label="Office", enabled="yes").status_code == 303
    assert lines(site) == {"196.25.1.0/24": ("Office", True)}
    assert send(owner, line, network="196.25.1.0/24", label="Office", enabled="yes").status_code == 303
    assert send(owner, f"{line}/remove").status_code == 303
    assert lines(site) == {}
    with site.machine.database.sessions() as session:
        key = line.removeprefix("/")
        entries = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.object_key == key).order_by(AuditEntry.occurred_at)
        ).all()
        assert [e.action for e in entries] == ["networks.added", "networks.changed", "networks.removed"]
        assert None not in [session.get(ChangeSet, e.change_set_id) for e in entries]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (
            {"network": "10.0.0.0/8", "label": "Elsewhere", "enabled": "yes"},
            "You would lock yourself out: your address",
        ),
        (
            {"network": "196.25.0.0/16", "label": "For now", "enabled": "yes", "expires_at": "2099-01-01T00:00"},
            "lock yourself out later",
        ),
        ({"network": "196.25.1.7/16", "label": "Office", "enabled": "yes"}, "Type 196.25.0.0/16 for the range"),
        ({"network": "196.25.0.0/16", "label": "", "enabled": "yes"}, "Say whose network it is"),
        ({"network": "196.25.0.0/16", "label": "a" * 201, "enabled": "yes"}, "at most 200 characters"),
        ({"network": "196.25.0.0/16", "label": "a\x00", "enabled": "yes"}, "NUL"),
        ({"network": "196.25.0.0/16", "label": "x", "expires_at": "2001-01-01T00:00"}, "That moment has passed"),
        ({"network": "196.25.0.0/16", "label": "x", "expires_at": "tomorrow"}, "Type a moment"),
    ],
)
def test_what_locks_out_or_is_no_network_is_refused_and_nothing_typed_is_lost(
    site: Site, owner: FlaskClient, form: dict[str, str], says: str
) -> None:
    answer = send(owner, "/new", **form)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{form["network"]}"' in answer.text
    assert lines(site) == {}
    assert owner.get("/admin/", environ_base=DENIED).status_code == 200


@pytest.mark.parametrize("change", ["disable", "shrink", "end", "remove"])
def test_the_network_one_is_in_cannot_be_taken_away(site: Site, owner: FlaskClient, change: str) -> None:
    add(site, "196.25.0.0/16", "10.0.0.0/8")
    line = f"/{id_of(site, '196.25.0.0/16')}"
    forms = {
        "disable": {"network": "196.25.0.0/16", "label": "Office"},
        "shrink": {"network": "196.25.2.0/24", "label": "Office", "enabled": "yes"},
        "end": {"network": "196.25.0.0/16", "label": "Office", "enabled": "yes", "expires_at": "2099-01-01 00:00"},
    }
    answer = send(owner, f"{line}/remove") if change == "remove" else send(owner, line, **forms[change])
    assert answer.status_code == 422
    assert "You would lock yourself out" in answer.text
    assert lines(site)["196.25.0.0/16"] == ("Office 196.25.0.0/16", True)


def test_a_network_stands_on_the_list_once_and_a_second_click_adds_nothing(site: Site, owner: FlaskClient) -> None:
    form = {"network": "196.25.0.0/16", "label": "Office", "enabled": "yes", "once": "first-click"}
    assert send(owner, "/new", **form).status_code == 303
    assert send(owner, "/new", **form).status_code == 303
    again = send(owner, "/new", **{**form, "once": "another"})
    assert again.status_code == 422
    assert "on the list already" in again.text
    assert len(lines(site)) == 1


def test_a_network_removed_meanwhile_is_not_found(site: Site, owner: FlaskClient) -> None:
    gone = "/01981c3e-0000-7000-8000-000000000000"
    for path in (gone, f"{gone}/remove"):
        assert owner.get(URL + path).status_code == 404
        assert send(owner, path).status_code == 404


def test_the_generated_form_does_not_write_past_the_rule(site: Site, owner: FlaskClient) -> None:
    add(site, "196.25.0.0/16")
    record = f"/admin/data/ip_allow_entries/record/{id_of(site, '196.25.0.0/16')}"
    for path in ("/admin/data/ip_allow_entries/new", f"{record}/edit", f"{record}/delete"):
        assert owner.get(path, environ_base=HERE).status_code == 400
    token = token_in(owner.get(URL, environ_base=HERE).text)
    assert owner.post(f"{record}/delete", data={"csrf_token": token}, environ_base=HERE).status_code == 400
    assert len(lines(site)) == 1


# --- Outside


ADMIN_PATHS = (
    "/admin/",
    URL,
    "/admin/data/customers/",
    "/auth/login",
    "/auth/link/x",
    "/admin/nowhere",
    "/auth/nowhere",
)
PUBLIC_PATHS = (
    "/healthz",
    "/readyz",
    "/api/v1/key",
    "/api/v1/openapi.json",
    "/webhooks/nobody",
    "/u/x",
    "/nowhere",
)


def test_who_comes_from_elsewhere_is_refused_before_the_sign_in(site: Site, owner: FlaskClient) -> None:
    before = {path: owner.get(path, environ_base=DENIED).status_code for path in PUBLIC_PATHS}
    assert 403 not in before.values()
    owner.get("/admin/", environ_base=DENIED)  # would leave no message behind
    add(site, "196.25.0.0/16")
    for path in ADMIN_PATHS:
        for answer in (owner.get(path, environ_base=DENIED), owner.post(path, environ_base=DENIED)):
            assert answer.status_code == 403, path
            assert "Not from this network" in answer.text
            assert STRANGER in answer.text
            assert "csrf" not in answer.text
            assert "Owner Demo" not in answer.text
            assert "Set-Cookie" not in answer.headers
    assert {path: owner.get(path, environ_base=DENIED).status_code for path in PUBLIC_PATHS} == before
    assert owner.get("/admin/", environ_base=HERE).status_code == 200
    assert owner.get("/admin/", environ_base={"REMOTE_ADDR": "::ffff:196.25.1.7"}).status_code == 200


def test_a_refusal_reads_no_session_and_is_written_down_once_a_minute(site: Site, owner: FlaskClient) -> None:
    address = "2001:db8:77::1"
    add(site, "196.25.0.0/16")
    owner.get("/healthz")
    with site.counted() as statements:
        for number in range(3):
            owner.get("/admin/", environ_base={"REMOTE_ADDR": f"2001:db8:77::{number + 1}"})
    assert "staff_members" not in " ".join(statements)
    assert len([s for s in statements if "INSERT INTO admin.sign_in_attempts" in s]) == 1
    with site.machine.database.sessions() as session:
        attempt = session.scalars(sa.select(SignInAttempt).where(SignInAttempt.ip == address)).one()
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.ip == address)).one()
        assert (attempt.outcome, attempt.member_id, attempt.email) == (AttemptOutcome.NETWORK_REFUSED, None, None)
        assert (entry.action, entry.actor_id) == ("network.refused", None)


@pytest.fixture(scope="module")
def two_proxies(demo_database: str) -> Iterator[Site]:
    site = make_site(as_app(demo_database), proxies=2)
    yield site
    site.machine.database.engine.dispose()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"{OFFICE}, 10.0.0.1", 302),
        (f"{OFFICE}, {STRANGER}, 10.0.0.1", 403),
        (f'{OFFICE}, ", {STRANGER}, 10.0.0.1', 403),  # quoted, the last three would be one entry
        (f'", {STRANGER}, 10.0.0.1', 403),
        (OFFICE, 403),
        (STRANGER, 403),
        (f"unknown, {OFFICE}", 403),
        (f"::ffff:{OFFICE}, 10.0.0.1", 302),
        (f"{OFFICE}:443, 10.0.0.1", 403),
        (None, 302),  # it passed no proxy: the connection is the caller's own
    ],
)  # fmt: skip
def test_behind_two_proxies_the_entry_of_the_outer_one_counts(
    site: Site, two_proxies: Site, header: str | None, status: int
) -> None:
    add(site, "196.25.0.0/16", "10.0.0.0/8")
    with two_proxies.app.app_context():
        allow_list().expire()
    headers = {"X-Forwarded-For": header} if header else {}
    answer = two_proxies.app.test_client().get("/admin/", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.2"})
    assert answer.status_code == status


# --- The page


def test_the_page_tells_where_one_comes_from_and_answers_about_an_address(site: Site, owner: FlaskClient) -> None:
    add(site, "196.25.0.0/16", "10.0.0.0/8")
    owner.get(URL, environ_base=HERE)
    with site.counted() as statements:
        page = owner.get(URL, environ_base=HERE).text
    assert len(statements) <= BUDGET, statements
    assert f"Your address is <code>{OFFICE}</code>" in page
    assert "ADMIN_PROXIES is 0" in page
    assert page.count("you are in it") == 1
    for address, says in (("10.9.9.9", "is allowed by Office 10.0.0.0/8"), (STRANGER, "is in no network")):
        assert says in send(owner, "", address=address).text
    for wrong in ("", "office", "10.0.0.0/8", "1" * 500):
        answer = send(owner, "", address=wrong)
        assert answer.status_code == 422
        assert "Type one address" in answer.text


def test_otto_may_neither_see_nor_change_the_networks(site: Site, viewer: FlaskClient, support: FlaskClient) -> None:
    for client in (viewer, support):
        token = token_in(client.get("/admin/palette").text)
        assert client.get(URL).status_code == 403
        form = {"csrf_token": token, "network": "127.0.0.1", "label": "Mine", "enabled": "yes"}
        assert client.get(f"{URL}/new").status_code == 403
        assert client.post(f"{URL}/new", data=form).status_code == 403
    assert lines(site) == {}


def test_a_proof_that_is_too_old_keeps_what_was_typed(site: Site) -> None:
    client = site.stale_client("Owner")
    assert "/auth/verify" in (client.get(f"{URL}/new").location or "")
    answer = send(client, "/new", network="196.25.0.0/16", label="Nomsa's", enabled="yes")
    assert "/auth/verify" in (answer.location or "")
    assert "Nomsa&#39;s" in client.get(arguments_of(answer.location or "")["next"]).text
    assert lines(site) == {}


def test_of_two_editors_the_second_is_told_what_the_first_did(site: Site, owner: FlaskClient) -> None:
    add(site, "196.25.0.0/16")
    line = f"/{id_of(site, '196.25.0.0/16')}"
    seen = versions_in(owner.get(URL + line, environ_base=HERE).text)
    first = {"network": "196.25.0.0/16", "label": "Of Ada", "enabled": "yes"}
    assert send(owner, line, **first, **seen).status_code == 303
    wrong = send(owner, line, network="nonsense", label="Of Finn", enabled="yes", **seen)
    assert versions_in(wrong.text) == seen  # who was not told yet overwrites nothing
    second = send(owner, line, network="196.25.0.0/16", label="Of Finn", enabled="yes", **seen)
    assert second.status_code == 422
    assert "it is 196.25.0.0/16 now, “Of Ada”, enabled, without an end." in second.text
    assert 'value="Of Finn"' in second.text
    assert send(owner, f"{line}/remove", **seen).status_code == 422
    assert lines(site) == {"196.25.0.0/16": ("Of Ada", True)}
    told = versions_in(second.text)
    again = send(owner, line, network="196.25.0.0/16", label="Of Finn", enabled="yes", **told)
    assert again.status_code == 303
    assert lines(site) == {"196.25.0.0/16": ("Of Finn", True)}
