"""The page of one request: what was asked, by whom and why, what would happen now, and what this person may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_core.access.members import active_person
from admin_core.approvals import alone, asking
from admin_core.approvals.many import asked_for, is_many
from admin_core.approvals.trying import Wish, matches, shown, title_of, try_out
from admin_core.bulk import approving as bulk
from admin_core.changes import rehearsal
from admin_core.contributions import ActionRefused
from admin_core.generator.action_registry import Offered
from admin_core.generator.actions import ActionPage
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.labels import labels_for
from admin_core.generator.plan_view import PlanView, view_of
from admin_core.generator.reads import Reads
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import change_url, record_url
from admin_core.machine import Machine
from admin_core.policy import MASK, Person, Refused, may, sees
from schema.changes import Approval, ApprovalState


@dataclass(frozen=True)
class Present:
    """What would happen now."""

    plan: PlanView | None = None
    problem: str = ""
    """Why it would not be done now."""


@dataclass(frozen=True)
class RequestPage:
    """What stands on the page."""

    approval: Approval
    asked_for: PlanView
    """The numbers that were shown when it was asked."""
    present: Present
    reason: str
    alone_reason: str
    decision_reason: str
    answers: tuple[tuple[str, str], ...]
    record_url: str
    record_label: str
    """What this person calls it; empty when it is gone."""
    change_url: str
    is_open: bool
    is_mine: bool
    may_decide: bool
    may_decide_alone: bool
    may_stop: bool
    may_ask_again: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    """A sentence by form for what was wrong with it."""
    typed: Mapping[str, str] = field(default_factory=dict)


def find(session: Session, approval_id: UUID) -> Approval:
    """Return the request with both people, or raise NotFound."""
    query = select(Approval).where(Approval.id == approval_id)
    query = query.options(joinedload(Approval.requested_by), joinedload(Approval.decided_by))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such request.", "Look at the list of approvals.")
    return found


def request_page(parts: Machine, ctx: Context, approval: Approval) -> RequestPage:
    """Return the page for this person."""
    offered = asked_for(ctx.actions, approval)
    is_open = approval.state is ApprovalState.REQUESTED and approval.expires_at > ctx.now
    mine = approval.requested_by_id == ctx.person.own_id
    holds = offered is not None and ctx.person.has(offered.action.permission)
    judges = mine or holds
    form = asking.typed(ctx.cipher, approval) if judges and not is_many(approval) else None
    present = now(parts, ctx, approval, offered, form or {}) if judges and is_open and offered else Present()
    spec = ctx.registry.spec(approval.model_key or "") if (approval.model_key or "") in ctx.registry else None
    reads = spec is not None and may(ctx.person, "read", spec)
    return RequestPage(
        approval=approval,
        asked_for=view_of(ctx, asking.outline_of(approval), partial(title_of, parts)),
        present=present,
        reason=legible(ctx, "reason", approval.reason, judges),
        alone_reason=legible(ctx, "alone_reason", approval.alone_reason, judges),
        decision_reason=legible(ctx, "decision_reason", approval.decision_reason, judges),
        answers=bulk.answers(ctx, approval, offered)
        if judges and is_many(approval)
        else answers_of(offered, form or {}),
        record_url=record_url(spec.key, approval.record_key or "") if spec and reads else "",
        record_label=label_of(ctx, spec, approval) if spec and reads else "",
        change_url=change_url(approval.change_set_id) if approval.change_set_id else "",
        is_open=is_open,
        is_mine=mine,
        may_decide=is_open and holds and not mine,
        may_decide_alone=bool(
            is_open and offered and mine and not alone.why_not(ctx.session, approval, offered, ctx.person)
        ),
        may_stop=is_open and approval.alone and not mine,
        may_ask_again=bool(
            mine and offered and not is_many(approval) and approval.state in asking.AGAIN and approval.typed
        ),
    )


def now(parts: Machine, ctx: Context, approval: Approval, offered: Offered, form: Mapping[str, str]) -> Present:
    """Return what would happen now, tried in the name of who asked and shown as this person may see it."""
    requester = active_person(ctx.session, approval.requested_by_id)
    if requester is None:
        return Present(problem="Who asked for it may no longer sign in.")
    if is_many(approval):
        return many(parts, ctx, approval, requester)
    wish = wish_of(ctx, approval, offered, form)
    try:
        trial = try_out(parts, replace(ctx, person=requester, reads=Reads()), wish)
    except (rehearsal.Failed, Refused, NotFound, BadRequest) as problem:
        return Present(problem=problem.sentence)
    if isinstance(trial, ActionPage):
        return Present(problem=trial.refusal or (trial.problem.sentence if trial.problem else "It asks anew."))
    changed = "" if matches(parts, trial.plan, approval.plan_hash) else "What would happen is no longer what was asked."
    return Present(replace(shown(parts, ctx, trial), sentence=""), changed)


def many(parts: Machine, ctx: Context, approval: Approval, requester: Person) -> Present:
    """Return what would happen now to the rows of a selection."""
    try:
        trial = bulk.tried_for(parts, replace(ctx, person=requester, reads=Reads()), approval)
    except (rehearsal.Failed, Refused, NotFound, BadRequest, ActionRefused) as problem:
        return Present(problem=problem.sentence)
    changed = "" if matches(parts, trial.plan, approval.plan_hash) else "What would happen is no longer what was shown."
    words = partial(title_of, parts)
    return Present(view_of(ctx, trial.plan.outline, words, trial.measured.rows), changed)


def wish_of(ctx: Context, approval: Approval, offered: Offered, form: Mapping[str, str]) -> Wish:
    """Return what a request asks for."""
    return Wish(ctx.registry.spec(approval.model_key or ""), offered, (approval.record_key or "",), form)


def answers_of(offered: Offered | None, form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the questions of the action with what was answered."""
    if offered is None:
        return ()
    told = ((q, form.get(f"{asking.QUESTION}{q.name}", "")) for q in offered.action.questions)
    return tuple((q.label, dict(q.choices).get(text, text)) for q, text in told if text)


def label_of(ctx: Context, spec: ModelSpec, approval: Approval) -> str:
    """Return what this person calls the record."""
    key = approval.record_key or ""
    return labels_for(ctx, spec, [key]).get(key, "")


def legible(ctx: Context, column: str, text: str | None, judges: bool) -> str:
    """Return a text people wrote: in clear to who asked or may decide, to others as their roles see it."""
    clear = judges or sees(ctx.person, ctx.registry.spec("approvals").columns[column]) == "clear"
    return (text or "") if clear or not text else MASK
