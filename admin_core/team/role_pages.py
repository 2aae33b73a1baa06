"""Pages of roles under ``/admin/staff/roles``: all of them, one, its form, and who may what side by side."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.contributions import ActionRefused
from admin_core.generator.errors import NotFound
from admin_core.generator.spec import ColumnSpec
from admin_core.generator.view import UNPROCESSABLE
from admin_core.machine import machine
from admin_core.policy import MASK
from admin_core.policy.limits import limits_of
from admin_core.team import members, role_editing
from admin_core.team.asking import ROLES_URL, changing, desk, done, known
from admin_core.team.changing import Desk
from admin_core.team.matrix import sections, side_by_side
from admin_core.team.role_form import RoleWish, choices, limit_columns, read_role, typed_amount
from admin_core.team.wording import explained, without_effect
from schema.staff import Role

blueprint = Blueprint("roles", __name__, url_prefix=ROLES_URL)
MODEL = "roles"
EDIT = "core:roles:edit"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show every role."""
    found = members.roles(desk().session)
    changed = {role.id for role in found if role_editing.is_changed(role)}
    return render_template("admin/team/roles.html", roles=found, changed=changed, may_edit=signed_in().has(EDIT))


@blueprint.get("/matrix")
def matrix() -> ResponseReturnValue:
    """Show permissions against roles, one section at a time."""
    roles, every = members.roles(desk().session), known()
    titles = sections(every)
    chosen = request.args.get("section", titles[0])
    if chosen not in titles:
        raise NotFound("There is no such section.", "Choose one from the list.")
    rows = side_by_side([each for each in every if each.section == chosen], roles)
    return render_template("admin/team/matrix.html", roles=roles, titles=titles, chosen=chosen, rows=rows)


@blueprint.get("/<uuid:role_id>")
def show(role_id: UUID) -> ResponseReturnValue:
    """Show one role."""
    return role_page(role_id)


def role_page(role_id: UUID, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page of a role; after a refusal with its reason."""
    at, every = desk(), known()
    role = found(at, role_id)
    added, taken = role_editing.differences(role)
    page = render_template(
        "admin/team/role.html",
        role=role,
        patterns=[explained(pattern, every) for pattern in role.permissions],
        holders=members.holders(at.session, role.id),
        sees_names=at.person.has("pii:identity:read"),
        mask=MASK,
        limits=limits_shown(role),
        is_changed=role_editing.is_changed(role),
        added=added,
        taken=taken,
        fixed=role_editing.why_fixed(role.name, at.person.roles),
        may_edit=at.person.has(EDIT),
        may_see_as=at.person.has("core:roles:see_as"),
        problem=problem,
    )
    return page, UNPROCESSABLE if problem else 200


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Ask for a new role; add it."""
    at = changing(EDIT, "add roles", "role-add")
    if request.method == "GET":
        return form_page(None, RoleWish("", "", ()))
    wish, errors = read_role(request.form, columns())
    if errors or is_preview():
        return form_page(None, wish, errors)
    try:
        role = role_editing.add(at, wish)
    except ActionRefused as refusal:
        at.session.rollback()
        return form_page(None, wish, {}, refusal)
    return done("roles.created", MODEL, role.id, f"Added the role {role.name}.", f"{ROLES_URL}/{role.id}")


@blueprint.route("/<uuid:role_id>/edit", methods=["GET", "POST"])
def edit(role_id: UUID) -> ResponseReturnValue:
    """Ask for what a role shall be; change it."""
    at = changing(EDIT, "change roles", "role-change")
    role = found(at, role_id)
    if request.method == "GET":
        return form_page(role, wish_now(role))
    wish, errors = read_role(request.form, columns())
    if errors or is_preview():
        return form_page(role, wish, errors)
    try:
        role_editing.change(at, role_id, wish, request.form.get("version", ""))
    except ActionRefused as refusal:
        at.session.rollback()
        return form_page(found(at, role_id), wish, {}, refusal)
    sentence = f"Saved the role {wish.name}. It counts from the next click of whoever has it."
    return done("roles.edited", MODEL, role_id, sentence, f"{ROLES_URL}/{role_id}")


@blueprint.post("/<uuid:role_id>/<any(shipped, delete):deed>")
def press(role_id: UUID, deed: str) -> ResponseReturnValue:
    """Set a shipped role back, or delete a role."""
    at = changing(EDIT, "change roles", f"role-{deed}")
    try:
        if deed == "delete":
            sentence = role_editing.delete(at, role_id)
            return done("roles.deleted", MODEL, role_id, sentence, ROLES_URL)
        role = role_editing.set_back(at, role_id)
    except ActionRefused as refusal:
        at.session.rollback()
        return role_page(role_id, refusal)
    sentence = f"{role.name} is again what it was when it came."
    return done("roles.set-back", MODEL, role_id, sentence, f"{ROLES_URL}/{role_id}")


def form_page(
    role: Role | None, wish: RoleWish, errors: dict[str, str] | None = None, problem: ActionRefused | None = None
) -> ResponseReturnValue:
    """Return the form with what was typed, and what it means."""
    every, failed = known(), bool(errors or problem)
    fixed = role_editing.why_fixed(role.name, signed_in().roles) if role else ""
    page = render_template(
        "admin/team/role_form.html",
        role=role,
        wish=wish,
        further=request.form.get("further", "") if (errors or {}).get("further") else None,
        choices=choices(every, wish.permissions),
        patterns=[explained(pattern, every) for pattern in wish.permissions] if request.method == "POST" else [],
        idle=without_effect(wish.permissions, every) if request.method == "POST" else [],
        limits=[(column, amount_typed(column, wish)) for column in columns()],
        version=version_shown(role, problem),
        errors=errors or {},
        problem=problem or (ActionRefused(fixed) if fixed else None),
        fixed=fixed,
    )
    return page, UNPROCESSABLE if failed else 200


def version_shown(role: Role | None, problem: ActionRefused | None) -> str:
    """Return the version that what stands in the form was made from; the present one once its maker was told of it."""
    if request.method == "POST" and not isinstance(problem, role_editing.ChangedMeanwhile):
        return request.form.get("version", "")
    return role_editing.version_of(role) if role else ""


def amount_typed(column: ColumnSpec, wish: RoleWish) -> str:
    """Return what stands in the field of an amount: what was typed, also where it cannot be read."""
    if request.method == "POST" and column.key in request.form:
        return request.form[column.key]
    return typed_amount(wish.limits.get(column.key))


def is_preview() -> bool:
    """Return whether the form only asks what it would mean."""
    return request.form.get("then") == "preview"


def wish_now(role: Role) -> RoleWish:
    """Return a role as it is."""
    return RoleWish(role.name, role.description or "", tuple(role.permissions), limits_of(role))


def columns() -> tuple[ColumnSpec, ...]:
    """Return the columns of roles that hold an amount up to which they may act."""
    return limit_columns(machine().registry.spec(MODEL))


def limits_shown(role: Role) -> Sequence[tuple[str, Any]]:
    """Return the limits of a role with their labels."""
    return [(column.label, getattr(role, column.key)) for column in columns()]


def found(at: Desk, role_id: UUID) -> Role:
    """Return the role of an address, or raise NotFound."""
    role = at.session.get(Role, role_id, populate_existing=True)
    if role is None:
        raise NotFound("There is no such role.", "Choose one from the roles.")
    return role
