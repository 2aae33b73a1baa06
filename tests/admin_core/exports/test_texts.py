"""Files hold what was stored, and nothing that a spreadsheet runs."""

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core import csv_text
from admin_core.exports.texts import FORMATS, Parsed, head, reader, record
from admin_core.generator.spec import ColumnSpec

CSV, EXCEL, JSONL = FORMATS["csv"], FORMATS["excel"], FORMATS["jsonl"]
NOON = datetime(2026, 3, 5, 12, 7, 8, 123456, tzinfo=UTC)


@pytest.mark.parametrize(("value", "plain", "excel", "as_json"), [
    (None, "", "", None),
    ("", '""', '""', ""),
    ("Ada", "Ada", "Ada", "Ada"),
    (" Ada ", " Ada ", " Ada ", " Ada "),
    ('say "hi"', '"say ""hi"""', '"say ""hi"""', 'say "hi"'),
    ("a,b;c", '"a,b;c"', '"a,b;c"', "a,b;c"),
    ("two\nlines", '"two\nlines"', '"two\nlines"', "two\nlines"),
    ("=1+1", "'=1+1", "'=1+1", "=1+1"),
    ("+27821234567", "'+27821234567", "'+27821234567", "+27821234567"),
    ("\t=1", "'\t'=1", "'\t'=1", "\t=1"),
    (7, "7", "7", 7),
    (-7, "-7", "-7", -7),
    (9_223_372_036_854_775_807, "9223372036854775807", "9223372036854775807", 9_223_372_036_854_775_807),
    (Decimal("1234.50"), "1234.50", "1234,50", "1234.50"),
    (Decimal("1E+3"), "1000", "1000", "1E+3"),
    (Decimal("NaN"), "NaN", "NaN", "NaN"),
    (0.1, "0.1", "0,1", 0.1),
    (float("inf"), "inf", "inf", "inf"),
    (True, "yes", "yes", True),
    (False, "no", "no", False),
    (NOON, "2026-03-05T12:07:08.123456+00:00", "2026-03-05 14:07:08.123456", "2026-03-05T12:07:08.123456+00:00"),
    (NOON.astimezone(timezone(timedelta(hours=-5))), "2026-03-05T12:07:08.123456+00:00", "2026-03-05 14:07:08.123456",
     "2026-03-05T12:07:08.123456+00:00"),
    (NOON.replace(microsecond=120_000), "2026-03-05T12:07:08.12+00:00", "2026-03-05 14:07:08.12",
     "2026-03-05T12:07:08.120000+00:00"),
    (NOON.replace(tzinfo=None), "2026-03-05T12:07:08.123456", "2026-03-05 12:07:08.123456",
     "2026-03-05T12:07:08.123456"),
    (["a", 1], '"[""a"", 1]"', '"[""a"", 1]"', ["a", 1]),
    (b"\x00\xff", "00ff", "00ff", "00ff"),
    ([Decimal("1.10"), None], '"[""1.10"", null]"', '"[""1.10"", null]"', ["1.10", None]),
    (date(2026, 3, 5), "2026-03-05", "2026-03-05", "2026-03-05"),
    (time(14, 7), "14:07:00", "14:07:00", "14:07:00"),
    (timedelta(hours=-1), "'-01:00:00", "'-01:00:00", "-01:00:00"),
    (Parsed("a"), '"""a"""', '"""a"""', "a"),
    (Parsed([1, None]), '"[1, null]"', "[1, null]", [1, None]),
    ([date(2026, 3, 5)], '"[""2026-03-05""]"', '"[""2026-03-05""]"', ["2026-03-05"]),
    ({"at": date(2026, 3, 5)}, '"{""at"": ""2026-03-05""}"', '"{""at"": ""2026-03-05""}"', {"at": "2026-03-05"}),
])  # fmt: skip
def test_a_value_is_written(value: Any, plain: str, excel: str, as_json: Any) -> None:
    assert record(CSV, ("x",), (value,)).decode() == f"{plain}\n"
    assert record(EXCEL, ("x",), (value,)).decode() == f"{excel}\n"
    assert json.loads(record(JSONL, ("x",), (value,))) == {"x": as_json}


@given(st.lists(st.one_of(st.none(), st.text(max_size=40), st.integers()), min_size=2, max_size=6))
def test_what_is_written_is_read_back(values: list[Any]) -> None:
    names = tuple(f"c{number}" for number in range(len(values)))
    for form in (CSV, EXCEL):
        text = (head(form, names) + record(form, names, values)).decode("utf-8-sig")
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=form.separator))
        assert read[0] == list(names)
        for cell, value in zip(read[1], values, strict=True):
            assert cell == ("" if value is None else csv_text.safe(value))
    assert list(json.loads(record(JSONL, names, values)).values()) == values


@given(st.text(max_size=30))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    (cell,) = next(csv.reader(io.StringIO(record(CSV, ("x",), (text,)).decode(), newline="")), [""])
    assert cell.strip()[:1] not in {"=", "+", "-", "@"}


def test_a_heading_is_no_formula_either() -> None:
    assert head(CSV, ("@SUM(1)", "=x")) == b"'@SUM(1),'=x\n"


@pytest.mark.parametrize(("column", "stored", "plain"), [
    (ColumnSpec("a", "a", "integer", "A", widget="money"), 49_900, Decimal("499.00")),
    (ColumnSpec("a", "a", "integer", "A"), 49_900, 49_900),
    (ColumnSpec("a", "a", "date", "A"), date(2026, 3, 5), date(2026, 3, 5)),
    (ColumnSpec("a", "a", "moment", "A"), NOON, NOON),
    (ColumnSpec("a", "a", "integer", "A", widget="money"), None, None),
    (ColumnSpec("a", "a", "json", "A"), "a", Parsed("a")),
])  # fmt: skip
def test_a_stored_value_is_made_plain(column: ColumnSpec, stored: Any, plain: Any) -> None:
    assert reader(column)(stored) == plain
