"""Whether what finance counts with was entered, for the system page."""

from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.contributions import Health, HealthCheck
from admin_core.periods import local_day
from admin_core.theme.formats import percent
from schema.vat import vat_period

NOT_ENTERED = (
    "No VAT period is entered for today: no VAT is charged. Enter one under Finance, VAT periods; also when the company"
    " is no vendor."
)


def vat_entered(session: Session, now: datetime) -> Health:
    """Return whether somebody has said what VAT we charge today."""
    found = vat_period(session, local_day(now))
    if found is None:
        return Health("warning", NOT_ENTERED)
    if not found.is_vendor:
        return Health("ok", "The company is no VAT vendor: no VAT is charged.")
    return Health("ok", f"VAT of {percent(float(found.rate))} is charged.")


HEALTH_CHECKS = (HealthCheck(slug="vat", title="VAT", run=vat_entered),)
