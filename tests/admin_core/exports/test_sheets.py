"""A workbook holds typed values, and nothing that Excel runs or changes."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from admin_core.exports import sheets
from admin_core.exports.files import content, told
from admin_core.exports.sheets import TOO_LONG, workbook
from admin_core.exports.texts import FORMATS, Parsed
from tests.admin_core.exports.payloads import PAYLOADS

NOON = datetime(2026, 3, 5, 12, 7, 8, tzinfo=UTC)


def cells(values: list[Any], **words: Any) -> list[Any]:
    """Return the cells of one record as openpyxl reads them."""
    names = [f"c{place}" for place in range(len(values))]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(workbook(names, [[values]]))), **words)
    return list(next(book.worksheets[0].iter_rows(min_row=2, max_col=len(values))))


@pytest.mark.parametrize(("value", "held", "kind", "shown"), [
    ("Ada", "Ada", "s", "@"),
    ("007", "007", "s", "@"),
    ("", "", "s", "@"),
    ("=1+1", "=1+1", "s", "@"),
    ("https://example.com", "https://example.com", "s", "@"),
    ("\x01\r\n", "\x01\r\n", "s", "@"),
    ("x" * 32_768, TOO_LONG, "s", "@"),
    ("😀" * 16_384, TOO_LONG, "s", "@"),
    (7, 7, "n", "0"),
    (-7, -7, "n", "0"),
    (999_999_999_999_999, 999_999_999_999_999, "n", "0"),
    (1_000_000_000_000_000, "1000000000000000", "s", "@"),
    (Decimal("1234.50"), 1234.5, "n", "#,##0.00"),
    (Decimal("0.1234567890123456"), "0.1234567890123456", "s", "@"),
    (Decimal("NaN"), "NaN", "s", "@"),
    (0.1, 0.1, "n", "General"),
    (0.1 + 0.2, "0.30000000000000004", "s", "@"),
    (float("inf"), "inf", "s", "@"),
    (True, True, "b", "General"),
    (NOON, (NOON + timedelta(hours=2)).replace(tzinfo=None), "d", "yyyy-mm-dd hh:mm:ss"),
    (NOON.replace(tzinfo=None), NOON.replace(tzinfo=None), "d", "yyyy-mm-dd hh:mm:ss"),
    (datetime(1850, 1, 1, tzinfo=UTC), "1850-01-01 01:52:00", "s", "@"),
    (date(2026, 3, 5), datetime.fromisoformat("2026-03-05"), "d", "yyyy-mm-dd"),
    (date(9999, 12, 31), datetime.fromisoformat("9999-12-31"), "d", "yyyy-mm-dd"),
    (date(1900, 2, 28), "1900-02-28", "s", "@"),
    (time(14, 7), "14:07:00", "s", "@"),
    (timedelta(hours=-1), "-01:00:00", "s", "@"),
    (Parsed({"a": 1}), '{"a": 1}', "s", "@"),
    ([1, "a"], '[1, "a"]', "s", "@"),
    (b"\xff", "ff", "s", "@"),
])  # fmt: skip
def test_a_value_is_what_it_is(value: Any, held: Any, kind: str, shown: str) -> None:
    (cell,) = cells([value])
    text = unescape(cell.value) if isinstance(cell.value, str) else cell.value
    assert (text, cell.data_type, cell.number_format) == (held, kind, shown)


def test_nothing_is_an_empty_cell() -> None:
    assert [cell.value for cell in cells([None, 1])] == [None, 1]


def test_no_formula_of_five_hundred_is_active() -> None:
    assert len(PAYLOADS) == 500
    file = b"".join(workbook(["=1+1", "@x"], [[[payload, payload] for payload in PAYLOADS]]))
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        for name in parts.namelist():
            text = parts.read(name)
            assert not re.search(rb"<f[ >]|<hyperlink|TargetMode", text)
    for data_only in (True, False):
        rows = list(openpyxl.load_workbook(io.BytesIO(file), data_only=data_only).worksheets[0].iter_rows())
        assert all(cell.data_type == "s" for row in rows for cell in row)
        assert [unescape(str(row[0].value)) for row in rows[1:]] == PAYLOADS


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_every_text_is_read_back(texts: list[str]) -> None:
    read = [unescape(cell.value or "") for cell in cells([*texts, "end"], read_only=True)]
    assert read == [*texts, "end"]


def test_what_no_sheet_holds_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    file = b"".join(content(FORMATS["xlsx"], ["n"], [[[1], [2]], [[3], [4]], [[5], [6], [7]]]))
    book = openpyxl.load_workbook(io.BytesIO(file))
    assert book.sheetnames == ["Records", "Records 2", "Records 3"]
    assert [[row[0] for row in sheet.values] for sheet in book] == [["n", 1, 2, 3], ["n", 4, 5, 6], ["n", 7]]
    assert told(FORMATS["xlsx"], 7) == "7 rows in 3 sheets: more than one sheet of Excel holds."
    assert told(FORMATS["csv"], 7) == "7 rows."
