"""What happens at the sign-in, as entries of the audit log: in the transaction of what they tell of."""

import uuid

from flask import g, request
from sqlalchemy.orm import Session

from admin_core.access.parts import parts
from admin_core.audit.entries import Entry
from schema.audit import ActorKind, AuditCategory, AuditOutcome

MEMBERS = "staff_members"


def note(
    session: Session,
    action: str,
    member_id: uuid.UUID,
    *,
    session_id: uuid.UUID | None = None,
    outcome: AuditOutcome = AuditOutcome.OK,
    fields: tuple[str, ...] = (),
) -> None:
    """Record what a member did, or what was tried in their name."""
    entry = Entry(
        category=AuditCategory.AUTH,
        action=action,
        actor_kind=ActorKind.MEMBER if outcome is AuditOutcome.OK else ActorKind.PUBLIC,
        actor_id=member_id if outcome is AuditOutcome.OK else None,
        object_type=MEMBERS,
        object_key=str(member_id),
        field_names=fields,
        outcome=outcome,
        session_id=session_id,
        request_id=g.get("request_id"),
        ip=request.remote_addr,
    )
    parts().audit.record(session, entry)


def note_refused(action: str, member_id: uuid.UUID) -> None:
    """Record that somebody failed to prove that they are this member, in a transaction of its own."""
    with parts().database.transaction() as session:
        note(session, action, member_id, outcome=AuditOutcome.REFUSED)
