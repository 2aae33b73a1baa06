"""Routes of approvals: the lists, the number in the top bar, one request and what is decided on it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import current_person, require_fresh
from admin_core.approvals import alone, asking, queue, trying
from admin_core.approvals.asking import READ, Decider, reason_in
from admin_core.approvals.deciding import carry_out
from admin_core.approvals.many import asked_for, is_many
from admin_core.approvals.queue import URL
from admin_core.approvals.request_page import RequestPage, find, request_page, wish_of
from admin_core.audit.web import note_change
from admin_core.changes import rehearsal
from admin_core.changes.acting import describe
from admin_core.contributions import ActionRefused
from admin_core.database import limit_statements
from admin_core.generator.action_registry import Offered
from admin_core.generator.context import Context
from admin_core.generator.view import SEE_OTHER, UNPROCESSABLE, context, is_fragment
from admin_core.machine import machine
from admin_core.policy import require_permission
from admin_core.surfaces import admin, declare
from admin_core.theme.feedback import flash_done
from schema.changes import Approval, ChangeKind

blueprint = Blueprint("approvals", __name__)
SWITCHED_OFF = ActionRefused("Its plugin is switched off, so nothing can be decided now.")


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(blueprint)
    declare(app, {"approvals.*": admin(READ)})


@blueprint.get(URL)
def index() -> ResponseReturnValue:
    """Show a list of requests."""
    ctx = asked()
    tab = request.args.get("tab", "waiting")
    if tab not in queue.TABS:
        abort(404)
    words = {"after": request.args.get("after", ""), "before": request.args.get("before", "")}
    page = queue.queue_page(ctx, tab, **words)
    return render_template("admin/approvals/index.html", page=page, tabs=queue.TABS, tones=queue.TONES)


@blueprint.get(f"{URL}/count")
def count() -> ResponseReturnValue:
    """Answer how many requests wait for this person: a number, or nothing."""
    ctx = asked()
    found = queue.count_waiting(ctx.session, ctx.actions, ctx.person, ctx.now)
    if not is_fragment():
        return redirect(URL, SEE_OTHER)
    return str(found) if found else ""


@blueprint.get(f"{URL}/<uuid:approval_id>")
def one(approval_id: UUID) -> ResponseReturnValue:
    """Show a request."""
    return shown(asked(), approval_id)


def shown(ctx: Context, approval_id: UUID, form: str = "", problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page of a request, after a refusal with the reason beside its form."""
    page: RequestPage = request_page(machine(), ctx, find(ctx.session, approval_id))
    if problem is not None:
        page = replace(page, errors={form: f"{problem.sentence} {problem.hint}".strip()}, typed={form: typed_reason()})
    return render_template(
        "admin/approvals/request.html", page=page, tones=queue.TONES
    ), UNPROCESSABLE if problem else 200


@blueprint.post(f"{URL}/<uuid:approval_id>/approve")
def approve(approval_id: UUID) -> ResponseReturnValue:
    """Approve a request: it is done at once, in the name of who asked."""
    ctx = asked()
    require_fresh(ctx.person)
    require_other(ctx, find(ctx.session, approval_id))
    ctx.session.rollback()
    parts = machine()
    try:
        with parts.database.engine.begin() as connection:
            rehearsal.limit(connection)
            outcome = carry_out(connection, parts, approval_id, ctx.person, ctx.now)
    except ActionRefused as problem:
        return shown(ctx, approval_id, "approve", problem)
    if outcome.kind == "done":
        flash_done(f"Approved. {outcome.sentence}")
    else:
        flash(f"Nothing was done. {outcome.sentence} Who asked is told, and can ask again.", "warning")
    return redirect(f"{URL}/{approval_id}", SEE_OTHER)


def require_other(ctx: Context, approval: Approval) -> None:
    """Raise unless the person may decide on what somebody else asked."""
    offered = asked_for(ctx.actions, approval)
    if offered is not None and approval.requested_by_id != ctx.person.id:
        require_permission(ctx.person, offered.action.permission, f"decide on “{offered.action.label}”")


@blueprint.post(f"{URL}/<uuid:approval_id>/refuse")
def refuse(approval_id: UUID) -> ResponseReturnValue:
    """Refuse a request, with a reason."""

    def write(ctx: Context, approval: Approval, _offered: Offered) -> str:
        require_other(ctx, approval)
        by = Decider(ctx.person, ctx.now, reason_in(typed_reason()))
        return asking.refuse(machine(), ctx.session, approval, by)

    return decided(approval_id, "refuse", "approval.refused", write)


@blueprint.post(f"{URL}/<uuid:approval_id>/withdraw")
def withdraw(approval_id: UUID) -> ResponseReturnValue:
    """Withdraw one's own request, or stop one that waits to be done by one person alone."""

    def write(ctx: Context, approval: Approval, _offered: Offered) -> str:
        by = Decider(ctx.person, ctx.now, asking.optional_reason(typed_reason()))
        return asking.withdraw(machine(), ctx.session, approval, by)

    return decided(approval_id, "withdraw", "approval.withdrawn", write)


@blueprint.post(f"{URL}/<uuid:approval_id>/alone")
def decide_alone(approval_id: UUID) -> ResponseReturnValue:
    """Let a request wait a day to be done by one person, as nobody else may approve it."""
    require_fresh(asked().person)

    def write(ctx: Context, approval: Approval, offered: Offered) -> str:
        by = Decider(ctx.person, ctx.now, reason_in(typed_reason()))
        return alone.choose(machine(), ctx.session, approval, offered, by)

    return decided(approval_id, "alone", "approval.alone", write)


@blueprint.post(f"{URL}/<uuid:approval_id>/again")
def ask_again(approval_id: UUID) -> ResponseReturnValue:
    """Ask once more for what drifted or expired, with the plan as it is now."""
    ctx = asked()
    old = asking.lock(ctx.session, approval_id)
    try:
        made = asked_again(ctx, old)
    except (ActionRefused, rehearsal.Failed) as problem:
        ctx.session.rollback()
        refusal = problem if isinstance(problem, ActionRefused) else ActionRefused(problem.sentence)
        return shown(ctx, approval_id, "again", refusal)
    note_change(asking.REQUESTED, "approvals", str(made.id))
    ctx.session.commit()
    flash_done("Asked again, for what would happen now.")
    return redirect(f"{URL}/{made.id}", SEE_OTHER)


def asked_again(ctx: Context, old: Approval) -> Approval:
    """Return the new request; ActionRefused when there is nothing to ask again."""
    parts = machine()
    offered = None if is_many(old) else asked_for(ctx.actions, old)
    form = asking.typed(ctx.cipher, old)
    if old.requested_by_id != ctx.person.id or old.state not in asking.AGAIN or offered is None or form is None:
        raise ActionRefused("This can't be asked again.", "Open the record and start anew.")
    require_permission(ctx.person, offered.action.permission, f"ask for “{offered.action.label}”")
    wish = wish_of(ctx, old, offered, form)
    trial = trying.try_out(parts, ctx, wish)
    if not isinstance(trial, trying.Trial):
        raise ActionRefused(trial.refusal or (trial.problem.sentence if trial.problem else "Start anew."))
    made = asking.ask_once(parts, ctx, wish, trial, old.reason or "")
    old.typed = None
    return made


def decided(
    approval_id: UUID, form: str, deed: str, write: Callable[[Context, Approval, Offered], str]
) -> ResponseReturnValue:
    """Write a decision on a locked request and show it, or show why nothing was decided."""
    ctx = asked()
    describe(
        kind=ChangeKind.ACTION, action=deed, title=deed.replace("approval.", "Request ").capitalize(), undoable=False
    )
    approval = asking.lock(ctx.session, approval_id)
    offered = asked_for(ctx.actions, approval)
    try:
        if offered is None:
            raise SWITCHED_OFF
        sentence = write(ctx, approval, offered)
    except ActionRefused as problem:
        ctx.session.rollback()
        return shown(ctx, approval_id, form, problem)
    note_change(deed, "approvals", str(approval_id))
    ctx.session.commit()
    flash_done(sentence)
    return redirect(f"{URL}/{approval_id}", SEE_OTHER)


def typed_reason() -> str:
    """Return the reason as it was typed."""
    return request.form.get("reason", "")


def asked() -> Context:
    """Return this request's surroundings, statements limited in time."""
    assert current_person() is not None  # the gate asks
    ctx = replace(context(), now=datetime.now(UTC))
    limit_statements(ctx.session)
    return ctx
