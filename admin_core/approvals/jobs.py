"""What happens to requests by itself: overdue ones end, and those that one person decided alone are done."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from admin_core.approvals import mails
from admin_core.approvals.alone import carry_out_alone
from admin_core.approvals.asking import end, lock
from admin_core.changes import rehearsal
from admin_core.contributions import ActionRefused
from admin_core.jobs.run import JobRun
from admin_core.machine import Machine
from schema.changes import Approval, ApprovalState

MOST = 200
"""Requests of one run; the next one is minutes away."""


def settle_requests(run: JobRun) -> str:
    """No request is open whose time is over, and what waited for its moment is done, each in its own transaction."""
    ended = [run.step(f"expire:{one}", partial(expire, run.machine, approval_id=one)) for one in overdue(run)]
    done = [run.step(f"alone:{one}", partial(alone, run.machine, approval_id=one)) for one in due(run)]
    kept = sum(1 for each in done if each.get("outcome") == "done")
    return f"{len(ended)} requests ended, {kept} of {len(done)} that waited alone were done."


def overdue(run: JobRun) -> list[UUID]:
    """Return the open requests whose time is over."""
    return open_ones(run, Approval.expires_at <= func.now())


def due(run: JobRun) -> list[UUID]:
    """Return the open requests that wait alone and whose moment has come."""
    return open_ones(run, Approval.alone & (Approval.runs_at <= func.now()) & (Approval.expires_at > func.now()))


def open_ones(run: JobRun, criterion: ColumnElement[bool]) -> list[UUID]:
    """Return the oldest open requests that a criterion picks."""
    query = select(Approval.id).where(Approval.state == ApprovalState.REQUESTED, criterion)
    with run.transaction() as session:
        return list(session.scalars(query.order_by(Approval.created_at).limit(MOST)))


def expire(parts: Machine, session: Session, approval_id: UUID) -> dict[str, Any]:
    """End a request whose time is over, and tell who asked; what was typed stays, to be asked again."""
    approval = lock(session, approval_id)
    if approval.state is ApprovalState.REQUESTED:
        end(approval, ApprovalState.EXPIRED, moment(session))
        session.flush()
        mails.tell_outcome(session, parts, approval, "Nobody decided in time")
    return {}


def alone(parts: Machine, session: Session, approval_id: UUID) -> dict[str, Any]:
    """Do what one person decided alone; what can't be done now is left for the next run."""
    connection = session.connection()
    rehearsal.limit(connection)
    try:
        outcome = carry_out_alone(connection, parts, approval_id, moment(session))
    except ActionRefused as problem:
        return {"outcome": "left", "why": problem.sentence}
    return {"outcome": outcome.kind if outcome else "not alone"}


def moment(session: Session) -> datetime:
    """Return the database's present moment."""
    return session.scalars(select(func.now())).one()
