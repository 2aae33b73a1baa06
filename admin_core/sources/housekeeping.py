"""The job that throws away what sources left in their books, when its retention is over."""

from admin_core.jobs.housekeeping import deletion
from admin_core.jobs.run import JobRun
from schema.sources import SourceReject, SourceRun, SourceWrite

BOOKS = ((SourceReject, "refused rows"), (SourceRun, "readings"), (SourceWrite, "values written back"))


def forget_books(run: JobRun) -> str:
    """Refused rows, readings and values written back are gone when their retention is over."""
    counts = [f"{run.chunks(deletion(model), name=model.__tablename__)} {words}" for model, words in BOOKS]
    return f"Deleted {', '.join(counts)}."
