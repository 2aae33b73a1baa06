"""The only module of the generator that knows Flask-Admin: one view whose routes serve every model.

A model's screens are made when first asked for; the URL names the model by its key. Each route names the verb it needs:
a route without one is refused. Everything behind the routes is functions over specs that know no Flask.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import g, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_core.access import require_fresh, signed_in
from admin_core.approvals.action_page import Actioning, Answered
from admin_core.approvals.asking import REQUESTED
from admin_core.approvals.form_preview import STEP, delete_preview, form_preview
from admin_core.approvals.trying import Wish
from admin_core.audit.reads import note_reveal, page_reads
from admin_core.audit.web import note_change
from admin_core.changes import acting
from admin_core.changes.acting import describe
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.generator import urls
from admin_core.generator.action_registry import Offered
from admin_core.generator.actions import offered_action
from admin_core.generator.context import Context
from admin_core.generator.detail import detail_page
from admin_core.generator.errors import NotFound
from admin_core.generator.forms.deleting import Deleted, delete_page
from admin_core.generator.forms.lookups import lookup
from admin_core.generator.forms.pages import Saved, form_page
from admin_core.generator.history import history_page
from admin_core.generator.lists import list_page
from admin_core.generator.panels import panel_page
from admin_core.generator.record_parts import RecordParts, collected_parts
from admin_core.generator.related import related_list
from admin_core.generator.revealing import Granted, hide, reveal
from admin_core.generator.reveals import masks_again
from admin_core.generator.saved_views import change_view, choose_columns, save_view
from admin_core.generator.searching import search
from admin_core.generator.spec import ModelSpec
from admin_core.generator.timeline import timeline_page
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine, request_session
from admin_core.once import first_time, new_token
from admin_core.policy import Verb, require
from admin_core.theme.feedback import flash_done
from admin_core.theme.formats import in_sentence
from schema.changes import ChangeKind

NEEDS: dict[str, Verb] = {
    "list_view": "read",
    "search": "read",
    "save_view": "read",
    "change_view": "read",
    "choose_columns": "read",
    "lookup": "read",
    "detail_view": "read",
    "related_view": "read",
    "panel_view": "read",  # and the panel's own permission
    "timeline_view": "read",  # and, kind by kind, its own permission
    "history_view": "read",
    "reveal_view": "read",  # and the right to reveal the value's class
    "hide_view": "read",
    "new_view": "create",
    "edit_view": "edit",
    "delete_view": "delete",
    "action_view": "read",  # and the action's own permission
}
"""Route → what one must be allowed to do with the model. A name that is missing here is refused to everyone."""

OK, SEE_OTHER = 200, 303
UNPROCESSABLE = 422


class DataView(BaseView):
    """Lists, records and forms of every model under ``/admin/data/<key>``."""

    def __init__(self) -> None:
        super().__init__(name="Data", endpoint="data", url="/admin/data")

    def _handle_view(self, name: str, /, **arguments: Any) -> ResponseReturnValue | None:
        """Ask the policy before any route runs; a route may have an argument called ``name`` of its own."""
        if name != "index":
            require(signed_in(), NEEDS[name], spec_of(arguments["key"]))
        return None

    def _run_view(self, fn: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Run the route once: Flask-Admin's own version calls it again after any TypeError."""
        return fn(self, *arguments, **named)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Send people who shorten the address home."""
        return redirect("/admin/")

    @expose("/<key>/")
    def list_view(self, key: str) -> ResponseReturnValue:
        """Show a page of records."""
        page = list_page(context(), spec_of(key), request.args)
        return self.render("admin/data/list.html", page=page), page.status

    @expose("/<key>/search", methods=["POST"])
    def search(self, key: str) -> ResponseReturnValue:
        """Keep search words and filters out of the address, and go to the list."""
        return onwards(search(context(), spec_of(key), request.form))

    @expose("/<key>/views", methods=["POST"])
    def save_view(self, key: str) -> ResponseReturnValue:
        """Keep the list as it is under a name."""
        return onwards(save_view(context(), spec_of(key), request.form))

    @expose("/<key>/views/<view>", methods=["POST"])
    def change_view(self, key: str, view: str) -> ResponseReturnValue:
        """Rename, share, move or delete a saved view."""
        return onwards(change_view(context(), spec_of(key), view, request.form))

    @expose("/<key>/columns", methods=["POST"])
    def choose_columns(self, key: str) -> ResponseReturnValue:
        """Remember which columns this person wants to see."""
        return onwards(choose_columns(context(), spec_of(key), request.form))

    @expose("/<key>/lookup", methods=["POST"])
    def lookup(self, key: str) -> ResponseReturnValue:
        """Answer a picker. Posted, because what is typed may be somebody's name."""
        found = lookup(context(), spec_of(key), request.form.get("q", ""), column=request.form.get("column", ""))
        return jsonify([{"value": option.value, "text": option.text} for option in found])

    @expose("/<key>/record/<record>")
    def detail_view(self, key: str, record: str) -> ResponseReturnValue:
        """Show a record."""
        page = detail_page(context(), spec_of(key), record, record_parts())
        return (
            self.render("admin/data/detail.html", page=page),
            OK,
            masks_again(page.until, urls.record_url(key, record)),
        )

    @expose("/<key>/record/<record>/reveal/<column>", methods=["GET", "POST"])
    def reveal_view(self, key: str, record: str, column: str) -> ResponseReturnValue:
        """Ask why a masked value is needed, and show it for some minutes once that is logged."""
        page = reveal(context(), spec_of(key), record, column, posted())
        if isinstance(page, Granted):
            note_reveal(request_session(signed_in()), page)
            return onwards(f"{urls.record_url(key, record)}#field-{column}")
        return self.render("admin/data/reveal.html", page=page), page.status

    @expose("/<key>/record/<record>/hide/<column>", methods=["POST"])
    def hide_view(self, key: str, record: str, column: str) -> ResponseReturnValue:
        """Mask a revealed value again."""
        hide(context(), spec_of(key), record, column)
        return onwards(f"{urls.record_url(key, record)}#field-{column}")

    @expose("/<key>/record/<record>/related/<relation>")
    def related_view(self, key: str, record: str, relation: str) -> ResponseReturnValue:
        """Show the first rows of what belongs to a record."""
        found = related_list(context(), spec_of(key), record, relation)
        return self.render("admin/data/related.html", related=found, partial=is_fragment())

    @expose("/<key>/record/<record>/panel/<name>")
    def panel_view(self, key: str, record: str, name: str) -> ResponseReturnValue:
        """Show one panel of a record."""
        page = panel_page(context(), spec_of(key), record, name, record_parts())
        return self.render("admin/data/panel.html", page=page, partial=is_fragment())

    @expose("/<key>/record/<record>/timeline")
    def timeline_view(self, key: str, record: str) -> ResponseReturnValue:
        """Show what happened to a record."""
        page = timeline_page(context(), spec_of(key), record, request.args, record_parts())
        return self.render("admin/data/timeline.html", page=page, partial=is_fragment())

    @expose("/<key>/record/<record>/history")
    def history_view(self, key: str, record: str) -> ResponseReturnValue:
        """Show who changed a record, and what."""
        page = history_page(context(), spec_of(key), record, request.args.get("before", ""))
        return self.render("admin/data/history.html", page=page, partial=is_fragment())

    @expose("/<key>/new", methods=["GET", "POST"])
    def new_view(self, key: str) -> ResponseReturnValue:
        """Make a record."""
        return self.form(spec_of(key), None)

    @expose("/<key>/record/<record>/edit", methods=["GET", "POST"])
    def edit_view(self, key: str, record: str) -> ResponseReturnValue:
        """Change a record."""
        return self.form(spec_of(key), record)

    @expose("/<key>/record/<record>/delete", methods=["GET", "POST"])
    def delete_view(self, key: str, record: str) -> ResponseReturnValue:
        """Show what a deletion would take with it, and delete."""
        spec, ctx = spec_of(key), context()
        limit_statements(ctx.session)  # counting what a deletion takes along may meet a reference without an index
        if request.form.get("step") == STEP:
            found = delete_preview(machine(), ctx, spec, record, request.form)
            return self.render("admin/data/delete.html", page=found.page, preview=found), status_of(found.plan is None)
        page = delete_page(ctx, spec, record, posted())
        if isinstance(page, Deleted):
            note_change(f"{spec.key}.deleted", spec.key, record)
            flash_done(f"Deleted {in_sentence(spec.label)}.", undo_url(spec))
            return onwards(urls.list_url(key))
        return self.render("admin/data/delete.html", page=page), status_of(page.problem)

    @expose("/<key>/record/<record>/action/<verb>", methods=["GET", "POST"])
    def action_view(self, key: str, record: str, verb: str) -> ResponseReturnValue:
        """Say what an action would do, and do it."""
        spec, ctx = spec_of(key), context()
        offered = offered_action(ctx, spec, verb)
        limit_statements(ctx.session)
        if offered.action.dangerous:
            require_fresh(ctx.person)
        if offered.action.page:
            return redirect(offered.action.page.format(record=record), SEE_OTHER)
        visit = Actioning(machine(), ctx, Wish(spec, offered, (record,), answers_sent()))
        once = request.form.get("once") or new_token()
        if request.method != "POST" or (step := request.form.get("step", "do")) == STEP:
            page = visit.previewed(once) if request.method == "POST" else visit.opened(once)
            return self.render("admin/data/action.html", page=page), status_of(page.problem or page.errors)
        if not first_time(ctx.session, f"action:{ctx.person.id}", request.form.get("once", ""), ctx.now):
            flash_done("That was already done: the second click changed nothing.")
            return onwards(urls.record_url(key, record))
        if step == "ask":
            return self.answered(visit.asked(once), spec)
        describe(kind=ChangeKind.ACTION, action=offered.name, title=offered.action.label, undoable=False)
        return self.answered(visit.done(once), spec, offered)

    def answered(self, found: Answered, spec: ModelSpec, offered: Offered | None = None) -> ResponseReturnValue:
        """Go on after what was done or asked for, or show the page again with nothing done."""
        if found.page is not None:
            request_session(signed_in()).rollback()  # the token may be used again: nothing was done
            return self.render("admin/data/action.html", page=found.page), UNPROCESSABLE
        note_change(offered.name if offered else REQUESTED, spec.key, found.record)
        flash_done(found.did)
        then = offered.action.then if offered else found.request_url
        return onwards(then or urls.record_url(spec.key, found.record))

    def form(self, spec: ModelSpec, record: str | None) -> ResponseReturnValue:
        """Show a form, what saving it would do, or save what it sent."""
        if request.form.get("then") == STEP:
            found = form_preview(machine(), context(), spec, record, request.form)
            return self.render("admin/data/form.html", page=found.page, preview=found), status_of(found.plan is None)
        page = form_page(context(), spec, record, posted(), request.args)
        if isinstance(page, Saved):
            note_change(f"{spec.key}.{'created' if page.created else 'edited'}", spec.key, page.record_id)
            flash_done(saved_sentence(spec, page), undo_url(spec))
            return onwards(next_url(spec, page))
        return self.render("admin/data/form.html", page=page), status_of(page.errors or page.general)


def answers_sent() -> dict[str, str]:
    """Return what was typed; of a page that is only opened the answers that its address proposes, several of one name
    joined by commas. Nobody puts personal data there.
    """
    if request.method == "POST":
        return request.form.to_dict()
    return {name: ", ".join(request.args.getlist(name)) for name in request.args if name.startswith("q-")}


def undo_url(spec: ModelSpec) -> str:
    """Return where what this request wrote is taken back; empty where changes are not recorded row by row."""
    who = acting.current.get()
    return f"{urls.change_url(who.id)}/undo" if who is not None and spec.options.capture == "row" else ""


def posted() -> Any:
    """Return the form that was sent, None when the page is only opened."""
    return request.form if request.method == "POST" else None


def status_of(problems: object) -> int:
    """Return the status of a form's page: a refused form is not a success."""
    return UNPROCESSABLE if problems and request.method == "POST" else 200


def onwards(url: str) -> ResponseReturnValue:
    """Commit what was done and go on to another page; the only place where the generated screens commit."""
    request_session(signed_in()).commit()
    return redirect(url, SEE_OTHER)


def next_url(spec: ModelSpec, saved: Saved) -> str:
    """Return where to go after saving."""
    if saved.then == "add":
        return urls.new_url(spec.key)
    page = urls.edit_url if saved.then == "stay" else urls.record_url
    return page(spec.key, saved.record_id)


def saved_sentence(spec: ModelSpec, saved: Saved) -> str:
    """Return what was done, and what somebody else had done meanwhile."""
    deed = "Created" if saved.created else "Saved"
    kept = f" Somebody else's newer {', '.join(saved.merged)} was kept." if saved.merged else ""
    return f"{deed} {in_sentence(spec.label)}.{kept}"


def context() -> Context:
    """Return this request's surroundings."""
    parts = machine()
    who = signed_in()
    actions = parts.actions.without(parts.plugins.switches.off())
    now = datetime.now(UTC)
    return Context(request_session(who), who, parts.registry, parts.cipher, now, actions, page_reads())


def record_parts() -> RecordParts:
    """Return what plugins add to records' pages now."""
    return collected_parts(machine().plugins)


def effects() -> JobEffects:
    """Return what a page of this request may ask for."""
    who = signed_in()
    origin = Origin(actor_id=who.id, request_id=g.request_id)
    return JobEffects(request_session(who), machine(), origin)


def spec_of(key: str) -> ModelSpec:
    """Return the model of an address, or raise NotFound."""
    registry = machine().registry
    if key not in registry:
        raise NotFound("There is no such list.", "Choose one from the menu.")
    return registry.spec(key)


def is_fragment() -> bool:
    """Return whether a script of ours asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"
