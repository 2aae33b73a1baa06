"""Records as the bytes of a file, whichever its format. Pure but for a workbook's temporary file."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from admin_core.exports.sheets import sheets_of, workbook
from admin_core.exports.texts import Format, head, record
from admin_core.theme.formats import number

Records = Iterable[Sequence[Any]]


def content(form: Format, names: Sequence[str], batches: Iterable[Records]) -> Iterator[bytes]:
    """Yield the file; ``batches`` are read one after the other."""
    if form.is_workbook:
        yield from workbook(names, batches)
        return
    yield head(form, names)
    for batch in batches:
        yield b"".join(record(form, names, values) for values in batch)


def told(form: Format, rows: int) -> str:
    """Return what a file holds, in a sentence."""
    sheets = sheets_of(rows) if form.is_workbook else 1
    return f"{number(rows)} rows" + (f" in {sheets} sheets: more than one sheet of Excel holds." if sheets > 1 else ".")
