"""Jobs as the screens show them: plain values made from rows, with what the person at hand may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from admin_core.generator.ids import encode_key
from admin_core.generator.urls import record_url
from admin_core.jobs.declared import JobRegistry
from admin_core.jobs_screen.actions import CONTROL, DEEDS, Deed
from admin_core.policy import Person
from admin_core.theme import formats
from schema.jobs import Job, JobState

ALL_JOBS = "/admin/system/jobs"
YOUR_JOBS = "/admin/jobs"
SEE_ALL = "page:system:read"
MINUTE = 60
TONES = {
    JobState.WAITING: "neutral",
    JobState.RUNNING: "info",
    JobState.DONE: "success",
    JobState.FAILED: "danger",
    JobState.QUARANTINED: "danger",
    JobState.CANCELLED: "neutral",
}
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.QUARANTINED, JobState.CANCELLED})


@dataclass(frozen=True)
class JobLine:
    """One job."""

    id: UUID
    label: str
    state: str
    """In words: what the row says, and what was asked of it."""
    tone: str
    is_open: bool
    is_running: bool
    done: int
    total: int | None
    note: str
    eta: str
    said: str
    """How it ended, or why it failed last, in a sentence."""
    asked_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    run_at: datetime
    worker: str
    deeds: tuple[Deed, ...]
    """What this person may do to it now."""

    @property
    def url(self) -> str:
        """Its page."""
        return job_url(self.id)

    @property
    def record_url(self) -> str:
        """Its generated page."""
        return record_url("jobs", encode_key((self.id,)))


def job_url(job_id: UUID) -> str:
    """Return the page of one job."""
    return f"{ALL_JOBS}/{job_id}"


def lines_of(rows: Iterable[Job], registry: JobRegistry, person: Person, now: datetime) -> tuple[JobLine, ...]:
    """Return several jobs."""
    return tuple(line_of(job, registry, person, now) for job in rows)


def line_of(job: Job, registry: JobRegistry, person: Person, now: datetime) -> JobLine:
    """Return a job for the eyes of one person. Needs ``actor`` loaded."""
    return JobLine(
        id=job.id,
        label=job.title or label_of(job.name, registry),
        state=state_of(job, now),
        tone=TONES[job.state],
        is_open=job.state not in ENDED,
        is_running=job.state is JobState.RUNNING,
        done=job.progress_done,
        total=job.progress_total,
        note=job.progress_note or "",
        eta=eta_of(job, now),
        said=said_by(job),
        asked_by=asked_by(job, person),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        run_at=job.run_at,
        worker=job.worker or "",
        deeds=deeds_for(job, person),
    )


def label_of(name: str, registry: JobRegistry) -> str:
    """Return what a job is called; its slug when its plugin is gone."""
    return registry[name].label if name in registry else name


def state_of(job: Job, now: datetime) -> str:
    """Return where a job is, in words."""
    if job.state is JobState.RUNNING and job.cancel_requested:
        return "being cancelled"
    if job.state is JobState.RUNNING and job.paused:
        return "pausing"
    if job.state is JobState.WAITING and job.paused:
        return "paused"
    if job.state is JobState.WAITING and job.run_at > now:
        return f"waiting, starts {formats.relative(job.run_at, now)}"
    return job.state.value


def eta_of(job: Job, now: datetime) -> str:
    """Return how long a running job will still take, empty when that is not known."""
    if job.state is not JobState.RUNNING or job.eta_at is None:
        return ""
    left = round((job.eta_at - now).total_seconds())
    if left > MINUTE:  # no guess is good to a second
        left = round(left / MINUTE) * MINUTE
    return f"about {formats.duration(left)} left" if left >= 1 else "almost done"


def said_by(job: Job) -> str:
    """Return the job's own sentence."""
    if job.state is JobState.DONE:
        return str((job.result or {}).get("summary") or "")
    return job.error or ""


def asked_by(job: Job, person: Person) -> str:
    """Return who asked for a job."""
    if job.actor_id is None:
        return "the schedule"
    if job.actor_id == person.own_id:
        return "you"
    named = job.actor is not None and person.has("pii:identity:read")
    return job.actor.name if named and job.actor else "a colleague"


def deeds_for(job: Job, person: Person) -> tuple[Deed, ...]:
    """Return what a person may do to a job now: everything with the permission, cancel their own without it."""
    return tuple(deed for deed in DEEDS if may_do(deed, job, person) and not deed.refuses(job))


def may_do(deed: Deed, job: Job, person: Person) -> bool:
    """Return whether a person may do this to this job at all."""
    return person.has(CONTROL) or (deed.verb == "cancel" and is_own(job, person))


def is_own(job: Job, person: Person) -> bool:
    """Return whether the person asked for the job."""
    return job.actor_id is not None and job.actor_id == person.own_id
