"""Runs one delivered job: claim, beat, call the function, write the end. Deliver it as often as you like."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_core.audit.entries import run_entry
from admin_core.changes.acting import Acting, acting
from admin_core.database import Database
from admin_core.jobs import claim as claims
from admin_core.jobs.claim import Claim
from admin_core.jobs.declared import Job
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.errors import JobFailed, LostLease, Stopped, is_lost_connection, origin, readable
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.run import JobRun
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.plugin_states import tell_failures
from schema.audit import ActorKind
from schema.changes import ChangeKind

log = logging.getLogger(__name__)

BADLY = frozenset({"failed", "crashed"})
CONNECTION_LOST = "Its connection to the database broke"


@dataclass(frozen=True)
class Runner:
    """What a worker process needs to perform jobs."""

    machine: Machine
    name: str = "worker"
    timing: Timing = field(default_factory=Timing)
    shutting_down: threading.Event = field(default_factory=threading.Event)

    @property
    def database(self) -> Database:
        """Where jobs and their effects are written."""
        return self.machine.database

    def perform(self, job_id: UUID) -> bool:
        """Run the job if it can be claimed; return whether it was. Every end is written in its row."""
        with self.database.transaction() as session:
            claimed = claims.claim(session, job_id, self.name, self.timing, self.machine.jobs.slugs)
            failpoint("claim.before_commit")
        failpoint("claim.after_commit")
        if claimed is None:
            return False
        run = JobRun(claimed, self.machine, self.timing, self.shutting_down)
        with acting(acting_of(claimed)), beating(run):
            try:
                self.write_end(run, self.end_of(run))
            except LostLease:
                log.warning("Job %s (%s) was taken over; this process wrote nothing more.", claimed.id, claimed.name)
        tell_failures(self.database, self.machine.plugins)
        return True

    def end_of(self, run: JobRun) -> "End":
        """Run the function and return what has to be written about its end."""
        claimed, timing = run.claim, self.timing
        try:
            summary = self.machine.jobs[claimed.name].function()(run)
        except LostLease:
            raise
        except Stopped:
            return End("stopped", lambda session: claims.stop(session, claimed))
        except Exception as error:  # noqa: BLE001 whatever a job raises is its result, and is written down
            failure = origin(error)
            reason = readable(failure)
            log.warning("Job %s (%s) failed: %s", claimed.id, claimed.name, reason)
            if is_lost_connection(failure):
                return End("crashed", lambda session: claims.crash(session, claimed, timing, CONNECTION_LOST))
            final = isinstance(failure, JobFailed)
            return End(
                "failed", lambda session: claims.fail(session, claimed, failure, reason, final=final, timing=timing)
            )
        return End("finished", lambda session: claims.finish(session, claimed, summary))

    def write_end(self, run: JobRun, end: "End") -> None:
        """Write the end of a run, here and in the audit log, waiting for PostgreSQL when it is being restarted."""
        give_up = time.monotonic() + self.timing.report_s
        while True:
            try:
                with self.database.transaction() as session:
                    end.write(session)
                    self.note(session, run, end)
                    failpoint("finish.before_commit")
            except DBAPIError as error:
                if not is_lost_connection(error) or time.monotonic() > give_up:
                    raise
                time.sleep(self.timing.recover_s / 4)
            else:
                failpoint("finish.after_commit")
                return

    def note(self, session: Session, run: JobRun, end: "End") -> None:
        """Put the end into the audit log; good ends of routine are summed up at night."""
        claimed = run.claim
        if end.deed == "finished" and self.machine.jobs[claimed.name].routine:
            return
        entry = run_entry(end.deed, claimed.name, claimed.id, failed=end.deed in BADLY)
        self.machine.audit.record(session, entry)


@dataclass(frozen=True)
class End:
    """How a try ended, and what writes that down."""

    deed: str
    write: Callable[[Session], None]


def acting_of(claimed: Claim) -> Acting:
    """Return who answers for what a try of a job writes: the job, whose row says who asked for it."""
    return Acting(kind=ChangeKind.JOB, actor_kind=ActorKind.SYSTEM, actor_key=claimed.name, job_id=claimed.id)


def rehearse(runner: Runner) -> None:
    """Go through a job's statements once and undo them.

    A worker does this before it forks: each job's process then finds the statements compiled (30 ms of computing).
    """
    job = Job(slug="core.rehearsal", run=__name__ + ".perform")
    with runner.database.sessions() as session:
        claimed = claims.claim(session, enqueue(session, job), runner.name, runner.timing, {job.slug})
        if claimed is not None:
            claims.hold(session, claimed, runner.timing)
            claims.finish(session, claimed, None)
        session.rollback()


@contextmanager
def beating(run: JobRun) -> Iterator[None]:
    """Extend the job's lease from a thread while the block runs, for chunks that are longer than the lease."""
    done = threading.Event()
    thread = threading.Thread(target=beat, args=(run, done), name=f"beat-{run.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def beat(run: JobRun, done: threading.Event) -> None:
    """Extend the lease until the work is done or the job is lost."""
    while not done.wait(run.timing.beat_s):
        try:
            with run.database.transaction() as session:
                wishes = claims.hold(session, run.claim, run.timing)
        except LostLease:
            run.lost.set()
            return
        except DBAPIError as error:  # PostgreSQL may be back before the lease ends; if not, the fence protects
            log.warning("Job %s could not extend its lease: %s", run.id, readable(error))
        else:
            run.asked_to_stop = run.asked_to_stop or wishes.cancel or wishes.pause


_installed: list[Runner] = []
"""The runner of this worker process: RQ calls a function by its name and can pass nothing but JSON."""


def install(runner: Runner) -> None:
    """Make this the runner that delivered jobs find."""
    _installed[:] = [runner]


def perform(job_id: str) -> None:
    """Run a delivered job. This is the only function that RQ ever calls."""
    _installed[0].perform(UUID(job_id))
