"""Begins and ends a look through other eyes; the banner of every page has the button that ends it."""

from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.access.configuration import HOME
from admin_core.generator.errors import NotFound
from admin_core.generator.view import SEE_OTHER
from admin_core.machine import machine
from admin_core.policy import require_permission
from admin_core.team import seeing
from admin_core.team.asking import ROLES_URL, TEAM_URL
from admin_core.theme.feedback import flash_done

blueprint = Blueprint("see_as", __name__, url_prefix="/admin/see-as")


@blueprint.post("")
def begin() -> ResponseReturnValue:
    """Begin a look."""
    who = signed_in()
    require_permission(who, seeing.PERMISSION, "see the admin as others do")
    kind = "member" if "member" in request.form else "role"
    try:
        key = UUID(request.form.get(kind, ""))
    except ValueError:
        key = None
    if key is None or key == who.id or seeing.begin(machine().database, who, kind, key) is None:
        raise NotFound("There is nobody to see through the eyes of.", "Choose a role or another member with access.")
    return redirect(HOME, SEE_OTHER)


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    """End the look."""
    who = signed_in()
    if who.seeing is not None:
        seeing.end(who)
        flash_done("You see the admin as yourself again.")
    return redirect(TEAM_URL if who.seeing else ROLES_URL, SEE_OTHER)
