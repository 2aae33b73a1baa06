"""Hands waiting jobs to RQ and takes back those of dead workers. Any number may run, on any number of hosts."""

from collections.abc import Sequence
from threading import Event
from typing import TypeAlias
from uuid import UUID

from redis import Redis
from rq import Queue
from sqlalchemy import Row, func, not_, or_, select, update
from sqlalchemy.orm import Session

from admin_core.audit.recording import AuditLog
from admin_core.database import Database, open_database
from admin_core.jobs import transport
from admin_core.jobs.beats import Beat
from admin_core.jobs.claim import in_paused_queue
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.locks import end_when_silent
from admin_core.jobs.loop import Every, keep_going, stop_on_signals
from admin_core.jobs.of_plugins import is_switched_off
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from admin_core.settings import Settings
from schema import load_models
from schema.jobs import Job, JobState

BATCH = 100
REDIS_S = 15
"""Silence allowed while a batch is put into Redis."""
Waiting: TypeAlias = Row[UUID, int, str, int, bool]
PRODUCTION = Timing()


def run(settings: Settings, *, timing: Timing = PRODUCTION, stop: Event | None = None) -> None:
    """Run until SIGTERM, through outages of Redis and PostgreSQL."""
    load_models()
    stop = stop or stop_on_signals()
    database = open_database(settings.database_url, pool_size=1, application="admin-relay")
    redis = transport.connect(settings)
    beat = Beat.of("relay")
    reconciler = Every(timing.reconcile_s)
    alive = Every(timing.heartbeat_s)
    log = AuditLog.of(settings)

    def tick() -> bool:
        if alive.is_due():
            beat.write(database)
        if reconciler.is_due():
            reconcile(database, timing, log)
        return hand_over(database, settings, redis, timing) == BATCH

    keep_going(tick, every_s=timing.poll_s, recover_s=timing.recover_s, stop=stop)
    beat.end(database)
    redis.close()
    database.engine.dispose()


def hand_over(database: Database, settings: Settings, redis: Redis, timing: Timing) -> int:
    """Hand waiting jobs to their queues; return how many rows were looked at.

    When Redis fails, the rows stay as they were. When this process dies after delivering, the job is delivered again
    and claimed once.
    """
    with database.transaction() as session:
        end_when_silent(session, REDIS_S)
        found = waiting(session, timing)
        if found:
            hand(transport.queues(settings, redis), found)
            failpoint("relay.handed")
            session.execute(
                update(Job).where(Job.id.in_([row.id for row in found])).values(handed_at=func.clock_timestamp()),
                execution_options={"synchronize_session": False},
            )
            failpoint("relay.before_commit")
    if found:
        failpoint("relay.after_commit")
    return len(found)


def waiting(session: Session, timing: Timing) -> Sequence[Waiting]:
    """Return due jobs that were never handed over, or so long ago that the delivery may be lost."""
    now = func.clock_timestamp()
    again = Job.handed_at < now - func.make_interval(0, 0, 0, 0, 0, 0, timing.hand_again_s)
    return session.execute(
        select(Job.id, Job.fence, Job.queue, Job.timeout_s, Job.handed_at.is_not(None))
        .where(Job.state == JobState.WAITING, not_(Job.paused), Job.run_at <= now, not_(in_paused_queue()))
        .where(or_(Job.handed_at.is_(None), again), not_(is_switched_off(Job.name)))
        .order_by(Job.priority, Job.run_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Job)
    ).all()


def hand(queues: dict[str, Queue], rows: Sequence[Waiting]) -> None:
    """Deliver these jobs, but not those that still lie in their queue: a long queue must not grow by itself."""
    lying: set[str] = set()
    for name in {row.queue for row in rows if row[4]}:
        lying.update(queues[name].get_job_ids())
    for job_id, fence, name, timeout_s, _ in rows:
        if transport.delivery_id(str(job_id), fence) not in lying:
            transport.deliver(queues[name], str(job_id), fence, timeout_s)
