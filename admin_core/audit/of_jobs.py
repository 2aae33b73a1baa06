"""What the audit log tells of routine jobs: their good runs in sum, once a day. Every other end has its own entry."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from admin_core.audit.entries import Entry
from admin_core.audit.tables import ENTRIES
from admin_core.jobs.run import JobRun, Json
from admin_core.jobs.slots import ZONE
from admin_core.periods import start_of
from schema.audit import ActorKind, AuditCategory
from schema.jobs import Job, JobState

SUMMED = "jobs.summed-up"
LOCK = 5_402_614  # any number of ours: two that sum up at once must not both find nothing


def sum_up_routine(run: JobRun) -> str:
    """The good runs of routine jobs of the day before stand in the audit log: one entry for each job, with a hash."""
    day = (datetime.fromisoformat(str(run.args["slot"])).astimezone(ZONE) - timedelta(days=1)).date()
    routine = [job.slug for job in run.machine.jobs if job.routine]

    def note(session: Session) -> Json:
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        known = summed_up(session, day)
        found = finished_on(session, day, [name for name in routine if name not in known])
        for row in found:
            run.machine.audit.record(session, summary(day, row))
        return {"runs": sum(row.runs for row in found)}

    return f"{run.step('note', note)['runs']} runs of {day} were summed up."


def summed_up(session: Session, day: date) -> set[str]:
    """Return the jobs whose runs of a day stand in the log: somebody may have had them summed up by hand."""
    mine = (ENTRIES.c.action == SUMMED, ENTRIES.c.object_key.startswith(f"{day}/", autoescape=True))
    since = ENTRIES.c.occurred_at >= start_of(day)
    return set(session.scalars(select(ENTRIES.c.actor_key).where(*mine, since)))


def finished_on(session: Session, day: date, slugs: list[str]) -> list[Row[Any]]:
    """Return name, number and a hash over the ids of the jobs that were finished on a day."""
    ids = func.string_agg(func.cast(Job.id, Text), aggregate_order_by(literal(","), Job.id))
    hashed = func.encode(func.sha256(func.convert_to(ids, "UTF8")), "hex").label("hash")
    good = (Job.state == JobState.DONE) & Job.name.in_(slugs)
    when = (Job.finished_at >= start_of(day)) & (Job.finished_at < start_of(day + timedelta(days=1)))
    found = select(Job.name, func.count().label("runs"), hashed).where(good, when).group_by(Job.name).order_by(Job.name)
    return list(session.execute(found))


def summary(day: date, row: Row[Any]) -> Entry:
    """Return the entry that tells of a day's good runs of one job."""
    return Entry(
        category=AuditCategory.JOB,
        action=SUMMED,
        actor_kind=ActorKind.SYSTEM,
        actor_key=row.name,
        object_type="jobs",
        object_key=f"{day}/{row.hash}",
        row_count=row.runs,
    )
