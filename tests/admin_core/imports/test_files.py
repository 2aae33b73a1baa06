"""Files are read whatever wrote them, and refused in words when they can't be."""

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.imports.decoding import Unreadable, decoded, separator_of
from admin_core.imports.tables import heading_of, records, shape_of, too_wide
from admin_core.imports.workbooks import MOST_UNPACKED

TEXT = "Naïve,Ünlü\nŠkoda,€ 5"


@pytest.mark.parametrize(("data", "encoding"), [
    (TEXT.encode(), "UTF-8"),
    (TEXT.encode("utf-8-sig"), "UTF-8"),
    (TEXT.encode("utf-16"), "UTF-16"),
    (TEXT.encode("utf-16-le"), "UTF-16"),
    (TEXT.encode("utf-16-be"), "UTF-16"),
    (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
    (TEXT.encode("cp1252"), "Windows-1252"),
    (b"plain", "UTF-8"),
])  # fmt: skip
def test_an_encoding_is_found_out(data: bytes, encoding: str) -> None:
    found = decoded(data)
    assert (found.encoding, found.text) == (encoding, "plain" if data == b"plain" else TEXT)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x81\x8d\x8f"])
def test_what_is_no_text_is_said(data: bytes) -> None:
    with pytest.raises(Unreadable, match="Save it as CSV UTF-8"):
        decoded(data)


@pytest.mark.parametrize(("text", "separator"), [
    ("a,b,c\n1;2;3;4;5", ","),
    ("a;b;c\n1,2", ";"),
    ("a\tb", "\t"),
    ('"a,b,c";d', ";"),
    ('"a;b\n;;;",c,d', ","),
    ("alone", ","),
    ("", ","),
    ("\n\na;b", ";"),
])  # fmt: skip
def test_a_separator_is_found_out(text: str, separator: str) -> None:
    assert separator_of(text) == separator


def workbook(*rows: list[Any], **words: Any) -> bytes:
    book = openpyxl.Workbook(**words)
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("data", "headings", "rows"), [
    (b"a,b\r\n1,2\r\n\r\n3", ("a", "b"), [(2, ["1", "2"]), (4, ["3", None])]),
    (b"sep=;\na;b\n1;2", ("a", "b"), [(2, ["1", "2"])]),
    (b'a,b\n"x\ny",2\n3,4', ("a", "b"), [(2, ["x\ny", "2"]), (3, ["3", "4"])]),
    (b'{"a": 1, "b": null}\n\n{"b": [1], "a": true}', ("a", "b"), [(2, [1, None]), (3, [True, [1]])]),
    (workbook(["a", "b"], [1, "=1+1"], [None, "x"]), ("a", "b"), [(2, [1, None]), (3, [None, "x"])]),
])  # fmt: skip
def test_rows_are_numbered_as_the_spreadsheet_does(data: bytes, headings: Any, rows: Any) -> None:
    assert shape_of(data).headings == headings
    assert list(records(data, 2)) == rows


@pytest.mark.parametrize(("data", "sentence"), [
    (b"", "empty"),
    (b"a,b", "no row below"),
    (b",,\n1,2,3", "first row is empty"),
    (b"a\n" + b"[" * 10, None),
    (b'{"a": 1}\n[1]', "holds no object"),
    (b'{"a": ' + b"[" * 100_000, "not JSON"),
    (b"PK\x03\x04", "damaged"),
    (",".join("a" * 501).encode() + b"\n1", "501 columns"),
    (b"\xd0\xcf\x11\xe0", "old Excel"),
])  # fmt: skip
def test_what_is_no_table_is_said(data: bytes, sentence: str | None) -> None:
    if sentence is None:
        assert shape_of(data)
        return
    with pytest.raises(Unreadable, match=sentence):
        list(records(data, len(shape_of(data).headings)))


def bomb(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", parts.pop("workbook", b"<workbook/>"))
        for name, content in parts.items():
            made.writestr(f"xl/{name}.xml", content)
    return file.getvalue()


@pytest.mark.parametrize("data", [
    bomb(sheet=b" " * (MOST_UNPACKED + 1)),
    bomb(sheet=b" " * 10_000_000),
    bomb(workbook=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'),
    bomb(sharedStrings=b"<x>" * 20_000_000),
    bomb(),
], ids=["large", "dense", "entities", "strings", "hollow"])  # fmt: skip
def test_a_bomb_is_not_unpacked(data: bytes) -> None:
    with pytest.raises(Unreadable, match="CSV"):
        shape_of(data)


def test_sheets_of_one_heading_belong_together() -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in ((["a"], [1]), (["a"], [2]), (["b"], [3])):
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    assert list(records(file.getvalue(), 1)) == [(2, [1]), (3, [2])]


@pytest.mark.parametrize(
    ("cell", "heading"), [(None, ""), (" a\x00b ", "ab"), ("x" * 300, "x" * 200), ("\ud800", "?"), (1.5, "1.5")]
)
def test_a_heading_is_text_that_can_be_kept(cell: Any, heading: str) -> None:
    assert heading_of(cell) == heading


def test_a_row_that_is_too_wide_is_found() -> None:
    assert too_wide(b"a,b\n1,2,\n1,2,3", 2) == 3
    assert too_wide(b"a,b\n1,2", 2) == 0


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8),
                         min_size=2, max_size=2), min_size=1, max_size=5), st.sampled_from(",;\t"))  # fmt: skip
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows([["one", "two"], *rows])
    read = [cells for _, cells in records(out.getvalue().encode(), 2)]
    assert read == [row for row in rows if any(row)]
