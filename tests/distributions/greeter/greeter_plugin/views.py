"""What the plugin shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.contributions import Value, Visit
from admin_core.periods import Period
from greeter_plugin.models import Greeting

SHOWN = 20


def greetings(visit: Visit) -> dict[str, Any]:
    """Return the latest greetings."""
    latest = select(Greeting).order_by(Greeting.greeted_at.desc()).limit(SHOWN)
    return {"greetings": visit.session.scalars(latest).all()}


def greeted(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many tickets were greeted by now; how many once were, nobody knows."""
    number = session.scalar(select(func.count(Greeting.id))) or 0
    return [Value.of(number if period.runs_until else None) for period in periods]
