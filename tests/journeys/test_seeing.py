"""Looking through other eyes: every page as for that role, nothing posted, ended by a click or by the clock."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.reveals import revealed
from admin_core.policy import Person, PolicySession, Refused, Seeing
from admin_core.team import seeing
from schema.access_log import Reveal
from schema.audit import AuditEntry
from schema.staff import Role, StaffMember
from schema.views import SavedView
from tests.journeys.site import Site, token_in
from tests.journeys.test_team import person, send

START = "/admin/see-as"


@pytest.fixture
def looking(site: Site) -> Iterator[FlaskClient]:
    """Yield a browser in which an Owner may look through other eyes."""
    client = site.client("Owner")
    yield client
    client.post(seeing.END_URL, data={"csrf_token": token_in(client.get("/admin/palette").text)})


def role(site: Site, name: str) -> Role:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(Role).where(Role.name == name)).one()


def look(site: Site, client: FlaskClient, name: str) -> None:
    assert send(client, START, [("role", str(role(site, name).id))]).status_code == 303


def entries(site: Site, action: str) -> list[AuditEntry]:
    with site.machine.database.sessions() as session:
        found = sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.occurred_at)
        return list(session.scalars(found))


def words_of(page: str) -> str:
    """Return what a page says beside its frame, tokens and "a minute ago" left out."""
    main = re.search(r'<main id="main".*?</main>', page, re.DOTALL)
    assert main
    return re.sub(r'value="[^"]{20,}"|Request <code>[^<]+|[\w-]{60,}|(?<=">)[^<]+(?=</time>)', "", main[0])


@pytest.mark.parametrize("name", ["Support", "Viewer"])
def test_every_page_is_as_for_the_role(site: Site, looking: FlaskClient, name: str) -> None:
    other = site.client_of(person(site, name))  # who has no views of their own
    look(site, looking, name)
    for key in site.machine.registry:
        mine, theirs = looking.get(urls.list_url(key)), other.get(urls.list_url(key))
        assert mine.status_code == theirs.status_code, key
        assert words_of(mine.text) == words_of(theirs.text), key
    for rule in site.app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and not rule.arguments and "GET" in (rule.methods or ()):
            mine, theirs = looking.get(rule.rule), other.get(rule.rule)
            assert mine.status_code == theirs.status_code or rule.rule.startswith(seeing.OWN_PAGES), rule.rule


def test_the_palette_and_the_menu_are_as_for_the_role(site: Site, looking: FlaskClient) -> None:
    viewer = site.client("Viewer")
    look(site, looking, "Viewer")
    with site.machine.database.sessions() as session:
        email = session.execute(sa.text("SELECT email FROM admin.customers WHERE email IS NOT NULL LIMIT 1")).scalar()
    for typed in (email, "Team", ""):
        answers = [words_of(send(client, "/admin/palette", [("q", str(typed))]).text) for client in (looking, viewer)]
        assert answers[0] == answers[1]
    menus = [re.findall(r'<a href="(/admin/[^"]+)"', client.get("/admin/style").text) for client in (looking, viewer)]
    assert menus[0] == menus[1]


def test_the_banner_stands_on_every_page_and_ends_it(site: Site, looking: FlaskClient) -> None:
    begun, ended = len(entries(site, "staff.see-as-begun")), len(entries(site, "staff.see-as-ended"))
    look(site, looking, "Viewer")
    first = entries(site, "staff.see-as-begun")
    assert len(first) == begun + 1
    assert (first[-1].object_type, first[-1].object_key) == ("roles", str(role(site, "Viewer").id))
    for url in ("/admin/", urls.list_url("customers"), "/admin/staff", "/admin/nope"):
        page = html.unescape(looking.get(url).text)
        assert "You see the admin as Viewer does. Nothing can be changed." in page, url
        assert 'class="framed looking"' in page
    assert looking.get("/admin/staff").status_code == 403
    assert send(looking, seeing.END_URL).status_code == 303
    assert looking.get("/admin/staff").status_code == 200
    last = entries(site, "staff.see-as-ended")
    assert len(last) == ended + 1
    assert (last[-1].object_type, last[-1].object_key) == ("roles", str(role(site, "Viewer").id))
    assert last[-1].actor_id is not None


def test_it_ends_by_itself_after_half_an_hour(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    looking = site.client("Owner")
    look(site, looking, "Viewer")
    now = seeing.time.time()
    monkeypatch.setattr(seeing.time, "time", lambda: now + seeing.LASTS_S - 5)
    assert looking.get("/admin/staff").status_code == 403
    monkeypatch.setattr(seeing.time, "time", lambda: now + seeing.LASTS_S + 5)
    page = looking.get("/admin/staff")
    assert page.status_code == 200
    assert "Thirty minutes are over" in page.text


def test_nothing_can_be_posted(site: Site, looking: FlaskClient) -> None:
    target = person(site, "Viewer")
    look(site, looking, "Owner")
    token = token_in(looking.get("/admin/palette").text)
    tried = 0
    for rule in site.app.url_map.iter_rules():
        if not rule.rule.startswith(("/admin", "/auth")) or "POST" not in (rule.methods or ()):
            continue
        url = rule.rule
        for argument in rule.arguments:
            value = {"member_id": str(target), "key": "customers", "deed": "delete"}.get(argument, "x")
            url = re.sub(
                rf"<([^<>]*:)?{argument}>", value if "uuid" not in url or argument == "member_id" else str(target), url
            )
        if url in seeing.STILL_POSTED:
            continue
        answer = looking.post(url, data={"csrf_token": token})
        assert answer.status_code in {403, 404}, (url, answer.status_code)
        tried += answer.status_code == 403
    assert tried > 20
    with site.machine.database.sessions() as session:
        assert session.get_one(StaffMember, target).active


def test_the_policy_itself_writes_nothing_for_somebody_who_looks(site: Site) -> None:
    ada = person(site, "Owner")
    eyes = Seeing("Owner", until=0, within=frozenset({"*"}))
    who = Person(id=ada, name="Ada", roles=("Owner",), permissions=frozenset({"*"}), seeing=eyes)
    with PolicySession(site.machine.database.engine, person=who) as session:
        session.add(SavedView(owner_id=ada, model_key="tickets", name="New"))
        with pytest.raises(Refused, match="only looking"):
            session.flush()
        session.rollback()
        with pytest.raises(Refused, match="only looking"):
            session.execute(sa.update(StaffMember).values(active=False))


def test_ones_own_account_is_not_shown(site: Site, looking: FlaskClient) -> None:
    look(site, looking, "Owner")
    for url in ("/auth/change", "/auth/verify"):
        assert looking.get(url).status_code == 403


def test_own_rows_are_those_of_the_member_looked_through(site: Site, looking: FlaskClient) -> None:
    finn = person(site, "Support", name="Finn Botha")
    with site.machine.database.transaction() as session:
        session.add(SavedView(owner_id=finn, model_key="tickets", name="Finns own view"))
        owners = session.scalars(sa.select(StaffMember.id).where(StaffMember.roles.any(Role.name == "Owner")))
        for owner in owners:
            session.add(SavedView(owner_id=owner, model_key="tickets", name="Owners own view"))
    assert send(looking, START, [("member", str(finn))]).status_code == 303
    page = looking.get(urls.list_url("tickets")).text
    assert "Finns own view" in page
    assert "Owners own view" not in page
    assert "You see the admin as Finn Botha does" in page
    look_again = send(looking, START, [("role", str(role(site, "Viewer").id))])
    assert look_again.status_code == 403


def test_nobody_sees_more_than_they_may_themselves(site: Site) -> None:
    member = person(site)
    with site.machine.database.transaction() as session:
        clerk = Role(name="Looker", permissions=["core:roles:see_as", "page:*:read", "data:tickets:read"])
        session.add(clerk)
        session.flush()
        session.execute(sa.text("INSERT INTO admin.staff_roles VALUES (:m, :r)"), {"m": member, "r": clerk.id})
    client = site.client("Looker")
    look(site, client, "Owner")
    assert client.get(urls.list_url("tickets")).status_code == 200
    for key in ("customers", "staff_members", "settings"):
        assert client.get(urls.list_url(key)).status_code == 403
    assert "@" not in words_of(client.get(urls.list_url("tickets")).text)


@pytest.mark.parametrize("name", ["Support", "Viewer"])
def test_others_cannot_begin(site: Site, name: str) -> None:
    client = site.client(name)
    assert send(client, START, [("role", str(role(site, "Owner").id))]).status_code == 403
    assert client.get("/admin/staff").status_code == 403


@pytest.mark.parametrize("form", [[], [("role", "x")], [("member", "00000000-0000-0000-0000-000000000000")]])
def test_what_does_not_exist_has_no_eyes(looking: FlaskClient, form: list[tuple[str, str]]) -> None:
    assert send(looking, START, form).status_code == 404
    assert looking.get("/admin/staff").status_code == 200


def test_a_lost_permission_ends_the_look(site: Site) -> None:
    member = person(site)
    with site.machine.database.transaction() as session:
        made = Role(name="Brief", permissions=["*"])
        session.add(made)
        session.flush()
        session.execute(sa.text("INSERT INTO admin.staff_roles VALUES (:m, :r)"), {"m": member, "r": made.id})
    client = site.client("Brief")
    look(site, client, "Viewer")
    with site.machine.database.transaction() as session:
        session.get_one(Role, made.id).permissions = ["page:system:read"]
    assert "You see the admin as" not in client.get("/admin/").text.replace("as yourself", "")


def test_what_a_member_revealed_stays_masked_for_who_looks_through_their_eyes(site: Site) -> None:
    finn, spec, now = person(site, "Support"), site.machine.registry.spec("sign_ins"), datetime.now(UTC)
    words = {"model_key": spec.key, "record_key": "x", "column_key": "ip", "until": now + timedelta(minutes=5)}
    with site.machine.database.transaction() as session:
        session.add(Reveal(member_id=finn, **words))
    own = Person(id=finn, name="Finn", roles=("Support",), permissions=frozenset(role(site, "Support").permissions))
    eyes = replace(own, seeing=Seeing("Finn", until=0, within=frozenset({"*"}), own_id=finn))
    found = []
    for who in (own, eyes):
        with PolicySession(site.machine.database.engine, person=who) as session:
            ctx = Context(session, who, site.machine.registry, site.machine.cipher, now)
            found.append(set(revealed(ctx, spec, spec.columns.values(), "x")))
    assert found == [{"ip"}, set()]
