"""Records as an Excel workbook: typed cells, no formula, no link. Rows pass through a temporary file, never memory.

What Excel would change stays text: long numbers, days before 1900. More rows than a sheet holds go on in the next.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from admin_core.exports.texts import as_words, on_our_clock
from admin_core.theme.formats import local

MOST_ROWS = 1_048_576
"""Of one sheet, its headings among them."""
LONGEST = 32_767
"""Characters of one cell, as UTF-16 counts them."""
TOO_LONG = "••• longer than a cell of Excel: take it out as CSV"
"""In place of a text that would be cut; an import leaves what is stored."""
FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""
EXACT = 10**15
PIECE = 256 * 1024
LIKE = {"moment": "yyyy-mm-dd hh:mm:ss", "day": "yyyy-mm-dd", "text": "@", "heading": "@"}
"""Formats of cells that are no numbers."""
NAME = "Records"
NARROWEST, WIDEST = 12, 40
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(names: Sequence[str], batches: Iterable[Iterable[Sequence[Any]]]) -> Iterator[bytes]:
    """Yield the bytes of a workbook that holds these records; ``batches`` are read one after the other."""
    with tempfile.TemporaryDirectory(prefix="admin-xlsx-") as folder:
        path = Path(folder) / "records.xlsx"
        book = Book(str(path), folder, names)
        for batch in batches:
            for record in batch:
                book.add(record)
        book.close()
        with path.open("rb") as file:
            yield from iter(partial(file.read, PIECE), b"")


class Book:
    """A workbook that grows row by row."""

    def __init__(self, path: str, folder: str, names: Sequence[str]) -> None:
        import xlsxwriter  # late: most processes never write a workbook

        self.names = names
        self.book = xlsxwriter.Workbook(path, {**OPTIONS, "tmpdir": folder})
        self.formats: dict[str, Any] = {}
        self.sheets = 0
        self.begin_sheet()

    def begin_sheet(self) -> None:
        """Begin a sheet with the headings."""
        self.sheets += 1
        self.sheet = self.book.add_worksheet(NAME if self.sheets == 1 else f"{NAME} {self.sheets}")
        self.sheet.freeze_panes(1, 0)
        for place, name in enumerate(self.names):
            self.sheet.set_column(place, place, min(max(len(name) + 2, NARROWEST), WIDEST))
        self.row = 0
        for place, name in enumerate(self.names):
            self.sheet.write_string(0, place, name[:LONGEST], self.like("heading"))

    def like(self, name: str) -> Any:
        """Return a format; made once."""
        if name not in self.formats:
            words = {"num_format": LIKE.get(name, name), **({"bold": True} if name == "heading" else {})}
            self.formats[name] = self.book.add_format(words)
        return self.formats[name]

    def add(self, record: Sequence[Any]) -> None:
        """Add one record."""
        if self.row + 1 == MOST_ROWS:
            self.begin_sheet()
        self.row += 1
        for place, value in enumerate(record):
            if value is not None:
                self.write(place, typed(value))

    def write(self, place: int, value: Any) -> None:
        """Write one cell as what it is."""
        if isinstance(value, bool):
            self.sheet.write_boolean(self.row, place, value)
        elif isinstance(value, int | float | Decimal):
            self.sheet.write_number(self.row, place, value, self.like(number_format(value)))
        elif isinstance(value, date):
            name = "moment" if isinstance(value, datetime) else "day"
            self.sheet.write_datetime(self.row, place, value, self.like(name))
        else:
            self.sheet.write_string(self.row, place, value, self.like("text"))

    def close(self) -> None:
        """Write the file."""
        self.book.close()


def typed(value: Any) -> bool | float | Decimal | date | str:
    """Return a plain value as a cell holds it: text where a number or a date of Excel would be another value."""
    if isinstance(value, datetime):
        here = local(value).replace(tzinfo=None) if value.tzinfo else value
        return here if here.date() >= FIRST_DAY else on_our_clock(value)
    if isinstance(value, date):
        return value if value >= FIRST_DAY else value.isoformat()
    if isinstance(value, bool) or (isinstance(value, int | float | Decimal) and is_exact(value)):
        return value
    text = str(value) if isinstance(value, int | float) else as_words(value)
    return text if len(text.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST else TOO_LONG


def is_exact(value: float | Decimal) -> bool:
    """Return whether Excel keeps a number's every digit; it counts fifteen."""
    if isinstance(value, int):
        return abs(value) < EXACT
    if isinstance(value, Decimal):
        return (
            value.is_finite() and len(value.as_tuple().digits) < len(str(EXACT)) and -value.adjusted() < len(str(EXACT))
        )
    return f"{value:.15G}" not in {"INF", "-INF", "NAN"} and float(f"{value:.15G}") == value


def number_format(value: float | Decimal) -> str:
    """Return how a number is shown: Excel puts the separators of the reader's country."""
    if isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))
        return f"#,##0.{'0' * places}" if places else "#,##0"
    return "0" if isinstance(value, int) else "General"


def sheets_of(rows: int) -> int:
    """Return how many sheets so many records fill."""
    return max(1, -(-rows // (MOST_ROWS - 1)))
