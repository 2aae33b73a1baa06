"""The rows behind ``step()`` and ``external_step()``: what was intended and what is known to have happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from schema.jobs import JobStep, StepState


@dataclass(frozen=True)
class Known:
    """What is known of a step. ``calls`` counts the present one."""

    state: StepState
    result: Mapping[str, Any] | None
    calls: int


def find(session: Session, job_id: UUID, key: str) -> Known | None:
    """Return the step if it was ever begun."""
    statement = select(JobStep.state, JobStep.result, JobStep.calls).where(JobStep.job_id == job_id, JobStep.key == key)
    row = session.execute(statement).one_or_none()
    return Known(*row) if row else None


def record(session: Session, job_id: UUID, key: str, result: Mapping[str, Any]) -> None:
    """Write a step that is done with this transaction."""
    session.execute(
        insert(JobStep).values(
            job_id=job_id, key=key, state=StepState.DONE, result=result, calls=1, finished_at=func.now()
        )
    )


def intend(session: Session, job_id: UUID, key: str, intent: Mapping[str, Any]) -> Known:
    """Write that a call is about to be made, unless it is known to have happened."""
    new = insert(JobStep).values(job_id=job_id, key=key, intent=intent, calls=1)
    row = session.execute(
        new.on_conflict_do_update(
            index_elements=[JobStep.job_id, JobStep.key],
            set_={"calls": JobStep.calls + 1, "state": StepState.INTENDED, "error": None},
            where=JobStep.state != StepState.DONE,
        ).returning(JobStep.state, JobStep.result, JobStep.calls)
    ).one_or_none()
    if row is not None:
        return Known(*row)
    known = find(session, job_id, key)
    if known is None:
        raise LookupError(f"Step {key} of job {job_id} vanished while it was read.")
    return known


def answer(session: Session, job_id: UUID, key: str, result: Mapping[str, Any]) -> None:
    """Write what the other side answered."""
    settle(session, job_id, key, state=StepState.DONE, result=result)


def refuse(session: Session, job_id: UUID, key: str, reason: str) -> None:
    """Write that the other side refused for good."""
    settle(session, job_id, key, state=StepState.FAILED, error=reason)


def settle(session: Session, job_id: UUID, key: str, **values: object) -> None:
    """End a step."""
    session.execute(
        update(JobStep).where(JobStep.job_id == job_id, JobStep.key == key).values(finished_at=func.now(), **values),
        execution_options={"synchronize_session": False},
    )
