"""When a request of a data subject is due. An extended one is due on its new day; the due day itself is in time."""

from datetime import datetime, timedelta

from admin_core.contributions import Filters
from admin_core.periods import local_day

OPEN = ("received", "identity_asked", "verified", "awaiting_approval", "running", "needs_attention")
"""States in which somebody still waits for an answer."""
SOON = timedelta(days=7)


def overdue(now: datetime) -> Filters:
    """Return the filters for open requests whose last day has passed."""
    today = local_day(now).isoformat()
    return due("lt", today)


def due_soon(now: datetime) -> Filters:
    """Return the filters for open requests that are due today or within seven days."""
    today = local_day(now)
    return due("between", f"{today.isoformat()}..{(today + SOON).isoformat()}")


def due(operator: str, value: str) -> Filters:
    """Return the filters for open requests by the day that holds for them: the extended one where there is one."""
    original = (
        *(("f.state.eq", state) for state in OPEN),
        ("f.extended_until.empty", "1"),
        (f"f.due_on.{operator}", value),
    )
    extended = (*(("f2.state.eq", state) for state in OPEN), (f"f2.extended_until.{operator}", value))
    return (*original, *extended)
