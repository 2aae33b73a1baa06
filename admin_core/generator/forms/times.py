"""Dates, moments, times and intervals. A moment is shown on our wall clock and kept in UTC. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from admin_core.generator.forms.editor import Wrong
from admin_core.theme.formats import ZONE

Value = TypeVar("Value")
DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(:\d\d([.,]\d{1,6})?)?)\Z", re.ASCII)
TIME = re.compile(r"\d\d:\d\d(:\d\d([.,]\d{1,6})?)?\Z", re.ASCII)
CLOCK = re.compile(r"(?P<h>\d{1,9}):(?P<m>\d\d)(:(?P<s>\d\d)([.,](?P<f>\d{1,6}))?)?\Z", re.ASCII)
PART = re.compile(r"\s*(\d{1,9})\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m|seconds?|sec|s)\b", re.ASCII)
SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def read_date(text: str) -> date:
    """Return the day."""
    return matched(DATE, text, date.fromisoformat, "Type a day like 2026-03-05.")


def read_local(text: str) -> datetime:
    """Return a moment without a time zone, as typed."""
    return matched(MOMENT, text, datetime.fromisoformat, "Type a moment like 2026-03-05 14:07.")


def read_moment(text: str) -> datetime:
    """Return the instant that our wall clock shows so."""
    local = read_local(text)
    try:
        return local.replace(tzinfo=ZONE).astimezone(UTC)
    except OverflowError:
        raise Wrong("That moment lies outside the calendar.") from None


def show_moment(moment: datetime) -> str:
    """Return our wall clock to the second; the rest is kept as long as nobody types another moment."""
    try:
        return show_local(moment.astimezone(ZONE).replace(tzinfo=None))
    except OverflowError:
        return show_local(moment.replace(tzinfo=None))


def show_local(moment: datetime) -> str:
    """Return what a datetime-local control takes; seconds only where there are any."""
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def read_time(text: str) -> time:
    """Return the time of day."""
    return matched(TIME, text, time.fromisoformat, "Type a time like 14:07.")


def show_time(value: time) -> str:
    """Return the time to the second."""
    return value.replace(tzinfo=None).isoformat(timespec="seconds" if value.second else "minutes")


def matched(form: re.Pattern[str], text: str, parse: Callable[[str], Value], sentence: str) -> Value:
    """Return the parsed text when it has the one form we take; Python alone understands more than people expect."""
    typed = text.strip()
    if not form.match(typed):
        raise Wrong(sentence)
    try:
        return parse(typed.replace(",", "."))
    except ValueError:
        raise Wrong(f"There is no such day or time. {sentence}") from None


def read_interval(text: str) -> timedelta:
    """Return a span typed as ``2 days 04:05``, ``1h 30min`` or ``00:00:07.5``."""
    typed = text.strip()
    sign, rest = (-1, typed[1:].strip()) if typed[:1] in {"-", "\u2212"} else (1, typed)
    seconds, micros = 0, 0
    while found := PART.match(rest):
        seconds += int(found[1]) * SECONDS[found[2][0]]
        rest = rest[found.end() :].strip(" ,")
    if clock := CLOCK.match(rest):
        seconds += int(clock["h"]) * 3600 + int(clock["m"]) * 60 + int(clock["s"] or 0)
        micros = int((clock["f"] or "0").ljust(6, "0"))
    elif rest or not typed.strip("-\u2212 "):
        raise Wrong("Type a span like 2 days 04:05, 1h 30min or 00:00:07.5.")
    try:
        return sign * timedelta(seconds=seconds, microseconds=micros)
    except OverflowError:
        raise Wrong("That span is too long.") from None


def show_interval(value: timedelta) -> str:
    """Return ``2 days 04:05:06``; the sign stands in front of the whole."""
    sign, span = ("-", -value) if value < timedelta(0) else ("", value)
    hours, rest = divmod(span.seconds, 3600)
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    if span.microseconds:
        clock += f".{span.microseconds:06d}".rstrip("0")
    days = f"{span.days} day{'' if span.days == 1 else 's'} " if span.days else ""
    return sign + days + clock
