"""The weekly review of visits to customers: which week, how long each was, and who may say it was in order. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from admin_core.contributions import Filters
from admin_core.periods import local_day, start_of
from schema.accounts import Impersonation

REVIEW = "customers:impersonations:review"
WEEK = timedelta(days=7)
TO_REVIEW: Filters = (("f.redeemed_at.filled", "1"), ("f.ended_at.filled", "1"), ("f.reviewed_at.empty", "1"))
OWN = "It was your own visit: somebody else has to look it over."


@dataclass(frozen=True)
class Week:
    """A week of our wall clock, from Monday on."""

    first: date

    @property
    def start(self) -> datetime:
        """When it begins, in UTC."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """When it is over, in UTC."""
        return start_of(self.first + WEEK)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + WEEK - timedelta(days=1)


def week_of(text: str, now: datetime) -> Week:
    """Return the week in which a day like 2026-03-05 lies; last week when the text is none, or lies ahead."""
    today = local_day(now)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today - WEEK
    day = min(max(day, date(2000, 1, 1)), today)
    return Week(day - timedelta(days=day.weekday()))


def to_review(now: datetime) -> Filters:
    """Return the filters of visits of earlier weeks that nobody has reviewed."""
    monday = week_of(local_day(now).isoformat(), now).first
    return (*TO_REVIEW[:1], ("f.ended_at.lt", monday.isoformat()), *TO_REVIEW[2:])


def why_not_reviewed(row: Impersonation) -> str:
    """Return why there is nothing to review, empty when there is."""
    if row.redeemed_at is None:
        return "The customer app let nobody in by it: there is nothing to review."
    if row.ended_at is None:
        return "It is not over yet."
    return "It was reviewed already." if row.reviewed_at is not None else ""


def why_not_by(row: Impersonation, member: UUID) -> str:
    """Return why a member can't review a visit, empty when they can: nobody reviews their own."""
    return why_not_reviewed(row) or (OWN if row.staff_id == member else "")


def minutes(row: Impersonation, now: datetime) -> int:
    """Return for how many minutes somebody was in, up to now when they still are; begun ones count."""
    assert row.redeemed_at is not None  # it took place
    lasted = (row.ended_at or now) - row.redeemed_at
    return -(-max(int(lasted.total_seconds()), 0) // 60)
