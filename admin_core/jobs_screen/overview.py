"""What the page of all jobs shows: queues, processes, what runs, what failed, the schedule. Seven statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from admin_core.jobs.declared import QUEUES, JobRegistry
from admin_core.jobs.enqueue import OPEN
from admin_core.jobs.slots import next_slot
from admin_core.jobs_screen.cron_words import in_words
from admin_core.jobs_screen.lines import TONES, JobLine, label_of, lines_of
from admin_core.policy import Person
from schema.jobs import Job, JobState
from schema.schedules import JobQueue, JobSchedule, WorkerBeat
from schema.staff import StaffMember

ALIVE = timedelta(seconds=45)
"""Processes report every 5 to 15 seconds."""
SHOWN_SILENT = timedelta(hours=1)
FAILED_SINCE = timedelta(days=7)
MOST = 50
KINDS = {
    "worker": "runs jobs",
    "relay": "hands waiting jobs to the workers",
    "scheduler": "makes the jobs that are due",
}


@dataclass(frozen=True)
class QueueLine:
    """One queue."""

    name: str
    waiting: int
    later: int
    running: int
    oldest_at: datetime | None
    """Since when the job that waits longest is due."""
    paused: bool


@dataclass(frozen=True)
class ProcessLine:
    """One process that reported."""

    kind: str
    name: str
    host: str
    pid: int
    beat_at: datetime
    started_at: datetime
    is_alive: bool


@dataclass(frozen=True)
class ScheduleLine:
    """One job that runs by the clock."""

    name: str
    label: str
    cron: str
    words: str
    enabled: bool
    declared: bool
    next_at: datetime | None
    last_at: datetime | None
    last_job: str
    """The id of the job of the last run, empty when there was none."""
    last_state: str
    last_tone: str


@dataclass(frozen=True)
class Overview:
    """Everything the page shows."""

    queues: tuple[QueueLine, ...]
    processes: tuple[ProcessLine, ...]
    missing: tuple[str, ...]
    """Kinds of process of which none lives."""
    running: tuple[JobLine, ...]
    failed: tuple[JobLine, ...]
    schedule: tuple[ScheduleLine, ...]

    @property
    def is_busy(self) -> bool:
        """Whether something runs or is about to: then the page looks again by itself."""
        return bool(self.running) or any(queue.waiting and not queue.paused for queue in self.queues)


def overview(session: Session, registry: JobRegistry, person: Person, now: datetime) -> Overview:
    """Return how things stand now."""
    processes = process_lines(session, now)
    return Overview(
        queues=queue_lines(session, now),
        processes=processes,
        missing=missing_kinds(processes),
        running=lines_of(running(session), registry, person, now),
        failed=lines_of(failed(session, now), registry, person, now),
        schedule=schedule_lines(session, registry, now),
    )


def queue_lines(session: Session, now: datetime) -> tuple[QueueLine, ...]:
    """Return every queue with what waits in it; paused jobs and those of later do not count as waiting."""
    due = (Job.state == JobState.WAITING) & (Job.run_at <= now) & not_(Job.paused)
    counts = session.execute(
        select(
            Job.queue,
            func.count().filter(due),
            func.count().filter((Job.state == JobState.WAITING) & not_(due)),
            func.count().filter(Job.state == JobState.RUNNING),
            func.min(Job.run_at).filter(due),
        )
        .where(Job.state.in_(OPEN))
        .group_by(Job.queue)
    )
    found: dict[str, tuple[int, int, int, datetime | None]] = {row[0]: row[1:] for row in counts}
    paused = set(session.scalars(select(JobQueue.name).where(JobQueue.paused)))
    names = [*QUEUES, *sorted(found.keys() - set(QUEUES))]
    return tuple(QueueLine(name, *found.get(name, (0, 0, 0, None)), paused=name in paused) for name in names)


def process_lines(session: Session, now: datetime) -> tuple[ProcessLine, ...]:
    """Return the processes that did not end in good order and reported lately, and whether each lives."""
    return tuple(process_line(beat, now) for beat in beats(session, now))


def missing_kinds(processes: Iterable[ProcessLine]) -> tuple[str, ...]:
    """Return the kinds of process of which none lives."""
    alive = {process.kind for process in processes if process.is_alive}
    return tuple(kind for kind in KINDS if kind not in alive)


def beats(session: Session, now: datetime) -> Sequence[WorkerBeat]:
    """Return the processes that did not end in good order and reported lately."""
    return session.scalars(
        select(WorkerBeat)
        .where(WorkerBeat.stopped_at.is_(None), WorkerBeat.beat_at > now - SHOWN_SILENT)
        .order_by(WorkerBeat.kind, WorkerBeat.started_at)
        .limit(MOST)
    ).all()


def process_line(beat: WorkerBeat, now: datetime) -> ProcessLine:
    """Return a process, and whether it lives."""
    is_alive = now - beat.beat_at < ALIVE
    return ProcessLine(beat.kind, beat.name, beat.host, beat.pid, beat.beat_at, beat.started_at, is_alive)


def running(session: Session) -> Sequence[Job]:
    """Return the jobs that run, the oldest first."""
    statement = select(Job).where(Job.state == JobState.RUNNING).options(*with_actor()).order_by(Job.started_at)
    return session.scalars(statement.limit(MOST)).all()


def failed(session: Session, now: datetime) -> Sequence[Job]:
    """Return the jobs that ended badly lately, the newest first."""
    statement = select(Job).where(ended_badly(now)).options(*with_actor())
    return session.scalars(statement.order_by(Job.created_at.desc()).limit(MOST)).all()


def ended_badly(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a job ended badly lately."""
    bad = or_(Job.state == JobState.FAILED, Job.state == JobState.QUARANTINED)
    return bad & (Job.created_at > now - FAILED_SINCE)


def with_actor() -> tuple[ExecutableOption, ...]:
    """Return the loading of who asked, by name only."""
    return (joinedload(Job.actor).load_only(StaffMember.name),)


def schedule_lines(session: Session, registry: JobRegistry, now: datetime) -> tuple[ScheduleLine, ...]:
    """Return every schedule: those declared here, and those whose plugin is off."""
    statement = select(JobSchedule).options(joinedload(JobSchedule.last_job).load_only(Job.state))
    rows = {row.name: row for row in session.scalars(statement)}
    names = [job.slug for job in registry if job.cron]
    gone = sorted(name for name, row in rows.items() if name not in names and not row.declared)
    lines = (*declared_lines(registry, names, rows, now), *(gone_line(rows[name], registry) for name in gone))
    return tuple(sorted(lines, key=lambda line: (not line.declared, line.label.lower())))


def declared_lines(
    registry: JobRegistry, names: Iterable[str], rows: dict[str, JobSchedule], now: datetime
) -> Iterable[ScheduleLine]:
    """Yield the schedules that are declared; one that no scheduler saw yet has no row."""
    for name in names:
        job, row = registry[name], rows.get(name)
        enabled = row is None or row.enabled
        upcoming = next_slot(job.cron, now) if enabled else None
        yield ScheduleLine(name, job.label, job.cron, in_words(job.cron), enabled, True, upcoming, *last_run(row))  # noqa: FBT003 - declared


def gone_line(row: JobSchedule, registry: JobRegistry) -> ScheduleLine:
    """Return a schedule whose plugin is off."""
    label = label_of(row.job_name, registry)
    return ScheduleLine(row.name, label, row.cron, in_words(row.cron), row.enabled, False, None, *last_run(row))  # noqa: FBT003 - declared


def last_run(row: JobSchedule | None) -> tuple[datetime | None, str, str, str]:
    """Return the moment, job, state and tone of the newest occurrence."""
    if row is None:
        return (None, "", "", "neutral")
    job = row.last_job
    if job is None:
        return (row.last_slot, "", "", "neutral")
    return (row.last_slot, str(job.id), job.state.value, TONES[job.state])
