"""Pages of members under ``/admin/staff``: the team, one member, invitations. Other deeds stand in ``deed_pages``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.access.sessions import open_sessions
from admin_core.audit.reads import page_reads
from admin_core.contributions import ActionRefused, Letter
from admin_core.effects import JobEffects
from admin_core.generator import urls
from admin_core.generator.errors import NotFound
from admin_core.generator.ids import encode_key
from admin_core.generator.reads import is_read
from admin_core.generator.view import SEE_OTHER, UNPROCESSABLE
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine
from admin_core.mail.configuration import keeps_mail
from admin_core.mail.secret_links import MARK
from admin_core.mail.section import read_mail_settings
from admin_core.mail.templates import INVITATION
from admin_core.once import ALREADY_DONE, first_time, new_token
from admin_core.policy import MASK, Person
from admin_core.team import inviting, members
from admin_core.team.asking import TEAM_URL, changing, desk, done, kept
from admin_core.team.changing import Desk
from admin_core.team.inviting import Invited, Wish
from admin_core.team.members import STATES, Member
from admin_core.theme.feedback import flash_done
from schema.access_log import AccessKind

blueprint = Blueprint("staff", __name__, url_prefix=TEAM_URL)
MODEL = "staff_members"
INVITE = "core:staff:invite"
TABS = (("", "With access"), ("disabled", "Without access"))


@dataclass(frozen=True)
class Eyes:
    """How the person sees what is personal about members."""

    names: bool
    addresses: bool

    @classmethod
    def of(cls, who: Person) -> "Eyes":
        """Return how this person sees."""
        return cls(who.has("pii:identity:read"), who.has("pii:contact:read"))

    def name(self, member: Member) -> str:
        """Return the name as it is shown."""
        return member.name if self.names else MASK

    def email(self, member: Member) -> str:
        """Return the address as it is shown."""
        return member.email if self.addresses else MASK


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the team."""
    who, tab = signed_in(), request.args.get("show", "")
    disabled = tab == "disabled"
    found = members.members(desk().session, disabled=disabled, after=read_id(request.args.get("after", "")))
    note_reads(who, AccessKind.LIST, found.members)
    onwards = {"after": str(found.next_after), **({"show": tab} if disabled else {})}
    return render_template(
        "admin/team/index.html",
        members=found.members,
        views=[
            {"url": f"{TEAM_URL}?show={key}" if key else TEAM_URL, "label": label, "active": disabled == bool(key)}
            for key, label in TABS
        ],
        eyes=Eyes.of(who),
        states=STATES,
        me=who.id,
        next_url=f"{TEAM_URL}?{urlencode(onwards)}" if found.next_after else "",
        first_url=TEAM_URL if "after" in request.args else "",
        may_invite=who.has(INVITE),
    )


@blueprint.get("/<uuid:member_id>")
def show(member_id: UUID) -> ResponseReturnValue:
    """Show one member."""
    return member_page(member_id)


def member_page(member_id: UUID, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page of one member; after a refusal with its reason."""
    who, at = signed_in(), desk()
    found = members.member(at.session, member_id)
    if found is None:
        raise NotFound("There is no such member.", "Choose one from the team.")
    sessions = open_sessions(at.session, member_id, at.idle)
    note_reads(who, AccessKind.DETAIL, [found], ("current_login_ip",) if sessions else ())
    page = render_template(
        "admin/team/member.html",
        member=found,
        sessions=sessions,
        eyes=Eyes.of(who),
        sees_places=who.has("pii:ip:read"),
        state=STATES[found.state],
        is_me=found.id == who.id,
        waiting=found.state in inviting.WAITING,
        may={deed: who.has(f"core:staff:{deed}") for deed in DEEDS} | {"see_as": who.has("core:roles:see_as")},
        record_url=urls.record_url(MODEL, encode_key((member_id,))),
        explains=who.has("core:permissions:explain"),
        problem=problem,
    )
    return page, UNPROCESSABLE if problem else 200


def note_reads(who: Person, kind: AccessKind, shown: Iterable[Member], more: Iterable[str] = ()) -> None:
    """Note which personal fields of members the page shows in clear: it is written down before the page goes out."""
    spec = machine().registry.spec(MODEL)
    fields = [name for name in ("name", "email", *more) if is_read(who, spec.columns[name])]
    keys = [(member.id,) for member in shown]
    record = encode_key(keys[0]) if kind is AccessKind.DETAIL else None
    page_reads().note(spec, kind, fields, keys, record=record)


DEEDS = ("invite", "assign", "disable", "reset", "sessions", "offboard")


@blueprint.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Ask whom to invite; invite them."""
    at = changing(INVITE, "invite a member", "staff-invite")
    if request.method == "GET":
        return invite_form({}, None)
    form = request.form
    wish, errors = inviting.read_wish(form.get("name", ""), form.get("email", ""), form.getlist("roles"))
    if wish is None:
        return invite_form(errors, None)
    if not first_time(at.session, f"invite:{at.person.id}", form.get("once", ""), at.now):
        flash_done(ALREADY_DONE)
        return redirect(TEAM_URL, SEE_OTHER)
    return invited(at, wish)


def invited(at: Desk, wish: Wish) -> ResponseReturnValue:
    """Invite, and show the link or say that it is on its way."""
    try:
        made = inviting.invite(at, wish)
        return handed_over(at, made, "staff.invited", wish.roles)
    except ActionRefused as refusal:
        at.session.rollback()
        return invite_form({}, refusal)


def invite_form(errors: dict[str, str], problem: ActionRefused | None) -> ResponseReturnValue:
    """Return the form with what was typed."""
    sent = request.method == "POST"
    page = render_template(
        "admin/team/invite.html",
        roles=members.roles(desk().session),
        typed=request.form,
        chosen=request.form.getlist("roles"),
        errors=errors,
        problem=problem,
        once=request.form.get("once") or new_token(),
        days=inviting.lasts().days,
    )
    return page, UNPROCESSABLE if sent else 200


@blueprint.post("/<uuid:member_id>/invitation")
def invitation(member_id: UUID) -> ResponseReturnValue:
    """Send an open invitation again, or withdraw it."""
    at = changing(INVITE, "invite a member", "staff-invite")
    try:
        if request.form.get("deed") == "withdraw":
            sentence = inviting.withdraw(at, member_id)
            return done("staff.invitation-withdrawn", MODEL, member_id, sentence, f"{TEAM_URL}/{member_id}")
        made = inviting.resend(at, member_id)
        return handed_over(at, made, "staff.invited-again", ())
    except ActionRefused as refusal:
        at.session.rollback()
        return member_page(member_id, refusal)


def handed_over(at: Desk, made: Invited, action: str, roles: tuple[str, ...]) -> ResponseReturnValue:
    """Mail the link where mail leaves; show it once where it does not."""
    if not mail_leaves(at):
        kept(action, MODEL, made.member_id)
        return link_page(made.name, made.path, f"{inviting.lasts().days} days")
    found = members.member(at.session, made.member_id)
    words = " and ".join(roles or (found.role_names if found else ()))
    variables: dict[str, Any] = {"name": made.name, "inviter": at.person.name, "roles": words}
    mail(at, INVITATION.key, made, {**variables, "days": inviting.lasts().days})
    sentence = f"An invitation to {made.name} is on its way."
    return done(action, MODEL, made.member_id, sentence, f"{TEAM_URL}/{made.member_id}")


def mail(at: Desk, template: str, to: Invited, variables: dict[str, Any]) -> None:
    """Ask for a message with the link, which nobody but its reader sees."""
    origin = Origin(actor_id=at.person.id, request_id=g.request_id)
    JobEffects(at.session, machine(), origin).mail(
        Letter(
            template=template,
            to=to.email,
            name=to.name,
            member_id=to.member_id,
            variables={**variables, "link": MARK},
            secret_link=f"{machine().settings.public_url.rstrip('/')}{to.path}",
        )
    )


def mail_leaves(at: Desk) -> bool:
    """Return whether a mail server is set up and mail really leaves."""
    parts = machine()
    settings = read_mail_settings(at.session, parts.cipher)
    return not settings.problem and not keeps_mail(parts.settings.env, settings)


def link_page(name: str, path: str, lasts: str) -> ResponseReturnValue:
    """Return the only page on which a link ever stands."""
    url = f"{machine().settings.public_url.rstrip('/')}{path}"
    return render_template("admin/team/link.html", name=name, url=url, lasts=lasts)


def read_id(text: str) -> UUID | None:
    """Return the id of an address; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
