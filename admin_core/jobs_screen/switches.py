"""Switches of schedules and queues: run now, pause, resume. Each returns the sentence that says what was done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.jobs.declared import QUEUES, Job, JobRegistry
from admin_core.jobs.enqueue import PRIORITY, Origin, enqueue
from admin_core.jobs.scheduler import declaration
from admin_core.once import ALREADY_DONE, first_time
from schema.schedules import JobQueue, JobSchedule

QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class Asked:
    """Who flips a switch, when, and with which form."""

    origin: Origin
    now: datetime
    once: str = ""


def run_schedule(session: Session, registry: JobRegistry, name: str, asked: Asked) -> str:
    """Ask for a scheduled job now; its next occurrence stays."""
    job = scheduled(registry, name)
    if not first_time(session, f"schedule:{asked.origin.actor_id}", asked.once, asked.now):
        return ALREADY_DONE
    slot = asked.now.replace(microsecond=0)
    enqueue(session, job, {"slot": slot}, origin=asked.origin)
    unless = ", unless one is not finished yet: that one counts" if job.unique else ""
    return f"{job.label} starts as soon as a worker is free{unless}."


def pause_schedule(session: Session, registry: JobRegistry, name: str, _asked: Asked) -> str:
    """Make no more jobs of a schedule."""
    job = scheduled(registry, name)
    enable(session, job, enabled=False)
    return f"{job.label} is paused: it does not run by the clock until it is resumed."


def resume_schedule(session: Session, registry: JobRegistry, name: str, _asked: Asked) -> str:
    """Make jobs of a schedule again."""
    job = scheduled(registry, name)
    enable(session, job, enabled=True)
    caught_up = {"latest": " The newest missed run is made up for.", "all": " Missed runs are made up for.", "skip": ""}
    return f"{job.label} runs by the clock again.{caught_up[job.catch_up]}"


def scheduled(registry: JobRegistry, name: str) -> Job:
    """Return the job of a schedule, or refuse."""
    if name not in registry or not registry[name].cron:
        raise ActionRefused("There is no such schedule.", "Its plugin may be switched off.")
    return registry[name]


def enable(session: Session, job: Job, *, enabled: bool) -> None:
    """Switch a schedule, also one that no scheduler has declared yet."""
    session.execute(declaration(job))
    session.execute(
        update(JobSchedule).where(JobSchedule.name == job.slug).values(enabled=enabled), execution_options=QUIET
    )


def pause_queue(session: Session, _registry: JobRegistry, name: str, _asked: Asked) -> str:
    """Start no more jobs of a queue."""
    set_paused(session, name, paused=True)
    return f"Queue {name} is paused: what runs goes on, nothing new starts."


def resume_queue(session: Session, _registry: JobRegistry, name: str, _asked: Asked) -> str:
    """Start jobs of a queue again."""
    set_paused(session, name, paused=False)
    return f"Queue {name} is served again."


def set_paused(session: Session, name: str, *, paused: bool) -> None:
    """Switch a queue, also one that no scheduler has declared yet."""
    if name not in QUEUES:
        raise ActionRefused(f"There is no queue {name}.", f"Queues: {', '.join(QUEUES)}.")
    row = insert(JobQueue).values(name=name, rank=PRIORITY[name], paused=paused)
    session.execute(row.on_conflict_do_update(index_elements=[JobQueue.name], set_={"paused": paused}))


SWITCHES = {
    ("schedule", "run"): run_schedule,
    ("schedule", "pause"): pause_schedule,
    ("schedule", "resume"): resume_schedule,
    ("queue", "pause"): pause_queue,
    ("queue", "resume"): resume_queue,
}
