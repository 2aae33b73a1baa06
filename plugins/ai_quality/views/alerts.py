"""What the alert of AI quality watches: the figure that home shows."""

from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.contributions import Reading
from admin_core.dashboards.wording import remark
from admin_core.generator.urls import list_url
from admin_core.period_choice import named
from admin_core.theme import formats
from plugins.ai_quality.views import figures


def accuracy_read(session: Session, now: datetime) -> Reading:
    """Return the agreement with blind reviews of thirty days, in percent, and how many reviews it rests on."""
    period = named("last_30_days", now).period
    (value,) = figures.accuracy(session, [period])
    rows = figures.blind_reviews(period)
    url = list_url(rows.model, rows.filters)
    if value.amount is None:
        return Reading(value=None, n=0, summary="Nobody has reviewed blind in 30 days.", url=url)
    said = f"It agrees with {formats.percent(float(value.amount))} of the blind reviews of 30 days. {remark(value)}"
    return Reading(value=round(100 * float(value.amount), 2), n=value.n, summary=said, url=url)
