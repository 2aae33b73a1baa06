"""Who may work on a job: claims, leases and the fence, as single statements. The database's clock is the only one.

Every statement that ends or extends a claim carries the claim's fence: a process that lost its lease changes nothing.
"""

import traceback
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, insert, not_, null, select, update
from sqlalchemy.orm import Session

from admin_core.jobs.errors import LostLease
from admin_core.jobs.locks import COMMIT_S, silence_limit
from admin_core.jobs.of_plugins import is_switched_off
from admin_core.jobs.timing import Timing, backoff
from schema.jobs import Job, JobAttempt, JobState
from schema.schedules import JobQueue

LONGEST_TRACE = 8_000
QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class Claim:
    """One process's right to work on a job, until its lease ends."""

    id: UUID
    fence: int
    name: str
    args: Mapping[str, Any]
    checkpoint: Mapping[str, Any] | None
    attempts: int
    max_attempts: int
    crashes: int
    progress_done: int
    claimed_at: datetime

    @property
    def is_ours(self) -> ColumnElement[bool]:
        """The condition under which this claim still holds."""
        return (Job.id == self.id) & (Job.fence == self.fence) & (Job.state == JobState.RUNNING)


@dataclass(frozen=True)
class Wishes:
    """What people asked of a running job."""

    cancel: bool
    pause: bool


def claim(session: Session, job_id: UUID, worker: str, timing: Timing, known: Collection[str]) -> Claim | None:
    """Take the job, or return None: it is taken, finished, paused, not due, or none of those that are ``known``."""
    now = func.clock_timestamp()
    statement = (
        update(Job)
        .where(is_due(job_id), not_(in_paused_queue()), Job.name.in_(known), not_(is_switched_off(Job.name)))
        .values(
            state=JobState.RUNNING,
            fence=Job.fence + 1,
            lease_until=now + timedelta(seconds=timing.lease_s),
            worker=worker,
            started_at=func.coalesce(Job.started_at, now),
        )
        .returning(
            Job.id, Job.fence, Job.name, Job.args, Job.checkpoint,
            Job.attempts, Job.max_attempts, Job.crashes, Job.progress_done, now, silence_limit(COMMIT_S),
        )
    )  # fmt: skip
    row = session.execute(statement, execution_options=QUIET).one_or_none()
    if row is None:
        postpone(session, job_id, timing, known)
        return None
    claimed = Claim(*row[:-1])
    session.execute(insert(JobAttempt).values(job_id=claimed.id, fence=claimed.fence, worker=worker, started_at=now))
    return claimed


def is_due(job_id: UUID) -> ColumnElement[bool]:
    """Return the condition under which a job waits for nothing but a worker."""
    return (
        (Job.id == job_id) & (Job.state == JobState.WAITING) & (Job.run_at <= func.clock_timestamp()) & not_(Job.paused)
    )


def in_paused_queue() -> ColumnElement[bool]:
    """Return whether a job's queue is paused: what was handed over before must not start either."""
    return exists(select(JobQueue.id).where(JobQueue.name == Job.queue, JobQueue.paused))


def postpone(session: Session, job_id: UUID, timing: Timing, known: Collection[str]) -> None:
    """Let a due job that this process does not know wait, and say why.

    Its plugin is switched off or missing, or this worker is older than the job. That is no failure of the job: it
    costs no attempt, and it runs as soon as some worker knows it.
    """
    reason = (
        "No worker knows this job: its plugin is switched off or missing. It waits, and runs when the plugin is back."
    )
    later = func.clock_timestamp() + timedelta(seconds=timing.unknown_s)
    session.execute(
        update(Job).where(is_due(job_id), Job.name.not_in(known)).values(run_at=later, handed_at=None, error=reason),
        execution_options=QUIET,
    )


def hold(session: Session, claimed: Claim, timing: Timing, **values: object) -> Wishes:
    """Extend the lease and write these values, or raise LostLease.

    As the last statement of a transaction it locks the row until the commit: nobody can take the job in between.
    """
    lease = func.clock_timestamp() + timedelta(seconds=timing.lease_s)
    row = changed(session, claimed, {"lease_until": lease, **values})
    return Wishes(cancel=row.cancel_requested, pause=row.paused)


def changed(session: Session, claimed: Claim, values: Mapping[str, object]) -> Row[bool, bool, str]:
    """Update the job under its claim, or raise LostLease."""
    statement = (
        update(Job)
        .where(claimed.is_ours)
        .values(values)
        .returning(Job.cancel_requested, Job.paused, silence_limit(COMMIT_S))
    )
    row = session.execute(statement, execution_options=QUIET).one_or_none()
    if row is None:
        raise LostLease(f"Job {claimed.id} is no longer held under fence {claimed.fence}.")
    return row


def finish(session: Session, claimed: Claim, summary: str | None) -> None:
    """The job is done."""
    result = {"summary": summary} if summary else null()  # None would be stored as the JSON value null
    end(session, claimed, "done", state=JobState.DONE, finished_at=func.now(), result=result, error=None, eta_at=None)


def fail(session: Session, claimed: Claim, error: BaseException, reason: str, *, final: bool, timing: Timing) -> None:
    """Write the failed try down: the job waits for its next one, or has failed for good."""
    attempts = claimed.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "error": reason, "eta_at": None}
    if final or attempts >= claimed.max_attempts:
        values |= {"state": JobState.FAILED, "finished_at": func.now()}
    else:
        values |= waiting(func.clock_timestamp() + backoff(attempts, timing))
    trace = "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
    end(session, claimed, "failed", trace, **values)


def stop(session: Session, claimed: Claim) -> None:
    """The job stopped between two chunks: it is cancelled when that was asked, else it waits (perhaps paused)."""
    asked = session.scalar(select(Job.cancel_requested).where(claimed.is_ours).with_for_update())
    if asked:
        end(session, claimed, "cancelled", state=JobState.CANCELLED, finished_at=func.now(), eta_at=None)
    else:
        end(session, claimed, "stopped", **waiting(func.clock_timestamp()))


def crash(session: Session, claimed: Claim, timing: Timing, why: str) -> None:
    """The process or its database died with the job: it goes on at once, later, or is quarantined."""
    end(session, claimed, "crashed", **after_crash(claimed.crashes + 1, timing, why))


def after_crash(crashes: int, timing: Timing, why: str) -> dict[str, Any]:
    """Return what becomes of a job after so many crashes without progress in between."""
    if crashes >= timing.crashes:
        reason = f"{why} {crashes} times without progress, so it is not tried again by itself."
        return {
            "crashes": crashes, "state": JobState.QUARANTINED, "finished_at": func.now(), "error": reason,
            "lease_until": None, "eta_at": None,
        }  # fmt: skip
    pause = timedelta() if crashes == 1 else backoff(crashes - 1, timing)
    return {"crashes": crashes, **waiting(func.clock_timestamp() + pause)}


def waiting(run_at: object) -> dict[str, Any]:
    """Return the values of a job that waits until then and may be handed over anew."""
    return {"state": JobState.WAITING, "run_at": run_at, "handed_at": None, "lease_until": None}


def end(session: Session, claimed: Claim, outcome: str, trace: str | None = None, **values: object) -> None:
    """End the claim and its attempt."""
    changed(session, claimed, {"lease_until": None, **values})
    session.execute(
        update(JobAttempt)
        .where(JobAttempt.job_id == claimed.id, JobAttempt.fence == claimed.fence)
        .values(ended_at=func.clock_timestamp(), outcome=outcome, error=trace),
        execution_options=QUIET,
    )
