"""The sessions of members, as rows: ending one row ends one browser at its next request. Cookies: ``browsers``."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Interval,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload, load_only

from admin_core.access.configuration import FRESH_FOR
from admin_core.access.models import User
from admin_core.access.team import new_uniquifier
from admin_core.changes.acting import tell
from schema.staff import StaffMember, StaffOwnAccount, StaffSession

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: no oftener is its row written."""
VISITS_KEPT, AT_ONCE = timedelta(days=1), 20
MOST_SESSIONS = 50


@dataclass(frozen=True)
class Found:
    """An open session, and whose it is: nobody's before the sign-in is complete."""

    row: StaffSession
    user: User | None
    is_fresh: bool
    has_own_accounts: bool = True


def find_session(session: Session, token: str, idle: timedelta, ip: str | None) -> Found | None:
    """Return the open session with this token, and note that it is in use; one statement."""
    asked = {"asked_hash": hashed(token), "asked_idle": idle, "asked_ip": ip}
    found = session.execute(session_in_use(), asked).unique().one_or_none()
    if found is None or (found[0].member_id is not None and found[1] is None):  # the member was disabled
        return None
    return Found(*found)


@cache
def session_in_use() -> Select[StaffSession, User, bool, bool]:
    """Return the question of every request, put together once: an open session, its member and what they may."""
    table = cast("Table", StaffSession.__table__)
    open_now = (
        StaffSession.token_hash == bindparam("asked_hash", type_=String),
        *is_open(bindparam("asked_idle", type_=Interval)),
    )
    seen = (
        update(table)
        .where(*open_now, StaffSession.last_seen_at < func.now() - SEEN_EVERY)
        .values(last_seen_at=func.now(), ip=bindparam("asked_ip", type_=table.c.ip.type))
        .returning(table.c.id)
        .cte("seen")
    )
    is_fresh = func.coalesce(StaffSession.fresh_at > func.now() - FRESH_FOR, False)
    users = cast("Table", User.__table__)
    is_theirs = and_(users.c.id == StaffSession.member_id, users.c.active)
    has_own = exists().where(StaffOwnAccount.member_id == StaffSession.member_id)
    statement = select(StaffSession, User, is_fresh, has_own).outerjoin(User, is_theirs).where(*open_now)
    return statement.options(joinedload(User.roles)).add_cte(seen)


def is_open(idle: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the criteria of an open session, wherever one is meant: nobody ended it, and it is not outlived."""
    return (
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > func.now(),
        StaffSession.last_seen_at > func.now() - idle,
    )


def open_sessions(session: Session, member_id: uuid.UUID, idle: timedelta) -> Sequence[StaffSession]:
    """Return the sessions in which a member is signed in, the last seen first; of each what people may see."""
    shown = (StaffSession.ip, StaffSession.device, StaffSession.method)
    found = select(StaffSession).where(StaffSession.member_id == member_id, *is_open(idle))
    found = found.options(load_only(*shown, StaffSession.created_at, StaffSession.last_seen_at))
    return session.scalars(found.order_by(StaffSession.last_seen_at.desc()).limit(MOST_SESSIONS)).all()


def add_session(session: Session, token: str, lasts: timedelta, **values: Any) -> StaffSession:
    """Return a new session's row, to be ended after this time whatever the activity."""
    row = StaffSession(token_hash=hashed(token), expires_at=func.now() + lasts, **values)
    session.add(row)
    session.flush()
    return row


def add_visit(session: Session, token: str, lasts: timedelta, values: dict[str, Any]) -> StaffSession | None:
    """Return the row of a visitor with this token, made where there is none; None when its session has ended."""
    row = insert(StaffSession).values(token_hash=hashed(token), expires_at=func.now() + lasts, **values)
    still = and_(StaffSession.ended_at.is_(None), StaffSession.member_id.is_(None))
    kept = row.on_conflict_do_update(index_elements=["token_hash"], set_={"content": values["content"]}, where=still)
    return session.scalar(kept.returning(StaffSession))


def drop_outlived_visits(session: Session) -> None:
    """Forget some visitors who never signed in: each new one takes a few old ones along, so they do not pile up."""
    nobody = StaffSession.member_id.is_(None), StaffSession.expires_at < func.now() - VISITS_KEPT
    old = select(StaffSession.id).where(*nobody).order_by(StaffSession.expires_at).limit(AT_ONCE)
    session.connection().execute(delete(StaffSession).where(StaffSession.id.in_(old.with_for_update(skip_locked=True))))


def forget_outlived(session: Session, member_id: uuid.UUID, idle: timedelta) -> None:
    """Forget what those sessions of a member held that nobody ended and that are over all the same."""
    over = or_(StaffSession.expires_at < func.now(), StaffSession.last_seen_at < func.now() - idle)
    theirs = update(StaffSession).where(StaffSession.member_id == member_id, StaffSession.content.is_not(None), over)
    session.connection().execute(theirs.values(content=None))


def change_session(session: Session, session_id: uuid.UUID, *criteria: ColumnElement[bool], **values: Any) -> bool:
    """Change an open session's row; return False when it has ended, or does not meet the criteria."""
    open_one = StaffSession.id == session_id, StaffSession.ended_at.is_(None)
    statement = update(StaffSession).where(*open_one, *criteria)
    result: CursorResult[Any] = session.connection().execute(statement.values(values))
    return result.rowcount == 1


def end_sessions(
    session: Session,
    member_id: uuid.UUID,
    reason: str,
    *,
    except_id: uuid.UUID | None = None,
    by: uuid.UUID | None = None,
) -> int:
    """End every session of a member but one, and whatever else names them; return how many, outlived ones included.

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
    """End the sessions that meet the criteria and that nobody ended; return how many. What they held is forgotten."""
    values = {"ended_at": func.now(), "end_reason": reason, "ended_by_id": by, "content": None}
    ended = update(StaffSession).where(StaffSession.ended_at.is_(None), *criteria).values(values)
    # On the connection: no row rule of the person decides whether a session ends.
    result: CursorResult[Any] = session.connection().execute(ended)
    return result.rowcount


def hashed(token: str) -> str:
    """Return what is kept of a token; it is random, so that a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
