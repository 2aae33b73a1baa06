"""Pages of the team about the API: its reference, a new key, a key rotated. A key is shown once, on no redirect."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_core import surfaces
from admin_core.access import signed_in
from admin_core.access.freshness import require_fresh
from admin_core.api import issuing
from admin_core.api.actions import CONTROL
from admin_core.api.key_form import LASTS, OLD_LASTS, USUAL_RATE, Offer, read_hours, read_wish
from admin_core.api.keys import NewKey
from admin_core.api.reference import operations
from admin_core.api.routes import browser_scopes, scope_labels
from admin_core.api.serving import api
from admin_core.audit.web import note_change
from admin_core.contributions import ActionRefused
from admin_core.generator import urls
from admin_core.generator.errors import NotFound
from admin_core.generator.view import UNPROCESSABLE
from admin_core.machine import machine, request_session
from admin_core.once import first_time, new_token
from admin_core.policy import Person, limit
from schema.api import ApiKey
from schema.audit import AuditCategory

blueprint = Blueprint("api-pages", __name__)
MODEL = "api_keys"


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(blueprint)
    control = surfaces.admin(CONTROL)
    reading = surfaces.admin("page:system:read")
    surfaces.declare(app, {"api-pages.reference": reading, "api-pages.create": control, "api-pages.replace": control})


@blueprint.get("/admin/system/api")
def reference() -> ResponseReturnValue:
    """Show every operation, made from the description that programs read."""
    description = json.loads(api().description)
    return render_template(
        "admin/api/reference.html",
        operations=operations(description),
        scopes=description["x-scopes"],
        uncounted=api().limiter.uncounted,
        may_control=signed_in().has(CONTROL),
        keys_url=urls.list_url(MODEL),
        root=description["servers"][0]["url"],
    )


@blueprint.route("/admin/system/api-keys/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Make a key and show it."""
    who = signed_in()
    require_fresh(who)
    wish, errors = read_wish(request.form, offer()) if request.method == "POST" else (None, {})
    if wish is None:
        return create_form(errors)
    session, now = request_session(who), datetime.now(UTC)
    if not used_first(who, now):
        return create_form({}, sent_before())
    made = issuing.issue(session, wish, who.id, now)
    note_change("api_keys.made", MODEL, made.prefix, category=AuditCategory.CONFIG)
    session.commit()
    return shown_once(made)


@blueprint.route("/admin/system/api-keys/<uuid:key_id>/rotate", methods=["GET", "POST"])
def replace(key_id: UUID) -> ResponseReturnValue:
    """Make the key that takes over, and show it."""
    who = signed_in()
    require_fresh(who)
    old, now = locked(who, key_id), datetime.now(UTC)
    if request.method != "POST":
        return replace_form(old)
    try:
        lasts = read_hours(request.form.get("old_lasts", ""))
        if not used_first(who, now):
            raise sent_before()
        made = issuing.rotate(request_session(who), old, lasts, who.id, now)
    except ValueError as problem:
        return replace_form(old, error=str(problem))
    except ActionRefused as refusal:
        request_session(who).rollback()
        return replace_form(old, problem=refusal)
    note_change("api_keys.rotated", MODEL, str(key_id), category=AuditCategory.CONFIG)
    request_session(who).commit()
    return shown_once(made, old)


def create_form(errors: dict[str, str], problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the form with what was typed."""
    sent = request.method == "POST"
    typed: dict[str, Any] = request.form.to_dict() if sent else {"rate_per_minute": USUAL_RATE}
    found = offer()
    page = render_template(
        "admin/api/new_key.html",
        typed=typed,
        chosen=request.form.getlist("scopes"),
        offer=found,
        lasts=LASTS,
        errors=errors,
        problem=problem,
        once=request.form.get("once") or new_token(),
        keys_url=urls.list_url(MODEL),
    )
    return page, UNPROCESSABLE if sent else 200


def replace_form(old: ApiKey, *, error: str = "", problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the form that asks how long the old key stays valid."""
    sent = request.method == "POST"
    page = render_template(
        "admin/api/rotate.html",
        key=old,
        back=urls.record_url(MODEL, str(old.id)),
        refusal=issuing.why_over(old, datetime.now(UTC)),
        old_lasts=OLD_LASTS,
        error=error,
        problem=problem,
        once=request.form.get("once") or new_token(),
        keys_url=urls.list_url(MODEL),
    )
    return page, UNPROCESSABLE if sent else 200


def shown_once(made: NewKey, old: ApiKey | None = None) -> ResponseReturnValue:
    """Return the only page on which a key ever stands."""
    return render_template("admin/api/shown_once.html", made=made, old=old, keys_url=urls.list_url(MODEL))


def locked(who: Person, key_id: UUID) -> ApiKey:
    """Return the key, held against another rotation at the same time."""
    statement = limit(select(ApiKey).where(ApiKey.id == key_id), who, machine().registry.spec(MODEL))
    found = request_session(who).scalar(statement.with_for_update(of=ApiKey))
    if found is None:
        raise NotFound("There is no such key.", "It may have been deleted.")
    return found


def used_first(who: Person, now: datetime) -> bool:
    """Return whether this form is sent for the first time."""
    return first_time(request_session(who), f"api-key:{who.id}", request.form.get("once", ""), now)


def sent_before() -> ActionRefused:
    """Return what is said to a second click."""
    return ActionRefused("This form was sent before: its key was made and shown once.", "If it was lost, revoke it.")


def offer() -> Offer:
    """Return what a key may be given."""
    offered = api().offered
    return Offer(scope_labels(offered), browser_scopes(offered))
