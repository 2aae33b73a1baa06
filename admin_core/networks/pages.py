"""The page Allowed networks: the list, a question about an address, and forms that lock nobody out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core import surfaces
from admin_core.access import signed_in
from admin_core.access.freshness import require_fresh
from admin_core.addresses import plain_address
from admin_core.audit.web import note_change
from admin_core.changes.acting import describe
from admin_core.generator.errors import NotFound
from admin_core.generator.urls import record_url
from admin_core.generator.view import SEE_OTHER, UNPROCESSABLE
from admin_core.machine import machine, request_session
from admin_core.networks import changing
from admin_core.networks.allow_list import entries_in
from admin_core.networks.changing import ChangedMeanwhile, ChangeRefused, Editor, Seen
from admin_core.networks.form import Wish, read_wish, typed_from, version_of
from admin_core.networks.guard import allow_list
from admin_core.networks.origin import Origin, origin_of_request
from admin_core.networks.rules import Allowed, is_allowed, is_on, matching
from admin_core.once import ALREADY_DONE, first_time, new_token
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory
from schema.changes import ChangeKind

URL = "/admin/system/networks"
READ, EDIT = "page:settings:read", "core:networks:edit"
MODEL = "ip_allow_entries"
LONGEST_ADDRESS = 64
blueprint = Blueprint("networks", __name__)


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(blueprint)
    reading, editing = surfaces.admin(READ), surfaces.admin(EDIT)
    surfaces.declare(
        app,
        {
            "networks.everything": reading,
            "networks.ask": reading,
            "networks.create": editing,
            "networks.change": editing,
            "networks.remove": editing,
        },
    )


@blueprint.get(URL)
def everything() -> ResponseReturnValue:
    """Show the list, and from where the person comes."""
    return list_page()


@blueprint.post(URL)
def ask() -> ResponseReturnValue:
    """Say whether an address is allowed; it was posted, so that it stands in no address bar and no log."""
    typed = request.form.get("address", "").strip()[:LONGEST_ADDRESS]
    found = plain_address(typed)
    if found is None:
        return list_page(typed, problem="Type one address, such as 196.25.1.7 or 2001:db8::7."), UNPROCESSABLE
    return list_page(typed, asked=str(found))


@blueprint.route(f"{URL}/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Put a network on the list."""
    require_fresh(signed_in())
    if request.method != "POST":
        return form_page({"network": origin().address or "", "enabled": "yes"})
    wish, errors = read_wish(request.form, datetime.now(UTC))
    if wish is None:
        return form_page(request.form, errors=errors)
    return made(wish)


@blueprint.route(f"{URL}/<uuid:entry_id>", methods=["GET", "POST"])
def change(entry_id: UUID) -> ResponseReturnValue:
    """Change a network of the list."""
    line = chosen(entry_id)
    require_fresh(signed_in())
    if request.method != "POST":
        return form_page(typed_from(line), line)
    wish, errors = read_wish(request.form, datetime.now(UTC))
    if wish is None:
        return form_page(request.form, line, errors)
    return changed(line, wish)


@blueprint.route(f"{URL}/<uuid:entry_id>/remove", methods=["GET", "POST"])
def remove(entry_id: UUID) -> ResponseReturnValue:
    """Take a network off the list."""
    line = chosen(entry_id)
    require_fresh(signed_in())
    if request.method != "POST":
        return remove_page(line)
    describe(kind=ChangeKind.ACTION, title="Removed an allowed network", undoable=False)
    try:
        changing.remove(request_session(signed_in()), editor(), seen(line))
    except ChangeRefused as refusal:
        request_session(signed_in()).rollback()
        return remove_page(chosen(entry_id), refusal)
    return done("removed", entry_id, f"{line.label} is off the list.")


def made(wish: Wish) -> ResponseReturnValue:
    """Add the line, once."""
    describe(kind=ChangeKind.ACTION, title="Added an allowed network", undoable=False)
    session = request_session(signed_in())
    if not first_time(session, f"networks:{signed_in().id}", request.form.get("once", ""), datetime.now(UTC)):
        flash_done(ALREADY_DONE)
        return redirect(URL, SEE_OTHER)
    try:
        entry_id = changing.add(session, editor(), wish)
    except ChangeRefused as refusal:
        session.rollback()
        return form_page(request.form, refusal=refusal)
    return done("added", entry_id, f"{wish.label} is on the list.")


def changed(line: Allowed, wish: Wish) -> ResponseReturnValue:
    """Change the line."""
    describe(kind=ChangeKind.ACTION, title="Changed an allowed network", undoable=False)
    session = request_session(signed_in())
    try:
        is_new = changing.edit(session, editor(), seen(line), wish)
    except ChangeRefused as refusal:
        session.rollback()
        return form_page(request.form, chosen(line.id), refusal=refusal)
    if not is_new:
        flash_done("Nothing was changed.")
        return redirect(URL, SEE_OTHER)
    return done("changed", line.id, f"{wish.label} is changed.")


def done(what: str, entry_id: UUID, sentence: str) -> ResponseReturnValue:
    """Record the change with it, commit, and go back to the list; this process notices at once."""
    note_change(f"networks.{what}", MODEL, str(entry_id), category=AuditCategory.CONFIG)
    request_session(signed_in()).commit()
    allow_list().expire()
    flash_done(sentence)
    return redirect(URL, SEE_OTHER)


def list_page(typed: str = "", asked: str = "", problem: str = "") -> str:
    """Return the page with the list; asked: an address to judge."""
    session, now = request_session(signed_in()), datetime.now(UTC)
    entries = entries_in(session)
    return render_template(
        "admin/networks/list.html",
        lines=[(line, state_of(line, now), line in matching(entries, origin().address)) for line in entries],
        is_on=is_on(entries),
        origin=origin(),
        typed=typed,
        asked=asked,
        answer=is_allowed(entries, asked, now),
        by=[line.label for line in matching(entries, asked) if line.until > now],
        problem=problem,
        may_edit=signed_in().has(EDIT),
        seconds=int(allow_list().every_s),
        url=URL,
    )


def form_page(
    typed: Mapping[str, str],
    line: Allowed | None = None,
    errors: Mapping[str, str] | None = None,
    refusal: ChangeRefused | None = None,
) -> ResponseReturnValue:
    """Return the form with what was typed."""
    page = render_template(
        "admin/networks/form.html",
        typed=typed,
        line=line,
        errors=errors or {},
        problem=str(refusal or ""),
        version=version_shown(line, refusal) if line else "",
        origin=origin(),
        record_url=record_url(MODEL, str(line.id)) if line else "",
        once=request.form.get("once") or new_token(),
        url=URL,
    )
    return page, UNPROCESSABLE if request.method == "POST" else 200


def remove_page(line: Allowed, refusal: ChangeRefused | None = None) -> ResponseReturnValue:
    """Return the page that asks; after a refusal with its reason."""
    words = {"line": line, "problem": str(refusal or ""), "version": version_shown(line, refusal)}
    return render_template("admin/networks/remove.html", url=URL, **words), UNPROCESSABLE if refusal else 200


def seen(line: Allowed) -> Seen:
    """Return what the form at hand was made from."""
    return Seen(line.id, request.form.get("version", ""))


def version_shown(line: Allowed, refusal: ChangeRefused | None) -> str:
    """Return the version that a form was made from; the present one once its maker was told of it."""
    if request.method == "POST" and not isinstance(refusal, ChangedMeanwhile):
        return request.form.get("version", "")
    return version_of(line)


def state_of(line: Allowed, now: datetime) -> tuple[str, str]:
    """Return how a line stands, and the tone of that."""
    if not line.enabled:
        return "Disabled", "muted"
    return ("Allowed", "success") if line.until > now else ("Ended", "warning")


def chosen(entry_id: UUID) -> Allowed:
    """Return the line of an address, or raise NotFound."""
    found = next((line for line in entries_in(request_session(signed_in())) if line.id == entry_id), None)
    if found is None:
        raise NotFound("There is no such network.", "Somebody may have removed it. Choose one from the list.")
    return found


def origin() -> Origin:
    """Return from where the person comes, and why we think so."""
    return origin_of_request(machine().settings.proxies)


def editor() -> Editor:
    """Return who changes the list."""
    return Editor(signed_in().id, request.remote_addr)
