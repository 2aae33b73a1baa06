"""Something done on every address of staff, roles and one's own account that takes a form."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from schema.staff import StaffSession
from tests.journeys.deed_world import Deed, World
from tests.journeys.site import session_of

TEAM, ROLES, SEE_AS = "/admin/staff", "/admin/staff/roles", "/admin/see-as"
THANDI = [("name", "Thandi"), ("roles", "Viewer")]
MAY = [("permissions", "page:system:read"), ("then", "save")]


def member(world: World) -> str:
    """Return the page of a new member."""

    def make(session: Session) -> UUID:
        viewer = ensure_roles(session)["Viewer"]
        return add_member(session, name="Thandi", email=f"{uuid4().hex}@example.com", roles=[viewer]).id

    return f"{TEAM}/{world.add(make)}"


def enable(world: World) -> TestResponse:
    url = member(world)
    world.post(f"{url}/disable", f"{url}/disable")
    return world.deed(f"{url}/enable")


def withdraw(world: World) -> TestResponse:
    email = f"{uuid4().hex}@example.com"
    world.post(f"{TEAM}/invite", f"{TEAM}/invite", [("name", "Thandi"), ("email", email), ("roles", "Viewer")])
    with world.site.machine.database.sessions() as session:
        invited = session.scalar(sa.text("SELECT id FROM admin.staff_members WHERE email = :e"), {"e": email})
    return world.deed(f"{TEAM}/{invited}/invitation", fields=[("deed", "withdraw")])


def delete_role(world: World) -> TestResponse:
    made = world.post(f"{ROLES}/new", f"{ROLES}/new", [("name", uuid4().hex), *MAY])
    return world.deed(f"{made.location}/delete")


def edit_role(world: World) -> TestResponse:
    made = world.post(f"{ROLES}/new", f"{ROLES}/new", [("name", uuid4().hex), *MAY])
    return world.deed(f"{made.location}/edit", f"{made.location}/edit", [("name", uuid4().hex), *MAY])


def leave(world: World) -> TestResponse:
    url = f"{member(world)}/leave"
    return world.deed(url, url, [("reason", "Found another job")])


def session_of_member(world: World, whose: UUID) -> str:
    """Return the id of a new session of a member."""
    with world.site.machine.database.sessions() as session:
        mine = sa.select(StaffSession.id).where(session_of(world.site.client_of(whose)))
        return str(session.scalars(mine).one())


def end_sessions(world: World) -> TestResponse:
    url = member(world)
    session_of_member(world, UUID(url.rpartition("/")[2]))
    return world.deed(f"{url}/sessions")


def end_session(world: World) -> TestResponse:
    url = member(world)
    one = session_of_member(world, UUID(url.rpartition("/")[2]))
    return world.deed(f"{url}/sessions", fields=[("session", one)])


def end_own_session(world: World) -> TestResponse:
    one = session_of_member(world, world.site.member(world.owner))
    return world.deed(f"/admin/account/sessions/{one}/end")


def role(world: World) -> list[tuple[str, str]]:
    with world.site.machine.database.sessions() as session:
        return [("role", str(session.scalar(sa.text("SELECT id FROM admin.roles WHERE name = 'Viewer'"))))]


def begin_seeing(world: World) -> TestResponse:
    answer = world.deed(SEE_AS, fields=role(world))
    if world.doer is world.owner:
        world.post(f"{SEE_AS}/end")
    return answer


def end_seeing(world: World) -> TestResponse:
    world.post(SEE_AS, fields=role(world))
    return world.deed(f"{SEE_AS}/end")


TEAM_DEEDS: dict[str, Deed] = {
    "account.end_one": Deed(end_own_session, "staff.session-ended"),
    "account.end_others": Deed(lambda w: w.deed("/admin/account/sessions/end-others"), "staff.sessions-ended"),
    "access.preferences": Deed(
        lambda w: w.deed("/admin/preferences", fields=[("theme", "dark")]), "staff_members.edited"
    ),
    "roles.edit": Deed(edit_role, "roles.edited", "core:roles:edit"),
    "roles.new": Deed(
        lambda w: w.deed(f"{ROLES}/new", f"{ROLES}/new", [("name", uuid4().hex), *MAY]),
        "roles.created",
        "core:roles:edit",
    ),
    "roles.press": Deed(delete_role, "roles.deleted", "core:roles:edit"),
    "see_as.begin": Deed(begin_seeing, "staff.see-as-begun", "core:roles:see_as"),
    "see_as.end": Deed(end_seeing, "staff.see-as-ended"),
    "staff.disable": Deed(
        lambda w: w.deed(f"{(url := member(w))}/disable", f"{url}/disable"), "staff.disabled", "core:staff:disable"
    ),
    "staff.enable": Deed(enable, "staff.enabled", "core:staff:disable"),
    "staff.invitation": Deed(withdraw, "staff.invitation-withdrawn", "core:staff:invite"),
    "staff.invite": Deed(
        lambda w: w.deed(f"{TEAM}/invite", f"{TEAM}/invite", [*THANDI, ("email", f"{uuid4().hex}@example.com")]),
        "staff.invited",
        "core:staff:invite",
    ),
    "staff.end_sessions": Deed(end_sessions, "staff.sessions-ended", "core:staff:sessions"),
    "staff.end_sessions one": Deed(end_session, "staff.session-ended", "core:staff:sessions"),
    "staff.leave": Deed(leave, "staff.left", "core:staff:offboard"),
    "staff.reset_factor": Deed(lambda w: w.deed(f"{member(w)}/reset-factor"), "staff.factor-reset", "core:staff:reset"),
    "staff.roles": Deed(
        lambda w: w.deed(f"{member(w)}/roles", fields=[("roles", "Support")]),
        "staff.roles-changed",
        "core:staff:assign",
    ),
}
