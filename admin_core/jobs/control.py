"""What people may do to a job: cancel, pause, resume, retry, run now. Each answers whether it applied."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, not_, select, update
from sqlalchemy.orm import Session, aliased

from admin_core.jobs.enqueue import OPEN
from schema.jobs import Job, JobState

ENDED_BADLY = (JobState.FAILED, JobState.QUARANTINED, JobState.CANCELLED)


def cancel(session: Session, job_id: UUID) -> bool:
    """Cancel a waiting job now, a running one at its next checkpoint."""
    if changed(session, job_id, Job.state == JobState.WAITING, state=JobState.CANCELLED, finished_at=func.now()):
        return True
    return changed(session, job_id, Job.state == JobState.RUNNING, cancel_requested=True)


def pause(session: Session, job_id: UUID) -> bool:
    """Hold a waiting job back, and a running one from its next checkpoint on."""
    return changed(session, job_id, Job.state.in_(OPEN) & not_(Job.paused), paused=True)


def resume(session: Session, job_id: UUID) -> bool:
    """Let a paused job go on where it stopped."""
    return changed(session, job_id, Job.state.in_(OPEN) & Job.paused, paused=False, handed_at=None)


def retry(session: Session, job_id: UUID) -> bool:
    """Run a failed, quarantined or cancelled job again from its last checkpoint.

    False also when it is unique and another one took its place meanwhile.
    """
    other = aliased(Job)
    free = not_(exists(select(other.id).where(other.unique_key == Job.unique_key, other.state.in_(OPEN))))
    return changed(
        session,
        job_id,
        Job.state.in_(ENDED_BADLY) & free,
        state=JobState.WAITING,
        attempts=0,
        crashes=0,
        error=None,
        finished_at=None,
        cancel_requested=False,
        paused=False,
        run_at=func.now(),
        handed_at=None,
    )


def run_now(session: Session, job_id: UUID) -> bool:
    """Start a waiting job without waiting for its moment or its back-off."""
    return changed(session, job_id, Job.state == JobState.WAITING, run_at=func.now(), handed_at=None, paused=False)


def changed(session: Session, job_id: UUID, condition: ColumnElement[bool], **values: object) -> bool:
    """Change the job under this condition; return whether it held."""
    statement = update(Job).where(Job.id == job_id, condition).values(values).returning(Job.id)
    return session.scalar(statement, execution_options={"synchronize_session": False}) is not None
