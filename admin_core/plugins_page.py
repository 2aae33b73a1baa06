"""The Plugins page: what was found, what it adds, how it fares; and the switch of each plugin."""

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_core import surfaces
from admin_core.access import signed_in
from admin_core.audit.web import note_change
from admin_core.generator.errors import NotFound
from admin_core.machine import machine, request_session
from admin_core.plugin_overview import PLUGINS_URL, Overview, overviews
from admin_core.plugin_states import ensure_row, switch, tell_failures
from admin_core.plugin_switches import off_in
from admin_core.policy import PolicySession, require_permission
from admin_core.segments import ensure_segments, segments_without
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory
from schema.settings import PluginState

READ, CONTROL = "page:system:read", "core:plugins:control"
LONGEST_REASON = 200
TOO_LONG = f"Use at most {LONGEST_REASON} characters."
SEE_OTHER, UNPROCESSABLE = 303, 422

blueprint = Blueprint("plugins_page", __name__)


def install(app: Flask) -> None:
    """Mount the page."""
    app.register_blueprint(blueprint)
    surfaces.declare(app, {"plugins_page.*": surfaces.admin(READ)})


@blueprint.get(PLUGINS_URL)
def everything() -> ResponseReturnValue:
    """Show all plugins."""
    found, _ = standing()
    places = machine().plugins.empty_places
    seconds = int(machine().plugins.switches.every_s)
    return render_template("admin/system/plugins.html", found=found, places=places, seconds=seconds)


@blueprint.get(f"{PLUGINS_URL}/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show one plugin."""
    found, session = standing()
    return shown(chosen(found, name), session)


@blueprint.post(f"{PLUGINS_URL}/<name>")
def press(name: str) -> ResponseReturnValue:
    """Switch a plugin on or off."""
    found, session = standing()
    require_permission(session.person, CONTROL, "switch plugins on and off")
    about = chosen(found, name)
    if not about.can_switch:
        raise NotFound(f"{about.plugin.title} does not run, so there is nothing to switch.", f"See {PLUGINS_URL}.")
    enabled, reason = request.form.get("enabled") == "yes", request.form.get("reason", "").replace("\x00", "").strip()
    if len(reason) > LONGEST_REASON:
        return shown(about, session, typed=reason, problem=TOO_LONG)
    turn(session, about, enabled=enabled, reason=reason)
    flash_done(f"{about.plugin.title} is switched {'on' if enabled else 'off'}.")
    return redirect(about.url, SEE_OTHER)


def shown(about: Overview, session: PolicySession, *, typed: str = "", problem: str = "") -> ResponseReturnValue:
    """Return the page of one plugin; with a problem, what was typed."""
    may_switch = session.person.has(CONTROL) and about.can_switch
    seconds = int(machine().plugins.switches.every_s)
    page = render_template(
        "admin/system/plugin.html",
        about=about,
        may_switch=may_switch,
        typed=typed,
        problem=problem,
        longest=LONGEST_REASON,
        seconds=seconds,
    )
    return page, UNPROCESSABLE if problem else 200


def turn(session: PolicySession, about: Overview, *, enabled: bool, reason: str) -> None:
    """Write the switch down, keep the shared tabs in step, and commit; this process notices at once."""
    parts, name = machine(), about.plugin.name
    ensure_row(parts.database, name, about.version or None)
    row = session.scalars(select(PluginState).where(PluginState.name == name).with_for_update()).one()
    switch(session, row, enabled=enabled, reason=reason)
    ensure_segments(session, segments_without(parts.plugins, off_in(session)))
    words = {"category": AuditCategory.CONFIG, "reason": reason}
    note_change(f"plugins.switched-{'on' if enabled else 'off'}", "plugin_states", name, **words)
    session.commit()
    parts.plugins.switches.expire()
    if enabled:
        parts.plugins.circuits.forget(name)


def standing() -> tuple[list[Overview], PolicySession]:
    """Return every plugin with what the database says of it, and the session that was asked."""
    person = signed_in()
    tell_failures(machine().database, machine().plugins)  # so that the page knows what this process knows
    session = request_session(person)
    rows = {row.name: row for row in session.scalars(select(PluginState))}
    return overviews(machine().plugins, rows), session


def chosen(found: list[Overview], name: str) -> Overview:
    """Return the plugin of an address, or raise NotFound."""
    about = next((each for each in found if each.plugin.name == name and each.is_first), None)
    if about is None:
        raise NotFound("There is no such plugin.", "Choose one from the list of plugins.")
    return about
