"""What the page of one job shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.generator.errors import NotFound
from admin_core.jobs.declared import JobRegistry
from admin_core.jobs_screen.files import file_url, may_download
from admin_core.jobs_screen.lines import SEE_ALL, JobLine, is_own, line_of
from admin_core.jobs_screen.outcomes import counts_of
from admin_core.jobs_screen.overview import with_actor
from admin_core.policy import Person, require_permission
from schema.artifacts import Artifact
from schema.jobs import Job, JobAttempt

MOST = 20


@dataclass(frozen=True)
class FileLine:
    """A file that the job made."""

    name: str
    size_bytes: int
    expires_at: datetime
    url: str
    """Empty when it is gone, or not for this person."""
    is_gone: bool


@dataclass(frozen=True)
class Attempt:
    """One try of a worker."""

    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class JobPage:
    """Everything the page shows."""

    line: JobLine
    name: str
    queue: str
    attempts: int
    max_attempts: int
    crashes: int
    outcomes: tuple[tuple[str, int], ...]
    files: tuple[FileLine, ...]
    tries: tuple[Attempt, ...]
    """Empty for who does not see the system's pages."""
    sees_all: bool


def job_page(session: Session, registry: JobRegistry, person: Person, job_id: UUID, now: datetime) -> JobPage:
    """Return the page of a job that the person may see; raises NotFound or Refused."""
    job = job_for(session, person, job_id)
    sees_all = person.has(SEE_ALL)
    return JobPage(
        line=line_of(job, registry, person, now),
        name=job.name,
        queue=job.queue,
        attempts=job.attempts,
        max_attempts=job.max_attempts,
        crashes=job.crashes,
        outcomes=counts_of(session, job_id),
        files=tuple(file_line(found, person, now) for found in files_of(session, [job_id])),
        tries=attempts_of(session, job_id) if sees_all else (),
        sees_all=sees_all,
    )


def job_for(session: Session, person: Person, job_id: UUID) -> Job:
    """Return a job the person asked for, or any with the permission for the system's pages."""
    job = session.scalars(select(Job).where(Job.id == job_id).options(*with_actor())).one_or_none()
    if job is None or not is_own(job, person):
        require_permission(person, SEE_ALL, "see a job that you did not ask for")
    if job is None:
        raise NotFound("There is no such job.", "It may have been deleted after its time.")
    return job


def files_of(session: Session, job_ids: Sequence[UUID]) -> Sequence[Artifact]:
    """Return the files that some jobs made, the newest first."""
    statement = select(Artifact).where(Artifact.job_id.in_(job_ids)).order_by(Artifact.created_at.desc())
    return session.scalars(statement.limit(MOST)).all()


def file_line(artifact: Artifact, person: Person, now: datetime) -> FileLine:
    """Return a file as its job's page shows it."""
    gone = artifact.deleted_at is not None or artifact.expires_at < now
    url = file_url(artifact.id) if not gone and may_download(person, artifact) else ""
    return FileLine(artifact.name, artifact.size_bytes, artifact.expires_at, url, gone)


def attempts_of(session: Session, job_id: UUID) -> tuple[Attempt, ...]:
    """Return the last tries, the newest first; without their traces, which may quote data."""
    columns = (
        JobAttempt.fence, JobAttempt.worker, JobAttempt.started_at, JobAttempt.ended_at, JobAttempt.outcome,
    )  # fmt: skip
    statement = select(*columns).where(JobAttempt.job_id == job_id).order_by(JobAttempt.fence.desc()).limit(MOST)
    return tuple(Attempt(*row[:4], row[4] or "") for row in session.execute(statement))
