"""Roles over HTTP: the editor, what it refuses, setting back, side by side; a change counts at once."""

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.access import ensure_roles
from admin_core.policy.roles import SHIPPED
from admin_core.team.members import lock_team
from schema.staff import Role, StaffMember
from tests.databases import until_waiting
from tests.journeys.site import Site, own_site
from tests.journeys.test_team import get, person, row_of, send

URL = "/admin/staff/roles"
Form = list[tuple[str, str]]


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "roles", as_web=True) as site:
        with site.machine.database.transaction() as session:
            ensure_roles(session)
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def role(site: Site, name: str) -> Role:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(Role).where(Role.name == name)).one()


def make_role(site: Site, *permissions: str, **words: object) -> Role:
    """Return a new role."""
    with site.machine.database.transaction() as session:
        made = Role(name=f"R{uuid4().hex}", permissions=list(permissions), **words)
        session.add(made)
        session.flush()
        session.refresh(made)
        return made


def editor(site: Site, *permissions: str, **words: object) -> FlaskClient:
    """Return a browser of somebody who edits roles and members, with these permissions besides."""
    made = make_role(site, "page:*:read", "core:staff:*", "core:roles:*", *permissions, **words)
    with site.machine.database.transaction() as session:
        session.add(made)
        person_of = person(site)
        session.execute(
            sa.text("INSERT INTO admin.staff_roles VALUES (:member, :role)"), {"member": person_of, "role": made.id}
        )
    return site.client(made.name)


def version(page: str) -> str:
    found = re.search(r'name="version" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_a_role_is_made_shown_changed_and_deleted(site: Site, owner: FlaskClient) -> None:
    form: Form = [
        ("name", "Bookkeeper"), ("description", "Does the books"), ("permissions", "data:@Finance:read"),
        ("permissions", "page:system:read"), ("further", "data:customers:read\n!data:prices:*"),
        ("refund_limit_cents", "250,50"),
    ]  # fmt: skip
    get(site, owner, f"{URL}/new")
    made = send(owner, f"{URL}/new", [*form, ("then", "save")])
    assert made.status_code == 303, made.text[-1500:]
    found = role(site, "Bookkeeper")
    assert set(found.permissions) == {
        "data:@Finance:read", "page:system:read", "data:customers:read", "!data:prices:*",
    }  # fmt: skip
    assert (found.refund_limit_cents, found.shipped) == (25_050, False)
    page = get(site, owner, f"{URL}/{found.id}")
    assert "See all records under Finance." in page
    assert "Never: do anything with prices." in page
    edit = get(site, owner, f"{URL}/{found.id}/edit")
    assert re.search(r'value="data:@Finance:read" checked', edit)
    assert "data:customers:read\n!data:prices:*" in edit
    changed = [("name", "Bookkeeper"), ("permissions", "data:@Finance:read"), ("version", version(edit))]
    assert send(owner, f"{URL}/{found.id}/edit", changed).status_code == 303
    assert role(site, "Bookkeeper").permissions == ["data:@Finance:read"]
    stale = send(owner, f"{URL}/{found.id}/edit", [*changed[:2], ("further", "data:people:read"), changed[2]])
    assert stale.status_code == 422
    assert "Somebody else changed" in stale.text
    assert "data:people:read" in stale.text
    assert role(site, "Bookkeeper").permissions == ["data:@Finance:read"]
    assert send(owner, f"{URL}/{found.id}/delete").status_code == 303
    get(site, owner, f"{URL}/{found.id}", 404)


def test_a_preview_says_what_it_means_and_saves_nothing(site: Site, owner: FlaskClient) -> None:
    form = [("name", "Tester"), ("further", "data:@Support:*\ndata:no_such_table:read"), ("then", "preview")]
    answer = send(owner, f"{URL}/new", form)
    page = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "Do anything with all records under Support." in page
    assert "These cover nothing at present: data:no_such_table:read." in page
    assert "data:tickets:edit" in page
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(Role.id).where(Role.name == "Tester")) is None


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ([("name", "")], "Give the role a name."),
        ([("name", "a" * 81)], "Use at most 80 characters"),
        ([("name", "viewer")], "There is a role called Viewer already."),
        ([("name", "X"), ("further", "what is this?")], "is no pattern"),
        ([("name", "X"), ("description", "d" * 256)], "Use at most 255"),
        ([("name", "X"), ("refund_limit_cents", "lots")], "Write an amount in rand"),
        ([("name", "X"), ("refund_limit_cents", "-1")], "not negative"),
        ([("name", "X"), ("refund_limit_cents", "1.005")], "whole cents"),
        ([("name", "X"), ("refund_limit_cents", "1e400")], "amount"),
        ([("name", "X"), ("refund_limit_cents", "NaN")], "amount"),
    ],
)
def test_what_is_wrong_with_a_role_is_said_and_nothing_is_made(
    site: Site, owner: FlaskClient, form: Form, sentence: str
) -> None:
    answer = send(owner, f"{URL}/new", form)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert sentence in page
    assert all(value in page for _, value in form)
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(Role.id).where(Role.name == "X")) is None


def test_a_shipped_role_is_changed_and_set_back(site: Site, owner: FlaskClient) -> None:
    viewer = role(site, "Viewer")
    edit = get(site, owner, f"{URL}/{viewer.id}/edit")
    form = [("name", "Viewer"), ("further", "*:read"), ("version", version(edit))]
    assert send(owner, f"{URL}/{viewer.id}/edit", form).status_code == 303
    page = get(site, owner, f"{URL}/{viewer.id}")
    assert "Taken out: !data" in re.sub(r"</?code>", "", page)
    assert send(owner, f"{URL}/{viewer.id}/edit", [("name", "Watcher"), *form[1:]]).status_code == 422
    assert send(owner, f"{URL}/{viewer.id}/delete").status_code == 422
    assert send(owner, f"{URL}/{viewer.id}/shipped").status_code == 303
    shipped = next(each for each in SHIPPED if each.name == "Viewer")
    back = role(site, "Viewer")
    assert (tuple(back.permissions), back.description) == (shipped.permissions, shipped.description)


def test_the_owner_role_and_ones_own_are_fixed(site: Site, owner: FlaskClient) -> None:
    found = role(site, "Owner")
    for path in ("edit", "shipped", "delete"):
        answer = send(owner, f"{URL}/{found.id}/{path}", [("name", "Owner"), ("further", "data:*:read")])
        assert answer.status_code == 422
        assert "cannot be changed" in answer.text
    assert role(site, "Owner").permissions == ["*"]
    clerk = editor(site, "data:@Support:*")
    page = get(site, clerk, URL)
    own = next(each for each in re.findall(rf'{URL}/([0-9a-f-]{{36}})">(R\w+)<', page) if each[1] in clerk_roles(site))
    answer = send(clerk, f"{URL}/{own[0]}/edit", [("name", own[1]), ("further", "page:*:read")])
    assert (answer.status_code, "yourself" in answer.text) == (422, True)


def clerk_roles(site: Site) -> set[str]:
    """Return the names of the editors' roles."""
    with site.machine.database.sessions() as session:
        return set(session.scalars(sa.select(Role.name).where(sa.literal("core:roles:*") == sa.any_(Role.permissions))))


def test_nobody_gives_what_they_lack(site: Site) -> None:
    clerk = editor(site, "data:@Support:*", "pii:contact:read", refund_limit_cents=10_000)
    plain = make_role(site, "page:home:read", refund_limit_cents=0)
    held = make_role(site, "!pii:identity:read", refund_limit_cents=0)
    member = person(site)
    strong = make_role(site, "pii:*", "data:@Support:*", refund_limit_cents=0)
    give(site, member, held.id, strong.id)
    cases: list[tuple[Role, str, str]] = [
        (plain, "data:tickets:edit", ""),
        (plain, "data:@Finance:read", "give what you lack"),
        (plain, "*", "give what you lack"),
        (plain, "pii:contact:*", "give what you lack"),
        (plain, "data:@Support:*", ""),
        (held, "page:home:read", "pii:identity:read"),  # taking less away gives more to who has it beside another
    ]
    for made, pattern, sentence in cases:
        edit = get(site, clerk, f"{URL}/{made.id}/edit")
        form = [("name", made.name), ("further", pattern), ("version", version(edit)), ("refund_limit_cents", "0")]
        answer = send(clerk, f"{URL}/{made.id}/edit", form)
        assert answer.status_code == (422 if sentence else 303), (pattern, answer.text[-800:])
        assert sentence in html.unescape(answer.text)
    for amount, status in (("100", 303), ("100.01", 422), ("", 422)):
        edit = get(site, clerk, f"{URL}/{plain.id}/edit")
        form = [("name", plain.name), ("version", version(edit)), ("refund_limit_cents", amount)]
        assert send(clerk, f"{URL}/{plain.id}/edit", form).status_code == status, amount


def give(site: Site, member: UUID, *roles: UUID) -> None:
    """Give a member roles."""
    with site.machine.database.transaction() as session:
        for each in roles:
            session.execute(sa.text("INSERT INTO admin.staff_roles VALUES (:m, :r)"), {"m": member, "r": each})


def test_nobody_handles_who_may_more(site: Site) -> None:
    clerk = editor(site, "data:@Support:*")
    target = person(site, "Owner")
    before = row_of(site, target)
    for path, form in (
        ("roles", [("roles", "Viewer")]), ("disable", []), ("reset-factor", []), ("sessions", []), ("leave", []),
    ):  # fmt: skip
        answer = send(clerk, f"/admin/staff/{target}/{path}", form)
        assert answer.status_code == 422, path
        assert "they may do what you may not" in html.unescape(answer.text)
    invite = [("name", "Thandi"), ("email", f"{uuid4().hex}@example.com"), ("roles", "Owner")]
    assert "give what you lack" in send(clerk, "/admin/staff/invite", invite).text
    after = row_of(site, target)
    assert (after.active, after.fs_uniquifier, [r.name for r in after.roles]) == (True, before.fs_uniquifier, ["Owner"])


def test_a_changed_role_counts_at_the_next_click(site: Site, owner: FlaskClient) -> None:
    made = make_role(site, "data:tickets:read")
    give(site, person(site), made.id)
    client = site.client(made.name)
    assert client.get("/admin/data/tickets/").status_code == 200
    edit = get(site, owner, f"{URL}/{made.id}/edit")
    form = [("name", made.name), ("further", "data:people:read"), ("version", version(edit))]
    assert send(owner, f"{URL}/{made.id}/edit", form).status_code == 303
    assert client.get("/admin/data/tickets/").status_code == 403
    assert client.get("/admin/data/people/").status_code == 200


def test_side_by_side_shows_every_section(site: Site, owner: FlaskClient) -> None:
    page = get(site, owner, f"{URL}/matrix")
    sections = re.findall(r"<option[^>]*>([^<]+)</option>", page)
    assert {"Personal data", "Pages", "This backend", "Records: Support", "Records: System"} <= set(sections)
    for section in sections:
        shown = owner.get(f"{URL}/matrix", query_string={"section": section})
        assert shown.status_code == 200
    support = owner.get(f"{URL}/matrix", query_string={"section": "Records: Support"}).text
    assert re.search(r"tickets</th>.*?everything.*?see, add, edit, delete", support, re.DOTALL)
    get(site, owner, f"{URL}/matrix?section=nope", 404)


@pytest.mark.parametrize("role_name", ["Support", "Viewer"])
def test_others_see_nothing_of_the_team_and_change_nothing(site: Site, role_name: str) -> None:
    client = site.client(role_name)
    member, made = person(site, "Viewer"), make_role(site, "page:*:read")
    before = row_of(site, member)
    for url in (
        "/admin/staff", f"/admin/staff/{member}", "/admin/staff/invite", f"/admin/staff/{member}/roles",
        f"/admin/staff/{member}/disable", f"/admin/staff/{member}/reset-factor", f"/admin/staff/{member}/leave",
        URL, f"{URL}/{made.id}", f"{URL}/new", f"{URL}/{made.id}/edit", f"{URL}/matrix",
    ):  # fmt: skip
        get(site, client, url, 403)
    for url in (
        "/admin/staff/invite", f"/admin/staff/{member}/roles", f"/admin/staff/{member}/disable",
        f"/admin/staff/{member}/enable", f"/admin/staff/{member}/reset-factor", f"/admin/staff/{member}/sessions",
        f"/admin/staff/{member}/invitation", f"/admin/staff/{member}/leave", f"{URL}/new", f"{URL}/{made.id}/edit",
        f"{URL}/{made.id}/shipped", f"{URL}/{made.id}/delete",
    ):  # fmt: skip
        form = [("roles", "Owner"), ("name", "Thandi"), ("email", "t@example.com"), ("further", "*"), ("reason", "x")]
        assert send(client, url, form).status_code == 403, url
    after = row_of(site, member)
    assert (after.active, after.fs_uniquifier, after.name) == (before.active, before.fs_uniquifier, before.name)
    with site.machine.database.sessions() as session:
        assert session.get_one(Role, made.id).permissions == ["page:*:read"]
        assert session.scalar(sa.select(Role.id).where(Role.name == "Thandi")) is None


def test_a_role_that_changes_while_somebody_waits_for_it_is_not_overwritten(site: Site, owner: FlaskClient) -> None:
    plain = make_role(site, "page:home:read")
    seen = version(get(site, owner, f"{URL}/{plain.id}/edit"))
    form = [("name", plain.name), ("further", "page:home:read\ndata:people:read"), ("version", seen)]
    with ThreadPoolExecutor(1) as pool:
        with site.machine.database.transaction() as work:
            lock_team(work)
            late = pool.submit(send, owner, f"{URL}/{plain.id}/edit", form)
            until_waiting(work.connection())
            work.get_one(Role, plain.id).permissions = ["page:home:read", "data:tickets:read"]
        answer = late.result()
    assert answer.status_code == 422
    assert "it gives data:people:read and leaves out data:tickets:read." in html.unescape(answer.text)
    assert role(site, plain.name).permissions == ["page:home:read", "data:tickets:read"]


def test_whoever_is_given_more_while_somebody_waits_for_them_is_out_of_reach(site: Site) -> None:
    clerk = editor(site, "pii:*:read", "page:*", "data:*", "!core:jobs:*")
    plain, target = make_role(site, "page:home:read"), person(site)
    with site.machine.database.transaction() as work:
        work.get_one(StaffMember, target).roles = [work.get_one(Role, plain.id)]
    with ThreadPoolExecutor(1) as pool:
        with site.machine.database.transaction() as work:
            lock_team(work)
            late = pool.submit(send, clerk, f"/admin/staff/{target}/disable", [])
            until_waiting(work.connection())
            work.get_one(Role, plain.id).permissions = ["*"]
        assert late.result().status_code == 422
    with site.machine.database.sessions() as session:
        assert session.get_one(StaffMember, target).active


def test_a_refusal_for_another_reason_does_not_overwrite_what_somebody_else_saved(
    site: Site, owner: FlaskClient
) -> None:
    plain = make_role(site, "page:home:read")
    seen = version(get(site, owner, f"{URL}/{plain.id}/edit"))
    with site.machine.database.transaction() as work:
        work.get_one(Role, plain.id).permissions = ["page:home:read", "data:tickets:read"]
    form = [("name", "Viewer"), ("further", "page:home:read"), ("version", seen)]
    for wrong in ([("name", ""), *form[1:]], [*form[:1], ("further", "what is this?"), *form[2:]]):
        assert version(send(owner, f"{URL}/{plain.id}/edit", wrong).text) == seen
    assert send(owner, f"{URL}/{plain.id}/edit", [("name", plain.name), *form[1:]]).status_code == 422
    assert role(site, plain.name).permissions == ["page:home:read", "data:tickets:read"]
