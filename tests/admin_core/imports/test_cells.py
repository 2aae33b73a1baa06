"""A cell is read as the form reads it, whatever program wrote it; what an export wrote is no change."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from admin_core.csv_text import safe, unguarded
from admin_core.exports.sheets import typed
from admin_core.exports.texts import FORMATS, in_cell, in_json, reader
from admin_core.generator.forms.editor import Wrong
from admin_core.generator.forms.fields import Slot
from admin_core.generator.forms.kinds import editor_of
from admin_core.generator.spec import ColumnSpec
from admin_core.imports.cells import Written, is_change, is_empty, is_kept, reader_of, value_in

CHOICES = (("draft", "Not shown yet"), ("live", "Shown"))
COLUMNS: dict[str, tuple[ColumnSpec, Any]] = {
    "text": (ColumnSpec("a", "a", "text", "A"), sa.Text()),
    "integer": (ColumnSpec("a", "a", "integer", "A"), sa.BigInteger()),
    "money": (ColumnSpec("a", "a", "integer", "A", widget="money"), sa.BigInteger()),
    "decimal": (ColumnSpec("a", "a", "decimal", "A", precision=12, scale=3), sa.Numeric(12, 3)),
    "float": (ColumnSpec("a", "a", "float", "A"), sa.Double()),
    "boolean": (ColumnSpec("a", "a", "boolean", "A"), sa.Boolean()),
    "date": (ColumnSpec("a", "a", "date", "A"), sa.Date()),
    "moment": (ColumnSpec("a", "a", "moment", "A"), sa.DateTime(timezone=True)),
    "local_moment": (ColumnSpec("a", "a", "local_moment", "A"), sa.DateTime()),
    "time": (ColumnSpec("a", "a", "time", "A"), sa.Time()),
    "interval": (ColumnSpec("a", "a", "interval", "A"), sa.Interval()),
    "json": (ColumnSpec("a", "a", "json", "A"), sa.JSON()),
    "array": (ColumnSpec("a", "a", "array", "A", item=ColumnSpec("i", "i", "text", "I")), sa.ARRAY(sa.Text())),
    "moments": (ColumnSpec("a", "a", "array", "A", item=ColumnSpec("i", "i", "moment", "I")),
                sa.ARRAY(sa.DateTime(timezone=True))),
}  # fmt: skip
NOON = datetime(2026, 3, 5, 12, 7, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)


def slot_of(name: str) -> tuple[Slot, Any]:
    column, type_ = COLUMNS[name]
    editor = editor_of(column, type_)
    assert editor is not None
    return Slot(column, editor, required=False), reader_of(column, type_, editor)


@pytest.mark.parametrize(("name", "source", "cell", "value"), [
    ("text", "csv", "'=1+1", "=1+1"),
    ("text", "csv", "it's", "it's"),
    ("text", "xlsx", "'=1+1", "'=1+1"),
    ("text", "xlsx", 27821234567, "27821234567"),
    ("text", "xlsx", 5.0, "5"),
    ("text", "xlsx", datetime.fromisoformat("2026-03-05"), "2026-03-05"),
    ("integer", "csv", "1 234", 1234),
    ("integer", "xlsx", 1234.0, 1234),
    ("money", "csv", "1 234,56", 123456),
    ("money", "csv", "1234.56", 123456),
    ("money", "csv", "R 1\u00a0234,56", 123456),
    ("money", "xlsx", 1234.56, 123456),
    ("decimal", "csv", "1234.5", Decimal("1234.500")),
    ("decimal", "xlsx", 0.001, Decimal("0.001")),
    ("float", "xlsx", 1e-7, 1e-7),
    ("boolean", "csv", "TRUE", True),
    ("boolean", "xlsx", False, False),
    ("boolean", "csv", "No", False),
    ("date", "csv", "2026-03-05", date(2026, 3, 5)),
    ("date", "xlsx", datetime.fromisoformat("2026-03-05"), date(2026, 3, 5)),
    ("moment", "csv", "2026-03-05 14:07", NOON),
    ("moment", "csv", "2026-03-05T12:07:00+00:00", NOON),
    ("moment", "csv", "2026-03-05T12:07:00Z", NOON),
    ("moment", "xlsx", NAIVE + timedelta(hours=2), NOON),
    ("moment", "xlsx", datetime.fromisoformat("2026-03-05").date(), datetime(2026, 3, 4, 22, tzinfo=UTC)),
    ("local_moment", "xlsx", NAIVE, NAIVE),
    ("time", "xlsx", time(14, 7), time(14, 7)),
    ("time", "xlsx", timedelta(hours=14, minutes=7), time(14, 7)),
    ("interval", "csv", "'-01:00:00", timedelta(hours=-1)),
    ("interval", "xlsx", timedelta(days=2, hours=1), timedelta(days=2, hours=1)),
    ("json", "csv", '{"a": [1, null]}', {"a": [1, None]}),
    ("json", "jsonl", {"a": [1, None]}, {"a": [1, None]}),
    ("json", "csv", "null", sa.JSON.NULL),
    ("array", "csv", '["a", "b"]', ["a", "b"]),
    ("array", "csv", "a\nb", ["a", "b"]),
    ("array", "jsonl", ["a", None], ["a", None]),
    ("moments", "jsonl", ["2026-03-05T12:07:00+00:00"], [NOON]),
])  # fmt: skip
def test_a_cell_is_read(name: str, source: Any, cell: Any, value: Any) -> None:
    slot, read = slot_of(name)
    assert value_in(slot, read, cell, source) == value


@pytest.mark.parametrize(("name", "cell", "sentence"), [
    ("money", "1,234", "can mean two numbers"),
    ("integer", "12.5", "whole number"),
    ("integer", "9" * 30, "between"),
    ("decimal", "1.2345", "more than 3 decimals"),
    ("boolean", "maybe", "yes or no"),
    ("date", "05/03/2026", "Type a day like"),
    ("date", "2026-02-30", "no such day"),
    ("moment", "9999-12-31T23:59:59-12:00", "calendar"),
    ("moment", "yesterday", "Type a moment like"),
    ("json", "{", "not JSON"),
    ("array", "[1", "not JSON"),
    ("text", "a\x00b", "NUL"),
    ("text", "\ud800", "broken character"),
])  # fmt: skip
def test_what_cannot_be_read_is_said(name: str, cell: str, sentence: str) -> None:
    slot, read = slot_of(name)
    with pytest.raises(Wrong, match=sentence):
        value_in(slot, read, cell, "csv")


@pytest.mark.parametrize(
    ("cell", "value"), [("draft", "draft"), ("LIVE", "live"), ("not shown yet", "draft"), ("x", None)]
)
def test_a_choice_is_taken_by_value_or_label(cell: str, value: str | None) -> None:
    column = ColumnSpec("a", "a", "enum", "A", choices=CHOICES)
    editor = editor_of(column, sa.Enum("draft", "live"))
    assert editor is not None
    if value is None:
        with pytest.raises(Wrong, match="must be one of: draft, live"):
            value_in(Slot(column, editor, required=False), editor.read, cell, "csv")
        return
    assert value_in(Slot(column, editor, required=False), editor.read, cell, "csv") == value


def test_what_is_empty_and_what_is_kept() -> None:
    text, number = COLUMNS["text"][0], COLUMNS["integer"][0]
    assert [is_empty(text, cell) for cell in (None, "", " ", 0, False)] == [True, True, False, False, False]
    assert [is_empty(number, cell) for cell in (None, "", " ", 0)] == [True, True, True, False]
    assert [is_kept(cell) for cell in ("•••", " ••• ", "••", None, 0)] == [True, True, False, False, False]


TEXTS = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(TEXTS, min_size=1, max_size=40),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "money": st.integers(-(2**60), 2**60),
    "decimal": st.decimals(-(10**8), 10**8, places=3),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "date": st.dates(),
    "moment": st.datetimes(datetime(1800, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    "local_moment": st.datetimes(),
    "time": st.times(),
    "interval": st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)),
    "json": st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(TEXTS, max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(TEXTS, max_size=3), inner, max_size=3),
    ).filter(lambda value: value is not None),
    "array": st.lists(st.text(TEXTS, max_size=5).filter(lambda text: "\r" not in text), max_size=4),
    "moments": st.lists(st.datetimes(datetime(1800, 1, 1), timezones=st.just(UTC)), max_size=3),  # noqa: DTZ001
}  # fmt: skip
assert VALUES.keys() == COLUMNS.keys()


@pytest.mark.parametrize("name", sorted(COLUMNS))
@given(st.data())
def test_what_an_export_wrote_is_no_change_and_reads_back(name: str, data: st.DataObject) -> None:
    stored = data.draw(VALUES[name])
    slot, read = slot_of(name)
    plain = reader(slot.column)(stored)
    written: list[tuple[Any, Any]] = [("csv", in_cell(FORMATS[form], plain)) for form in ("csv", "excel")]
    written += [("xlsx", in_excel(typed(plain))), ("jsonl", json.loads(json.dumps(in_json(plain))))]
    for source, cell in written:
        assert Written.of(slot.column, stored).is_in(cell, source), (source, cell)
        if is_empty(slot.column, cell) or is_ambiguous(cell):
            continue
        assert not is_change(slot, stored, value_in(slot, read, cell, source)) or name in ROUNDED, (source, cell)


ROUNDED = {"moment", "local_moment", "time", "moments"}
"""What a form shows to the second."""


def in_excel(cell: Any) -> Any:
    """Return a cell as it comes out of a workbook: every number is a float there, every day a moment."""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=cell.microsecond // 1000 * 1000)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    return float(cell) if isinstance(cell, Decimal) else cell


def is_ambiguous(cell: Any) -> bool:
    """Return whether a number of an Excel CSV could mean two: the form asks, and so does an import that changes it."""
    slot, read = slot_of("decimal")
    try:
        value_in(slot, read, cell, "csv")
    except Wrong as wrong:
        return "two numbers" in wrong.sentence
    return False


@given(st.text(max_size=30).filter(lambda text: not text.startswith("'")))
def test_guards_are_taken_away_again(text: str) -> None:
    assert unguarded(safe(text)) == text
