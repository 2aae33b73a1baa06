"""Who knocks, at which routes, and what is to be expected: the world of the matrix."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from admin_core import surfaces
from admin_core.access.authenticator import METHOD, new_seed, sealed_seed
from admin_core.access.passwords import kept_password
from admin_core.access.team import add_member, ensure_roles
from admin_core.generator.view import NEEDS
from admin_core.policy import Person, may
from admin_core.policy.person import grants
from admin_core.policy.roles import SHIPPED
from admin_core.surfaces import Access, access_of
from schema.base import Base
from schema.staff import Role, StaffMember, StaffSession
from tests.journeys.site import TOKEN, Site, session_of, token_in

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


def is_granted(visitor: Visitor, needs: str, site: Site) -> bool:
    """Return whether a visitor may do what needs this permission; those of records have a name for their group, too."""
    kind, name, deed = needs.split(":")
    if kind != "data":
        return grants(visitor.patterns or frozenset(), needs)
    person = Person(visitor.id, visitor.name, (), visitor.patterns or frozenset())
    return may(person, deed, site.machine.registry.spec(name))  # type: ignore[arg-type]  # a deed of the policy


def verdict(answer: TestResponse) -> Verdict:
    """Return what an answer means."""
    if answer.status_code == 403:
        return "outside" if "Not from this network" in answer.text else "refused"
    if answer.status_code == 401 or re.match(r"/auth/login|http://localhost/auth/login", answer.location or ""):
        return "sign in"
    return "in" if answer.status_code < 500 else "broken"


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
        member_id = row.id
    return Visitor(role, site.client_of(member_id), frozenset(patterns[role]), id=member_id)


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
            session.execute(sa.update(StaffSession).where(session_of(found.client)).values(OUTLIVED))
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
        form, has_factor = {"email": row.email, "password": PASSWORD}, state == "before the code"
    token = token_in(visitor.open("GET", "/auth/login").text)
    answer = visitor.client.post("/auth/login", data={**form, "csrf_token": token})
    # Who has no second factor is sent away: a stolen password must not enrol one.
    assert (answer.status_code, answer.location) == ((302, "/auth/code") if has_factor else (403, None))
    return visitor


PASSWORD = "correct horse battery staple of Otto"
OUTLIVED = {"last_seen_at": sa.func.now() - timedelta(days=2), "expires_at": sa.func.now() - timedelta(days=1)}


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


WRITE = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM) admin\.(\w+)")


def written(statements: list[str]) -> set[str]:
    """Return the tables that statements write to, without those that a refusal may add to."""
    return {table for statement in statements for table in WRITE.findall(statement)} - LOGS


def token_of(visitor: Visitor) -> str:
    """Return a token of the visitor's own session, so that nothing but the permission refuses them."""
    for page in ("/admin/palette", "/auth/login"):
        if found := TOKEN.search(visitor.open("GET", page).text):
            return found[1]
    return ""


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> str:
    """Return which tables differ."""
    return ", ".join(sorted(name for name in after if after[name] != before[name]))
