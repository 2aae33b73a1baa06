"""The tile of health."""

from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.contributions import Tile
from admin_core.generator.urls import list_url
from admin_core.periods import last_days, local_day
from admin_core.theme import formats
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import change, spark
from plugins.health import queries, rules

LABEL, PERIOD, DAYS_SHOWN = "Errors", "last 24 hours", 30
URL = list_url("error_issues", {"sort": "-last_seen_at"})
DEFINITION = (
    "Errors the product reported, by the full hours of the clock and the running one. The line shows thirty days."
)


def errors(session: Session, now: datetime) -> Tile:
    """Return how many errors were reported in 24 hours, against the 24 before."""
    shown = last_days(local_day(now), DAYS_SHOWN)
    newest = queries.newest_error(session)
    if newest is None:
        note = "No program has reported an error yet: check that they send them."
        return Tile(LABEL, "no data", PERIOD, URL, note=note, definition=DEFINITION)
    by_hour = queries.errors_by_hour(session, shown[0])
    recent, before = rules.two_days(by_hour, now)
    words, direction = change(recent, before)
    tone: Tone = "danger" if direction == "up" else "success" if direction == "down" else "neutral"
    return Tile(
        LABEL,
        formats.number(recent),
        PERIOD,
        URL,
        words,
        direction,
        tone,
        newest,
        spark(rules.by_day(by_hour, shown)),
        against="against the 24 hours before",
        definition=DEFINITION,
    )
