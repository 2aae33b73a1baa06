"""Looking at the admin through the eyes of a role or a member: reads only, thirty minutes at most, on the record.

The session remembers the look; what it means is read anew on every request. The person stays who they are in every
log, and sees nothing that they could not see themselves.
"""

import time
from typing import Any
from uuid import UUID

from flask import Flask, g, request, session
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only, selectinload

from admin_core.access import current_person
from admin_core.audit.entries import Entry
from admin_core.audit.web import of_request
from admin_core.database import Database
from admin_core.machine import machine
from admin_core.policy import NOBODY, Person, Refused, Seeing
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory
from schema.staff import Role, StaffMember

KEY = "see_as"
LASTS_S = 30 * 60
PERMISSION = "core:roles:see_as"
END_URL = "/admin/see-as/end"
STILL_POSTED = frozenset({END_URL, "/auth/logout", "/admin/palette"})
"""Ending the look and signing out; and the palette, which posts what is typed but only reads."""
OWN_PAGES = ("/auth/", "/admin/account")
"""About the person themselves: their sessions, keys and codes are not shown while they are somebody else."""
ONLY_LOOKING = "You are only looking: nothing can be changed while you see the admin through other eyes."
OWN_THINGS = "Your own account is not shown while you see the admin through other eyes."


def install(app: Flask) -> None:
    """Give each request the eyes it looks through. Install after the sign-in's gate and before the surfaces ask."""

    @app.before_request
    def look() -> None:
        person = current_person()
        if person is None or KEY not in session:
            return
        g.person = seen_by(person)
        if g.person.seeing is not None:
            require_reading()


def require_reading() -> None:
    """Refuse what changes something, and what is about the person themselves."""
    if request.path in STILL_POSTED:
        return
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        raise Refused(f"{ONLY_LOOKING} End it first.", PERMISSION)
    if request.path.startswith(OWN_PAGES):
        raise Refused(f"{OWN_THINGS} End it first.", PERMISSION)


def seen_by(person: Person) -> Person:
    """Return the person with the eyes they look through; as they are when the look is over."""
    held = session[KEY]
    over = time.time() > held["until"]
    if not over and held["by"] == str(person.id) and person.has(PERMISSION):
        with machine().database.sessions() as work:
            found = through(work, person, held)
        if found is not None:
            return found
    end(person)
    flash_done(
        "You see the admin as yourself again." if not over else "Thirty minutes are over: you are yourself again."
    )
    return person


def through(work: Session, person: Person, held: dict[str, Any]) -> Person | None:
    """Return the person looking through what is held; None when the role or member is no longer there."""
    found = eyes_of(work, held["kind"], UUID(held["id"]))
    if found is None:
        return None
    label, roles, own_id = found
    return Person(
        id=person.id,
        name=person.name,
        roles=tuple(sorted(role.name for role in roles)),
        permissions=frozenset(pattern for role in roles for pattern in role.permissions),
        preferences=person.preferences,
        is_fresh=True,  # a proof is asked for on a page of one's own, and there is nothing dangerous to do
        seeing=Seeing(label, held["until"], within=person.permissions, own_id=own_id),
    )


def eyes_of(work: Session, kind: str, key: UUID) -> tuple[str, list[Role], UUID] | None:
    """Return whose eyes they are: a name, roles, and whose own rows they see."""
    if kind == "role":
        role = work.get(Role, key)
        return None if role is None else (role.name, [role], NOBODY)
    member = work.scalar(
        select(StaffMember)
        .where(StaffMember.id == key, StaffMember.active)
        .options(load_only(StaffMember.name), selectinload(StaffMember.roles))
    )
    return None if member is None else (member.name, list(member.roles), member.id)


def begin(database: Database, person: Person, kind: str, key: UUID) -> str | None:
    """Begin a look, on the record; return whose eyes it is through, None when there is no such role or member."""
    with database.sessions() as work:
        found = eyes_of(work, kind, key)
    if found is None:
        return None
    note("staff.see-as-begun", kind, str(key))
    session[KEY] = {"kind": kind, "id": str(key), "by": str(person.id), "until": time.time() + LASTS_S}
    return found[0]


def end(person: Person) -> None:
    """End the look, on the record."""
    held = session.pop(KEY, None)
    if held is not None and held["by"] == str(person.id):
        note("staff.see-as-ended", held["kind"], held["id"])


def note(action: str, kind: str, key: str) -> None:
    """Record the beginning or end of a look in a transaction of its own."""
    table = "roles" if kind == "role" else "staff_members"
    entry = Entry(category=AuditCategory.IMPERSONATE, action=action, object_type=table, object_key=key, **of_request())
    with machine().database.transaction() as work:
        machine().audit.record(work, entry)
