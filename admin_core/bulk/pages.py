"""Routes of selections: choosing rows of a list, doing something to all of them, and what came of it."""

from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from psycopg.errors import QueryCanceled
from sqlalchemy import select as sql_select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict

from admin_core import settings_store
from admin_core.access import require_fresh
from admin_core.approvals.asking import REQUESTED
from admin_core.approvals.form_preview import STEP
from admin_core.audit.web import note_change
from admin_core.bulk import section
from admin_core.bulk.acting import Act
from admin_core.bulk.deeds import Deed
from admin_core.bulk.deleting import Delete
from admin_core.bulk.editing import Edit
from admin_core.bulk.jobs import deed_in_log
from admin_core.bulk.running import digest_of
from admin_core.bulk.selections import freeze_matching, freeze_ticked, selection_of
from admin_core.bulk.view import BASE, is_dangerous, run_page, selection_page, values_in
from admin_core.bulk.visiting import Came, Visiting
from admin_core.changes.acting import describe
from admin_core.database import limit_statements
from admin_core.generator.actions import offered_action
from admin_core.generator.bulk_choices import bulk_choices
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound, TooSlow
from admin_core.generator.forms.elsewhere import refuse_many
from admin_core.generator.list_state import ListState, read_state, remembered, url_of
from admin_core.generator.searching import base_of
from admin_core.generator.spec import ModelSpec
from admin_core.generator.view import SEE_OTHER, UNPROCESSABLE, context, spec_of
from admin_core.jobs_screen.lines import job_url
from admin_core.machine import machine
from admin_core.once import ALREADY_DONE, first_time, new_token
from admin_core.policy import Refused, require
from admin_core.surfaces import POLICY, admin, declare
from admin_core.theme.feedback import flash_done
from admin_core.theme.formats import in_sentence
from schema.bulk import BulkRun
from schema.changes import ChangeKind, ChangeSet
from schema.jobs import OutcomeKind
from schema.views import Selection

MATCHING = "matching"
OWN = frozenset({"scope", "rowid", "do"})
"""Fields of the bar; the others are the state of the list."""
blueprint = Blueprint("bulk", __name__)


def install(app: Flask) -> None:
    """Mount the routes; the policy decides about the list at hand."""
    app.register_blueprint(blueprint)
    declare(app, {"bulk.*": admin(POLICY)})


@blueprint.post("/admin/data/<key>/select")
def select(key: str) -> ResponseReturnValue:
    """Freeze the ticked rows, or all that match, and go on to what is to be done with them."""
    spec, ctx = spec_of(key), context()
    require(ctx.person, "read", spec)
    refuse_many(spec)
    if not (choices := bulk_choices(ctx, spec)):
        raise Refused(f"You may do nothing to many {in_sentence(spec.plural)} at once.", f"data:{spec.key}:edit")
    args = MultiDict((name, value) for name, value in base_of(request.form).items(multi=True) if name not in OWN)
    state = read_state(ctx, spec, args, remembered(ctx, spec, args.get("v", "")))
    selection = frozen(ctx, spec, state)
    if not selection.total:
        ctx.session.rollback()
        flash("No row was selected. Tick some, or select all that match.", "warning")
        return redirect(url_of(spec, state), SEE_OTHER)
    ctx.session.commit()
    part = request.form.get("do", "")
    known = part in {choice.name for choice in choices}
    return redirect(f"{BASE}/{selection.id}/{part}" if known else f"{BASE}/{selection.id}", SEE_OTHER)


def frozen(ctx: Context, spec: ModelSpec, state: ListState) -> Selection:
    """Return the selection that the bar describes."""
    if MATCHING not in request.form.getlist("scope"):
        return freeze_ticked(ctx, spec, request.form.getlist("rowid"))
    most = section.largest(settings_store.read(ctx.session, machine().cipher, section.SECTION))
    try:
        return freeze_matching(ctx, spec, state, most)
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        sentence = f"Selecting all matching {in_sentence(spec.plural)} took too long."
        raise TooSlow(sentence, "Narrow the filter and select again.") from error


@blueprint.get(f"{BASE}/<uuid:selection_id>")
def show(selection_id: UUID) -> ResponseReturnValue:
    """Show a selection and what can be done with it."""
    ctx = asked()
    selection = selection_of(ctx, selection_id)
    spec = readable(ctx, selection.model_key)
    return render_template("admin/bulk/selection.html", page=selection_page(ctx, spec, selection))


@blueprint.route(f"{BASE}/<uuid:selection_id>/edit", methods=["GET", "POST"])
def edit(selection_id: UUID) -> ResponseReturnValue:
    """Set or clear fields of all rows."""
    ctx = asked()
    selection = selection_of(ctx, selection_id)
    spec = readable(ctx, selection.model_key)
    return visited(ctx, selection, Edit(spec, values_in(ctx, spec, request.form), take_changed()))


@blueprint.route(f"{BASE}/<uuid:selection_id>/delete", methods=["GET", "POST"])
def delete(selection_id: UUID) -> ResponseReturnValue:
    """Delete all rows."""
    ctx = asked()
    selection = selection_of(ctx, selection_id)
    return visited(ctx, selection, Delete(readable(ctx, selection.model_key), take_changed()))


@blueprint.route(f"{BASE}/<uuid:selection_id>/action/<verb>", methods=["GET", "POST"])
def act(selection_id: UUID, verb: str) -> ResponseReturnValue:
    """Do an action to all rows."""
    ctx = asked()
    selection = selection_of(ctx, selection_id)
    spec = readable(ctx, selection.model_key)
    form = {name: text for name, text in request.form.items() if name.startswith("q-")}
    return visited(ctx, selection, Act(spec, offered_action(ctx, spec, verb), machine(), form, take_changed()))


def take_changed() -> bool:
    """Return whether rows that somebody changed meanwhile are taken, too."""
    return request.form.get("take") == "yes"


def visited(ctx: Context, selection: Selection, deed: Deed) -> ResponseReturnValue:
    """Show what is asked and what would happen; do it, or ask for it."""
    deed.require(ctx)
    if is_dangerous(deed):
        require_fresh(ctx.person)
    visit = Visiting(machine(), ctx, deed, selection, request.form)
    once = request.form.get("once") or new_token()
    step = request.form.get("step", "")
    if request.method != "POST" or step == STEP:
        page = visit.previewed(once) if request.method == "POST" else visit.opened(once)
        failed = request.method == "POST" and (page.problem or page.errors)
        return render_template("admin/bulk/deed.html", page=page), UNPROCESSABLE if failed else 200
    if not first_time(ctx.session, f"bulk:{ctx.person.id}", request.form.get("once", ""), ctx.now):
        flash_done(ALREADY_DONE)
        return redirect(f"{BASE}/{selection.id}", SEE_OTHER)
    if step == "ask":
        describe(kind=ChangeKind.ACTION, action=REQUESTED, title="Asked for approval", undoable=False)
        return answered(ctx, deed, visit.asked(once))
    describe(kind=ChangeKind.BULK, action=deed.action, title=deed.title, undoable=deed.undoable)
    return answered(ctx, deed, visit.done(once))


def answered(ctx: Context, deed: Deed, came: Came) -> ResponseReturnValue:
    """Go on after what was done or asked for, or show the page again with nothing done."""
    if came.page is not None:
        ctx.session.rollback()  # the token may be used again: nothing was done
        return render_template("admin/bulk/deed.html", page=came.page), UNPROCESSABLE
    if came.run is None:
        note_change(REQUESTED, deed.spec.key, None)
        ctx.session.commit()
        flash_done("Asked: it is done when a second person approves it.")
        return redirect(came.request_url, SEE_OTHER)
    note_run(deed, came.run)
    ctx.session.commit()
    return redirect(f"{BASE}/runs/{came.run.id}", SEE_OTHER)


def note_run(deed: Deed, run: BulkRun) -> None:
    """Write the entry of the audit log: of all rows when it is done, else that a job was asked for."""
    if run.handled is None:
        note_change(f"{deed.spec.key}.bulk-asked", deed.spec.key, None, change_set_id=None)
        return
    done = run.counts.get(OutcomeKind.DONE.value, 0)
    note_change(deed_in_log(deed.spec.key, deed.action), deed.spec.key, digest_of(run.handled), row_count=done)


@blueprint.get(f"{BASE}/runs/<uuid:run_id>")
def result(run_id: UUID) -> ResponseReturnValue:
    """Show what came of it."""
    ctx = asked()
    run = ctx.session.scalars(sql_select(BulkRun).where(BulkRun.id == run_id)).one_or_none()
    if run is None or run.owner_id != ctx.person.own_id:
        raise NotFound("There is no such bulk change.", "It may be somebody else's: look at the history of a row.")
    spec = readable(ctx, run.model_key)
    has_change = ctx.session.get(ChangeSet, run.change_set_id) is not None
    page = run_page(spec, run, has_change=has_change, job_url=job_url(run.job_id) if run.job_id else "")
    return render_template("admin/bulk/run.html", page=page)


def readable(ctx: Context, key: str) -> ModelSpec:
    """Return a model whose rows the person may read."""
    spec = spec_of(key)
    require(ctx.person, "read", spec)
    return spec


def asked() -> Context:
    """Return this request's surroundings, statements limited in time."""
    ctx = context()
    limit_statements(ctx.session)
    return ctx
