"""The tile of AI quality."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.contributions import Tile
from admin_core.generator.urls import list_url
from admin_core.periods import TO, last_days, local_day
from admin_core.theme import formats
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import Direction, spark
from plugins.ai_quality import queries, rules

LABEL, PERIOD, DAYS_SHOWN = "AI accuracy", "last 30 days", 30
URL = list_url("human_reviews", {"f.blind.eq": "true", "f.submitted_at.within": "last_30_days"})
DEFINITION = (
    "How often the AI's recommendation is the one a reviewer gave without seeing it. Standard answers, unreadable ones"
    " and those our rules changed are left out. The line shows seven days ending on each of thirty."
)


def accuracy(session: Session, now: datetime) -> Tile:
    """Return the agreement with blind reviews, its interval and n, against the thirty days before."""
    shown = last_days(local_day(now), DAYS_SHOWN)
    end = shown[-1] + timedelta(days=1)
    before = (shown[0] - timedelta(days=DAYS_SHOWN), shown[0])
    by_day, newest = queries.tallies_by_day(session, (before[0], end))
    tally = rules.within(by_day, (shown[0], end))
    if tally.share is None:
        return Tile(LABEL, "no data", PERIOD, URL, note="Nobody has reviewed blind yet.", definition=DEFINITION)
    words, direction, tone = moved(tally.share, rules.within(by_day, before).share)
    line = spark(rules.rolling(by_day, shown))
    return Tile(
        LABEL,
        formats.percent(tally.share),
        PERIOD,
        URL,
        words,
        direction,
        tone,
        newest,
        line,
        note=certainty(tally),
        against="against the 30 days before",
        definition=DEFINITION,
    )


def certainty(tally: rules.Tally) -> str:
    """Return the interval, how many reviews it rests on, and what was left out."""
    interval = rules.wilson(tally.agreed, tally.counted) or (0.0, 1.0)
    low, high = (formats.number(bound * 100, 1) for bound in interval)
    left_out = f" {formats.number(tally.left_out)} left out." if tally.left_out else ""
    interval_words = f"95{formats.NBSP}% interval {low}{TO}{high}{formats.NBSP}%"
    return f"{interval_words}, n{formats.NBSP}={formats.NBSP}{formats.number(tally.counted)}.{left_out}"


def moved(share: float, before: float | None) -> tuple[str, Direction, Tone]:
    """Return the movement in percentage points; nothing to compare with is flat."""
    if before is None:
        return "", "flat", "neutral"
    points = round((share - before) * 100, 1)
    if not points:
        return "no change", "flat", "neutral"
    sign = "+" if points > 0 else ""
    words = f"{sign}{formats.number(points, 1)}{formats.NBSP}points"
    return (words, "up", "success") if points > 0 else (words, "down", "danger")
