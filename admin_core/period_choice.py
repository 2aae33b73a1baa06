"""The periods people choose from, and what each is compared with: pure functions of a name and the present moment.

Days are those of our wall clock, weeks begin on Monday, everything is half-open and in UTC. A period that still runs
ends now, and is compared with the same part of the one before: to the same day of the month, at the same time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from admin_core.periods import TO, Days, Period, local_day, months_later, start_of
from admin_core.theme.formats import MONTHS, NBSP, ZONE

Comparison = Literal["before", "year", "none"]
COMPARISONS: Mapping[Comparison, str] = {
    "before": "the period before",
    "year": "the year before",
    "none": "nothing",
}
NAMES: Mapping[str, str] = {
    "today": "today",
    "yesterday": "yesterday",
    "this_week": "this week",
    "last_week": "last week",
    "this_month": "this month",
    "last_month": "last month",
    "this_quarter": "this quarter",
    "last_quarter": "last quarter",
    "this_year": "this year",
    "last_year": "last year",
    "last_7_days": "last 7 days",
    "last_30_days": "last 30 days",
    "last_90_days": "last 90 days",
}
"""Name in an address → words."""
CUSTOM, DEFAULT = "custom", "this_month"
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
LONGEST_DAYS = 5 * 366
WEEK, QUARTER_MONTHS, YEAR_MONTHS = 7, 3, 12
ROLLING = {"last_7_days": 7, "last_30_days": 30, "last_90_days": 90}
STEPS = {"month": 1, "quarter": QUARTER_MONTHS, "year": YEAR_MONTHS}
"""Months from the start of one to the start of the next."""


@dataclass(frozen=True)
class Choice:
    """A period somebody chose, with the one it is compared with."""

    name: str
    days: Days
    """As chosen, those to come included."""
    period: Period
    """What has run of them."""
    before: Period | None
    compared: Comparison = "before"

    @property
    def words(self) -> str:
        """The period as it stands beside a number: ``this month``, ``1-15 Mar 2026``."""
        return NAMES.get(self.name) or days_in_words(self.days)

    @property
    def dates(self) -> str:
        """Its days in words."""
        return days_in_words(self.days)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.days[1] - timedelta(days=1)

    @property
    def against(self) -> str:
        """What a change compares with, in words; empty when it compares with nothing."""
        if self.before is None:
            return ""
        last = days_in_words(self.before.days)
        return f"against {last} to {self.before.clock}" if self.before.cuts_a_day else f"against {last}"

    @property
    def args(self) -> dict[str, str]:
        """What stands in an address for it."""
        found = {"period": self.name}
        if self.name == CUSTOM:
            found |= {"from": self.days[0].isoformat(), "to": self.last_day.isoformat()}
        return found if self.compared == "before" else {**found, "compare": self.compared}


class BadPeriod(ValueError):
    """A period that cannot be used; the message is a sentence for the person."""


def named(name: str, now: datetime, compared: Comparison = "before") -> Choice:
    """Return a period by its name; BadPeriod for one that is not known."""
    if name not in NAMES:
        raise BadPeriod(f"There is no period “{name[:40]}”. Known: {', '.join(NAMES)}, or from and to.")
    days = bounds(name, local_day(now))
    return chosen(name, days, now, compared)


def custom(first: date, last: date, now: datetime, compared: Comparison = "before") -> Choice:
    """Return the days from the first to the last, both included; BadPeriod when that is no stretch of days."""
    end = last + timedelta(days=1) if last < date.max else last
    if not EARLIEST <= first < end <= LATEST:
        raise BadPeriod("The first day must not be after the last; both lie between 2000 and 2099.")
    if (end - first).days > LONGEST_DAYS:
        raise BadPeriod(f"That are more than {LONGEST_DAYS} days. Choose a shorter period.")
    return chosen(CUSTOM, (first, end), now, compared)


def read(args: Mapping[str, str], now: datetime, default: str = DEFAULT) -> Choice:
    """Return what an address asks for: ``period``, or ``from`` and ``to``, and ``compare``."""
    compared = read_comparison(args.get("compare", "before"))
    name = args.get("period") or (CUSTOM if args.get("from") or args.get("to") else default)
    if name != CUSTOM:
        return named(name, now, compared)
    return custom(read_day(args.get("from", "")), read_day(args.get("to", "")), now, compared)


def read_comparison(text: str) -> Comparison:
    """Return what to compare with."""
    found = next((name for name in COMPARISONS if name == text), None)
    if found is None:
        raise BadPeriod(f"Nothing is compared with “{text[:40]}”. Known: {', '.join(COMPARISONS)}.")
    return found


def read_day(text: str) -> date:
    """Return a day written as 2026-03-05."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadPeriod(f"“{text[:40]}” is not a day. Write both days like 2026-03-05.") from None


def bounds(name: str, today: date) -> Days:
    """Return first day and end of a named period, as if it had run out."""
    if name in ROLLING:
        return today - timedelta(days=ROLLING[name] - 1), today + timedelta(days=1)
    if name in {"today", "yesterday"}:
        first = today - timedelta(days=name == "yesterday")
        return first, first + timedelta(days=1)
    which, _, unit = name.partition("_")
    if unit == "week":
        first = today - timedelta(days=today.weekday() + WEEK * (which == "last"))
        return first, first + timedelta(days=WEEK)
    step = STEPS[unit]
    first = date(today.year, (today.month - 1) // step * step + 1, 1)
    first = months_later(first, -step) if which == "last" else first
    return first, months_later(first, step)


def chosen(name: str, days: Days, now: datetime, compared: Comparison) -> Choice:
    """Return the choice: cut off now where it still runs."""
    period = running(days, now)
    if compared == "none":
        return Choice(name, days, period, None, compared)
    months = YEAR_MONTHS if compared == "year" else months_of(name)
    before = earlier(period, days, months)
    return Choice(name, days, period, before, compared)


def running(days: Days, now: datetime) -> Period:
    """Return the days as a period that ends now when they have not run out; one that has not begun is empty."""
    start, end = start_of(days[0]), start_of(days[1])
    return Period(start, max(start, min(now, end)), end if now < end else None)


def months_of(name: str) -> int:
    """Return by how many months the period before lies back; 0: by its own length in days."""
    return STEPS.get(name.partition("_")[2], 0)


def earlier(period: Period, days: Days, months: int) -> Period:
    """Return the period before, of which the same part counts: by calendar months, or by its length in days."""
    if not months:
        length = days[1] - days[0]
        return Period(start_of(days[0] - length), local_shift(period.end, -length))
    start, end = start_of(last_of_month(days[0], months)), start_of(back(days[1], months))
    return Period(start, end if period.runs_until is None else min(same_moment(period.end, months), end))


def local_shift(moment: datetime, by: timedelta) -> datetime:
    """Return the moment moved on our wall clock."""
    return (moment.astimezone(ZONE) + by).astimezone(UTC)


def back(day: date, months: int) -> date:
    """Return the day so many months before; the first of the next month where that month is too short."""
    first = months_later(day.replace(day=1), -months)
    wanted = first + timedelta(days=day.day - 1)
    return min(wanted, months_later(first, 1))


def last_of_month(day: date, months: int) -> date:
    """Return the day so many months before; the last of its month where that is too short."""
    found = back(day, months)
    return found if found.day == day.day else found - timedelta(days=1)


def same_moment(moment: datetime, months: int) -> datetime:
    """Return the same time of the same day so many months before; where there is no such day, the end of its month."""
    here = moment.astimezone(ZONE)
    day = back(here.date(), months)
    if day.day != here.day:
        return start_of(day)
    return datetime.combine(day, time(here.hour, here.minute, here.second, here.microsecond), ZONE).astimezone(UTC)


def days_in_words(days: Days) -> str:
    """Return ``1-23 Nov 2026`` with a dash, as short as it stays clear."""
    first, last = days[0], max(days[0], days[1] - timedelta(days=1))
    if first == last:
        return worded(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{TO}{worded(last)}"
    if first.year == last.year:
        return f"{first.day}{NBSP}{MONTHS[first.month - 1]} {TO} {worded(last)}"
    return f"{worded(first)} {TO} {worded(last)}"


def worded(day: date) -> str:
    """Return ``5 Mar 2026``."""
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"
