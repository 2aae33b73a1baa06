"""What is counted as use."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from admin_core.generator.spec import label_of
from admin_core.periods import month_of
from admin_core.sources.intake import Intake, members
from admin_core.sources.mapping import Drawn

VALUE_EVENT = "cv_screened"
"""What customers come for."""
NO_USE: Sequence[str] = ("signed_in",)
"""Signing in alone is no use."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIRST_HOUR, LAST_HOUR = 6, 20
FEATURES_NAMED = 5


def by_weekday(counts: Mapping[str, int]) -> list[tuple[str, list[float | None]]]:
    """Return counts by weekday and hour as rows of a heat map: early and late hours stand together at the ends."""
    rows = []
    for number, name in enumerate(WEEKDAYS, start=1):
        hours = [counts.get(f"{number}-{hour:02}", 0) for hour in range(24)]
        shown = [sum(hours[:FIRST_HOUR]), *hours[FIRST_HOUR:LAST_HOUR], sum(hours[LAST_HOUR:])]
        rows.append((name, [float(count) or None for count in shown]))
    return rows


HOURS = (f"to {FIRST_HOUR}", *(str(hour) for hour in range(FIRST_HOUR, LAST_HOUR)), f"from {LAST_HOUR}")


def by_month(months: Iterable[date], by_day: Mapping[date, int]) -> list[int]:
    """Return the sums of months, each named by its first day."""
    found: Counter[date] = Counter()
    for day, count in by_day.items():
        found[month_of(day)] += count
    return [found[month] for month in months]


def most_used(month: date, done: Iterable[tuple[date, str, int]]) -> str:
    """Return what was done most in a month and how often: ``Cv screened 12, Page viewed 3``; empty for nothing."""
    found: Counter[str] = Counter()
    for day, name, count in done:
        found[name] += count if month_of(day) == month else 0
    ranked = sorted(((count, name) for name, count in found.items() if count), key=lambda pair: (-pair[0], pair[1]))
    return ", ".join(f"{label_of(name)} {count}" for count, name in ranked[:FEATURES_NAMED])


PERSONAL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|(?<!\w)(?:\+|0)\d(?:[ -]?\d){8,12}(?!\w)", re.IGNORECASE)
"""Addresses and telephone numbers."""
MOST_PROPERTIES = 50


def why_not_kept(row: Mapping[str, Any]) -> str:
    """Return why an event is refused for its properties, empty when it is not: personal data has no place in them."""
    properties = row.get("properties") or {}
    if len(properties) > MOST_PROPERTIES:
        return f"properties has {len(properties)} members; {MOST_PROPERTIES} fit."
    nested = [name for name, value in properties.items() if isinstance(value, dict | list)]
    if nested:
        return f"properties: {nested[0][:60]!r} must be a number, a word or true or false."
    told = [name for name, value in properties.items() if isinstance(value, str) and PERSONAL.search(value)]
    return (
        f"properties: {told[0][:60]!r} looks like an address or a telephone number. Send keys instead." if told else ""
    )


EVENT_ROWS = Intake(
    model="usage_events",
    columns=members(
        *("name", "properties", "occurred_at"),
        source=Drawn(value="api"),
        event_key=Drawn(sql="external_id"),
        customer_id=Drawn(sql="customer", find="external_id"),
        person_id=Drawn(sql="person", find="external_id"),
    ),
    key="event_key",
    appends=True,
    judge=why_not_kept,
)
