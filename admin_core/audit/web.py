"""What people do on requests, written into the audit log: changes with them, refusals and sign-ins on their own."""

import logging
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_login import user_logged_in
from sqlalchemy.exc import DBAPIError

from admin_core.access import current_person
from admin_core.audit.entries import KEY, Entry
from admin_core.changes import acting
from admin_core.machine import machine, request_session
from admin_core.policy import Refused
from schema.audit import ActorKind, AuditCategory, AuditOutcome

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Record every sign-in."""
    user_logged_in.connect(note_sign_in, app)


def note_change(action: str, object_type: str, object_key: str | None) -> None:
    """Record a change in its own transaction: it is not made unless the entry is."""
    person = current_person()
    assert person is not None  # the gate asks
    who = acting.current.get()
    entry = Entry(
        category=AuditCategory.WRITE,
        action=action,
        object_type=object_type,
        object_key=plain(object_key),
        change_set_id=who.id if who else None,
        **of_request(),
    )
    machine().audit.record(request_session(person), entry)


def plain(key: str | None) -> str | None:
    """Return a record's key as the sealed text may hold it: one that could be somebody's address as its hash."""
    return key if key is None or KEY.fullmatch(key) else machine().audit.keys.digest_of(key)


def note_refusal(refused: Refused) -> None:
    """Record that somebody tried what they may not, in a transaction of its own."""
    if current_person() is None:
        return
    entry = Entry(
        category=AuditCategory.AUTH,
        action="permission.refused",
        object_type=refused.permission[:80],
        outcome=AuditOutcome.REFUSED,
        **of_request(),
    )
    try:
        with machine().database.transaction() as session:
            machine().audit.record(session, entry)
    except DBAPIError:  # the person is refused either way
        log.exception("a refusal could not be recorded")


def note_sign_in(_app: Flask, user: Any, **_: Any) -> None:
    """Record that a member signed in."""
    if not has_request_context():
        return
    words = {**of_request(), "actor_kind": ActorKind.MEMBER, "actor_id": user.id}
    with machine().database.transaction() as session:
        machine().audit.record(session, Entry(category=AuditCategory.AUTH, action="staff.signed-in", **words))


def of_request() -> dict[str, Any]:
    """Return who asks on this request, from where, and under which id."""
    person = current_person()
    return {
        "actor_kind": ActorKind.MEMBER if person else ActorKind.PUBLIC,
        "actor_id": person.id if person else None,
        "request_id": g.get("request_id"),
        "ip": request.remote_addr,
    }
