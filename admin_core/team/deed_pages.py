"""What is done to a member, each on a page that says what will happen: roles, access, second factor, sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access.links import LASTS
from admin_core.changes.acting import describe
from admin_core.contributions import ActionRefused
from admin_core.generator.errors import NotFound
from admin_core.generator.view import UNPROCESSABLE
from admin_core.mail.templates import NEW_FACTOR
from admin_core.team import changing as changes
from admin_core.team import members
from admin_core.team.asking import TEAM_URL, changing, done, kept
from admin_core.team.changing import Desk
from admin_core.team.inviting import Invited
from admin_core.team.member_pages import MODEL, Eyes, blueprint, link_page, mail, mail_leaves, member_page
from admin_core.team.members import Member
from schema.sign_in import LinkPurpose

LONGEST_REASON = 200


@dataclass(frozen=True)
class DeedPage:
    """What a page asks before something is done."""

    title: str
    button: str
    explain: str
    asks_reason: bool = False


DISABLE = DeedPage(
    "Disable",
    "Disable",
    "They are signed out everywhere and cannot sign in. Their work stays theirs; to hand it over, off-board them.",
    asks_reason=True,
)
RESET = DeedPage(
    "Reset the second factor of",
    "Reset second factor",
    "Authenticator, recovery codes and passkeys stop working and every session ends. They set up a new factor with a"
    " one-use link. Make sure that it is really them who asks: call them.",
)


@blueprint.route("/<uuid:member_id>/roles", methods=["GET", "POST"])
def roles(member_id: UUID) -> ResponseReturnValue:
    """Ask which roles a member shall have; give them."""
    at = changing("core:staff:assign", "change roles", "staff-roles")
    member = found(at, member_id)
    if request.method == "GET":
        return roles_form(at, member, list(member.role_names))
    try:
        sentence = changes.change_roles(at, member_id, request.form.getlist("roles"))
    except ActionRefused as refusal:
        at.session.rollback()
        return roles_form(at, member, request.form.getlist("roles"), refusal)
    return done("staff.roles-changed", MODEL, member_id, sentence, f"{TEAM_URL}/{member_id}")


def roles_form(
    at: Desk, member: Member, chosen: list[str], problem: ActionRefused | None = None
) -> ResponseReturnValue:
    """Return the form with what was chosen."""
    page = render_template(
        "admin/team/member_roles.html",
        member=member,
        roles=members.roles(at.session),
        chosen=chosen,
        eyes=Eyes.of(at.person),
        problem=problem,
    )
    return page, UNPROCESSABLE if problem else 200


@blueprint.route("/<uuid:member_id>/disable", methods=["GET", "POST"])
def disable(member_id: UUID) -> ResponseReturnValue:
    """Ask why; keep the member out."""
    at = changing("core:staff:disable", "disable a member", "staff-disable")
    member = found(at, member_id)
    reason = " ".join(request.form.get("reason", "").replace("\x00", "").split())
    if request.method == "GET":
        return deed_page(at, member, DISABLE)
    if len(reason) > LONGEST_REASON:
        too_long = ActionRefused(f"Use at most {LONGEST_REASON} characters; these are {len(reason)}.")
        return deed_page(at, member, DISABLE, too_long)
    describe(reason=reason or None)
    return carried_out(at, member, DISABLE, "staff.disabled", lambda: changes.disable(at, member_id, reason))


@blueprint.post("/<uuid:member_id>/enable")
def enable(member_id: UUID) -> ResponseReturnValue:
    """Let a member in again."""
    at = changing("core:staff:disable", "enable a member", "staff-enable")
    return pressed(at, member_id, "staff.enabled", lambda: changes.enable(at, member_id))


@blueprint.route("/<uuid:member_id>/reset-factor", methods=["GET", "POST"])
def reset_factor(member_id: UUID) -> ResponseReturnValue:
    """Say what a reset does; do it, and hand over the link."""
    at = changing("core:staff:reset", "reset a second factor", "staff-reset-factor")
    member = found(at, member_id)
    if request.method == "GET":
        return deed_page(at, member, RESET)
    try:
        _, path = changes.reset_second_factor(at, member_id)
    except ActionRefused as refusal:
        at.session.rollback()
        return deed_page(at, member, RESET, refusal)
    return factor_link(at, Invited(member.id, member.name, member.email, path))


def factor_link(at: Desk, to: Invited) -> ResponseReturnValue:
    """Mail the link to a new factor where mail leaves; show it once where it does not."""
    minutes = int(LASTS[LinkPurpose.SECOND_FACTOR_RESET].total_seconds() // 60)
    if not mail_leaves(at):
        kept("staff.factor-reset", MODEL, to.member_id)
        return link_page(to.name, to.path, f"{minutes} minutes")
    mail(at, NEW_FACTOR.key, to, {"name": to.name, "by": at.person.name, "minutes": minutes})
    sentence = f"The second factor of {to.name} is reset; the link to a new one is on its way to them."
    return done("staff.factor-reset", MODEL, to.member_id, sentence, f"{TEAM_URL}/{to.member_id}")


@blueprint.post("/<uuid:member_id>/sessions")
def end_sessions(member_id: UUID) -> ResponseReturnValue:
    """Sign a member out, everywhere or of one browser."""
    at = changing("core:staff:sessions", "end sessions", "staff-sessions")
    one = request.form.get("session", "")
    if not one:
        return pressed(at, member_id, "staff.sessions-ended", lambda: changes.end_all_sessions(at, member_id))
    try:
        session_id = UUID(one)
    except ValueError:
        raise NotFound("There is no such session.", "Reload the member's page.") from None
    return pressed(at, member_id, "staff.session-ended", lambda: changes.end_one_session(at, member_id, session_id))


def found(at: Desk, member_id: UUID) -> Member:
    """Return the member of an address, or raise NotFound."""
    member = members.member(at.session, member_id)
    if member is None:
        raise NotFound("There is no such member.", "Choose one from the team.")
    return member


def deed_page(at: Desk, member: Member, deed: DeedPage, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page that says what will happen."""
    page = render_template(
        "admin/team/deed.html",
        member=member,
        deed=deed,
        eyes=Eyes.of(at.person),
        typed=request.form.get("reason", ""),
        longest=LONGEST_REASON,
        problem=problem,
    )
    return page, UNPROCESSABLE if problem else 200


def carried_out(at: Desk, member: Member, deed: DeedPage, action: str, do: Callable[[], str]) -> ResponseReturnValue:
    """Do it; after a refusal show its page again with the reason."""
    try:
        sentence = do()
    except ActionRefused as refusal:
        at.session.rollback()
        return deed_page(at, member, deed, refusal)
    return done(action, MODEL, member.id, sentence, f"{TEAM_URL}/{member.id}")


def pressed(at: Desk, member_id: UUID, action: str, do: Callable[[], str]) -> ResponseReturnValue:
    """Do what a button of the member's page asks; after a refusal show that page again with the reason."""
    try:
        sentence = do()
    except ActionRefused as refusal:
        at.session.rollback()
        return member_page(member_id, refusal)
    return done(action, MODEL, member_id, sentence, f"{TEAM_URL}/{member_id}")
