"""Values as files write them: exact, so that what is read back is the same. Pure; knows no list and no person.

Nothing and an empty text are told apart: the first is an empty cell, the second a quoted one.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from admin_core import csv_text
from admin_core.generator.forms.times import show_interval
from admin_core.generator.ids import as_text
from admin_core.generator.spec import ColumnSpec
from admin_core.theme.formats import local

CENTS = Decimal("0.01")
MICROS = 6
QUOTED = frozenset('"\r\n')


@dataclass(frozen=True)
class Format:
    """One shape of file."""

    label: str
    ending: str
    media_type: str
    separator: str = ","
    comma: bool = False
    """Decimal comma, and moments on our wall clock: what Excel reads in South Africa."""
    bom: bool = False
    is_json: bool = False
    is_workbook: bool = False

    @property
    def content_type(self) -> str:
        """The media type as a header says it."""
        return self.media_type if self.is_workbook else f"{self.media_type}; charset=utf-8"


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Mapping[str, Format] = {
    "xlsx": Format("Excel workbook", "xlsx", WORKBOOK, is_workbook=True),
    "csv": Format("CSV", "csv", "text/csv"),
    "excel": Format("CSV for Excel, South Africa", "csv", "text/csv", separator=";", comma=True, bom=True),
    "jsonl": Format("JSON, one record a line", "jsonl", "application/x-ndjson", is_json=True),
}


@dataclass(frozen=True)
class Parsed:
    """A value of a JSON column: in a cell it stands as JSON, so that a text differs from a number."""

    value: Any


def head(form: Format, names: Iterable[str]) -> bytes:
    """Return what stands before the records."""
    if form.is_json:
        return b""
    return (csv_text.MARK if form.bom else "").encode() + line(form, map(csv_text.safe, names))


def record(form: Format, names: Iterable[str], values: Iterable[Any]) -> bytes:
    """Return one record with its end; ``values`` are plain: texts, numbers, moments, None."""
    if form.is_json:
        found = {name: in_json(value) for name, value in zip(names, values, strict=True)}
        return json.dumps(found, ensure_ascii=False).encode() + b"\n"
    return line(form, (in_cell(form, value) for value in values))


def line(form: Format, cells: Iterable[str | None]) -> bytes:
    """Return one line of CSV, to the byte as PostgreSQL's COPY writes it: see ``copying``."""
    return (form.separator.join(quoted(form, cell) for cell in cells) + "\n").encode()


def quoted(form: Format, cell: str | None) -> str:
    """Return a cell as it stands in the line."""
    if cell is None:
        return ""
    if cell == "" or form.separator in cell or QUOTED & set(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def in_cell(form: Format, value: Any) -> str | None:
    """Return a value as a cell's text that no spreadsheet runs; None for nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        text = format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value)
        return text.replace(".", ",") if form.comma else text
    if isinstance(value, datetime):
        return trimmed(on_our_clock(value) if form.comma else in_utc(value))
    return csv_text.safe(as_words(value))


def as_words(value: Any) -> str:
    """Return a value that is no number as text."""
    if isinstance(value, Parsed):
        return json.dumps(value.value, ensure_ascii=False, default=str)
    if isinstance(value, list | dict):
        return json.dumps(in_json(value), ensure_ascii=False)
    if isinstance(value, timedelta):
        return show_interval(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return as_text(value)


def in_json(value: Any) -> Any:
    """Return a value as JSON holds it without losing a digit: exact numbers as texts."""
    if isinstance(value, Parsed):
        return in_json(value.value)
    if isinstance(value, list):
        return [in_json(each) for each in value]
    if isinstance(value, dict):
        return {str(key): in_json(each) for key, each in value.items()}
    if isinstance(value, datetime):
        return in_utc(value)
    finite = isinstance(value, float) and math.isfinite(value)
    return value if value is None or finite or isinstance(value, bool | str | int) else as_words(value)


def in_utc(value: datetime) -> str:
    """Return a moment to the microsecond, with its zone where it has one."""
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat()


def trimmed(moment: str) -> str:
    """Return a moment whose fraction ends in no zero, as PostgreSQL writes it."""
    whole, dot, rest = moment.partition(".")
    return f"{whole}.{rest[:MICROS].rstrip('0')}{rest[MICROS:]}" if dot else moment


def on_our_clock(value: datetime) -> str:
    """Return a moment as spreadsheets read it: on our wall clock; one without a zone stays."""
    return (local(value).replace(tzinfo=None) if value.tzinfo else value).isoformat(" ")


def reader(column: ColumnSpec) -> Callable[[Any], Any]:
    """Return what makes a stored value a plain one: cents become the amount they stand for."""
    if column.widget == "money" and column.kind == "integer":
        return lambda cents: None if cents is None else Decimal(cents) * CENTS
    if column.kind == "json":
        return lambda value: None if value is None else Parsed(value)
    if column.kind in {"enum", "uuid"}:
        return lambda value: None if value is None else as_text(value)
    return lambda value: value
