"""The sessions of members, as rows: ending one row ends one browser at its next request. Cookies: ``cookies``."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, func, update
from sqlalchemy.orm import Session

from admin_core.access.team import new_uniquifier
from admin_core.changes.acting import tell
from schema.staff import StaffMember, StaffSession


def end_sessions(
    session: Session,
    member_id: uuid.UUID,
    reason: str,
    *,
    except_id: uuid.UUID | None = None,
    by: uuid.UUID | None = None,
) -> int:
    """End every session of a member but one, whatever else names the member too; return how many ended.

    Counts with the caller's transaction. ``reason`` is a slug (``role-changed``) that the member's page shows.
    """
    kept = () if except_id is None else (StaffSession.id != except_id,)
    ended = end_where(session, reason, StaffSession.member_id == member_id, *kept, by=by)
    tell(session)
    mark = {"fs_uniquifier": new_uniquifier()}
    session.connection().execute(update(StaffMember).where(StaffMember.id == member_id).values(mark))
    return ended


def end_session(session: Session, session_id: uuid.UUID, reason: str, *, by: uuid.UUID | None = None) -> bool:
    """End one session; return False when it had ended already."""
    return end_where(session, reason, StaffSession.id == session_id, by=by) == 1


def end_where(session: Session, reason: str, *criteria: ColumnElement[bool], by: uuid.UUID | None = None) -> int:
    """End the open sessions that meet the criteria; return how many. What they held is forgotten."""
    values = {"ended_at": func.now(), "end_reason": reason, "ended_by_id": by, "content": None}
    ended = update(StaffSession).where(StaffSession.ended_at.is_(None), *criteria).values(values)
    # On the connection: no row rule of the person decides whether a session ends.
    result: CursorResult[Any] = session.connection().execute(ended)
    return result.rowcount
