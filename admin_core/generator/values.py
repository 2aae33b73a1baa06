"""Filter values: what people type becomes a canonical text for addresses, and that becomes a typed value.

Every refusal is a ValueError whose message is a sentence for the person.
"""

import ipaddress
import math
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from admin_core.generator.reading import python_value
from admin_core.generator.spec import ColumnSpec
from admin_core.periods import whole_day
from admin_core.theme.formats import ZONE, parse_money, parse_number

LONGEST = 1_000
DIGITS = 60
SPANS: Mapping[str, str] = {
    "today": "today",
    "yesterday": "yesterday",
    "last_7_days": "the last 7 days",
    "last_30_days": "the last 30 days",
    "last_90_days": "the last 90 days",
    "this_month": "this month",
    "last_month": "last month",
    "this_year": "this year",
}
"""Spans of days that end with today or a month, by the name that stands in an address."""


def canonical(column: ColumnSpec, text: str) -> str:
    """Return what stands in an address for something typed: amounts in the stored unit, numbers with a point."""
    text = text.strip()
    if column.kind == "integer" and column.widget == "money":
        return str(parse_money(text))
    if column.kind in {"integer", "decimal", "float"} and column.reference is None:
        return f"{parse_number(text):f}"
    return text


def parsed(column: ColumnSpec, text: str) -> Any:
    """Return the value a canonical text stands for."""
    if len(text) > LONGEST:
        raise ValueError(f"A value may have at most {LONGEST} characters.")
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("The value holds a character that text can't hold.")
    reader, wanted = READERS.get(column.kind, (str, ""))
    if column.choices:
        return chosen(column, text)
    try:
        return reader(text)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise ValueError(f"“{shortened(text)}” is not {wanted}.") from error


def shortened(text: str) -> str:
    """Return a value short enough for a sentence."""
    return text if len(text) <= 60 else text[:60] + "…"  # noqa: PLR2004 - what fits in a sentence


def chosen(column: ColumnSpec, text: str) -> str:
    """Return a stored value of an enum."""
    if text not in dict(column.choices):
        known = ", ".join(value for value, _ in column.choices)
        raise ValueError(f"“{shortened(text)}” is not one of: {known}.")
    return text


def stored(column: ColumnSpec, attribute: Any, value: Any) -> Any:
    """Return the value as the mapped column takes it."""
    return python_value(attribute.type, value) if column.choices else value


def read_integer(text: str) -> int:
    """Return a whole number that PostgreSQL can hold."""
    number = Decimal(text)
    if number != number.to_integral_value() or abs(number) >= 2**63:
        raise ValueError("not whole, or too large")
    return int(number)


def read_decimal(text: str) -> Decimal:
    """Return a finite number of a size that anything measured has."""
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > DIGITS or len(text) > 2 * DIGITS:
        raise ValueError("too long, or no number")
    return number


def read_float(text: str) -> float:
    """Return a finite number."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def read_day(text: str) -> date:
    """Return a day."""
    return date.fromisoformat(text)


def read_moment(text: str) -> date | datetime:
    """Return a day, or a moment; one without a zone is on our wall clock."""
    if len(text) <= len("2026-01-01"):
        return whole_day(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)


def read_time(text: str) -> time:
    """Return a time of day."""
    return time.fromisoformat(text).replace(tzinfo=None)


def read_boolean(text: str) -> bool:
    """Return the truth value."""
    words = {"true": True, "yes": True, "false": False, "no": False}
    if text.lower() not in words:
        raise ValueError("neither yes nor no")
    return words[text.lower()]


def read_address(text: str) -> str:
    """Return an IP address or network."""
    return str(ipaddress.ip_interface(text)) if "/" in text else str(ipaddress.ip_address(text))


Reader = tuple[Callable[[str], Any], str]
MOMENT: Reader = (read_moment, "a date such as 2026-03-05")
READERS: Mapping[str, Reader] = {
    "integer": (read_integer, "a whole number"),
    "decimal": (read_decimal, "a number"),
    "float": (read_float, "a number"),
    "boolean": (read_boolean, "yes or no"),
    "date": (read_day, "a date such as 2026-03-05"),
    "moment": MOMENT,
    "local_moment": MOMENT,
    "time": (read_time, "a time such as 14:07"),
    "uuid": (uuid.UUID, "an id"),
    "inet": (read_address, "an IP address"),
}
"""How a value of each kind is read, and what to call it when it can't be."""


def span_of(name: str, now: datetime) -> tuple[date, date]:
    """Return the first day of a span, and the first day behind it; ValueError for an unknown name."""
    today = now.astimezone(ZONE).date()
    month = today.replace(day=1)
    tomorrow = today + timedelta(days=1)
    spans = {
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "last_7_days": (tomorrow - timedelta(days=7), tomorrow),
        "last_30_days": (tomorrow - timedelta(days=30), tomorrow),
        "last_90_days": (tomorrow - timedelta(days=90), tomorrow),
        "this_month": (month, (month + timedelta(days=32)).replace(day=1)),
        "last_month": ((month - timedelta(days=1)).replace(day=1), month),
        "this_year": (today.replace(month=1, day=1), today.replace(year=today.year + 1, month=1, day=1)),
    }
    if name not in spans:
        raise ValueError(f"“{shortened(name)}” is not one of: {', '.join(SPANS)}.")
    return spans[name]
