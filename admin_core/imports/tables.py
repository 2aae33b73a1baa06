"""An uploaded file as headings and numbered rows, whatever its format. Pure."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from admin_core.imports.decoding import SEPARATORS, Decoded, Unreadable, cells_of, decoded, said_separator, separator_of
from admin_core.imports.decoding import lines_of as text_lines
from admin_core.imports.workbooks import rows_of

Source = Literal["csv", "xlsx", "jsonl"]
MOST_COLUMNS = 500
LONGEST_HEADING = 200
LONGEST_CELL = 10_000_000
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
csv.field_size_limit(LONGEST_CELL)
Row = tuple[int, list[Any]]
"""Number as the spreadsheet shows it (the headings are row 1), and cells in the order of the headings."""


@dataclass(frozen=True)
class Shape:
    """What is known of a file before its rows are read."""

    source: Source
    headings: tuple[str, ...]
    said: str
    """How it was understood, in a sentence."""


def shape_of(data: bytes) -> Shape:
    """Return the headings and how the file was understood; Unreadable says what is wrong with it."""
    source, _ = understood(data)
    rows = all_rows(data)
    headings = next(rows, None)
    if headings is None:
        raise Unreadable("The file is empty. Its first row has to name the columns.")
    if not any(headings):
        raise Unreadable("The first row is empty: it has to name the columns.")
    if len(headings) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(headings)} columns; at most {MOST_COLUMNS} can be read.")
    if next(rows, None) is None:
        raise Unreadable("The file has headings but no row below them.")
    named = tuple(heading_of(cell) for cell in headings)
    return Shape(source, named, said(data, source))


def heading_of(cell: Any) -> str:
    """Return a heading as text without signs that PostgreSQL can't hold."""
    text = "" if cell is None else str(cell).replace("\x00", "").strip()
    return text.encode("utf-8", "replace").decode()[:LONGEST_HEADING]


def said(data: bytes, source: Source) -> str:
    """Return how a file was understood."""
    if source == "xlsx":
        return "Read as an Excel workbook: values as they were last calculated."
    found = decoded(data)
    if source == "jsonl":
        return f"Read as JSON, one record a line, in {found.encoding}."
    return f"Read as CSV in {found.encoding}, separated by {SEPARATORS[parts(found)[1]]}."


def understood(data: bytes) -> tuple[Source, Decoded | None]:
    """Return the format of a file, and its text where it is one; Unreadable for formats we don't know."""
    if data.startswith(ZIP):
        return "xlsx", None
    if data.startswith(OLD_EXCEL):
        raise Unreadable("This is a workbook of an old Excel. Save it as .xlsx or CSV and upload that.")
    found = decoded(data)
    if "\x00" in found.text:
        raise Unreadable("This is no text file. Upload a CSV file or an Excel workbook (.xlsx).")
    return ("jsonl" if found.text.lstrip().startswith("{") else "csv"), found


def parts(found: Decoded) -> tuple[str, str]:
    """Return the text that holds the records, and what separates their cells."""
    text, separator = said_separator(found.text)
    return text, separator or separator_of(text)


def all_rows(data: bytes) -> Iterator[list[Any]]:
    """Yield the headings, then the rows."""
    source, found = understood(data)
    if found is None:
        yield from rows_of(data)
    elif source == "jsonl":
        yield from objects(found.text)
    else:
        yield from cells_of(*parts(found))


def records(data: bytes, width: int) -> Iterator[Row]:
    """Yield the rows below the headings with their numbers; empty ones are left out, short ones filled up."""
    rows = all_rows(data)
    next(rows, None)
    for number, row in enumerate(rows, start=2):
        if any(cell not in {None, ""} if isinstance(cell, str | None) else True for cell in row):
            yield number, [*row[:width], *([None] * (width - len(row)))]


def too_wide(data: bytes, width: int) -> int:
    """Return the number of the first row with more cells than there are headings, 0 when there is none."""
    rows = all_rows(data)
    next(rows, None)
    wide = (number for number, row in enumerate(rows, start=2) if any(cell not in {None, ""} for cell in row[width:]))
    return next(wide, 0)


def objects(text: str) -> Iterator[list[Any]]:
    """Yield the keys of the first object, then the values of each."""
    keys: list[str] = []
    for number, line in enumerate(text_lines(text), start=1):
        if not line.strip():
            continue
        found = object_in(line, number)
        if not keys:
            keys = list(found)
            yield list(keys)
        yield [found.get(key) for key in keys]


def object_in(line: str, number: int) -> dict[str, Any]:
    """Return the object of a line, or raise Unreadable."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise Unreadable(f"Line {number} is not JSON.") from None
    if not isinstance(found, dict):
        raise Unreadable(f"Line {number} holds no object: write each record as {{…}} on a line of its own.")
    return found


def first(rows: Iterable[Row], most: int) -> list[Row]:
    """Return the first rows."""
    return [row for row, _ in zip(rows, range(most), strict=False)]
