"""What the alert of finance watches."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.contributions import Reading
from admin_core.generator.urls import list_url
from admin_core.theme import formats
from plugins.finance.queries import money as queries
from plugins.finance.rules import reporting as rules


def failed_payments(session: Session, now: datetime) -> Reading:
    """Return which share of the payments of a day failed, in percent."""
    share, decided = rules.failed_share(queries.payments_since(session, now - timedelta(days=1)))
    url = list_url("payments", {"f.status.eq": "failed", "f.created_at.within": "last_7_days"})
    said = "No payment was decided in 24 hours."
    if share is not None:
        said = f"{formats.number(share, 1)}{formats.NBSP}% of {decided} payments in 24 hours failed."
    return Reading(value=share, n=decided, summary=said, url=url)
