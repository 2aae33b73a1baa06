"""Keeps requests for approval: asks, withdraws, refuses, lets them expire. The caller commits.

What was typed is kept encrypted, only as long as the request may still be carried out or asked again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.approvals import mails, section
from admin_core.approvals.approvers import who_may
from admin_core.approvals.trying import Trial, Wish, mark
from admin_core.changes.acting import describe
from admin_core.changes.plan import Limits, Outline, Plan, outline_as_json, outline_from_json, why_two_people
from admin_core.ciphers import Cipher, Unreadable
from admin_core.contributions import ActionRefused
from admin_core.generator.action_registry import Offered
from admin_core.generator.actions import locked
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound
from admin_core.generator.labels import short_id
from admin_core.machine import Machine
from admin_core.policy import Person
from schema.changes import Approval, ApprovalState, ChangeKind

PURPOSE = "approval parameters"
QUESTION = "q-"
SHORTEST, LONGEST = 5, 2_000
REQUESTED = "approval.requested"
NOBODY_NEEDED = ActionRefused("No second person is needed for this.", "You can do it on the record's page.")
ASKED_ALREADY = ActionRefused("The same was asked for already, and is not decided yet.")
GONE = "It was decided already, or has ended."
READ = "page:approvals:read"
AGAIN = (ApprovalState.DRIFTED, ApprovalState.EXPIRED)
"""Ends after which the same can be asked again without typing."""


@dataclass(frozen=True)
class Decider:
    """Who asks or decides, when, and why."""

    person: Person
    now: datetime
    reason: str = field(default="", repr=False)


def limits_for(parts: Machine, session: Session, offered: Offered) -> Limits:
    """Return what one person alone may do with an action, as the settings say now."""
    if offered.action.approval != "thresholds":
        return Limits()
    return section.limits_of(section.values(session, parts.cipher, parts.sections[section.NAME]), offered)


def why_two(parts: Machine, session: Session, offered: Offered, outline: Outline) -> str:
    """Return why a plan of an action needs a second person; empty when it does not."""
    return why_two_people(offered.action.approval, limits_for(parts, session, offered), outline)


def reason_in(text: str) -> str:
    """Return a reason as it is kept; ActionRefused says what is wrong with it."""
    reason = optional_reason(text)
    if len(reason) < SHORTEST:
        raise ActionRefused("Say why, so that others can judge it.")
    return reason


def optional_reason(text: str) -> str:
    """Return a reason that may be short or left out; ActionRefused when it is too long."""
    reason = text.replace("\x00", "").strip()
    if len(reason) > LONGEST:
        raise ActionRefused(f"Use at most {LONGEST} characters; these are {len(reason)}.")
    return reason


def open_request(session: Session, wish: Wish, record: str, now: datetime) -> UUID | None:
    """Return the undecided request for the same action on the same record; None when there is none."""
    query = select(Approval.id).where(
        Approval.state == ApprovalState.REQUESTED,
        Approval.action == wish.offered.name,
        Approval.model_key == wish.spec.key,
        Approval.record_key == record,
        Approval.expires_at > now,
    )
    found: UUID | None = session.scalar(query.limit(1))
    return found


def ask_once(parts: Machine, ctx: Context, wish: Wish, trial: Trial, reason: str) -> Approval:
    """Ask a second person for exactly this plan; ActionRefused where nobody has to, or the same waits already."""
    if not why_two(parts, ctx.session, wish.offered, trial.plan.outline):
        raise NOBODY_NEEDED
    locked(ctx, wish.spec, trial.record)  # two who ask at once: the second finds the first one's request
    if open_request(ctx.session, wish, trial.record, ctx.now):
        raise ASKED_ALREADY
    describe(kind=ChangeKind.ACTION, action=REQUESTED, title="Asked for approval", undoable=False)
    return ask(parts, ctx.session, wish, trial, Decider(ctx.person, ctx.now, reason))


def ask(parts: Machine, session: Session, wish: Wish, trial: Trial, by: Decider) -> Approval:
    """Write the request for exactly this plan and tell who may approve it."""
    approval = Approval(
        title=title_of(wish, trial.record),
        action=wish.offered.name,
        model_key=wish.spec.key,
        record_key=trial.record,
        typed=sealed(parts.cipher, wish.form),
    )
    return put(parts, session, approval, trial.plan, by, wish.offered)


def put(  # noqa: PLR0917 (what a request consists of)
    parts: Machine, session: Session, approval: Approval, plan: Plan, by: Decider, offered: Offered
) -> Approval:
    """Write a request with its plan, by whom and why, and tell who may approve it."""
    found = section.values(session, parts.cipher, parts.sections[section.NAME])
    approval.plan_hash, approval.plan = mark(parts, plan), outline_as_json(plan.outline)
    approval.reason, approval.requested_by_id = by.reason, by.person.id
    approval.expires_at = by.now + section.stands_for(found)
    session.add(approval)
    session.flush()
    others = [m for m in who_may(session, offered.action.permission) if m.id != by.person.id]
    mails.tell_approvers(session, parts, approval, others)
    return approval


def title_of(wish: Wish, record: str) -> str:
    """Return what a request is called: the action and the record by its id, without anybody's name."""
    return f"{wish.offered.action.label} · {wish.spec.label} {short_id(record)}"


def sealed(cipher: Cipher, form: Mapping[str, str]) -> bytes:
    """Return what was typed, encrypted as a whole: an answer may be about somebody."""
    answers = {name: text for name, text in form.items() if name.startswith(QUESTION)}
    return cipher.seal(PURPOSE, json.dumps(answers)).encode("ascii")


def typed(cipher: Cipher, approval: Approval) -> dict[str, str] | None:
    """Return what was typed; None when it is gone, or the key it was kept under is."""
    if approval.typed is None:
        return None
    try:
        found: dict[str, str] = json.loads(cipher.open(PURPOSE, approval.typed.decode("ascii", "replace")))
    except (Unreadable, ValueError):
        return None
    return found


def outline_of(approval: Approval) -> Outline:
    """Return the numbers of what was asked for."""
    return outline_from_json(approval.plan)


def lock(session: Session, approval_id: UUID) -> Approval:
    """Return the request, locked until the end of the transaction, or raise NotFound."""
    query = select(Approval).where(Approval.id == approval_id).with_for_update(of=Approval)
    found = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound("There is no such request.", "Look at the list of approvals.")
    return found


def require_open(approval: Approval, now: datetime) -> None:
    """Raise ActionRefused unless the request can still be decided."""
    if approval.state is not ApprovalState.REQUESTED or approval.expires_at <= now:
        raise ActionRefused(GONE, "This page shows how it stands.")


def close(approval: Approval, state: ApprovalState, by: Decider) -> None:
    """Write the end of a request that somebody made."""
    end(approval, state, by.now, by.reason)
    approval.decided_by_id = None if by.person.id == approval.requested_by_id else by.person.id


def end(approval: Approval, state: ApprovalState, now: datetime, reason: str = "") -> None:
    """Write the end of a request. What was typed stays only where it can be asked again."""
    approval.state, approval.decided_at, approval.decision_reason = state, now, reason or None
    if state not in AGAIN:
        approval.typed = None


def withdraw(parts: Machine, session: Session, approval: Approval, by: Decider) -> str:
    """End a request of one's own; one that nobody else may approve is stopped by anybody who sees it."""
    require_open(approval, by.now)
    own = approval.requested_by_id == by.person.id
    if not own and not approval.alone:
        raise ActionRefused("Only who asked can withdraw it.", "You can refuse it.")
    close(approval, ApprovalState.WITHDRAWN, by)
    if not own:
        mails.tell_outcome(session, parts, approval, "Stopped")
    return "Withdrawn: nothing was done." if own else "Stopped: it will not be done."


def refuse(parts: Machine, session: Session, approval: Approval, by: Decider) -> str:
    """Refuse a request of somebody else, with a reason."""
    require_open(approval, by.now)
    if approval.requested_by_id == by.person.id:
        raise ActionRefused("You asked for it yourself.", "You can withdraw it.")
    close(approval, ApprovalState.REFUSED, by)
    mails.tell_outcome(session, parts, approval, "Refused")
    return "Refused: nothing was done."
