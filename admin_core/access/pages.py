"""One-use links and what they lead to, and how a person likes the admin."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import cast as sql_cast
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import JSONB

from admin_core.access.attempts import LOCKED
from admin_core.access.configuration import HOME, SIGN_IN
from admin_core.access.enrolment import begin_enrolment
from admin_core.access.entering import enter
from admin_core.access.factors import has_factor
from admin_core.access.forms import OwnPasswordForm
from admin_core.access.links import USED_UP, LinkRefused, end_resets, find_link, use_link
from admin_core.access.local_paths import is_local_path
from admin_core.access.notes import note
from admin_core.access.parts import caller, parts
from admin_core.access.passwords import PasswordForm, kept_password
from admin_core.access.people import current_person
from admin_core.access.sessions import end_sessions
from admin_core.access.steps import TOO_MANY_REQUESTS, try_password
from admin_core.access.team import PROOFS
from admin_core.changes.acting import tell
from admin_core.database import Database
from admin_core.settings import Settings, is_loopback
from schema.sign_in import AttemptOutcome, LinkPurpose, SignInLink, SignInMethod
from schema.staff import StaffMember

SEE_OTHER = 303
WRONG_PASSWORD = "The password is not right."  # noqa: S105 - a sentence
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip", "via"})

KNOWN_PREFERENCES: dict[str, dict[str, Any]] = {
    "theme": {"auto": "auto", "light": "light", "dark": "dark"},
    "density": {"compact": "compact", "normal": "normal", "comfortable": "comfortable"},
    "keys": {"on": True, "off": False},
    "sidebar": {"open": "open", "closed": "closed"},
}


def blueprint(settings: Settings, database: Database) -> Blueprint:
    """Return the pages, bound to their database."""
    pages = Blueprint("access", __name__)

    @pages.route("/auth/link/<token>", methods=["GET", "POST"])
    def one_use_link(token: str) -> ResponseReturnValue:
        return answer_link(settings, database, token)

    @pages.post("/admin/preferences")
    def preferences() -> ResponseReturnValue:
        return save_preferences(database)

    return pages


def answer_link(settings: Settings, database: Database, token: str) -> ResponseReturnValue:
    """Show what the link does, or do it; guessing is limited like passwords are."""
    attempts = parts().attempts
    attempt = attempts.begin("", caller(), SignInMethod.LINK)
    if attempt.is_locked:
        return render_template("security/link_refused.html", sentence=LOCKED), TOO_MANY_REQUESTS
    try:
        with database.transaction() as work:
            link = find_link(work, token, settings.env, is_here=is_here())
            member = work.get_one(StaffMember, link.member_id, options=PROOFS)
            enrolled = has_factor(member)
        response = follow(token, link, member, enrolled=enrolled)
    except LinkRefused as refused:
        return render_template("security/link_refused.html", sentence=str(refused)), 410
    attempts.finish(attempt.id, AttemptOutcome.OK, link.member_id)
    return response


def follow(token: str, link: SignInLink, member: StaffMember, *, enrolled: bool) -> ResponseReturnValue:
    """Do what the link is for."""
    if link.purpose is LinkPurpose.SIGN_IN:
        return sign_in(token, member)
    if link.purpose is LinkPurpose.SECOND_FACTOR_RESET and member.password:
        return prove_password(token, member, enrolled=enrolled)
    return choose_password(token, member, enrolled=enrolled)


def is_here() -> bool:
    """Return whether the browser runs on this machine; what a proxy passed on never counts as that."""
    if FORWARDED & {name.lower() for name in request.headers.keys()}:  # noqa: SIM118 - not a dict: iterating gives pairs
        return False
    host = urlsplit(request.host_url).hostname or ""
    return is_loopback(request.remote_addr or "") and is_loopback(host)


def sign_in(token: str, member: StaffMember) -> ResponseReturnValue:
    """Ask for the button on GET; sign in on POST. Both factors count as given: demo and tests alone have such links."""
    if request.method != "POST":
        return render_template("security/link.html", name=member.name)
    with parts().database.transaction() as work:
        use_link(work, token, caller().ip)
        enter(work, member, SignInMethod.LINK)
    return redirect(HOME)


def choose_password(token: str, member: StaffMember, *, enrolled: bool) -> ResponseReturnValue:
    """Ask for a password. A member with a second factor keeps it and signs in; one without sets it up first."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("security/choose_password.html", form=form, name=member.name, email=member.email)
    password = kept_password(form.password.data or "")
    if not enrolled:
        return begin_enrolment(token, password)
    with parts().database.transaction() as work:
        use_link(work, token, caller().ip)
        tell(work)
        work.connection().execute(update(StaffMember).where(StaffMember.id == member.id).values(password=password))
        end_resets(work, member.id)
        end_sessions(work, member.id, "password-changed")
        note(work, "staff.password-changed", member.id)
    return redirect(SIGN_IN)


def prove_password(token: str, member: StaffMember, *, enrolled: bool) -> ResponseReturnValue:
    """Ask for the password before a new second factor: the link alone is not enough either."""
    if enrolled:  # set up meanwhile
        raise LinkRefused(USED_UP)
    form = OwnPasswordForm()
    problems, status = [], 200
    if form.validate_on_submit():
        tried = try_password(member.email, form.password.data or "", WRONG_PASSWORD)
        if tried.member:
            return begin_enrolment(token, None)
        problems, status = [tried.sentence], tried.status
    return render_template("security/own_password.html", form=form, member=member, problems=problems), status


def save_preferences(database: Database) -> ResponseReturnValue:
    """Keep what the person likes; what is unknown is left out."""
    person = current_person()
    given = {name: values[request.form[name]] for name, values in KNOWN_PREFERENCES.items() if is_known(name, values)}
    if person is not None and given:
        merged = StaffMember.preferences.op("||")(sql_cast(given, JSONB))
        with database.transaction() as work:
            work.execute(update(StaffMember).where(StaffMember.id == person.id).values(preferences=merged))
    return ("", 204) if "HX-Request" in request.headers else redirect(page_before(), SEE_OTHER)


def page_before() -> str:
    """Return the page of ours that the form stood on, home when the browser doesn't say."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:  # such as http://[ which is no address at all
        return HOME
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if parts.netloc == request.host and is_local_path(path) else HOME


def is_known(name: str, values: dict[str, Any]) -> bool:
    """Return whether the form says something known about a preference."""
    return request.form.get(name) in values
