"""The team's pages over HTTP: invite, roles, access, second factor, sessions; who may not, and what then stays."""

import html
import re
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import undefer
from werkzeug.test import TestResponse

from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from schema.audit import AuditEntry
from schema.changes import ChangeSet
from schema.sign_in import Invitation, SignInLink
from schema.staff import StaffMember, StaffSession
from tests.journeys.site import Site, own_site
from tests.journeys.test_attacks import send as post

URL = "/admin/staff"
BUDGET = 6


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "team", as_web=True) as site:
        with site.machine.database.transaction() as session:
            ensure_roles(session)
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def get(site: Site, client: FlaskClient, url: str, status: int = 200, budget: int = BUDGET) -> str:
    with site.counted() as statements:
        answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code, answer.text[-1500:])
    assert len(statements) <= budget, statements
    return html.unescape(answer.text)


def send(client: FlaskClient, url: str, data: Iterable[tuple[str, str]] = ()) -> TestResponse:
    """Post a form, empty for a button."""
    return post(client, url, data)


def person(site: Site, *roles: str, name: str = "Thandi Mbeki") -> UUID:
    """Return the id of a new member."""
    with site.machine.database.transaction() as session:
        known = ensure_roles(session)
        return add_member(
            session, name=name, email=f"{uuid4().hex}@example.com", roles=[known[role] for role in roles]
        ).id


def row_of(site: Site, member: UUID) -> StaffMember:
    with site.machine.database.sessions() as session:
        found = session.get_one(StaffMember, member, options=[undefer("*")])  # secrets, too
        assert found.roles is not None  # loaded while the session is open
        return found


def member_by(site: Site, email: str) -> StaffMember:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(StaffMember).where(StaffMember.email == email)).one()


def test_an_invited_member_gets_one_link_that_works_once(site: Site, owner: FlaskClient) -> None:
    get(site, owner, f"{URL}/invite")
    email = f"{uuid4().hex}@example.com"
    made = send(owner, f"{URL}/invite", [("name", "Thandi Mbeki"), ("email", email), ("roles", "Support")])
    assert made.status_code == 200, made.text[-1500:]
    assert made.headers["Cache-Control"] == "no-store"
    link = re.search(r"/auth/link/[\w-]+", made.text)
    assert link
    member = member_by(site, email)
    page = get(site, owner, f"{URL}/{member.id}")
    assert "invited" in page
    assert link[0] not in page
    with site.machine.database.sessions() as session:
        invitation = session.scalars(sa.select(Invitation).where(Invitation.email == email)).one()
        assert (invitation.member_id, invitation.role_names) == (member.id, ["Support"])
        about = sa.select(AuditEntry).where(AuditEntry.object_key == str(member.id))
        entry, look = session.scalars(about.order_by(AuditEntry.occurred_at)).all()
        assert (entry.action, entry.change_set_id is not None) == ("staff.invited", True)
        assert (look.action, look.field_names) == ("data.detail", ["name", "email"])
        change = session.get_one(ChangeSet, entry.change_set_id)
        assert (change.action, change.undoable) == ("core.staff-invite", False)
    again = send(owner, f"{URL}/{member.id}/invitation", [("deed", "resend")])
    newer = re.search(r"/auth/link/[\w-]+", again.text)
    assert newer
    stranger = site.app.test_client()
    assert stranger.get(link[0]).status_code == 410
    assert stranger.get(newer[0]).status_code == 200
    gone = send(owner, f"{URL}/{member.id}/invitation", [("deed", "withdraw")])
    assert gone.status_code == 303
    assert stranger.get(newer[0]).status_code == 410
    assert row_of(site, member.id).disabled_reason == "Invitation withdrawn"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Write the person's name."),
        ({"name": "a" * 201}, "Use at most 200 characters"),
        ({"email": "thandi"}, "Write an e-mail address"),
        ({"email": "thandi@\x00example.com "}, ""),
        ({"roles": ""}, "Choose at least one role."),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_and_kept(
    owner: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    typed = {"name": "Thandi's", "email": f"{uuid4().hex}@example.com", "roles": "Viewer", **changes}
    answer = send(owner, f"{URL}/invite", list(typed.items()))
    page = html.unescape(answer.text)
    assert answer.status_code == (422 if sentence else 200)
    assert sentence in page
    assert not sentence or typed["name"] in page


def test_an_address_of_a_member_is_not_invited_again(site: Site, owner: FlaskClient) -> None:
    known = row_of(site, person(site, "Viewer"))
    answer = send(owner, f"{URL}/invite", [("name", "Other"), ("email", known.email.upper()), ("roles", "Owner")])
    assert answer.status_code == 422
    assert "is a member already" in html.unescape(answer.text)
    assert [role.name for role in row_of(site, known.id).roles] == ["Viewer"]


def test_a_withdrawn_member_is_invited_anew_in_other_roles(site: Site, owner: FlaskClient) -> None:
    email = f"{uuid4().hex}@example.com"
    send(owner, f"{URL}/invite", [("name", "Thandi"), ("email", email), ("roles", "Owner")])
    first = member_by(site, email).id
    send(owner, f"{URL}/{first}/invitation", [("deed", "withdraw")])
    assert (
        send(owner, f"{URL}/invite", [("name", "Thandi M"), ("email", email), ("roles", "Viewer")]).status_code == 200
    )
    again = row_of(site, first)
    assert (again.name, again.active, [role.name for role in again.roles]) == ("Thandi M", True, ["Viewer"])


def test_new_roles_count_at_once_and_end_the_sessions(site: Site, owner: FlaskClient) -> None:
    member = person(site, "Viewer")
    before = row_of(site, member).fs_uniquifier
    done = send(owner, f"{URL}/{member}/roles", [("roles", "Support"), ("roles", "Viewer")])
    assert done.status_code == 303, done.text[-1000:]
    after = row_of(site, member)
    assert {role.name for role in after.roles} == {"Support", "Viewer"}
    assert after.fs_uniquifier != before
    assert "What the roles may do" in get(site, owner, f"{URL}/{member}/roles")


@pytest.mark.parametrize(
    ("roles", "sentence"), [([], "Choose at least one role"), (["Nope", "Viewer"], "does not exist any more")]
)
def test_roles_that_are_none_are_refused(site: Site, owner: FlaskClient, roles: list[str], sentence: str) -> None:
    member = person(site, "Viewer")
    answer = send(owner, f"{URL}/{member}/roles", [("roles", role) for role in roles])
    assert answer.status_code == 422
    assert sentence in answer.text
    assert [role.name for role in row_of(site, member).roles] == ["Viewer"]


def test_disabled_is_out_and_enabled_is_in_again(site: Site, owner: FlaskClient) -> None:
    member = person(site, "Viewer")
    assert send(owner, f"{URL}/{member}/disable", [("reason", "Leaves us")]).status_code == 303
    row = row_of(site, member)
    assert (row.active, row.disabled_reason) == (False, "Leaves us")
    assert "Leaves us" in get(site, owner, f"{URL}/{member}")
    assert row.name in get(site, owner, f"{URL}?show=disabled")
    assert send(owner, f"{URL}/{member}/disable").status_code == 422
    assert send(owner, f"{URL}/{member}/enable").status_code == 303
    assert row_of(site, member).active
    assert send(owner, f"{URL}/{member}/enable").status_code == 422


def test_a_reset_factor_is_set_up_anew_by_a_link(site: Site, owner: FlaskClient) -> None:
    member = person(site, "Support")
    with site.machine.database.transaction() as session:
        session.get_one(StaffMember, member).tf_totp_secret = "seed"
    assert "authenticator app" in get(site, owner, f"{URL}/{member}")
    answer = send(owner, f"{URL}/{member}/reset-factor")
    assert re.search(r"/auth/link/[\w-]+", answer.text)
    assert row_of(site, member).tf_totp_secret is None


def test_sessions_are_listed_and_ended(site: Site, owner: FlaskClient) -> None:
    member = person(site, "Viewer")
    with site.machine.database.transaction() as session:
        for device in ("Firefox on Linux", "Chrome on Windows"):
            words = {"member_id": member, "device": device, "token_hash": uuid4().hex, "ip": "196.25.1.1"}
            session.add(StaffSession(**words, expires_at=sa.func.now() + sa.text("interval '1 hour'")))
    page = get(site, owner, f"{URL}/{member}")
    assert "Firefox on Linux" in page
    assert "196.25.1.1" in page
    one = re.search(r'name="session" value="([^"]+)"', page)
    assert one
    assert send(owner, f"{URL}/{member}/sessions", [("session", one[1])]).status_code == 303
    assert send(owner, f"{URL}/{member}/sessions", [("session", one[1])]).status_code == 422
    assert send(owner, f"{URL}/{member}/sessions", [("session", "x")]).status_code == 404
    assert send(owner, f"{URL}/{member}/sessions").status_code == 303
    assert "Not signed in anywhere" in get(site, owner, f"{URL}/{member}")


def test_pages_of_many_members_go_on_behind_the_last(site: Site, owner: FlaskClient) -> None:
    for n in range(60):
        person(site, "Viewer", name=f"Zz {n:03}")
    seen: list[str] = []
    url = URL
    while url:
        page = get(site, owner, url)
        assert "@" not in url
        seen += re.findall(r"Zz \d{3}", page)
        onwards = re.search(r'href="([^"]+)">Next', page)
        url = onwards[1] if onwards else ""
    assert seen == [f"Zz {n:03}" for n in range(60)]


def test_nobody_handles_themselves(site: Site, owner: FlaskClient) -> None:
    page = get(site, owner, URL)
    me = re.search(rf'{URL}/([0-9a-f-]+)">[^<]+</a> <span class="tag">you', page)
    assert me
    assert "This is you" in get(site, owner, f"{URL}/{me[1]}")
    for path, form in (
        ("roles", [("roles", "Owner"), ("roles", "Viewer")]),
        ("disable", []),
        ("reset-factor", []),
        ("sessions", []),
    ):
        answer = send(owner, f"{URL}/{me[1]}/{path}", form)
        assert (answer.status_code, "yourself" in answer.text) == (422, True), path


def test_what_does_not_exist_is_not_found(site: Site, owner: FlaskClient) -> None:
    for path in (
        str(uuid4()),
        f"{uuid4()}/roles",
        f"{uuid4()}/disable",
        f"roles/{uuid4()}",
        f"roles/{uuid4()}/edit",
        "x",
    ):
        get(site, owner, f"{URL}/{path}", 404)
    get(site, owner, f"{URL}?after=x")


def test_links_and_their_hashes_stand_on_no_page(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        hashes = set(session.scalars(sa.select(SignInLink.token_hash)))
    pages = [get(site, owner, url) for url in (URL, f"{URL}?show=disabled", "/admin/data/invitations/")]
    assert not any(secret in page for secret in hashes for page in pages)
