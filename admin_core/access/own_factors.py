"""A member's own authenticator, passkeys and recovery codes: a change asks for a fresh proof, ends other sessions."""

import uuid

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.orm import Session

from admin_core.access.account import ACCOUNT, factors_changed
from admin_core.access.authenticator import METHOD, new_seed, sealed_seed, step_of
from admin_core.access.browsers import browser_here
from admin_core.access.enrolment import add_passkey, app_words
from admin_core.access.forms import CodeForm, NameForm
from admin_core.access.freshness import require_fresh
from admin_core.access.notes import note
from admin_core.access.pages import SEE_OTHER
from admin_core.access.parts import parts
from admin_core.access.passkeys import LONGEST_NAME, PasskeyRefused, ask_for_new, made_passkey
from admin_core.access.people import member_here, session_id_here, signed_in
from admin_core.access.proving import own_member
from admin_core.access.recovery import hashes, new_codes
from admin_core.access.signing_in import as_json, site_here
from admin_core.access.steps import WRONG_CODE
from admin_core.changes.acting import tell
from admin_core.theme.feedback import flash_done, flash_refused
from schema.staff import StaffMember

HELD = "new seed"
UNAUTHORIZED = 401
LAST_FACTOR = "This is your only second factor. Add another one first; then this one can go."
NO_SUCH_PASSKEY = "That passkey is gone already."
NAME_TAKEN = "You have a passkey of this name already."

pages = Blueprint("own_factors", __name__)


@pages.route("/admin/account/authenticator", methods=["GET", "POST"])
def authenticator() -> ResponseReturnValue:
    """Set up another authenticator app in place of the one so far, once its first code is right."""
    require_fresh(signed_in())
    member, browser, form = own_member(), browser_here(), CodeForm()
    if HELD not in browser:
        browser[HELD] = {"seed": new_seed()}
    held, problems = browser[HELD], []
    if form.validate_on_submit():
        step = step_of(held["seed"], form.code.data or "")
        if step is not None:
            del browser[HELD]
            return keep_authenticator(held["seed"], step)
        problems = [WRONG_CODE]
    words = app_words(member, held)
    return render_template("security/authenticator.html", form=form, problems=problems, member=member, **words)


def keep_authenticator(seed: str, step: int) -> ResponseReturnValue:
    """Keep the new seed; codes of the old one open nothing from now on."""
    sealed = sealed_seed(parts().cipher, seed)
    with parts().database.transaction() as work:
        change(work, METHOD, tf_primary_method=METHOD, tf_totp_secret=sealed, totp_last_counter=step)
    flash_done("Your authenticator app is set up. Every other browser is signed out.")
    return redirect(ACCOUNT, SEE_OTHER)


@pages.post("/admin/account/authenticator/remove")
def remove_authenticator() -> ResponseReturnValue:
    """Take the authenticator away, unless it is the only factor."""
    require_fresh(signed_in())
    with parts().database.transaction() as work:
        member = locked_member(work)
        if not member.webauthn:
            flash_refused(LAST_FACTOR)
            return redirect(ACCOUNT, SEE_OTHER)
        change(work, METHOD, tf_primary_method=None, tf_totp_secret=None)
    flash_done("The authenticator app opens nothing any more.")
    return redirect(ACCOUNT, SEE_OTHER)


@pages.post("/admin/account/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """Make ten new codes and show them once; the old ones are worth nothing."""
    require_fresh(signed_in())
    codes = new_codes()
    with parts().database.transaction() as work:
        change(work, "recovery-codes", mf_recovery_codes=hashes(codes))
    return render_template("security/codes.html", codes=codes, is_first=False)


@pages.get("/admin/account/passkeys/new")
def new_passkey() -> ResponseReturnValue:
    """Ask for the name of a new passkey."""
    require_fresh(signed_in())
    return render_template("security/new_passkey.html", form=NameForm(formdata=None), problems=[])


@pages.post("/admin/account/passkeys/options")
def passkey_options() -> ResponseReturnValue:
    """Tell the browser for whom to make a passkey; our script goes to the proof when it is no longer fresh."""
    if not signed_in().is_fresh:
        return as_json("{}"), UNAUTHORIZED
    return as_json(ask_for_new(site_here(), browser_here(), own_member()))


@pages.post("/admin/account/passkeys")
def add() -> ResponseReturnValue:
    """Take a new passkey."""
    require_fresh(signed_in())
    form = NameForm()
    try:
        made = made_passkey(site_here(), browser_here(), request.form.get("answer", ""), form.name.data or "")
        made.user_id = member_here().id
        with parts().database.transaction() as work:
            add_passkey(work, made)
            change(work, "passkey")
    except PasskeyRefused as refused:
        return render_template("security/new_passkey.html", form=form, problems=[str(refused)])
    flash_done("The passkey is added. Every other browser is signed out.")
    return redirect(ACCOUNT, SEE_OTHER)


@pages.post("/admin/account/passkeys/<uuid:passkey_id>/rename")
def rename(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Give a passkey another name."""
    name = request.form.get("name", "").replace("\x00", "").strip()[:LONGEST_NAME]
    with parts().database.transaction() as work:
        keys = {key.id: key for key in locked_member(work).webauthn}
        if passkey_id not in keys or not name:
            flash_refused(NO_SUCH_PASSKEY if name else "Give the passkey a name.")
        elif name in {key.name for key in keys.values() if key.id != passkey_id}:
            flash_refused(NAME_TAKEN)
        else:
            keys[passkey_id].name = name
            note(work, "staff.passkey-renamed", member_here().id, session_id=session_id_here())
            flash_done("The passkey has its new name.")
    return redirect(ACCOUNT, SEE_OTHER)


@pages.post("/admin/account/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Take a passkey away, unless it is the only factor."""
    require_fresh(signed_in())
    with parts().database.transaction() as work:
        member = locked_member(work)
        key = next((key for key in member.webauthn if key.id == passkey_id), None)
        is_last = not member.tf_totp_secret and len(member.webauthn) == 1
        if key is None or is_last:
            flash_refused(LAST_FACTOR if key else NO_SUCH_PASSKEY)
            return redirect(ACCOUNT, SEE_OTHER)
        work.delete(key)
        work.flush()
        change(work, "passkey")
    flash_done("The passkey opens nothing any more. Every other browser is signed out.")
    return redirect(ACCOUNT, SEE_OTHER)


def locked_member(work: Session) -> StaffMember:
    """Return the member, locked: of two factors, two windows do not each remove one."""
    return work.get_one(StaffMember, member_here().id, with_for_update={"of": StaffMember})


def change(work: Session, field: str, **values: object) -> None:
    """Change the member's own factors, end their other sessions and record it."""
    member = member_here()
    tell(work)
    if values:
        work.connection().execute(update(StaffMember).where(StaffMember.id == member.id).values(values))
    factors_changed(work, member.id, "factor-changed")
    note(work, "staff.factor-changed", member.id, session_id=session_id_here(), fields=(field,))
