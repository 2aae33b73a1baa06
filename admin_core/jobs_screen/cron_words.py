"""A cron line in words, as people say it. What has no short words stays a cron line."""

import re
from collections.abc import Sequence

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBER = re.compile(r"\d{1,2}")
LIST = re.compile(r"\d{1,2}(,\d{1,2})*")
EVERY = re.compile(r"\*/(\d{1,2})")
RANGE = re.compile(r"([0-7])-([0-7])")


def in_words(cron: str) -> str:
    """Return a line such as ``every Monday at 06:30``."""
    minute, hour, day, month, weekday = cron.split()
    words = "" if month != "*" else hourly(minute, hour) if (day, weekday) == ("*", "*") else ""
    return words or (daily(minute, hour, day, weekday) if month == "*" else "") or f"by the cron line {cron}"


def hourly(minute: str, hour: str) -> str:
    """Return the words of a line that runs all day; empty when it does not."""
    step = EVERY.fullmatch(minute)
    if hour == "*" and minute == "*":
        return "every minute"
    if hour == "*" and step:
        return f"every {step[1]} minutes"
    if hour == "*" and LIST.fullmatch(minute):
        return f"every hour at minute {joined(minute.split(','))}"
    step = EVERY.fullmatch(hour)
    return f"every {step[1]} hours at minute {minute}" if step and NUMBER.fullmatch(minute) else ""


def daily(minute: str, hour: str, day: str, weekday: str) -> str:
    """Return the words of a line that runs at fixed times of some days; empty when it is another."""
    if not (NUMBER.fullmatch(minute) and LIST.fullmatch(hour)):
        return ""
    times = joined([f"{int(each):02}:{int(minute):02}" for each in hour.split(",")])
    which = days(day, weekday)
    return f"{which} at {times}" if which else ""


def days(day: str, weekday: str) -> str:
    """Return the words for the days of a line; empty when both fields restrict them."""
    if day == "*":
        return weekdays(weekday)
    if weekday == "*" and LIST.fullmatch(day):
        return f"on day {joined(day.split(','))} of every month"
    return ""


def weekdays(field: str) -> str:
    """Return the words for the days of the week."""
    if field == "*":
        return "every day"
    span = RANGE.fullmatch(field)
    if span:
        return f"{DAYS[int(span[1])]} to {DAYS[int(span[2])]}"
    if LIST.fullmatch(field) and all(int(each) < len(DAYS) for each in field.split(",")):
        return f"every {joined([DAYS[int(each)] for each in field.split(',')])}"
    return ""


def joined(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
