"""What a one-use link opens for a member: a password, then a second factor, then recovery codes, as one step.

Nothing is kept and the link stays good until the factor is proved. Enrolment is nowhere else for members without a
factor: whoever stole a password cannot add one.
"""

import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_core.access.authenticator import (
    METHOD,
    address_of,
    new_seed,
    picture_of,
    sealed_seed,
    spelled,
    step_of,
)
from admin_core.access.browsers import browser_here
from admin_core.access.entering import AlreadyUsed, begin_anew, enter
from admin_core.access.forms import CodeForm
from admin_core.access.links import LinkRefused, end_resets, find_link, use_link
from admin_core.access.notes import note
from admin_core.access.parts import caller, parts
from admin_core.access.passkeys import PasskeyRefused, ask_for_new, made_passkey
from admin_core.access.recovery import hashes, new_codes
from admin_core.access.sessions import end_sessions
from admin_core.access.signing_in import as_json, site_here, to_the_start
from admin_core.access.steps import WRONG_CODE
from admin_core.changes.acting import tell
from schema.sign_in import SignInMethod
from schema.staff import StaffMember, WebAuthnCredential

HELD = "enrol"
ENROL = "/auth/enrol"
LASTS_S = 1800
GONE = 410
KNOWN_ALREADY = "This passkey is in use already."

pages = Blueprint("enrolment", __name__)


def begin_enrolment(token: str, password: str | None) -> ResponseReturnValue:
    """Keep the link and the hash of the chosen password until a factor is proved, and ask for one."""
    begin_anew()
    browser_here()[HELD] = {"link": token, "password": password, "seed": new_seed(), "at": time.time()}
    return redirect(ENROL)


@pages.route("/auth/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Show the seed, and take the first code."""
    found = member_of_link()
    if found is None:
        return to_the_start()
    member, held = found
    form = CodeForm()
    if not form.validate_on_submit():
        return enrol_page(form, member, held)
    step = step_of(held["seed"], form.code.data or "")
    if step is None:
        return enrol_page(form, member, held, WRONG_CODE)

    def keep_seed(work: Session) -> SignInMethod:
        values = {
            "tf_primary_method": METHOD,
            "tf_totp_secret": sealed_seed(parts().cipher, held["seed"]),
            "totp_last_counter": step,
        }
        work.connection().execute(update(StaffMember).where(StaffMember.id == member.id).values(values))
        return SignInMethod.TOTP

    return completed(member.id, held, keep_seed)


@pages.post("/auth/enrol/passkey/options")
def passkey_options() -> ResponseReturnValue:
    """Tell the browser for whom to make a passkey."""
    found = member_of_link()
    if found is None:
        return as_json("{}"), GONE
    return as_json(ask_for_new(site_here(), browser_here(), found[0]))


@pages.post("/auth/enrol/passkey")
def passkey() -> ResponseReturnValue:
    """Take a passkey as the second factor."""
    found = member_of_link()
    if found is None:
        return to_the_start()
    member, held = found
    try:
        made = made_passkey(site_here(), browser_here(), request.form.get("answer", ""), request.form.get("name", ""))
    except PasskeyRefused as refused:
        return enrol_page(CodeForm(formdata=None), member, held, str(refused))

    def keep_passkey(work: Session) -> SignInMethod:
        made.user_id = member.id
        add_passkey(work, made)
        return SignInMethod.PASSKEY

    try:
        return completed(member.id, held, keep_passkey)
    except PasskeyRefused as refused:
        return enrol_page(CodeForm(formdata=None), member, held, str(refused))


def add_passkey(work: Session, made: WebAuthnCredential) -> None:
    """Keep a passkey; PasskeyRefused when its name or itself is there already."""
    try:
        with work.begin_nested():
            work.add(made)
    except IntegrityError as error:
        raise PasskeyRefused(KNOWN_ALREADY) from error


def member_of_link() -> tuple[StaffMember, dict[str, Any]] | None:
    """Return who enrols in this browser, and what is held of it; None when nobody does, or the link is used up."""
    held = browser_here().get(HELD)
    if not held or time.time() - held["at"] > LASTS_S:
        return None
    try:
        with parts().database.transaction() as work:
            link = find_link(work, held["link"], parts().settings.env, is_here=False)
            member = work.get_one(StaffMember, link.member_id)
            assert member.webauthn is not None  # read while there is a session
    except LinkRefused:
        return None
    return member, held


def completed(
    member_id: uuid.UUID, held: dict[str, Any], keep: Callable[[Session], SignInMethod]
) -> ResponseReturnValue:
    """Use the link, keep password and factor, end old sessions and sign in: all or nothing; then show the codes."""
    codes = new_codes()
    values: dict[str, Any] = {"mf_recovery_codes": hashes(codes)}
    if held["password"]:
        values["password"] = held["password"]
    try:
        with parts().database.transaction() as work:
            tell(work)
            use_link(work, held["link"], caller().ip)
            method = keep(work)
            work.connection().execute(update(StaffMember).where(StaffMember.id == member_id).values(values))
            end_resets(work, member_id)
            end_sessions(work, member_id, "enrolled")
            note(work, "staff.factor-enrolled", member_id, fields=(method.value,))
            enter(work, work.get_one(StaffMember, member_id, populate_existing=True), method)
    except (LinkRefused, AlreadyUsed):
        return to_the_start()
    return render_template("security/codes.html", codes=codes, is_first=True)


def enrol_page(form: CodeForm, member: StaffMember, held: dict[str, Any], sentence: str = "") -> str:
    """Return the page with picture and seed."""
    return render_template(
        "security/enrol.html",
        form=form,
        member=member,
        problems=[sentence] if sentence else [],
        **app_words(member, held),
    )


def app_words(member: StaffMember, held: dict[str, Any]) -> dict[str, Any]:
    """Return what an authenticator app needs to be told."""
    path, size = picture_of(address_of(held["seed"], parts().settings.product_name, member.email))
    return {"path": path, "size": size, "seed": spelled(held["seed"])}
