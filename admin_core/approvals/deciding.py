"""Carries out what was approved, exactly as it was shown, or not at all; in the name of who asked.

The request is locked, so two approvers, two clicks or two workers end in one run. The plan is made again inside the run
that counts: when it is another, everything is taken back and the request ends as drifted. The caller commits.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from admin_core.access.members import active_person
from admin_core.approvals import mails
from admin_core.approvals.asking import end, lock, require_open, typed
from admin_core.approvals.many import asked_for, is_many
from admin_core.approvals.trying import Wish, matches, run
from admin_core.audit.entries import Entry
from admin_core.bulk.approving import begin
from admin_core.changes import rehearsal
from admin_core.changes.acting import Acting, acting, current
from admin_core.contributions import ActionRefused
from admin_core.generator.action_registry import Offered
from admin_core.generator.actions import ActionPage
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.machine import Machine
from admin_core.policy import Person, Refused, require_permission
from schema.audit import ActorKind, AuditCategory
from schema.changes import Approval, ApprovalState, ChangeKind

TOLD = (Refused, NotFound, BadRequest)
LEFT = "Who asked for it has left, or may no longer do it."
UNREADABLE = "What was typed can't be read any more, since the key was changed."
SWITCHED_OFF = "Its plugin is switched off, so it can't be done now."
OTHER_PLAN = "What would happen is no longer what was shown."
STAYS = "The request stays open."
DONE_WORDS, DRIFTED_WORDS = "Approved and done", "Not done, as it changed meanwhile"
OWN = "Nobody approves what they asked for themselves."


@dataclass(frozen=True)
class Outcome:
    """What came of a decision."""

    kind: Literal["done", "drifted"]
    sentence: str


@dataclass(frozen=True)
class Case:
    """A request while it is being decided."""

    connection: Connection
    parts: Machine
    books: Session
    approval: Approval
    by: Person | None
    """Who approves; None when one person decided alone and the time has come."""
    now: datetime


def carry_out(connection: Connection, parts: Machine, approval_id: UUID, by: Person | None, now: datetime) -> Outcome:
    """Do what was asked for, approved by somebody or, where it waited alone, by nobody; ActionRefused: not now."""
    with acting(answering()) as who, Session(connection, join_transaction_mode="create_savepoint") as books:
        approval = lock(books, approval_id)
        require_open(approval, now)
        case = Case(connection, parts, books, approval, by, now)
        with acting(named(who, approval)) as change:
            outcome = attempt(case)
            write_end(case, outcome, change)
            books.commit()  # ends a savepoint
        return outcome


def answering() -> Acting:
    """Return who acts while the request is looked up: nobody writes yet."""
    known = current.get()
    return Acting(
        kind=ChangeKind.ACTION,
        actor_kind=ActorKind.MEMBER,
        request_id=known.request_id if known else None,
        job_id=known.job_id if known else None,
        undoable=False,
    )


def named(who: Acting, approval: Approval) -> Acting:
    """Return the change that names who asked; who approved stands in the request it names."""
    return replace(
        who,
        actor_id=approval.requested_by_id,
        actor_key=f"approval:{approval.id}",
        title=approval.title,
        action=approval.action,
        reason=approval.reason,
    )


def attempt(case: Case) -> Outcome:
    """Run the action in a savepoint, and keep what it did only when it is what was shown."""
    parts, approval = case.parts, case.approval
    offered = asked_for(parts.actions.without(parts.plugins.switches.off()), approval)
    if offered is None:
        raise ActionRefused(SWITCHED_OFF, STAYS)
    require_decider(case, offered)
    requester = active_person(case.books, approval.requested_by_id)
    if requester is None:
        return Outcome("drifted", LEFT)
    if is_many(approval):
        return many(case, requester)
    if not requester.has(offered.action.permission):
        return Outcome("drifted", LEFT)
    if (form := typed(parts.cipher, approval)) is None:
        return Outcome("drifted", UNREADABLE)
    wish = Wish(parts.registry.spec(approval.model_key or ""), offered, (approval.record_key or "",), form)
    with rehearsal.inside(case.connection, requester) as session:
        ctx = Context(session, requester, parts.registry, parts.cipher, case.now, parts.actions)
        outcome = kept_or_not(case, ctx, wish)
        (session.commit if outcome.kind == "done" else session.rollback)()  # ends a savepoint
    return outcome


def many(case: Case, requester: Person) -> Outcome:
    """Ask for the job that does it to every row of the selection, when it would do what was shown."""
    parts = case.parts
    with rehearsal.inside(case.connection, requester) as session:
        ctx = Context(session, requester, parts.registry, parts.cipher, case.now, parts.actions)
        try:
            sentence = begin(parts, ctx, case.approval)
        except rehearsal.Failed as failure:
            raise ActionRefused(failure.sentence, STAYS) from failure
        except (*TOLD, ActionRefused) as problem:
            return Outcome("drifted", problem.sentence)
        session.commit()  # ends a savepoint
    return Outcome("done", sentence)


def kept_or_not(case: Case, ctx: Context, wish: Wish) -> Outcome:
    """Run the action and return whether what it did is what was shown."""
    try:
        with rehearsal.explained():
            trial = run(case.parts, ctx, wish)
    except rehearsal.Failed as failure:
        raise ActionRefused(failure.sentence, STAYS) from failure
    except TOLD as problem:
        return Outcome("drifted", problem.sentence)
    if isinstance(trial, ActionPage):
        return Outcome("drifted", trial.refusal or (trial.problem.sentence if trial.problem else OTHER_PLAN))
    if not matches(case.parts, trial.plan, case.approval.plan_hash):
        return Outcome("drifted", OTHER_PLAN)
    return Outcome("done", trial.sentence)


def require_decider(case: Case, offered: Offered) -> None:
    """Raise unless this person may approve it, or nobody has to and its time has come."""
    if case.by is None:
        if case.approval.runs_at is None or case.approval.runs_at > case.now:
            raise ActionRefused("Its time has not come yet.", STAYS)
        return
    if case.by.id == case.approval.requested_by_id:
        raise ActionRefused(OWN, "Ask a colleague who may do it.")
    require_permission(case.by, offered.action.permission, f"approve “{offered.action.label}”")


def write_end(case: Case, outcome: Outcome, change: Acting) -> None:
    """Write what became of the request, into its row and into the audit log, and tell who asked."""
    approval, by, done = case.approval, case.by, outcome.kind == "done"
    end(approval, ApprovalState.DONE if done else ApprovalState.DRIFTED, case.now, "" if done else outcome.sentence)
    if by is not None:
        approval.alone, approval.runs_at = False, None
    if done:
        approval.done_at, approval.decided_by_id = case.now, by.id if by else None
    case.books.flush()
    decider = by.id if by else approval.requested_by_id
    if done and not is_many(approval):  # only now: the change itself is written by the triggers of the rows above
        approval.change_set_id = change.id
        case.books.flush()
        record(case, approval.action, approval.requested_by_id)
    verdict = ("approved" if by else "done-alone") if done else "drifted"
    record(case, f"approval.{verdict}", decider)
    mails.tell_outcome(case.books, case.parts, approval, DONE_WORDS if done else DRIFTED_WORDS)


def record(case: Case, action: str, actor_id: UUID) -> None:
    """Write one entry of the audit log: of the record that was acted on, or of the request."""
    approval, who = case.approval, current.get()
    about_request = action.startswith("approval.")
    entry = Entry(
        category=AuditCategory.WRITE,
        action=action,
        actor_kind=ActorKind.MEMBER,
        actor_id=actor_id,
        object_type="approvals" if about_request else approval.model_key,
        object_key=str(approval.id) if about_request else case.parts.audit.plain(approval.record_key),
        change_set_id=approval.change_set_id,
        request_id=who.request_id if who else None,
    )
    case.parts.audit.record(case.books, entry)
