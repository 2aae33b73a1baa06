"""Pages of the sign-in that Flask-Security does not have: one-use links, first password, preferences."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_security.utils import hash_password, login_user
from flask_wtf import FlaskForm
from sqlalchemy import cast as sql_cast
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import JSONB
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from admin_core.access.attempts import LOCKED
from admin_core.access.configuration import HOME, SHORTEST_PASSWORD, SIGN_IN
from admin_core.access.forms import TOO_MANY_REQUESTS, attempts_of_app, caller
from admin_core.access.links import PASSWORD_PURPOSES, LinkRefused, find_link, use_link
from admin_core.access.local_paths import is_local_path
from admin_core.access.people import current_person
from admin_core.access.team import new_uniquifier
from admin_core.database import Database
from admin_core.settings import Settings, is_loopback
from schema.sign_in import AttemptOutcome, SignInLink, SignInMethod
from schema.staff import StaffMember

SEE_OTHER = 303
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip", "via"})

KNOWN_PREFERENCES: dict[str, dict[str, Any]] = {
    "theme": {"auto": "auto", "light": "light", "dark": "dark"},
    "density": {"compact": "compact", "normal": "normal", "comfortable": "comfortable"},
    "keys": {"on": True, "off": False},
    "sidebar": {"open": "open", "closed": "closed"},
}


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A first password, twice."""

    password = PasswordField(
        "Password",
        [InputRequired(), Length(SHORTEST_PASSWORD, 128, f"Use {SHORTEST_PASSWORD} to 128 characters.")],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "The same password again",
        [InputRequired(), EqualTo("password", "The two passwords differ.")],
        render_kw={"autocomplete": "new-password"},
    )


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
    attempts = attempts_of_app()
    attempt = attempts.begin("", caller(), SignInMethod.LINK)
    if attempt.is_locked:
        return render_template("security/link_refused.html", sentence=LOCKED), TOO_MANY_REQUESTS
    try:
        with database.transaction() as work:
            link = find_link(work, token, settings.env, is_here=is_here())
            member = work.get_one(StaffMember, link.member_id)
            answer = choose_password if link.purpose in PASSWORD_PURPOSES else sign_in
            response = answer(database, token, link, member)
    except LinkRefused as refused:
        return render_template("security/link_refused.html", sentence=str(refused)), 410
    attempts.finish(attempt.id, AttemptOutcome.OK, link.member_id)
    return response


def is_here() -> bool:
    """Return whether the browser runs on this machine; what a proxy passed on never counts as that."""
    if FORWARDED & {name.lower() for name in request.headers.keys()}:  # noqa: SIM118 - not a dict: iterating gives pairs
        return False
    host = urlsplit(request.host_url).hostname or ""
    return is_loopback(request.remote_addr or "") and is_loopback(host)


def sign_in(database: Database, token: str, _link: SignInLink, member: StaffMember) -> ResponseReturnValue:
    """Ask for the button on GET; sign in on POST."""
    if request.method != "POST":
        return render_template("security/link.html", name=member.name)
    with database.transaction() as work:
        use_link(work, token, request.remote_addr)
    session.clear()
    datastore = current_app.extensions["security"].datastore
    login_user(datastore.find_user(id=member.id), authn_via=["link"])
    datastore.commit()
    return redirect(HOME)


def choose_password(database: Database, token: str, _link: SignInLink, member: StaffMember) -> ResponseReturnValue:
    """Ask for a password; keep it, end every session of the member, and let them sign in with it."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("security/choose_password.html", form=form, name=member.name, email=member.email)
    values = {"password": hash_password(str(form.password.data)), "fs_uniquifier": new_uniquifier()}
    with database.transaction() as work:
        use_link(work, token, request.remote_addr)
        work.execute(update(StaffMember).where(StaffMember.id == member.id).values(values))
    return redirect(SIGN_IN)


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
