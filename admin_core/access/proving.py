"""The page that asks for a proof again, and the one that offers what had been typed before it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import func
from sqlalchemy.orm import Session

from admin_core.access.browsers import browser_here
from admin_core.access.configuration import HOME
from admin_core.access.entering import renew_token
from admin_core.access.forms import CodeForm, OwnPasswordForm
from admin_core.access.freshness import kept_form
from admin_core.access.links import DEMO_ENVIRONMENTS
from admin_core.access.notes import note
from admin_core.access.pages import WRONG_PASSWORD, is_here
from admin_core.access.parts import parts
from admin_core.access.passkeys import PasskeyRefused, prove
from admin_core.access.people import member_here, session_here
from admin_core.access.signing_in import site_here
from admin_core.access.steps import OK, Tried, proof_by_app, try_factor, try_password
from admin_core.access.team import PROOFS
from schema.sign_in import AttemptOutcome, SignInMethod
from schema.staff import StaffMember

SEE_OTHER = 303

pages = Blueprint("proving", __name__)


class ProofForm(OwnPasswordForm, CodeForm):
    """The password and a code."""


@pages.route("/auth/verify", methods=["GET", "POST"])
def verify() -> ResponseReturnValue:
    """Ask for password and code, or for the passkey, and lead on."""
    member, way_back = own_member(), request.values.get("next", "")  # the gate has looked at it
    form = form_for(member)
    tried = Tried(None)
    if request.method == "POST" and may_confirm(member):
        with parts().database.transaction() as work:
            freshen(work, member)
        return redirect(way_back or HOME, SEE_OTHER)
    if form is not None and form.validate_on_submit():
        tried = prove_by_form(member, form)
        if tried.member:
            return redirect(way_back or HOME, SEE_OTHER)
    return proof_page(member, form, way_back, tried)


def own_member() -> StaffMember:
    """Return the member of this session with their passkeys."""
    with parts().database.transaction() as work:
        member = work.get_one(StaffMember, member_here().id, options=PROOFS)
        assert member.webauthn is not None  # read while there is a session
    return member


def form_for(member: StaffMember) -> ProofForm | None:
    """Return the form of a member with an authenticator; others have their passkey."""
    return ProofForm() if member.password and member.tf_totp_secret else None


def may_confirm(member: StaffMember) -> bool:
    """Return whether a button is proof enough: for members of the demo who came by link and have nothing to prove."""
    found = session_here()
    came_by_link = found is not None and found.row.method == SignInMethod.LINK
    nothing = not (member.password and member.tf_totp_secret) and not member.webauthn
    return came_by_link and nothing and parts().settings.env in DEMO_ENVIRONMENTS and is_here()


def prove_by_form(member: StaffMember, form: Any) -> Tried:
    """Return the member when password and code are theirs; the session is fresh then, under a new token."""
    tried = try_password(member.email, form.password.data or "", WRONG_PASSWORD)
    if tried.member is None:
        return tried
    return try_factor(member, SignInMethod.TOTP, proof_by_app(form.code.data or ""), freshen)


def freshen(work: Session, member: StaffMember) -> None:
    """Note the proof with the session."""
    found = session_here()
    renew_token(work, fresh_at=func.now())
    note(work, "staff.proved", member.id, session_id=found.row.id if found else None)


def proof_page(
    member: StaffMember, form: FlaskForm | None, way_back: str, tried: Tried, *, status: int = OK
) -> ResponseReturnValue:
    """Return the page with the ways this member has."""
    page = render_template(
        "security/verify.html",
        form=form or {},
        member=member,
        next=way_back,
        confirms=may_confirm(member),
        problems=[tried.sentence] if tried.sentence else [],
    )
    return page, max(status, tried.status)


@pages.post("/auth/verify/passkey")
def passkey() -> ResponseReturnValue:
    """Take a passkey as the proof."""
    member, way_back = own_member(), request.form.get("next", "")
    answer = request.form.get("answer", "")

    def proof(work: Session, found: StaffMember) -> AttemptOutcome:
        prove(work, site_here(), browser_here(), answer, found.id)
        return AttemptOutcome.OK

    try:
        tried = try_factor(member, SignInMethod.PASSKEY, proof, freshen)
    except PasskeyRefused as refused:
        tried = Tried(None, str(refused))
    if tried.member:
        return redirect(way_back or HOME, SEE_OTHER)
    return proof_page(member, form_for(member), way_back, tried)


@pages.get("/auth/kept/<name>")
def kept(name: str) -> ResponseReturnValue:
    """Offer the form that was sent before the proof."""
    form = kept_form(name)
    if form is None:
        return redirect(HOME)
    return render_template("security/kept.html", kept=form)
