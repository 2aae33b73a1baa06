"""Route by method by role by state of the session: the declared answer everywhere, and nothing changed by a refusal.

What is expected is computed from what each route declares and from the patterns of a role, never copied from an answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from admin_core import surfaces
from admin_core.networks.guard import allow_list
from schema.audit import AuditEntry
from schema.jobs import Job
from schema.sign_in import IpAllowEntry
from schema.staff import Role
from schema.views import SavedView, ViewState
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.deed_world import World
from tests.journeys.deeds import DEEDS
from tests.journeys.matrix import (
    ALLOWED,
    ELSEWHERE,
    LOGS,
    MEMBERS,
    MODELS,
    OWN,
    READER,
    STATES,
    Route,
    Visitor,
    changed,
    digest,
    expected,
    is_granted,
    member,
    routes,
    token_of,
    verdict,
    visitor_in,
    written,
)
from tests.journeys.site import Site, keep_fresh, make_site, session_of
from tests.journeys.test_jobs import give_file

# --- The world


@pytest.fixture(scope="module")
def world(server_url: str) -> Iterator[tuple[Site, sa.Engine]]:
    """Yield the application over an empty database, and an engine of its owner."""
    name = unique_name("matrix")
    url = clone(server_url, name)
    site = make_site(as_app(url))
    with site.machine.database.transaction() as session:
        session.add(Role(name=READER, description="", permissions=["*:read"]))
    owner = sa.create_engine(url, poolclass=NullPool)
    yield site, owner
    site.machine.database.engine.dispose()
    drop(server_url, name)


# --- The tests


def test_what_opens_a_route_is_a_known_word_or_a_permission(world: tuple[Site, sa.Engine]) -> None:
    for route in routes(world[0]):
        needs = route.access.needs
        assert needs in surfaces.WORDS or re.fullmatch(r"[a-z_]+(:[a-z_]+){2}", needs), (route.rule.rule, needs)
        if route.access.surface != "public":
            continue
        assert not route.rule.rule.startswith(("/admin", "/auth")), route.rule.rule  # a session would be read there
        assert needs not in {surfaces.MEMBER, surfaces.POLICY}, route.rule.rule


@pytest.mark.parametrize("name", [*STATES, *MEMBERS, "Owner from elsewhere", "stranger from elsewhere"])
def test_every_route_answers_as_it_declares_and_a_refusal_changes_nothing(
    world: tuple[Site, sa.Engine], name: str
) -> None:
    site, owner = world
    visitor = visitor_in(site, name) if name in STATES else member(site, "Owner" if "elsewhere" in name else name)
    if "elsewhere" in name:
        visitor = come_from_elsewhere(site, visitor, signed_in=name.startswith("Owner"))
    token, before, wrong, refusals = token_of(visitor), digest(owner, LOGS | OWN), [], 0
    for route in routes(site):
        for method in route.methods:
            wanted = expected(route, visitor, site)
            if method == "POST" and "in" in wanted and route.access.surface == "admin":
                wrong += accepts_no_forgery(route, visitor)
                continue
            with site.counted() as statements:
                got = verdict(visitor.open(method, route.url, token))
            if got not in wanted:
                wrong.append(f"{method} {route.url}: {got}, expected {' or '.join(wanted)}")
            if got not in {"in", "broken"}:
                refusals += 1
                wrong += [f"{method} {route.url}: refused, and wrote {table}" for table in written(statements)]
    assert wrong == []
    assert changed(before, digest(owner, LOGS | OWN)) == ""
    assert refusals > (0 if name == "Owner" else 5)


@pytest.mark.parametrize("role", MEMBERS)
def test_every_model_opens_by_the_patterns_of_a_role(world: tuple[Site, sa.Engine], role: str) -> None:
    site, owner = world
    visitor, before, wrong = member(site, role), digest(owner, LOGS | OWN), []
    token = token_of(visitor)
    found = [route for model in MODELS for route in routes(site, model) if route.rule.endpoint.startswith("data.")]
    lists = [r for m in site.machine.registry for r in routes(site, m) if r.rule.endpoint == "data.list_view"]
    for route in [*found, *(r for r in lists if expected(r, visitor, site) == {"refused"}), *lists[::20]]:
        for method in route.methods:
            got, wanted = verdict(visitor.open(method, route.url, token)), expected(route, visitor, site)
            if got not in wanted:
                wrong.append(f"{method} {route.url}: {got}, expected {' or '.join(wanted)}")
    assert wrong == []
    assert changed(before, digest(owner, LOGS | OWN)) == ""  # what does not exist is not changed, no empty form kept


OWN_BY_ROUTE = {"/admin/account/recovery-codes": {"sign_in_links"}}
"""New codes end links that would reset them; of whoever asks alone, so that the rows below stay as they are."""


def test_who_may_only_read_changes_nothing_that_is_not_their_own(world: tuple[Site, sa.Engine]) -> None:
    site, owner = world
    visitor = member(site, READER)
    token, before, wrong = token_of(visitor), digest(owner, LOGS | OWN), []
    for route in routes(site):
        if "POST" in route.methods and route.access.surface == "admin" and not route.rule.rule.startswith("/auth"):
            with site.counted() as statements:
                got = verdict(visitor.open("POST", route.url, token))
            known = OWN | OWN_BY_ROUTE.get(route.url, set())
            wrong += [f"{route.url}: {got}, wrote {table}" for table in written(statements) - known]
            wrong += [f"{route.url}: broken"] * (got == "broken")
    assert wrong == []
    assert changed(before, digest(owner, LOGS | OWN)) == ""


SAID_ON_THE_PAGE = {"changes.take_back"}
"""Deeds after whose refusal the page that one is sent back to says why."""


@pytest.fixture(scope="module")
def doers(world: tuple[Site, sa.Engine]) -> tuple[FlaskClient, list[Visitor]]:
    """Return an Owner, who makes what a deed needs, and those who try to do it."""
    site = world[0]
    visitors = [member(site, role) for role in (READER, "Viewer", "Support")]
    for visitor in visitors:
        keep_fresh(site.machine, session_of(visitor.client))
    return site.client("Owner"), visitors


@pytest.mark.parametrize("name", [name for name, deed in DEEDS.items() if deed.needs])
def test_a_form_that_a_role_may_not_send_is_refused_though_everything_else_about_it_is_right(
    world: tuple[Site, sa.Engine], doers: tuple[FlaskClient, list[Visitor]], name: str
) -> None:
    site, deed, (owner, visitors) = world[0], DEEDS[name], doers
    for visitor in visitors:
        if is_granted(visitor, deed.needs, site):
            continue
        answer = deed.do(World(site, owner, by=visitor.client))
        assert written(site.statements) == set(), visitor.name
        assert verdict(answer) == "refused" or name in SAID_ON_THE_PAGE, (visitor.name, answer.status_code)
        with site.machine.database.sessions() as session:
            done = sa.select(AuditEntry.id).filter_by(actor_id=visitor.id, action=deed.action)
            assert session.scalars(done).first() is None, visitor.name
    assert not is_granted(visitors[0], deed.needs, site)


# --- Rows that belong to somebody


LISTS = "/admin/data/customers"


@dataclass(frozen=True)
class Owned:
    """One row of a member: how it is opened or changed, and what its owner is answered."""

    what: str
    method: str
    url: str
    own: int
    form: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    """Roles that a declared permission lets at it."""


def owned_by(site: Site, visitor: Visitor) -> list[Owned]:
    """Return new rows of a member."""
    with site.machine.database.transaction() as session:
        view = SavedView(id=uuid4(), owner_id=visitor.id, model_key="customers", name=uuid4().hex, position=0, state={})
        token = uuid4().hex
        sealed = site.machine.cipher.seal(f"view-state:customers:{visitor.id}", '{"q": "x", "f": []}').encode()
        state = ViewState(
            token=token,
            owner_id=visitor.id,
            model_key="customers",
            payload=sealed,
            expires_at=sa.text("now() + '1 day'"),
        )
        job = Job(name="core.housekeeping", unique_key=uuid4().hex, idempotency_key=uuid4().hex, actor_id=visitor.id)
        session.add_all([view, state, job])
        session.flush()
        job_id = job.id
    lists, jobs = LISTS, "/admin/system/jobs"
    return [
        Owned("a file", "GET", f"/admin/files/{give_file(site, visitor.id)}", 200),
        Owned("a job", "GET", f"{jobs}/{job_id}", 200, also=("Owner", READER)),
        Owned("a job's outcomes", "GET", f"{jobs}/{job_id}/outcomes.csv", 200, also=("Owner", READER)),
        Owned("a search", "GET", f"{lists}/?v={token}", 200),
        Owned("a private view", "GET", f"{lists}/?view={view.id}", 200),
        Owned("a private view", "POST", f"{lists}/views/{view.id}", 303, (("action", "rename"), ("name", uuid4().hex))),
        Owned("a private view", "POST", f"{lists}/views/{view.id}", 303, (("action", "delete"),)),
        Owned("a job", "POST", f"{jobs}/{job_id}/cancel", 303, also=("Owner",)),
    ]


@pytest.mark.parametrize("role", MEMBERS)
def test_a_row_of_somebody_else_is_neither_seen_nor_changed(world: tuple[Site, sa.Engine], role: str) -> None:
    site, owner = world
    mine, other = member(site, "Support"), member(site, role)
    my_token, token, rows = token_of(mine), token_of(other), owned_by(site, mine)
    closed, before = [row for row in rows if role not in row.also], digest(owner, LOGS)
    for row in closed:
        assert send(other, row, token).status_code in {403, 404}, row
    assert changed(before, digest(owner, LOGS)) == ""
    for row in closed:
        assert send(mine, row, my_token).status_code == row.own, row
    for row in rows:
        if role in row.also:
            assert verdict(send(other, row, token)) != "broken", row


def send(visitor: Visitor, row: Owned, token: str) -> TestResponse:
    """Return the answer to somebody who opens or changes a row."""
    data = {"csrf_token": token, **dict(row.form)} if row.method == "POST" else None
    return visitor.client.open(row.url, method=row.method, data=data, buffered=True)


def test_ids_that_are_made_up_open_nothing(world: tuple[Site, sa.Engine]) -> None:
    site, mine = world[0], member(world[0], "Support")
    other = member(site, READER)  # who may see every such page
    urls = [row.url for row in owned_by(site, mine) if row.method == "GET"]
    assert other.client.get("/admin/system/jobs").status_code == other.client.get(f"{LISTS}/").status_code == 200
    for url in urls:
        for number in range(20):
            swapped = re.sub(r"[0-9a-f]{4}(?=[/?]|$)", f"{number * 3253 % 65536:04x}", url)
            assert other.client.get(swapped).status_code in {400, 403, 404}, swapped


def come_from_elsewhere(site: Site, visitor: Visitor, *, signed_in: bool) -> Visitor:
    """Return the visitor at an address that is not allowed."""
    with site.machine.database.transaction() as session:
        session.add(IpAllowEntry(network=f"{ALLOWED}/32", label="Here"))
    with site.app.app_context():
        allow_list().expire()
    client = visitor.client if signed_in else site.app.test_client()
    return replace(visitor, client=client, address=ELSEWHERE, patterns=visitor.patterns if signed_in else None)


@pytest.fixture(autouse=True)
def leave_the_list_off(world: tuple[Site, sa.Engine]) -> Iterator[None]:
    """Let everybody in again."""
    yield
    site = world[0]
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(IpAllowEntry))
    with site.app.app_context():
        allow_list().expire()


def accepts_no_forgery(route: Route, visitor: Visitor) -> list[str]:
    """Return what is wrong when a form without a token passes where the visitor may send one."""
    status = visitor.open("POST", route.url).status_code
    return [] if status == 400 else [f"POST {route.url} without a token: {status}"]
