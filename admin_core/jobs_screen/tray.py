"""The jobs a person asked for lately, for the tray and its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.jobs.declared import JobRegistry
from admin_core.jobs_screen.job_page import FileLine, file_line, files_of
from admin_core.jobs_screen.lines import JobLine, line_of
from admin_core.policy import Person
from schema.jobs import Job

LATELY = timedelta(days=2)
MOST = 8


@dataclass(frozen=True)
class TrayLine:
    """A job with the files it made."""

    job: JobLine
    files: tuple[FileLine, ...]


def tray(session: Session, registry: JobRegistry, person: Person, now: datetime) -> tuple[TrayLine, ...]:
    """Return what this person asked for lately, the newest first."""
    jobs = own_jobs(session, person, now)
    files: dict[object, list[FileLine]] = {}
    for artifact in files_of(session, [job.id for job in jobs]) if jobs else ():
        files.setdefault(artifact.job_id, []).append(file_line(artifact, person, now))
    return tuple(TrayLine(line_of(job, registry, person, now), tuple(files.get(job.id, ()))) for job in jobs)


def own_jobs(session: Session, person: Person, now: datetime) -> Sequence[Job]:
    """Return a person's jobs of the last days."""
    statement = select(Job).where(Job.actor_id == person.own_id, Job.created_at > now - LATELY)
    return session.scalars(statement.order_by(Job.created_at.desc()).limit(MOST)).all()
