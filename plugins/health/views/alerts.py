"""What the alert of health watches: an hour of errors against its like."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.contributions import Reading
from admin_core.generator.urls import list_url
from admin_core.theme import formats
from plugins.health import queries, rules

URL = list_url("error_issues", {"sort": "-last_seen_at"})


def error_spike(session: Session, now: datetime) -> Reading:
    """Return the errors of the running hour, or of the one before where that was worse, against their like."""
    if queries.newest_error(session) is None:
        return Reading(value=None, summary="No program has reported an error yet.", url=URL)
    found = [hour_read(session, moment) for moment in (now, now - timedelta(hours=1))]
    return max(found, key=lambda reading: (reading.firing, reading.value))


def hour_read(session: Session, moment: datetime) -> Reading:
    """Return the errors of an hour of the clock against the same hour of the four weeks before."""
    hour, before = rules.hours_compared(moment)
    counts = queries.errors_in(session, [hour, *before])
    usual = [counts[other] for other in before]
    said = f"{counts[hour]} errors in an hour that usually has {formats.number(sum(usual) / len(usual), 1)}."
    firing = rules.is_spike(counts[hour], usual)
    return Reading(value=counts[hour], n=sum(usual), firing=firing, summary=said, url=URL)
