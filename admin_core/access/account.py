"""Your account: the browsers in which you are signed in, your factors, your password."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.orm import Session
from wtforms import PasswordField
from wtforms.validators import InputRequired

from admin_core.access.configuration import idle_time
from admin_core.access.devices import device_name
from admin_core.access.entering import renew_token
from admin_core.access.freshness import require_fresh
from admin_core.access.links import end_resets
from admin_core.access.notes import note
from admin_core.access.pages import SEE_OTHER, WRONG_PASSWORD
from admin_core.access.parts import parts
from admin_core.access.passwords import PasswordForm, kept_password
from admin_core.access.people import member_here, session_id_here, signed_in
from admin_core.access.proving import own_member
from admin_core.access.sessions import end_sessions, end_where, open_sessions
from admin_core.access.steps import try_password
from admin_core.changes.acting import tell
from admin_core.theme.feedback import flash_done
from schema.staff import StaffMember, StaffSession

ACCOUNT = "/admin/account"

pages = Blueprint("account", __name__)


@dataclass(frozen=True)
class OpenSession:
    """A browser in which a member is signed in."""

    id: uuid.UUID
    device: str
    ip: str | None
    began: datetime
    last_seen: datetime
    is_this: bool


class NewPasswordForm(PasswordForm):
    """A new password, given the old one."""

    old = PasswordField(
        "Password so far",
        [InputRequired("Write the password you have.")],
        render_kw={"autocomplete": "current-password"},
    )


@pages.get("/admin/account")
def account() -> ResponseReturnValue:
    """Show what a member can look after themselves."""
    member = own_member()
    with parts().database.transaction() as work:
        sessions = sessions_of(work, member.id)
    return render_template("security/account.html", member=member, sessions=sessions)


def sessions_of(work: Session, member_id: uuid.UUID) -> list[OpenSession]:
    """Return where a member is signed in, the last seen first."""
    here = session_id_here()
    return [
        OpenSession(row.id, device_name(row.device), row.ip, row.created_at, row.last_seen_at, row.id == here)
        for row in open_sessions(work, member_id, idle_time(parts().settings))
    ]


@pages.post("/admin/account/sessions/<uuid:session_id>/end")
def end_one(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one of the member's own sessions; of somebody else's nothing is learned."""
    member = member_here()
    with parts().database.transaction() as work:
        own = StaffSession.id == session_id, StaffSession.member_id == member.id
        if end_where(work, "revoked", *own, by=member.id):
            note(work, "staff.session-ended", member.id, session_id=session_id)
    flash_done("That browser is signed out.")
    return redirect(ACCOUNT, SEE_OTHER)


@pages.post("/admin/account/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End every session of the member but this one."""
    member = member_here()
    with parts().database.transaction() as work:
        ended = sum(not each.is_this for each in sessions_of(work, member.id))
        end_sessions(work, member.id, "revoked", except_id=session_id_here(), by=member.id)
        note(work, "staff.sessions-ended", member.id)
    flash_done(f"Signed out in {ended} other browser{'' if ended == 1 else 's'}.")
    return redirect(ACCOUNT, SEE_OTHER)


@pages.route("/auth/change", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Take a new password, given the old one; every other session ends."""
    require_fresh(signed_in(), keeps_form=False)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("security/change_password.html", form=form, problems=[])
    member = member_here()
    tried = try_password(member.email, form.old.data or "", WRONG_PASSWORD)
    if tried.member is None:
        page = render_template("security/change_password.html", form=form, problems=[tried.sentence])
        return page, tried.status
    with parts().database.transaction() as work:
        values = {"password": kept_password(form.password.data or "")}
        tell(work)
        work.connection().execute(update(StaffMember).where(StaffMember.id == member.id).values(values))
        factors_changed(work, member.id, "password-changed")
        note(work, "staff.password-changed", member.id, session_id=session_id_here())
    flash_done("Your password is changed. Every other browser is signed out.")
    return redirect(ACCOUNT)


def factors_changed(work: Session, member_id: uuid.UUID, reason: str) -> None:
    """End every other session of the member and open links, and go on in this one under a new token."""
    end_resets(work, member_id)
    end_sessions(work, member_id, reason, except_id=session_id_here(), by=member_id)
    renew_token(work)
