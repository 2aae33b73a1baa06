"""Brings jobs back whose process died: a lease that ran out sends the job round again, or into quarantine."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_core.audit.entries import run_entry
from admin_core.audit.recording import AuditLog
from admin_core.database import Database
from admin_core.jobs.claim import after_crash
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.locks import COMMIT_S, end_when_silent
from admin_core.jobs.timing import Timing
from schema.jobs import Job, JobAttempt, JobState

BATCH = 100
WORKER_DIED = "Its worker died"


def reconcile(database: Database, timing: Timing, log: AuditLog) -> int:
    """Take back jobs whose lease ran out; return how many."""
    with database.transaction() as session:
        end_when_silent(session, COMMIT_S)
        expired = session.execute(
            select(Job.id, Job.fence, Job.name, Job.crashes, Job.cancel_requested)
            .where(Job.state == JobState.RUNNING, Job.lease_until < func.clock_timestamp())
            .order_by(Job.lease_until)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for job_id, fence, name, crashes, cancel_requested in expired:
            take_back(session, job_id, fence, fate(crashes + 1, timing, cancel_requested=cancel_requested))
            log.record(session, run_entry("crashed", name, job_id, failed=True))
        failpoint("reconcile.before_commit")
    failpoint("reconcile.after_commit")
    return len(expired)


def fate(crashes: int, timing: Timing, *, cancel_requested: bool) -> Mapping[str, object]:
    """Return what becomes of a job whose process died."""
    if cancel_requested:
        return {"state": JobState.CANCELLED, "finished_at": func.now(), "lease_until": None, "crashes": crashes}
    return after_crash(crashes, timing, WORKER_DIED)


def take_back(session: Session, job_id: UUID, fence: int, values: Mapping[str, object]) -> None:
    """End the claim of a dead process. Its fence is used up: a zombie matches neither state nor fence."""
    quiet = {"synchronize_session": False}
    session.execute(update(Job).where(Job.id == job_id).values(values), execution_options=quiet)
    session.execute(
        update(JobAttempt)
        .where(JobAttempt.job_id == job_id, JobAttempt.fence == fence)
        .values(ended_at=func.clock_timestamp(), outcome="crashed"),
        execution_options=quiet,
    )
