"""Lines of CSV that no spreadsheet runs: a cell that looks like a formula gets an apostrophe in front."""

import csv
import io
import re
from collections.abc import Iterable

FORMULA = re.compile(r"^[\s\ufeff]*[=+\-@＝＋－＠|%]|^[\t\r\n]")  # noqa: RUF001 - spreadsheets take the wide ones, too
MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def safe(value: object) -> str:
    """Return a cell's text; numbers stay numbers."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float) or not FORMULA.match(text):
        return text
    return f"'{text}"


def line(values: Iterable[object]) -> str:
    """Return one line of CSV with its end."""
    out = io.StringIO()
    csv.writer(out).writerow([safe(value) for value in values])
    return out.getvalue()
