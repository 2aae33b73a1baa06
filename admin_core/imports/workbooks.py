"""Rows of an uploaded Excel workbook: its values as they were last calculated, never its formulas. Bounded.

A workbook is a zip: how much it unpacks to is looked at before any of it is unpacked.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from admin_core.imports.decoding import Unreadable

MOST_UNPACKED = 150_000_000
MOST_STRINGS = 40_000_000
"""Bytes of the part that holds all texts: it is read at once."""
MOST_PARTS = 2_000
MOST_RATIO = 200
"""XML packs well, but no honest workbook so well."""
STRINGS = "xl/sharedStrings.xml"
AS_CSV = "Save the sheet as CSV UTF-8 and upload that."
FIRST = 4_096
DAMAGED = f"This is no Excel workbook, or it is damaged. {AS_CSV}"


def check(data: bytes) -> None:
    """Raise Unreadable for what is no workbook, or more than we unpack."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
            if "xl/workbook.xml" not in parts.namelist():
                raise Unreadable(DAMAGED)
            require_small(infos, len(data))
            for info in infos:
                if info.filename.endswith((".xml", ".rels")):
                    require_plain(parts.open(info).read(FIRST))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        raise Unreadable(DAMAGED) from None


def require_small(infos: Iterable[zipfile.ZipInfo], packed: int) -> None:
    """Raise Unreadable for a bomb, and for what would not fit in memory."""
    sizes = {info.filename: info.file_size for info in infos}
    total = sum(sizes.values())
    too_large = total > MOST_UNPACKED or sizes.get(STRINGS, 0) > MOST_STRINGS or len(sizes) > MOST_PARTS
    if too_large or total > MOST_RATIO * max(packed, 10_000):
        raise Unreadable(f"This workbook unpacks to more than can be read here. {AS_CSV}")


def require_plain(start: bytes) -> None:
    """Raise Unreadable for XML that declares entities: no workbook does, and they can grow without end."""
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise Unreadable(DAMAGED)


def rows_of(data: bytes) -> Iterator[list[Any]]:
    """Yield the rows of the first sheet, and of those after it that repeat its headings."""
    import openpyxl  # late: most processes never read a workbook

    check(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        yield from joined([sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")])
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 a damaged workbook raises whatever its damage leads to
        raise Unreadable(DAMAGED) from None


def joined(sheets: list[Any]) -> Iterator[list[Any]]:
    """Yield the rows of the sheets that belong together."""
    first: list[Any] | None = None
    for sheet in sheets:
        sheet.reset_dimensions()  # some programs write a wrong one, and rows would be missing
        rows = (bare(row) for row in sheet.iter_rows(values_only=True))
        heading = next(rows, None)
        if first is not None and heading != first:
            return
        if first is None and heading is not None:
            first = heading
            yield heading
        yield from rows


def bare(row: Iterable[Any]) -> list[Any]:
    """Return the cells of a row without the empty ones at its end."""
    from openpyxl.utils.escape import unescape  # late, as above

    cells = [unescape(cell) if isinstance(cell, str) and "_x" in cell else cell for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells
