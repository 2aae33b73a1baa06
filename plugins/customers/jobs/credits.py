"""What time does to credits."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.jobs.run import Chunk, JobRun, Json
from plugins.customers.actions.credits import lapse


def lapse_credits(run: JobRun) -> str:
    """What is left of credits whose time is over is taken off."""
    now = datetime.now(UTC)

    def work(session: Session, at: Json) -> Chunk:
        after = (datetime.fromisoformat(at["moment"]), UUID(at["grant"])) if "grant" in at else None
        found = lapse(session, after, now)
        done = int(at.get("done", 0)) + found.grants
        place = {"moment": found.last[0].isoformat(), "grant": str(found.last[1])} if found.last else {}
        return Chunk(at={**place, "done": done}, done=done, is_last=found.last is None)

    return f"Took off what was left of {run.chunks(work)} grants."
