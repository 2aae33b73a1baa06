"""Our own RQ worker: everything imported before the fork, JSON only, quick to notice a dead neighbour.

The horse (the forked process that runs one job) dies with its worker and has its own database connections.
"""

import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import StopRequested
from rq.job import Job as Delivery
from rq.serializers import JSONSerializer
from sqlalchemy.exc import DBAPIError

from admin_core.jobs import transport
from admin_core.jobs.beats import Beat
from admin_core.jobs.declared import QUEUES
from admin_core.jobs.errors import is_lost_connection, readable
from admin_core.jobs.loop import Every
from admin_core.jobs.perform import Runner, install, rehearse
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.supervisor.children import die_with_parent

log = logging.getLogger(__name__)
PRODUCTION = Timing()
WORKER_TTL_S = 30
MAINTENANCE_S = 15
MONITORING_S = 5


def run(machine: Machine, *, timing: Timing = PRODUCTION) -> None:
    """Run until SIGTERM, through outages of Redis and PostgreSQL. Call from the main thread."""
    machine.jobs.load()
    beat = Beat.of("worker", ", ".join(QUEUES))
    database = machine.database
    runner = Runner(machine, beat.name, timing)
    install(runner)
    stopping = threading.Event()
    while not stopping.is_set():
        try:
            rehearse(runner)
            HorseWorker.listen(runner, beat, stopping)
        except (RedisError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_lost_connection(error):
                raise
            log.warning("The worker waits for a service that cannot be reached: %s", readable(error))
        except StopRequested:  # the signal came between two of RQ's loops
            break
        if not stopping.is_set():
            stopping.wait(timing.recover_s)
    beat.end(database)
    database.engine.dispose()


class HorseWorker(Worker):
    """RQ's forking worker, without its control channel: cancelling goes through the database."""

    runner: Runner
    beat: Beat
    stopping: threading.Event
    alive: Every

    @classmethod
    def listen(cls, runner: Runner, beat: Beat, stopping: threading.Event) -> None:
        """Serve the queues until asked to stop or until Redis fails."""
        redis = transport.connect(runner.machine.settings, timeout_s=None)
        worker = cls(
            list(transport.queues(runner.machine.settings, redis).values()),
            connection=redis,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            maintenance_interval=MAINTENANCE_S,
            job_monitoring_interval=MONITORING_S,
            log_job_description=False,
        )
        worker.runner, worker.beat, worker.stopping = runner, beat, stopping
        worker.alive = Every(runner.timing.heartbeat_s)
        try:
            worker.work(logging_level="WARNING")
        finally:
            redis.close()

    def subscribe(self) -> None:
        """Open no control channel: whoever can write to Redis must not be able to stop jobs, or to name code."""

    def unsubscribe(self) -> None:
        """Close no control channel."""

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Report to RQ, and to the system page."""
        super().heartbeat(timeout, pipeline)
        if not self.is_horse and self.alive.is_due():
            try:
                self.beat.write(self.runner.database)
            except DBAPIError as error:
                if not is_lost_connection(error):
                    raise

    def maintain_heartbeats(self, job: Delivery, execution: Any) -> None:
        """Keep watching the horse when Redis is away: its job is in PostgreSQL and goes on."""
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            log.warning("The worker cannot report to Redis: %s", readable(error))

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop after the present chunk of the present job."""
        if os.getpid() != self.pid:  # a horse that had no time to set its own handlers
            self.runner.shutting_down.set()
            return
        self.stopping.set()
        if self.horse_pid:
            signal_horse(self.horse_pid)
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ does not annotate it

    def main_work_horse(self, job: Delivery, queue: Any) -> None:
        """Run one job in this newly forked process."""
        die_with(self.pid or os.getppid())
        # The parent's sockets must not be used, and not be closed either: they are still the parent's.
        self.parents_pool = self.runner.database.engine.pool
        self.runner.database.engine.dispose(close=False)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """SIGTERM lets the job stop between two chunks; Ctrl-C is for the parent, which passes it on."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self.stop_between_chunks)

    def stop_between_chunks(self, _signum: int, _frame: FrameType | None) -> None:
        """Note that the worker is shutting down."""
        self.runner.shutting_down.set()


def signal_horse(pid: int) -> None:
    """Tell the horse to stop between two chunks; it may just have ended."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        log.debug("The job process had ended already.")


def die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends: an orphan would work on beside its successor."""
    if sys.platform.startswith("linux"):  # elsewhere the fence alone keeps an orphan from writing
        die_with_parent(signal.SIGKILL, parent)()
