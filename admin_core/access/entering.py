"""The end of every way in: a session under a new token, begun in the transaction of the last proof."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.access.attempts import device_hash
from admin_core.access.browsers import browser_here, new_token, set_cookie
from admin_core.access.configuration import DEVICE_LASTS, SESSION_LASTS, idle_time
from admin_core.access.notes import note
from admin_core.access.parts import caller, parts
from admin_core.access.sessions import Found, add_session, change_session, end_session, forget_outlived, hashed
from admin_core.changes.acting import tell
from schema.sign_in import SignInMethod, StaffDevice
from schema.staff import StaffMember, StaffSession


class AlreadyUsed(Exception):
    """Another window was quicker with the same step, or the session has ended: it has another token by now, or none."""


def begin_anew() -> None:
    """End the session of this browser and forget what it held.

    A first step is kept under a token that nobody can have planted: whoever did would see the seed, or take the second.
    """
    browser = browser_here()
    found = browser.found
    if found is not None:
        with parts().database.transaction() as work:
            is_news = end_session(work, found.row.id, "signed-out")
            if is_news and found.row.member_id is not None:
                note(work, "staff.signed-out", found.row.member_id, session_id=found.row.id)
    browser.begin_anew(new_token(), None)


def enter(work: Session, member: StaffMember, method: SignInMethod) -> StaffSession:
    """Begin the session of a member who proved both factors; what was held before the sign-in is forgotten."""
    browser, here = browser_here(), caller()
    before = browser.found
    ended = before is None or end_session(work, before.row.id, "signed-in")
    if not ended and before is not None and before.user is None:
        raise AlreadyUsed
    token = new_token()
    row = add_session(
        work,
        token,
        SESSION_LASTS,
        member_id=member.id,
        ip=here.ip,
        device=here.device[:400] or None,
        method=method.value,
        second_factor_at=func.now(),
        fresh_at=func.now(),
    )
    note_sign_in(work, member)
    remember_device(work, member)
    forget_outlived(work, member.id, idle_time(parts().settings))
    note(work, "staff.signed-in", member.id, session_id=row.id, fields=(method.value,))
    browser.begin_anew(token, Found(row, None, is_fresh=True))
    return row


def note_sign_in(work: Session, member: StaffMember) -> None:
    """Keep when and from where a member came last, and the time before."""
    values = {
        "last_login_at": StaffMember.current_login_at,
        "last_login_ip": StaffMember.current_login_ip,
        "current_login_at": func.now(),
        "current_login_ip": caller().ip,
        "login_count": func.coalesce(StaffMember.login_count, 0) + 1,
    }
    tell(work)
    work.connection().execute(update(StaffMember).where(StaffMember.id == member.id).values(values))


def remember_device(work: Session, member: StaffMember) -> None:
    """Let the browser be known from now on: strangers who guess do not lock it out."""
    name, here = parts().device_cookie, caller()
    token = here.device_token or secrets.token_urlsafe(32)
    words: dict[str, Any] = {"device": here.device[:400] or None, "ip": here.ip}
    row = insert(StaffDevice).values(member_id=member.id, token_hash=device_hash(token, str(member.id)), **words)
    seen = {**words, "last_seen_at": func.now()}
    work.connection().execute(row.on_conflict_do_update(index_elements=["token_hash"], set_=seen))

    @after_this_request
    def tell_browser(response: Response) -> Response:
        set_cookie(response, name, token, max_age=int(DEVICE_LASTS / timedelta(seconds=1)))
        return response


def renew_token(work: Session, **values: Any) -> None:
    """Give the session at hand a new token, e.g. because more was just proved; AlreadyUsed when another window did."""
    browser, token = browser_here(), new_token()
    found = browser.found
    if found is None:
        raise AlreadyUsed
    # Of two clicks at once one renews: else the browser might keep the token of one, the database that of the other.
    same = StaffSession.token_hash == found.row.token_hash
    if not change_session(work, found.row.id, same, token_hash=hashed(token), **values):
        raise AlreadyUsed
    browser.go_on(token, found)
