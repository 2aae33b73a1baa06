"""Core's own jobs: they throw away what only served the machine and whose time is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import DeclarativeBase, Session

from admin_core.jobs.run import Chunk, JobRun, Json
from schema.api import IdempotencyKey
from schema.jobs import Job as JobRow
from schema.schedules import JobSlot, WorkerBeat
from schema.tags import options_of
from schema.views import ViewState

CHUNK = 1_000


def expire_view_states(run: JobRun) -> str:
    """Searches and filters whose link is no longer valid are gone."""
    done = run.chunks(deletion(ViewState))
    return f"Deleted {done} expired list states."


def forget_finished_jobs(run: JobRun) -> str:
    """Jobs, schedule slots and process reports are gone when their retention is over."""
    counts = [
        f"{run.chunks(deletion(model), name=model.__tablename__)} {words}"
        for model, words in ((JobRow, "finished jobs"), (JobSlot, "schedule slots"), (WorkerBeat, "process reports"))
    ]
    return f"Deleted {', '.join(counts)}."


def forget_repeated_requests(run: JobRun) -> str:
    """Answers kept for repeats, and used submit tokens, are gone when no repeat can come any more."""
    done = run.chunks(deletion(IdempotencyKey))
    return f"Deleted {done} kept answers."


def deletion(model: type[DeclarativeBase], most: int = CHUNK) -> Callable[[Session, Json], Chunk]:
    """Return the work of one chunk: delete the oldest rows whose retention, as the model declares it, is over."""
    retention = options_of(model).retention
    if retention is None:
        raise LookupError(f"{model.__name__} declares no retention, so nothing says when its rows may go.")
    columns: Any = model.__table__.c
    after = columns[retention.after]

    def work(session: Session, at: Json) -> Chunk:
        over = func.now() - timedelta(days=retention.days)
        oldest = select(columns.id).where(after < over).order_by(after).limit(most).with_for_update(skip_locked=True)
        gone = session.scalars(delete(model).where(columns.id.in_(oldest)).returning(columns.id)).all()
        done = int(at.get("done", 0)) + len(gone)
        return Chunk(at={"done": done}, done=done, is_last=len(gone) < most)

    return work
