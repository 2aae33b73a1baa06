"""Suspensions that end by themselves."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import SCHEDULE
from admin_core.jobs.run import Chunk, JobRun, Json
from plugins.customers.actions.suspension import BATCH, lift_due


def lift_suspensions(run: JobRun) -> str:
    """No customer is suspended beyond the end that was set."""

    def some(session: Session, at: Json) -> Chunk:
        now = session.scalars(select(func.now())).one()
        found = lift_due(session, JobEffects(session, run.machine, SCHEDULE), now)
        return Chunk(done=at.get("done", 0) + found, at={"done": at.get("done", 0) + found}, is_last=found < BATCH)

    return f"Ended {run.chunks(some)} suspensions."
