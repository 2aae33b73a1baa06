"""What people do on requests, written into the audit log: changes with them, refusals on their own."""

import logging
from typing import Any

from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from admin_core.access import current_person, session_id_here, signed_in
from admin_core.audit.entries import Entry
from admin_core.audit.witnessing import changed_fields
from admin_core.changes import acting
from admin_core.machine import machine, request_session
from admin_core.policy import Refused
from admin_core.traces import trace_of
from schema.audit import ActorKind, AuditCategory, AuditOutcome

log = logging.getLogger(__name__)


def note_change(action: str, object_type: str, object_key: str | None, **more: Any) -> None:
    """Record a change in its own transaction, with the fields it changed: it is not made unless the entry is."""
    who, person = acting.current.get(), current_person()
    if who and person:
        words = {"field_names": changed_fields(request_session(person), who.id, object_type)}
        note(action, object_type, object_key, **{"change_set_id": who.id, **words, **more})


def note(action: str, object_type: str, object_key: str | None = None, **more: Any) -> None:
    """Record what a person does on this request, in their transaction. ``more``: further words of the entry."""
    person = signed_in()
    words: dict[str, Any] = {"category": AuditCategory.WRITE, **of_request(), **more}
    key = machine().audit.plain(object_key)
    entry = Entry(action=action, object_type=object_type, object_key=key, **words)
    machine().audit.record(request_session(person), entry)


def note_refusal(refused: Refused) -> None:
    """Record that a member or an API key tried what they may not."""
    if current_person() is not None or g.get("api_key"):
        record_refusal("permission.refused", refused.permission)


def note_turned_away(kind: str) -> None:
    """Record that a program was not let in, and why: its key is unknown, over, or not for this."""
    record_refusal("api.refused", kind)


def record_refusal(action: str, missing: str) -> None:
    """Record a refusal in a transaction of its own; who asked is refused either way."""
    words: dict[str, Any] = {"outcome": AuditOutcome.REFUSED, **of_request()}
    entry = Entry(category=AuditCategory.AUTH, action=action, object_type=missing[:80], **words)
    try:
        with machine().database.transaction() as session:
            machine().audit.record(session, entry)
    except SQLAlchemyError as error:
        log.error("a refusal could not be recorded\n%s", trace_of(error))  # noqa: TRY400 (no message)


def of_request() -> dict[str, Any]:
    """Return who asks on this request, from where, and under which id."""
    person, used = current_person(), g.get("api_key")
    kind = ActorKind.API_KEY if used else ActorKind.MEMBER if person else ActorKind.PUBLIC
    return {
        "actor_kind": kind,
        "actor_id": person.id if person else None,
        "actor_key": str(used.id) if used else None,
        "session_id": session_id_here() if person else None,
        "request_id": g.get("request_id"),
        "ip": request.remote_addr,
    }
