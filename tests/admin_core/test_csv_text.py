"""Over five hundred formulas in CSV: none begins a cell, whichever separator the spreadsheet believes in."""

import csv
import io
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.csv_text import line, safe

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")  # noqa: RUF001 - as spreadsheets take them
BEFORE = (
    "",
    " ",
    "   ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\ufeff",
    "\x0b",
    "\xa0",
    "\u2003",
    "\x01",
    "x;",
    "x; ",
    "x;\t",
    "x\n",
    "x\r\n ",
    "x;'",
)
CALLS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","x")', "SUM(A1:A9)*2", "IMPORTXML(A1)", "")
PAYLOADS = [f"{before}{sign}{call}" for before, sign, call in product(BEFORE, SIGNS, CALLS)]
IGNORED = "\ufeff\xa0\u2003" + "".join(map(chr, range(33)))


def is_active(cell: str) -> bool:
    """Return whether a spreadsheet would calculate a cell that begins like this."""
    return cell.lstrip(IGNORED).startswith(SIGNS)


def cells(text: str, separator: str) -> list[str]:
    """Return every cell as a spreadsheet with this separator finds it."""
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]


def test_there_are_more_than_five_hundred() -> None:
    assert len(set(PAYLOADS)) > 500
    assert all(is_active(payload) or payload.startswith("x") for payload in PAYLOADS)


@pytest.mark.parametrize("separator", [",", ";"])
def test_no_formula_is_active(separator: str) -> None:
    active = [p for p in PAYLOADS if any(is_active(cell) for cell in cells(line(["Ada", p, 7]), separator))]
    assert active == []


@given(st.text(max_size=40))
def test_no_text_begins_a_formula_and_none_is_lost(text: str) -> None:
    assert not is_active(safe(text))
    assert safe(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("value", [-5, 0, 1.5, -1.5, Decimal("-499.00"), True])
def test_numbers_stay_numbers(value: object) -> None:
    assert safe(value) == str(value)


@pytest.mark.parametrize("text", ["Ada", "a-b", "ada@example.com", "1 + 1 = 2", "50%", "a; b", "", None])
def test_ordinary_text_is_left_alone(text: str | None) -> None:
    assert safe(text) == (text or "")
