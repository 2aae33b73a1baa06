"""Lines of CSV that no spreadsheet runs: a cell that looks like a formula gets an apostrophe in front."""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal

SIGNS = "=+\\-@＝＋－＠|%"  # noqa: RUF001 - spreadsheets take the wide ones, too
FORMULA = re.compile(rf"^[\x00-\x20\s\ufeff]*[{SIGNS}]|^[\t\r\n]")
INSIDE = re.compile(rf"([;\t\r\n][\x00-\x20\s\ufeff'\"]*)(?=[{SIGNS}])")
"""Where a cell begins for a spreadsheet whose lists are separated by semicolons, as South African ones are."""
GUARDED = re.compile(rf"([;\t\r\n][\x00-\x20\s\ufeff'\"]*)'(?=[{SIGNS}])")
MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def safe(value: object) -> str:
    """Return a cell's text; numbers stay numbers."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float | Decimal):
        return text
    inside = INSIDE.sub(r"\1'", text)
    return f"'{inside}" if FORMULA.match(text) else inside


def unguarded(text: str) -> str:
    """Return a cell without the apostrophes that ``safe`` put there; one that it can't have written stays."""
    bare = GUARDED.sub(r"\1", text)
    without = bare.removeprefix("'")
    return next((found for found in (without, bare) if found != text and safe(found) == text), text)


def line(values: Iterable[object]) -> str:
    """Return one line of CSV with its end."""
    out = io.StringIO()
    csv.writer(out).writerow([safe(value) for value in values])
    return out.getvalue()
