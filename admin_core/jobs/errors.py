"""What can go wrong with a job, and how it is said without personal data."""

import traceback
from types import TracebackType

from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import DBAPIError, OperationalError

LONGEST_REASON = 500


class JobFailed(Exception):
    """Raised by a job that cannot succeed however often it is tried; the message is shown to operators as it is.

    Write it without personal data: name records by their keys.
    """


class JobError(Exception):
    """Raised by a job whose try failed and may succeed later; the message is shown to operators as it is."""


class LostLease(Exception):
    """The process no longer owns the job: another one may be running it, so nothing more may be written."""


class Stopped(Exception):
    """The job stops between two chunks: it was cancelled or paused, or its worker is shutting down."""


def readable(error: BaseException) -> str:
    """Return a sentence for operators.

    Only messages written for them are quoted: any other exception may carry a person's data in its text, so its type
    and the place of the failing line have to do.
    """
    if isinstance(error, JobFailed | JobError):
        return str(error)[:LONGEST_REASON]
    if isinstance(error, BaseTimeoutException):
        return f"The try took longer than allowed and was stopped at {place(error.__traceback__)}."
    kind = type(error).__name__
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        kind = f"{kind} (SQLSTATE {state})" if state else kind
    return f"{kind} at {place(error.__traceback__)}."


def origin(error: BaseException) -> BaseException:
    """Return the time-out behind an error, else the error.

    A time-out is a signal: it interrupts a query half-way, and the rollback after it fails with an error of its own.
    """
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, BaseTimeoutException):
            return behind
        behind = behind.__context__
    return error


def is_out_of_time(error: BaseException) -> bool:
    """Return whether the try's own time is over: nothing of the job may go on."""
    return isinstance(origin(error), BaseTimeoutException)


def place(trace: TracebackType | None) -> str:
    """Return ``module line N`` of the innermost line that is ours, or of the innermost line."""
    frames = list(traceback.walk_tb(trace))
    if not frames:
        return "an unknown place"
    ours = [f for f in frames if "site-packages" not in f[0].f_code.co_filename] or frames
    frame, line = ours[-1]
    return f"{frame.f_globals.get('__name__', '?')} line {line}"


def is_lost_connection(error: BaseException) -> bool:
    """Return whether PostgreSQL went away or could not be reached, which is no fault of the job."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    # A refused or broken connection carries no SQLSTATE; class 08 is connections, 57P a server going down or coming up.
    unreachable = isinstance(error, OperationalError) and (state is None or state.startswith(("08", "57P")))
    return error.connection_invalidated or unreachable
