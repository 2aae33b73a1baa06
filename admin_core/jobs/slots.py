"""Which scheduled moments are due: a pure decision over a cron line and two instants."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

from admin_core.jobs.declared import Job

ZONE = ZoneInfo("Africa/Johannesburg")
GRACE = timedelta(minutes=2)
"""A slot this fresh runs even under ``catch_up="skip"``: the scheduler was only restarting."""
MOST_MISSED = 100
"""``catch_up="all"`` runs at most this many, the latest ones."""


def latest_slot(cron: str, now: datetime) -> datetime:
    """Return the latest slot at or before ``now``."""
    # get_prev() is strictly before its start: a slot that begins this very moment counts.
    start = now.astimezone(ZONE) + timedelta(microseconds=1)
    found: datetime = croniter(cron, start).get_prev(datetime)
    return found.astimezone(ZONE)


def next_slot(cron: str, now: datetime) -> datetime:
    """Return the first slot after ``now``."""
    found: datetime = croniter(cron, now.astimezone(ZONE)).get_next(datetime)
    return found.astimezone(ZONE)


def due_slots(job: Job, last: datetime, now: datetime) -> list[datetime]:
    """Return the slots after ``last`` and up to ``now`` that this job's catch-up policy runs, oldest first."""
    latest = latest_slot(job.cron, now)
    if latest <= last:
        return []
    if job.catch_up == "skip":
        return [latest] if now - latest <= GRACE else []
    if job.catch_up == "latest":
        return [latest]
    missed = [latest]
    while len(missed) < MOST_MISSED:
        before = latest_slot(job.cron, missed[-1] - timedelta(microseconds=1))
        if before <= last:
            break
        missed.append(before)
    return missed[::-1]
