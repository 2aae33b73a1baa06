"""What every page of the team does around its own work: who asks, may they, are they fresh, then audit and commit."""

from collections.abc import Collection
from datetime import UTC, datetime

from flask import Flask, current_app, redirect
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.access.configuration import idle_time
from admin_core.access.freshness import require_fresh
from admin_core.audit.web import note_change
from admin_core.changes.acting import describe
from admin_core.database import limit_statements
from admin_core.generator.view import SEE_OTHER
from admin_core.machine import Machine, machine, request_session
from admin_core.policy import require_permission
from admin_core.team.changing import Desk
from admin_core.team.permissions import Known, known_permissions
from admin_core.team.rules import Names
from admin_core.theme.feedback import flash_done
from schema.changes import ChangeKind

TEAM_URL = "/admin/staff"
ROLES_URL = f"{TEAM_URL}/roles"
READ = "page:staff:read"


def desk() -> Desk:
    """Return what a question about the team needs."""
    who = signed_in()
    session = request_session(who)
    limit_statements(session)
    return Desk(session, who, names(), datetime.now(UTC), idle_time(machine().settings), limited())


def limited() -> dict[str, frozenset[str]]:
    """Return the amounts of roles that actions are bound by, with the permissions of those actions."""
    found: dict[str, frozenset[str]] = {}
    for offered in machine().actions.offered:
        if column := offered.action.role_limit:
            found[column] = found.get(column, frozenset()) | {offered.action.permission}
    return found


def changing(permission: str, deed: str, action: str) -> Desk:
    """Return the desk of somebody who may, and who proved lately who they are; say what is about to be changed."""
    require_permission(signed_in(), permission, deed)
    require_fresh(signed_in())
    describe(kind=ChangeKind.ACTION, action=f"core.{action}", title=f"{deed[:1].upper()}{deed[1:]}", undoable=False)
    return desk()


def done(action: str, model: str, key: object, sentence: str, url: str) -> ResponseReturnValue:
    """Record, commit, say what was done and go on."""
    kept(action, model, key)
    flash_done(sentence)
    return redirect(url, SEE_OTHER)


def kept(action: str, model: str, key: object) -> None:
    """Record what was done and commit it with the entry."""
    note_change(action, model, str(key))
    request_session(signed_in()).commit()


def known() -> tuple[Known, ...]:
    """Return every permission of this installation without what is switched off."""
    parts = machine()
    return known_of(parts, current_app._get_current_object(), parts.plugins.switches.off())  # type: ignore[attr-defined]  # noqa: SLF001 - the application itself is remembered, not its proxy


def names() -> Collection[Names]:
    """Return the names of every permission."""
    return [each.names for each in known()]


def known_of(parts: Machine, app: Flask, off: frozenset[str]) -> tuple[Known, ...]:
    """Return every permission, remembered until a plugin is switched on or off."""
    remembered: dict[frozenset[str], tuple[Known, ...]] = app.extensions.setdefault("admin_core.team", {})
    if off not in remembered:
        remembered.clear()
        remembered[off] = known_permissions(parts, app)
    return remembered[off]
