"""What people may do to a job, as actions on its record. Pure data over ``jobs.control``; knows no web."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import Action, ActionRefused
from admin_core.jobs import control
from admin_core.jobs.control import ENDED_BADLY
from admin_core.jobs.enqueue import OPEN
from schema.jobs import Job, JobState

CONTROL = "core:jobs:control"
CHANGED = "The job's state changed meanwhile, so nothing was done."


@dataclass(frozen=True)
class Deed:
    """Something people may do to a job."""

    verb: str
    label: str
    icon: str
    explain: str
    done: str
    act: Callable[[Session, UUID], bool]
    refuses: Callable[[Job], str]
    """Returns why it does not apply to a job now, empty when it does."""

    def run(self, session: Session, record: Job) -> str:
        """Do it and return the sentence, or raise ActionRefused."""
        reason = self.refuses(record)
        if reason or not self.act(session, record.id):
            raise ActionRefused(reason or CHANGED, "Reload the page to see how it stands.")
        return self.done


def not_open(job: Job) -> str:
    """Return why a job can't be stopped or held."""
    if job.state not in OPEN:
        return f"The job is {job.state.value}: there is nothing left to stop."
    return "The job is being cancelled already." if job.cancel_requested else ""


def cannot_pause(job: Job) -> str:
    """Return why a job can't be paused."""
    return not_open(job) or ("The job is paused already." if job.paused else "")


def cannot_resume(job: Job) -> str:
    """Return why a job can't be resumed."""
    return not_open(job) or ("" if job.paused else "The job is not paused.")


def cannot_retry(job: Job) -> str:
    """Return why a job can't be run again."""
    if job.state in ENDED_BADLY:
        return ""
    return f"The job is {job.state.value}: only one that failed, was quarantined or cancelled can be run again."


def cannot_hurry(job: Job) -> str:
    """Return why a job can't be started now."""
    return "" if job.state is JobState.WAITING else f"The job is {job.state.value}: it does not wait."


def retried(session: Session, job_id: UUID) -> bool:
    """Run a job again; refuse with the reason when a unique one took its place."""
    if control.retry(session, job_id):
        return True
    raise ActionRefused("The same job was asked for again meanwhile and is not finished.", "Look at that one instead.")


DEEDS: tuple[Deed, ...] = (
    Deed(
        "retry",
        "Retry job",
        "refresh",
        "The job runs again from its last checkpoint: what it did before is not done twice.",
        "The job waits for a worker and goes on from its last checkpoint.",
        retried,
        cannot_retry,
    ),
    Deed(
        "run",
        "Run job now",
        "player-play",
        "The job starts as soon as a worker is free, without waiting for its moment.",
        "The job starts as soon as a worker is free.",
        control.run_now,
        cannot_hurry,
    ),
    Deed(
        "pause",
        "Pause job",
        "player-pause",
        "A waiting job is held back; a running one stops at its next checkpoint. Resume lets it go on from there.",
        "The job is paused; if it runs, it stops at its next checkpoint.",
        control.pause,
        cannot_pause,
    ),
    Deed(
        "resume",
        "Resume job",
        "player-play",
        "The job goes on where it stopped.",
        "The job goes on where it stopped.",
        control.resume,
        cannot_resume,
    ),
    Deed(
        "cancel",
        "Cancel job",
        "x",
        "A waiting job never runs; a running one stops at its next checkpoint. What it did until then stays done.",
        "The job is cancelled; if it runs, it stops at its next checkpoint.",
        control.cancel,
        not_open,
    ),
)
DONE = {"retry": "retried", "run": "started", "pause": "paused", "resume": "resumed", "cancel": "cancelled"}
"""Verb → what the audit log says of it."""
BY_VERB = {deed.verb: deed for deed in DEEDS}


def action_of(deed: Deed, order: int) -> Action:
    """Return a deed as an action on the record's page."""

    def run(session: Session, record: Any) -> str:
        return deed.run(session, record)

    return Action(
        slug=deed.verb, label=deed.label, model="jobs", permission=CONTROL, run=run, explain=deed.explain,
        refuses=deed.refuses, icon=deed.icon, order=order, many=True,
    )  # fmt: skip


JOB_ACTIONS = tuple(action_of(deed, place) for place, deed in enumerate(DEEDS))
"""Core's own actions on records of jobs."""
