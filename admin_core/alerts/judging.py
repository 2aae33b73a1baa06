"""What a reading means for its rule: it holds, it does not, or nobody can say. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from admin_core.alerts.states import Finding
from admin_core.contributions import Reading

LARGEST = Decimal(10) ** 13
"""Beyond this a value is no number that anybody watches, and no column takes it."""
PLACES = Decimal("0.000001")
LONGEST_SUMMARY = 500


@dataclass(frozen=True)
class Judged:
    """A reading and what it means."""

    finding: Finding
    value: Decimal | None = None
    n: int | None = None
    summary: str = ""
    url: str = ""
    error: str = ""


def judged(reading: Any, comparison: str | None, threshold: Decimal | None, minimum_count: int | None) -> Judged:
    """Return what a reading means; whatever is no reading is an error that says so."""
    if not isinstance(reading, Reading):
        return Judged("error", error="What watches it did not return a reading.")
    value = number_of(reading.value)
    found = Judged("clear", value, reading.n, one_line(reading.summary), local_url(reading.url))
    if reading.value is not None and value is None:
        return replace(found, finding="error", error="What watches it returned a value that is no number.")
    if value is None or is_too_few(reading.n, minimum_count):
        return replace(found, finding="no_data")
    if reading.firing is None and threshold is None:
        return replace(found, finding="error", error="It has no threshold. Set one.")
    holds = reading.firing if threshold is None or reading.firing is not None else beyond(value, comparison, threshold)
    return replace(found, finding="holds") if holds else found


def is_too_few(n: int | None, minimum_count: int | None) -> bool:
    """Return whether a reading rests on fewer cases than the rule wants."""
    return minimum_count is not None and n is not None and n < minimum_count


def beyond(value: Decimal, comparison: str | None, threshold: Decimal) -> bool:
    """Return whether a value is on the wrong side of the threshold; the threshold itself is fine."""
    return value < threshold if comparison == "below" else value > threshold


def number_of(value: Any) -> Decimal | None:
    """Return a value as it is stored; None for what is no finite number of a sensible size."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
        return number.quantize(PLACES) if number.is_finite() and abs(number) < LARGEST else None
    except (InvalidOperation, ValueError):
        return None


def one_line(text: Any) -> str:
    """Return a summary as messages carry it."""
    return " ".join(str(text).replace("\x00", "").split())[:LONGEST_SUMMARY]


def local_url(text: Any) -> str:
    """Return an address when it leads into this backend; empty otherwise."""
    url = str(text)
    return url if url.startswith("/admin/") and len(url) <= 1_000 and "\x00" not in url else ""  # noqa: PLR2004 (an address)
