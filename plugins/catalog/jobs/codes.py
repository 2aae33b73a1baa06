"""Makes promotion codes by the thousand."""

from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import Job
from admin_core.jobs.run import Chunk, JobRun, Json
from plugins.catalog.actions.codes import AT_ONCE, JOB, add_like
from schema.promotions import PromotionCode


def make_codes(run: JobRun) -> str:
    """So many codes like one exist, however often the job was begun again."""
    wanted = int(run.args["count"])

    def some(session: Session, at: Json) -> Chunk:
        done = int(at.get("done", 0))
        now = min(AT_ONCE, wanted - done)
        pattern = session.get(PromotionCode, UUID(run.args["pattern"]))
        if pattern is None:
            return Chunk(done=done, total=wanted, is_last=True, note="The code they were to be like is gone.")
        add_like(session, pattern, now)
        done += now
        return Chunk(at={"done": done}, done=done, total=wanted, is_last=done >= wanted)

    return f"Made {run.chunks(some)} codes."


JOBS = (Job(slug=JOB, title="Make promotion codes", run=make_codes),)
