"""The rows of a duplicate that has too many of them to move at once."""

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.jobs.run import Chunk, JobRun, Json
from plugins.customers.actions.moving import move_some


def move_merged_rows(run: JobRun) -> str:
    """Every row of a merge stands where it belongs: with the record that stayed, or, taken back, with the other."""
    moved = run.chunks(partial(next_rows, UUID(str(run.args["merge"]))))
    return f"Moved {moved} rows."


def next_rows(merge_id: UUID, session: Session, _at: Json) -> Chunk:
    """Move the next ones; where it goes on needs no note, as what moved is not there any more."""
    found = move_some(session, merge_id, datetime.now(UTC))
    return Chunk(done=found.moved, total=found.total, is_last=found.is_over)
