"""Turns the clock into jobs. The unique slot row makes each occurrence happen once, however many schedulers run.

The clock is the database's: hosts may disagree about the time without a slot running twice or never.
"""

import logging
from datetime import datetime
from threading import Event

from sqlalchemy import func, not_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from admin_core.database import Database, open_database
from admin_core.jobs.beats import Beat
from admin_core.jobs.declared import QUEUES, Job, JobRegistry
from admin_core.jobs.enqueue import PRIORITY, enqueue
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.locks import COMMIT_S, end_when_silent
from admin_core.jobs.loop import Every, keep_going, stop_on_signals
from admin_core.jobs.of_plugins import is_switched_off
from admin_core.jobs.slots import ZONE, due_slots, next_slot
from admin_core.jobs.timing import Timing
from admin_core.settings import Settings
from schema import load_models
from schema.schedules import CatchUp, JobQueue, JobSchedule, JobSlot

log = logging.getLogger(__name__)
PRODUCTION = Timing()
QUIET = {"synchronize_session": False}


def run(settings: Settings, registry: JobRegistry, *, timing: Timing = PRODUCTION, stop: Event | None = None) -> None:
    """Run until SIGTERM, through outages of PostgreSQL."""
    load_models()
    stop = stop or stop_on_signals()
    database = open_database(settings.database_url, pool_size=1, application="admin-scheduler")
    beat = Beat.of("scheduler")
    alive = Every(timing.heartbeat_s)
    declared = Event()

    def tick() -> bool:
        if not declared.is_set():
            declare(database, registry)
            declared.set()
        if alive.is_due():
            beat.write(database)
        schedule(database, registry)
        return False

    keep_going(tick, every_s=timing.schedule_s, recover_s=timing.recover_s, stop=stop)
    beat.end(database)
    database.engine.dispose()


def declare(database: Database, registry: JobRegistry) -> None:
    """Make the rows of queues and schedules agree with what is declared; what people switched off stays off."""
    with database.transaction() as session:
        for name in QUEUES:
            session.execute(insert(JobQueue).values(name=name, rank=PRIORITY[name]).on_conflict_do_nothing())
        scheduled = [job for job in registry if job.cron]
        for job in scheduled:
            session.execute(declaration(job))
        gone = JobSchedule.name.not_in([job.slug for job in scheduled])
        orphaned = update(JobSchedule).where(gone, JobSchedule.declared).values(declared=False)
        session.execute(orphaned, execution_options=QUIET)
        failpoint("declare.before_commit")
    failpoint("declare.after_commit")


def declaration(job: Job) -> Insert:
    """Return the statement that declares one schedule."""
    words = {"job_name": job.slug, "cron": job.cron, "catch_up": CatchUp(job.catch_up), "declared": True}
    new = insert(JobSchedule).values(name=job.slug, timezone=ZONE.key, **words)
    return new.on_conflict_do_update(index_elements=[JobSchedule.name], set_=words)


def schedule(database: Database, registry: JobRegistry, now: datetime | None = None) -> int:
    """Enqueue the jobs of every due slot that nobody took; return how many this call took."""
    with database.transaction() as session:
        now = now or session.scalars(select(func.clock_timestamp())).one()
        due = due_now(session, registry, now)
    return sum(take_slot(database, registry[name], slot, now) for name, slot in due)


def due_now(session: Session, registry: JobRegistry, now: datetime) -> list[tuple[str, datetime]]:
    """Return the slots to run, by schedule.

    Slots in the future do not count as run: they are left over from a clock that was ahead.
    """
    last_run = (
        select(func.max(JobSlot.slot)).where(JobSlot.name == JobSchedule.name, JobSlot.slot <= now).scalar_subquery()
    )
    found = session.execute(
        select(JobSchedule.name, func.coalesce(last_run, func.least(JobSchedule.created_at, now))).where(
            JobSchedule.enabled, JobSchedule.declared, not_(is_switched_off(JobSchedule.job_name))
        )
    ).all()
    return [
        (name, slot)
        for name, last in found
        if name in registry and registry[name].cron
        for slot in due_slots(registry[name], last, now)
    ]


def take_slot(database: Database, job: Job, slot: datetime, now: datetime) -> bool:
    """Write the slot and its job in one transaction; False when another scheduler was first."""
    with database.transaction() as session:
        end_when_silent(session, COMMIT_S)
        made = insert(JobSlot).values(name=job.slug, slot=slot).on_conflict_do_nothing().returning(JobSlot.id)
        slot_id = session.scalar(made)
        if slot_id is None:
            return False
        job_id = enqueue(session, job, {"slot": slot}, idempotency_key=f"slot:{job.slug}:{slot.isoformat()}")
        session.execute(update(JobSlot).where(JobSlot.id == slot_id).values(job_id=job_id), execution_options=QUIET)
        session.execute(
            update(JobSchedule)
            .where(JobSchedule.name == job.slug)
            .values(last_slot=slot, last_job_id=job_id, next_at=next_slot(job.cron, now)),
            execution_options=QUIET,
        )
        failpoint("schedule.before_commit")
    failpoint("schedule.after_commit")
    log.info("Job %s is due for %s.", job.slug, slot.isoformat())
    return True
