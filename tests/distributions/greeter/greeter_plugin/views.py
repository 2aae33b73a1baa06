"""What the plugin shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.contributions import Tile, Visit
from admin_core.generator.urls import list_url
from admin_core.theme import formats
from greeter_plugin.models import Greeting

SHOWN = 20


def greetings(visit: Visit) -> dict[str, Any]:
    """Return the latest greetings."""
    latest = select(Greeting).order_by(Greeting.greeted_at.desc()).limit(SHOWN)
    return {"greetings": visit.session.scalars(latest).all()}


def count(session: Session, now: datetime) -> Tile:
    """Return how many tickets were greeted."""
    number = session.scalar(select(func.count(Greeting.id))) or 0
    return Tile("Greetings", formats.number(number), "ever", list_url("greeter_greetings"), fresh_at=now)
