"""The tile of usage analytics."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.contributions import Tile
from admin_core.generator.urls import list_url
from admin_core.periods import in_words, last_days, local_day, month_before_to_date, month_to_date
from admin_core.theme import formats
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import change, spark
from plugins.analytics import queries, rules

DAYS_SHOWN = 30


def cvs_screened(session: Session, now: datetime) -> Tile:
    """Return how many CVs were processed this month, against the month before to the same day."""
    today = local_day(now)
    this, before = month_to_date(today), month_before_to_date(today)
    shown = last_days(today - timedelta(days=1), DAYS_SHOWN)
    by_day, newest = queries.decisions_by_day(session, (min(before[0], shown[0]), this[1]))
    count, without_answer = rules.within(by_day, this), queries.fallbacks(session, this)
    words, direction = change(count, rules.within(by_day, before))
    tone: Tone = "success" if direction == "up" else "danger" if direction == "down" else "neutral"
    return Tile(
        "CVs screened",
        formats.number(count),
        "this month",
        list_url("ai_decisions", {"f.decided_at.within": "this_month"}),
        words,
        direction,
        tone,
        newest,
        spark([by_day.get(day, 0) for day in shown]),
        note=f"{formats.number(without_answer)} of them without an answer from the AI." if without_answer else "",
        against=f"against {in_words(before)}",
        definition=(
            "Stored decisions of the AI: a retry is no second one, a standard answer after a failure counts. The line"
            " shows thirty full days."
        ),
    )
