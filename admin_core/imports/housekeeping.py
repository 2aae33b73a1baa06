"""What an import found is forgotten with its file: counts and hash stay, values and headings go."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_core.artifacts.making import KEPT_DAYS
from admin_core.jobs.run import Chunk, JobRun, Json
from schema.imports import DataImport

BATCH = 500


def forget_findings(run: JobRun) -> str:
    """Of imports whose file has expired, nothing that somebody wrote can be read any more."""

    def work(session: Session, at: Json) -> Chunk:
        over = DataImport.created_at < func.now() - timedelta(days=KEPT_DAYS)
        some = select(DataImport.id).where(over, DataImport.file_key.is_not(None)).limit(BATCH)
        forgotten = update(DataImport).where(DataImport.id.in_(some)).values(file_key=None, findings=None)
        count = session.execute(forgotten.returning(DataImport.id)).all()
        done = int(at.get("done", 0)) + len(count)
        return Chunk(at={"done": done}, done=done, is_last=len(count) < BATCH)

    return f"Forgot what {run.chunks(work)} imports had found."
