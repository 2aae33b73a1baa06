"""The page that off-boards a member: what they hold, who takes it over, and what else will end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.audit.entries import Entry
from admin_core.audit.web import of_request
from admin_core.changes import acting
from admin_core.contributions import ActionRefused
from admin_core.database import limit_statements
from admin_core.generator.view import SEE_OTHER, UNPROCESSABLE
from admin_core.machine import machine
from admin_core.team import leaving
from admin_core.team.asking import TEAM_URL, changing
from admin_core.team.changing import Desk
from admin_core.team.deed_pages import LONGEST_REASON, found
from admin_core.team.member_pages import MODEL, Eyes, blueprint
from admin_core.team.members import Member
from admin_core.team.secrets_known import secrets_known_to, still_known
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory

LIMIT_MS = 30_000


@blueprint.route("/<uuid:member_id>/leave", methods=["GET", "POST"])
def leave(member_id: UUID) -> ResponseReturnValue:
    """Show what a member holds and ask who takes it over; do it."""
    at = changing("core:staff:offboard", "off-board a member", "staff-offboard")
    member = found(at, member_id)
    if request.method == "GET":
        return leaving_page(at, member)
    try:
        sentence = carried_out(at, member_id)
    except ActionRefused as refusal:
        return leaving_page(at, member, refusal)
    flash_done(sentence)
    return redirect(f"{TEAM_URL}/{member_id}", SEE_OTHER)


def carried_out(at: Desk, member_id: UUID) -> str:
    """Do it in one transaction and return what was done."""
    reason = " ".join(request.form.get("reason", "").replace("\x00", "").split())
    if len(reason) > LONGEST_REASON:
        raise ActionRefused(f"Use at most {LONGEST_REASON} characters for the reason; these are {len(reason)}.")
    acting.describe(reason=reason or None)
    with unrestricted(at) as desk:
        registry = machine().registry
        known = secrets_known_to(desk.session, member_id, at.now)
        heirs = leaving.chosen_heirs(lambda name: request.form.get(name, ""))
        sentence = f"{leaving.leave(desk, registry, member_id, heirs, reason)}{still_known(known)}"
        who = acting.current.get()
        entry = Entry(
            category=AuditCategory.WRITE,
            action="staff.left",
            object_type=MODEL,
            object_key=str(member_id),
            change_set_id=who.id if who else None,
            reason=reason or None,
            **of_request(),
        )
        machine().audit.record(desk.session, entry)
    return sentence


@contextmanager
def unrestricted(at: Desk) -> Iterator[Desk]:
    """Yield the desk over a session without row rules, since what they hide passes on, too; commit at the end."""
    with machine().database.transaction() as session:
        limit_statements(session, LIMIT_MS)
        yield replace(at, session=session)


def leaving_page(at: Desk, member: Member, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page with what was chosen."""
    with machine().database.sessions() as session:
        limit_statements(session)
        held = leaving.held(session, machine().registry, member.id)
        known = secrets_known_to(session, member.id, at.now)
    page = render_template(
        "admin/team/leave.html",
        member=member,
        eyes=Eyes.of(at.person),
        held=held,
        known=known,
        successors=leaving.successors(at.session, member.id),
        typed=request.form,
        longest=LONGEST_REASON,
        problem=problem,
    )
    return page, UNPROCESSABLE if problem else 200
