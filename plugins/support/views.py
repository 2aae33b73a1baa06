"""The tile of support."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.contributions import Tile
from admin_core.generator.urls import list_url
from admin_core.periods import last_days, local_day
from admin_core.theme import formats
from admin_core.theme.tiles import Direction, spark
from plugins.support import queries, rules

DAYS_SHOWN, WEEK = 30, 7


def open_tickets(session: Session, now: datetime) -> Tile:
    """Return how many tickets are open, and whether more came than were solved in a week."""
    shown = last_days(local_day(now), DAYS_SHOWN)
    end = shown[-1] + timedelta(days=1)
    by_day = queries.opened_by_day(session, (shown[0], end))
    opened = sum(by_day.get(day, 0) for day in shown[-WEEK:])
    solved = queries.solved_between(session, (shown[-WEEK], end))
    direction: Direction = "up" if opened > solved else "down" if opened < solved else "flat"
    return Tile(
        "Open tickets",
        formats.number(queries.open_now(session)),
        "now",
        list_url("tickets", rules.open_filters()),
        f"{formats.number(opened)} came, {formats.number(solved)} solved",
        direction,
        {"up": "warning", "down": "success"}.get(direction, "neutral"),  # type: ignore[arg-type] # words of Tone
        now,
        spark([by_day.get(day, 0) for day in shown]),
        against="in 7 days",
        definition=(
            "Tickets that are new, open, on hold or waiting for the customer. The line shows how many came on each of"
            " thirty days."
        ),
    )
