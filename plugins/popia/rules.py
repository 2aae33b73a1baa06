"""When a request of a data subject is due, and what stays hidden while data is restricted.

An extended request is due on its new day; the due day itself is in time.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from admin_core.contributions import Belonging, Filters, Value
from admin_core.periods import Period, local_day

PROCESS = "popia:restricted:process"
"""Held by the Owner: restricted records may be used for proof, with consent, or for others' rights.

No ``…:read``: Viewers hold all of those.
"""
RESTRICTED = "popia:{}:restricted"
WHY_RESTRICTED = "Whose data is restricted (POPIA section 14(6)) is kept and not used: nobody meets them in daily work."
KEPT_FOR_PROOF = frozenset({"Finance", "Privacy"})
"""Books that tax law keeps, and the requests themselves: section 14(6)(b) and (d)."""
OPEN = ("received", "identity_asked", "verified", "awaiting_approval", "running", "needs_attention")
"""States in which somebody still waits for an answer."""
SOON = timedelta(days=7)
REQUESTS = Belonging(
    rows="subject_requests",
    columns=("kind", "state", "channel", "due_on"),
    newest="received_at",
)


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


def open_filters(period: Period) -> Filters:
    """Return the filters for requests that were open at the end of a period."""
    if period.runs_until is not None:
        return tuple(("f.state.eq", state) for state in OPEN)
    end = period.end.isoformat()
    return (
        ("f.received_at.lt", end),
        ("f.closed_at.empty", "1"),
        ("f2.received_at.lt", end),
        ("f2.closed_at.gte", end),
    )


def late_filters(period: Period) -> Filters:
    """Return the filters for open requests whose last day has passed; of the past, those that were open then."""
    return overdue(period.end) if period.runs_until is not None else open_filters(period)


def in_time(closed: int, kept: int) -> Value:
    """Return the share that was answered in time; not defined where nothing was closed."""
    if not closed:
        return Value(amount=None, note="No request was closed in this time.")
    return Value(amount=Decimal(kept) / closed, n=closed)
