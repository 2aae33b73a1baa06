"""Pages that lead in and out: password, then a code or a passkey; a passkey alone; signing out."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from admin_core.access.attempts import LOCKED
from admin_core.access.browsers import browser_here
from admin_core.access.configuration import HOME, SIGN_IN, WRONG
from admin_core.access.entering import AlreadyUsed, begin_anew, enter
from admin_core.access.factors import has_factor
from admin_core.access.forms import CodeForm, RecoveryForm, SignInForm
from admin_core.access.notes import note_refused
from admin_core.access.parts import caller, parts
from admin_core.access.passkeys import (
    NOT_PROVED,
    PasskeyRefused,
    Site,
    ask_for_known,
    prove,
    shown_passkey,
)
from admin_core.access.people import current_person, member_here
from admin_core.access.steps import (
    OK,
    TOO_MANY_REQUESTS,
    Proof,
    Tried,
    first_step_done,
    member_of_step,
    proof_by_app,
    proof_by_recovery,
    try_factor,
    try_password,
)
from schema.sign_in import AttemptOutcome, SignInMethod
from schema.staff import StaffMember

SECOND_STEP = "/auth/code"
FORBIDDEN = 403
WRONG_RECOVERY = "This code is not right, or was used before. Each works once."
SIGNED_IN_ELSEWHERE = "Another window was quicker: this sign-in was used. Reload the page."

pages = Blueprint("sign_in", __name__)


@pages.route("/auth/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    way_back = request.values.get("next", "")  # the gate has looked at it
    if current_person() is not None:
        return redirect(way_back or HOME)
    form = SignInForm()
    if not form.validate_on_submit():
        return login_page(form, way_back)
    tried = try_password((form.email.data or "").strip(), form.password.data or "", WRONG)
    if tried.member is None:
        return login_page(form, way_back, tried.sentence), tried.status
    with parts().database.transaction() as work:
        enrolled = has_factor(work.get_one(StaffMember, tried.member.id))
    if not enrolled:
        return render_template("security/not_enrolled.html"), FORBIDDEN
    first_step_done(tried.member, way_back)
    return redirect(SECOND_STEP)


def login_page(form: SignInForm, way_back: str, sentence: str = "") -> str:
    """Return the page with what was typed, but for the password."""
    return render_template("security/login.html", form=form, next=way_back, problems=[sentence] if sentence else [])


@pages.route("/auth/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Ask for the second factor of whoever proved a password."""
    step = member_of_step()
    if step is None:
        return to_the_start()
    member, way_back = step
    form = CodeForm()
    if not form.validate_on_submit():
        return code_page(form, member)
    tried = enter_by(member, SignInMethod.TOTP, proof_by_app(form.code.data or ""))
    return onwards(tried, way_back) or (code_page(form, member, tried.sentence), tried.status)


def code_page(form: CodeForm, member: StaffMember, sentence: str = "") -> str:
    """Return the page with the ways this member has."""
    problems = [sentence] if sentence else []
    return render_template("security/code.html", form=form, member=member, problems=problems)


@pages.route("/auth/recovery", methods=["GET", "POST"])
def recovery() -> ResponseReturnValue:
    """Ask for a recovery code instead."""
    step = member_of_step()
    if step is None:
        return to_the_start()
    member, way_back = step
    form = RecoveryForm()
    if not form.validate_on_submit():
        return render_template("security/recovery.html", form=form, problems=[])
    tried = enter_by(member, SignInMethod.RECOVERY_CODE, proof_by_recovery(form.code.data or ""))
    return onwards(tried, way_back) or recovery_page(form, tried)


def recovery_page(form: RecoveryForm, tried: Tried) -> ResponseReturnValue:
    """Return the page with what was wrong."""
    sentence = tried.sentence if tried.is_locked else WRONG_RECOVERY
    return render_template("security/recovery.html", form=form, problems=[sentence]), tried.status


def enter_by(member: StaffMember, method: SignInMethod, proof: Proof) -> Tried:
    """Sign the member in when the proof holds; nobody when another window was quicker."""

    def then(work: Session, found: StaffMember) -> None:
        enter(work, found, method)

    try:
        return try_factor(member, method, proof, then)
    except AlreadyUsed:
        return Tried(None, SIGNED_IN_ELSEWHERE)


@pages.post("/auth/passkey/options")
def passkey_options() -> ResponseReturnValue:
    """Tell the browser which passkeys to show: those of whoever signed in or proved a password, else any of ours."""
    member = member_here()
    if member is not None:
        with parts().database.transaction() as work:
            keys = [key.credential_id for key in work.get_one(StaffMember, member.id).webauthn]
    else:
        step = member_of_step()
        keys = [key.credential_id for key in step[0].webauthn] if step else []
    return as_json(ask_for_known(site_here(), browser_here(), keys))


@pages.post("/auth/passkey")
def passkey() -> ResponseReturnValue:
    """Sign in by passkey: it is both factors, with or without a password before it."""
    step = member_of_step()
    way_back = step[1] if step else request.form.get("next", "")
    sentence, status = enter_by_passkey(request.form.get("answer", ""), step[0] if step else None)
    if not sentence:
        return redirect(way_back or HOME)
    if step:
        return code_page(CodeForm(formdata=None), step[0], sentence), status
    return login_page(SignInForm(formdata=None), way_back, sentence), status


def enter_by_passkey(answer: str, expected: StaffMember | None) -> tuple[str, int]:
    """Sign in whoever the passkey proves; return the sentence and status of a refusal, an empty sentence for none."""
    with parts().database.transaction() as work:
        shown = shown_passkey(work, answer)
    meant = shown.user if shown else expected
    attempts = parts().attempts
    attempt = attempts.begin(meant.email if meant else "", caller(), SignInMethod.PASSKEY)
    if attempt.is_locked:
        return LOCKED, TOO_MANY_REQUESTS
    try:
        with parts().database.transaction() as work:
            proved = prove(work, site_here(), browser_here(), answer, expected.id if expected else None)
            enter(work, proved.user, SignInMethod.PASSKEY)
    except (PasskeyRefused, AlreadyUsed) as refused:
        if meant is not None:
            note_refused("staff.factor-failed", meant.id)
        return str(refused) or NOT_PROVED, OK
    attempts.finish(attempt.id, AttemptOutcome.OK, proved.user_id)
    return "", OK


def onwards(tried: Tried, way_back: str) -> ResponseReturnValue | None:
    """Return where a proved member goes, None when nothing is proved."""
    return redirect(way_back or HOME) if tried.member else None


@pages.post("/auth/logout")
def logout() -> ResponseReturnValue:
    """End this session."""
    begin_anew()
    return redirect(SIGN_IN)


def to_the_start() -> ResponseReturnValue:
    """Return where somebody goes who came to a step without the one before."""
    return redirect(HOME if current_person() else SIGN_IN)


def site_here() -> Site:
    """Return for whom the passkeys of this request are."""
    return Site.of(parts().settings, request.host_url)


def as_json(text: str) -> Response:
    """Return an answer for our script."""
    return Response(text, mimetype="application/json")
