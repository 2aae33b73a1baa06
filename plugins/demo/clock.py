"""The two years of the demo company: they end today, whatever today is."""

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property
from itertools import accumulate

SAST = timezone(timedelta(hours=2), "SAST")
DAYS = 730
OPENING_HOUR = 8
SEASON = (1.45, 1.15, 1.05, 0.95, 1.0, 0.9, 0.95, 1.05, 1.05, 1.1, 1.0, 0.5)
"""How busy each month of the year is: hiring peaks in January and sleeps in December."""
HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 13, 12, 8, 8, 11, 11, 9, 5, 3, 2, 2, 1, 1, 0)
_HOURS = tuple(accumulate(HOURS))


def snapped(now: datetime) -> datetime:
    """Return the last opening (08:00) or midnight in Johannesburg: all runs of a working day make the same rows."""
    local = now.astimezone(SAST)
    hour = OPENING_HOUR if local.hour >= OPENING_HOUR else 0
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


@dataclass(frozen=True)
class Span:
    """From the first day of the company until ``now``."""

    now: datetime

    @cached_property
    def today(self) -> date:
        """The day on which the company's story ends, in Johannesburg."""
        return self.now.astimezone(SAST).date()

    @cached_property
    def start(self) -> datetime:
        """The first midnight of the story."""
        return at(self.today - timedelta(days=DAYS), 0)

    def ago(self, days: float, hour: int = 10, minute: int = 0) -> datetime:
        """Return a time of day so many days ago, never later than now."""
        return min(at(self.today - timedelta(days=int(days)), hour, minute), self.now)

    def day(self, ago: int) -> date:
        """Return the day so many days ago."""
        return self.today - timedelta(days=ago)

    @cached_property
    def _growth(self) -> tuple[float, ...]:
        """Running totals of how many sign up on each day: growth, season, quiet weekends."""
        days = [self.start.astimezone(SAST).date() + timedelta(days=n) for n in range(DAYS + 1)]
        return tuple(accumulate((0.35 + n / DAYS) * liveliness(day) for n, day in enumerate(days)))

    def signup(self, draw: random.Random) -> datetime:
        """Draw a moment at which somebody signed up."""
        day = bisect(self._growth, draw.random() * self._growth[-1])
        drawn = moment(self.start.astimezone(SAST).date() + timedelta(days=min(day, DAYS)), draw)
        return min(drawn, self.now - timedelta(seconds=draw.randrange(60, 7_000)))


def liveliness(day: date) -> float:
    """Return how much happens on a day compared with an ordinary one."""
    weekend = 0.25 if day.weekday() >= 5 else 1.0
    holidays = 0.35 if (day.month, day.day) >= (12, 16) or (day.month, day.day) <= (1, 3) else 1.0
    return SEASON[day.month - 1] * weekend * holidays


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a time of day in Johannesburg as UTC."""
    return datetime.combine(day, time(hour, minute, second), SAST).astimezone(UTC)


def moment(day: date, draw: random.Random) -> datetime:
    """Draw a moment of a day, mostly in working hours."""
    hour = bisect(_HOURS, draw.random() * _HOURS[-1])
    return at(day, min(hour, 23)) + timedelta(seconds=int(draw.random() * 3600))


def local_day(moment_: datetime) -> date:
    """Return the day in Johannesburg."""
    return moment_.astimezone(SAST).date()


def month_of(moment_: datetime) -> date:
    """Return the first day of the month in Johannesburg."""
    return local_day(moment_).replace(day=1)


def months_later(moment_: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, the last day where the month is shorter."""
    local = moment_.astimezone(SAST)
    total = local.year * 12 + local.month - 1 + months
    year, month = divmod(total, 12)
    last = (datetime(year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=SAST) - timedelta(days=1)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last)).astimezone(UTC)
