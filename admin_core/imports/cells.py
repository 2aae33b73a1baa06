"""Cells of a file become values of columns, by the readers of forms, and are compared with what is stored. Pure.

A cell that is what an export writes of the stored value is no change, whatever precision the file's format keeps.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from admin_core.csv_text import unguarded
from admin_core.exports.sheets import TOO_LONG, typed
from admin_core.exports.texts import FORMATS, in_cell, in_json, reader
from admin_core.generator.forms import structures, times
from admin_core.generator.forms.editor import Editor, Wrong
from admin_core.generator.forms.fields import Slot
from admin_core.generator.forms.kinds import editor_of
from admin_core.generator.spec import ColumnSpec
from admin_core.imports.tables import Source
from admin_core.policy import MASK

TEXTS = frozenset({"text", "longtext"})
KEPT = frozenset({MASK, TOO_LONG})
"""Cells that stand for something an export did not show: what is stored stays."""
MILLISECOND = timedelta(milliseconds=1)
"""What Excel keeps of a moment."""
EXACT = 2**53


def is_empty(column: ColumnSpec, cell: Any) -> bool:
    """Return whether a cell holds nothing; spaces are something in a text only."""
    if isinstance(cell, str):
        return cell == "" if column.kind in TEXTS else not cell.strip()
    return cell is None


def is_kept(cell: Any) -> bool:
    """Return whether a cell says that what is stored stays."""
    return isinstance(cell, str) and cell.strip() in KEPT


def text_in(column: ColumnSpec, cell: Any, source: Source) -> str:
    """Return a cell as somebody would type it into the form."""
    if isinstance(cell, str) and (source, column.kind) != ("jsonl", "json"):
        return unguarded(cell) if source == "csv" else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number_in(cell)
    return on_calendar(column, cell) or json.dumps(cell, ensure_ascii=False)


def on_calendar(column: ColumnSpec, cell: Any) -> str:
    """Return a moment, day, time or span of a workbook as a column of this kind wants it; empty for anything else."""
    is_moment = column.kind in {"moment", "local_moment"}
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if is_moment or cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, timedelta):
        return clock_of(cell) if column.kind == "time" else times.show_interval(cell)
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00" if is_moment else cell.isoformat()
    return cell.isoformat() if isinstance(cell, time) else ""


def number_in(cell: float) -> str:
    """Return all digits of a number; a whole one has no point."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    return str(cell) if isinstance(cell, int) else format(Decimal(repr(cell)), "f")


def clock_of(span: timedelta) -> str:
    """Return a time of day that a workbook holds as a span."""
    day = datetime(2000, 1, 1, tzinfo=UTC)
    return (day + span).time().isoformat() if timedelta() <= span < timedelta(days=1) else str(span)


def value_in(slot: Slot, read: Callable[[str], Any], cell: Any, source: Source) -> Any:
    """Return the value that a cell stands for, as the form would read it; Wrong says what is wrong with it."""
    text = text_in(slot.column, cell, source)
    if slot.editor.choices and slot.reference is None:
        text = chosen(slot, text)
    value = read(text)
    return sa.JSON.NULL if value is None else value


def chosen(slot: Slot, text: str) -> str:
    """Return a stored word for the word or its label, whatever its case."""
    words = text.strip().casefold()
    if words in {value.casefold() for value, _ in slot.editor.choices}:
        return next(value for value, _ in slot.editor.choices if value.casefold() == words)
    named = [value for value, label in slot.editor.choices if label.casefold() == words]
    if len(named) == 1:
        return named[0]
    if slot.column.kind == "boolean":
        return text
    raise Wrong(f"It must be one of: {', '.join(value for value, _ in slot.editor.choices)}.")


def reader_of(column: ColumnSpec, type_: sa.types.TypeEngine[Any], editor: Editor) -> Callable[[str], Any]:
    """Return how typed text of a column is read: as in its form, and moments as exports write them, too."""
    if isinstance(type_, sa.types.TypeDecorator):
        type_ = type_.impl_instance
    if column.kind == "moment":
        return read_moment
    if column.kind == "array" and column.item and isinstance(type_, sa.ARRAY):
        item = editor_of(column.item, type_.item_type)
        if item is not None:
            return structures.array_reader(replace(item, read=reader_of(column.item, type_.item_type, item)))
    return editor.read


def read_moment(text: str) -> datetime:
    """Return an instant: with its own zone, or as our wall clock shows it."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return times.read_moment(text)
    if found.tzinfo is None:
        return times.read_moment(text)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise Wrong("That moment lies outside the calendar.") from None


@dataclass(frozen=True)
class Written:
    """A stored value as exports write it."""

    column: ColumnSpec
    plain: Any

    @classmethod
    def of(cls, column: ColumnSpec, stored: Any) -> "Written":
        """Return the exports' view of a stored value that is not None."""
        return cls(column, reader(column)(stored))

    def is_in(self, cell: Any, source: Source) -> bool:
        """Return whether a cell of a file is exactly what an export wrote there."""
        if source == "csv":
            return any(cell == in_cell(FORMATS[name], self.plain) for name in ("csv", "excel"))
        if source == "jsonl":
            return bool(type(cell) is type(in_json(self.plain)) and cell == in_json(self.plain))
        return is_same_cell(cell, typed(self.plain))


def is_same_cell(cell: Any, held: Any) -> bool:
    """Return whether a workbook's cell is what an export put there: Excel rounds moments to milliseconds."""
    if isinstance(held, datetime) and isinstance(cell, datetime):
        return abs(cell - held) <= MILLISECOND
    if isinstance(held, date) and isinstance(cell, datetime):
        return cell == datetime.combine(held, time())
    if isinstance(held, str) or isinstance(cell, str) or isinstance(held, bool) != isinstance(cell, bool):
        return (cell or "") == held if isinstance(held, str) else False
    return isinstance(cell, int | float) and float(cell) == float(held) if not isinstance(held, date) else False


def is_change(slot: Slot, stored: Any, value: Any) -> bool:
    """Return whether a value differs from the stored one by more than a form shows."""
    if value is sa.JSON.NULL:
        return stored is not None
    return bool(stored != value) and slot.text_of(stored) != slot.text_of(value)
