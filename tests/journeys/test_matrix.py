"""Route by method by role by state of the session: the declared answer everywhere, and nothing changed by a refusal.

What is expected is computed from what each route declares and from the patterns of a role, never copied from an answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool
from werkzeug.routing import AnyConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from admin_core import surfaces
from admin_core.access.authenticator import METHOD, new_seed, sealed_seed
from admin_core.access.links import make_link
from admin_core.access.passwords import kept_password
from admin_core.access.team import add_member, ensure_roles
from admin_core.generator.view import NEEDS
from admin_core.networks.guard import allow_list
from admin_core.policy import Person, may
from admin_core.policy.person import grants
from admin_core.policy.roles import SHIPPED
from admin_core.surfaces import Access, access_of
from schema.base import Base
from schema.jobs import Job
from schema.sign_in import IpAllowEntry, LinkPurpose
from schema.staff import Role, StaffMember
from schema.views import SavedView, ViewState
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.site import TOKEN, Site, make_site, token_in
from tests.journeys.test_jobs import give_file

Verdict = Literal["outside", "sign in", "refused", "in", "broken"]
"""Not from this network; not signed in (or no key); may not; may; a mistake of ours."""
NOBODY_HERE = UUID("01981c3e-0000-7000-8000-000000000000")
READER = "Reader"
"""May read everything and do nothing: finds routes that ask for a deed's permission nowhere."""
STATES = ("anonymous", "disabled", "outlived", "before the code", "not enrolled")
MEMBERS = ("Owner", "Support", "Viewer", READER, "Nobody")
ALLOWED, ELSEWHERE = "127.0.0.1", "41.0.0.9"
LOGS = {
    "audit_entries", "audit_pending", "access_entries", "sign_in_attempts", "subject_keys", "staff_sessions",
    "plugin_states", "access_key_lists",
}  # fmt: skip
"""What a refusal may add to: it is put on record."""
OWN = {
    "reveals",
    "saved_views",
    "view_states",
    "recent_views",
    "idempotency_keys",
    "staff_members",
    "change_sets",
    "change_rows",
}
"""What everybody may write for themselves: how they like lists and pages."""
MODELS = ("customers", "payments", "api_keys", "audit_entries", "staff_members", "tickets")


@dataclass(frozen=True)
class Visitor:
    """Somebody who knocks: the client, what they may, and from where."""

    name: str
    client: FlaskClient
    patterns: frozenset[str] | None = None
    """None: nobody is signed in."""
    address: str = ALLOWED
    id: UUID = NOBODY_HERE

    def open(self, method: str, url: str, token: str = "") -> TestResponse:
        """Return the answer; a form is sent with the visitor's own token."""
        data = {"csrf_token": token} if method == "POST" else None
        return self.client.open(url, method=method, data=data, environ_base={"REMOTE_ADDR": self.address})


@dataclass(frozen=True)
class Route:
    """One way into the product."""

    rule: Rule
    access: Access
    model: str

    @cached_property
    def url(self) -> str:
        """Return an address of the route, to something that does not exist."""
        given: dict[str, Any] = {name: fit(converter) for name, converter in self.rule._converters.items()}
        if "key" in given and self.rule.endpoint.startswith("data."):
            given["key"] = self.model
        return self.rule.build(given)[1]  # type: ignore[index]  # it always builds

    @property
    def methods(self) -> list[str]:
        """Return the methods that do something."""
        return sorted((self.rule.methods or set()) - {"HEAD", "OPTIONS"})


def fit(converter: object) -> object:
    """Return something that an address takes in this place."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return NOBODY_HERE if isinstance(converter, UUIDConverter) else "x"


# --- What is expected, and what came


def expected(route: Route, visitor: Visitor, site: Site) -> set[Verdict]:
    """Return the verdicts that a route's declaration allows for a visitor."""
    needs = route.access.needs
    if route.access.surface != "admin":
        return {"sign in"} if needs == surfaces.KEY else {"in"}
    if visitor.address != ALLOWED:
        return {"outside"}
    if visitor.patterns is None:
        return BY_STRANGERS.get(needs, {"sign in"})
    if needs == surfaces.POLICY:
        return by_policy(route, visitor.patterns, site)
    return inside(route, visitor) if needs in surfaces.WORDS or grants(visitor.patterns, needs) else {"refused"}


BY_STRANGERS: dict[str, set[Verdict]] = {
    surfaces.SIGNATURE: {"in"},
    surfaces.ANYONE: {"in", "sign in"},  # pages of the sign-in; some of them want a member by themselves
}


def inside(route: Route, visitor: Visitor) -> set[Verdict]:
    """Return what is expected behind the surface: a deed may want a permission beyond the page's."""
    reads_only = visitor.name != "Owner"
    return {"in", "refused"} if reads_only and "POST" in route.methods else {"in"}


def by_policy(route: Route, patterns: frozenset[str], site: Site) -> set[Verdict]:
    """Return what the policy says about the model of a generated route; of others, what is not there may be hidden."""
    view = route.rule.endpoint.removeprefix("data.")
    if not route.rule.endpoint.startswith("data.") or view == "index":
        return {"in", "refused"}
    person = Person(NOBODY_HERE, "x", (), patterns)
    return {"in"} if may(person, NEEDS[view], site.machine.registry.spec(route.model)) else {"refused"}


def verdict(answer: TestResponse) -> Verdict:
    """Return what an answer means."""
    if answer.status_code == 403:
        return "outside" if "Not from this network" in answer.text else "refused"
    if answer.status_code == 401 or re.match(r"/auth/login|http://localhost/auth/login", answer.location or ""):
        return "sign in"
    return "in" if answer.status_code < 500 else "broken"


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


def member(site: Site, role: str) -> Visitor:
    """Return a new member with this role, signed in."""
    patterns = {shipped.name: shipped.permissions for shipped in SHIPPED} | {READER: ("*:read",), "Nobody": ()}
    with site.machine.database.transaction() as session:
        roles = session.scalars(sa.select(Role).where(Role.name == role)).all()
        if role in {shipped.name for shipped in SHIPPED} and not roles:
            given = Role(name=role, description="", permissions=list(patterns[role]), shipped=True)
            session.add(given)
            roles = [given]
        row = add_member(session, name="Otto", email=f"{uuid4().hex}@example.com", roles=roles)
        link, member_id = make_link(session, row.id, LinkPurpose.SIGN_IN), row.id
    client = site.app.test_client()
    client.post(link, data={"csrf_token": token_in(client.get(link).text)})
    return Visitor(role, client, frozenset(patterns[role]), id=member_id)


def visitor_in(site: Site, state: str) -> Visitor:
    """Return who once was an Owner and is nobody now."""
    if state == "anonymous":
        return Visitor(state, site.app.test_client())
    if state in {"before the code", "not enrolled"}:
        return half_way(site, state)
    found = member(site, "Owner")
    assert verdict(found.open("GET", "/admin/")) == "in"
    with site.machine.database.transaction() as session:
        if state == "disabled":
            session.execute(sa.update(StaffMember).where(StaffMember.id == found.id).values(active=False))
        else:
            session.execute(sa.text(OUTLIVED))
    return replace(found, name=state, patterns=None)


def half_way(site: Site, state: str) -> Visitor:
    """Return an Owner who has proved their password alone, with an authenticator app or without any second factor."""
    visitor = Visitor(state, site.app.test_client())
    with site.app.app_context(), site.machine.database.transaction() as session:
        owner = ensure_roles(session)["Owner"]
        row = add_member(session, name="Otto", email=f"{uuid4().hex}@example.com", roles=[owner])
        row.password = kept_password(PASSWORD)
        if state == "before the code":
            row.tf_totp_secret, row.tf_primary_method = sealed_seed(site.machine.cipher, new_seed()), METHOD
        form = {"email": row.email, "password": PASSWORD}
    token = token_in(visitor.open("GET", "/auth/login").text)
    answer = visitor.client.post("/auth/login", data={**form, "csrf_token": token})
    # Who has no second factor is sent away: a stolen password must not enrol one.
    assert (answer.status_code, answer.location) == ((302, "/auth/code") if row.tf_totp_secret else (403, None))
    return visitor


PASSWORD = "correct horse battery staple of Otto"
OUTLIVED = (
    "UPDATE admin.staff_sessions SET last_seen_at = now() - interval '2 days', expires_at = now() - interval '1 day'"
)


def routes(site: Site, model: str = "customers") -> list[Route]:
    """Return every route; AssertionError for one that declares nothing."""
    found = []
    for rule in site.app.url_map.iter_rules():
        access = access_of(site.app, rule.endpoint)
        assert access is not None, rule.rule
        found.append(Route(rule, access, model))
    return sorted(found, key=lambda route: (route.rule.rule == "/auth/logout", route.rule.rule))


def digest(owner: sa.Engine, without: set[str]) -> dict[str, tuple[int, int]]:
    """Return count and checksum of every table."""
    tables = sorted(t.name for t in Base.metadata.sorted_tables if t.schema == "admin" and t.name not in without)
    each = " UNION ALL ".join(
        f"SELECT '{t}', count(*), coalesce(sum(hashtextextended(r::text, 0)), 0) FROM admin.\"{t}\" r" for t in tables
    )
    with owner.connect() as connection:
        return {name: (count, int(total)) for name, count, total in connection.execute(sa.text(each))}


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


def test_who_may_only_read_changes_nothing_that_is_not_their_own(world: tuple[Site, sa.Engine]) -> None:
    site, owner = world
    visitor = member(site, READER)
    token, before, wrong = token_of(visitor), digest(owner, LOGS | OWN), []
    for route in routes(site):
        if "POST" in route.methods and route.access.surface == "admin" and not route.rule.rule.startswith("/auth"):
            with site.counted() as statements:
                got = verdict(visitor.open("POST", route.url, token))
            wrong += [f"{route.url}: {got}, wrote {table}" for table in written(statements) - OWN]
            wrong += [f"{route.url}: broken"] * (got == "broken")
    assert wrong == []
    assert changed(before, digest(owner, LOGS | OWN)) == ""


WRITE = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM) admin\.(\w+)")


def written(statements: list[str]) -> set[str]:
    """Return the tables that statements write to, without those that a refusal may add to."""
    return {table for statement in statements for table in WRITE.findall(statement)} - LOGS


# --- Rows that belong to somebody


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
    lists, jobs = "/admin/data/customers", "/admin/system/jobs"
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
    my_token, token = token_of(mine), token_of(other)
    for row in owned_by(site, mine):
        before = digest(owner, LOGS)
        answer = send(other, row, token)
        assert verdict(answer) != "broken"
        if role not in row.also:
            assert answer.status_code in {403, 404}, (row, answer.status_code)
            assert changed(before, digest(owner, LOGS)) == "", row
            assert send(mine, row, my_token).status_code == row.own, row


def send(visitor: Visitor, row: Owned, token: str) -> TestResponse:
    """Return the answer to somebody who opens or changes a row."""
    data = {"csrf_token": token, **dict(row.form)} if row.method == "POST" else None
    return visitor.client.open(row.url, method=row.method, data=data, buffered=True)


def test_ids_that_are_made_up_open_nothing(world: tuple[Site, sa.Engine]) -> None:
    site, mine = world[0], member(world[0], "Support")
    other = member(site, "Nobody")
    urls = [row.url for row in owned_by(site, mine) if row.method == "GET"]
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


def token_of(visitor: Visitor) -> str:
    """Return a token of the visitor's own session, so that nothing but the permission refuses them."""
    for page in ("/admin/palette", "/auth/login"):
        if found := TOKEN.search(visitor.open("GET", page).text):
            return found[1]
    return ""


def accepts_no_forgery(route: Route, visitor: Visitor) -> list[str]:
    """Return what is wrong when a form without a token passes where the visitor may send one."""
    status = visitor.open("POST", route.url).status_code
    return [] if status == 400 else [f"POST {route.url} without a token: {status}"]


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> str:
    """Return which tables differ."""
    return ", ".join(sorted(name for name in after if after[name] != before[name]))
