"""What every route of alerts begins and ends with."""

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.audit.web import note_change
from admin_core.database import limit_statements
from admin_core.machine import request_session
from admin_core.policy import Person, PolicySession, require_permission
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory

SEE_OTHER, UNPROCESSABLE = 303, 422


def asked(permission: str = "", deed: str = "") -> tuple[Person, PolicySession]:
    """Return who asks and their session; Refused when they want to change something and may not."""
    person = signed_in()
    if permission:
        require_permission(person, permission, deed)
    session = request_session(person)
    limit_statements(session)
    return person, session


def note_deed(action: str, object_type: str, record: UUID, *, config: bool = False) -> None:
    """Put into the audit log what was done."""
    category = AuditCategory.CONFIG if config else AuditCategory.WRITE
    note_change(action, object_type, str(record), category=category)


def done(session: PolicySession, sentence: str, url: str) -> ResponseReturnValue:
    """Commit, say what was done, and go on."""
    session.commit()
    flash_done(sentence)
    return redirect(url, SEE_OTHER)
