"""One number in every spelling, and what a piece of one may be a piece of."""

import pytest

from admin_core.generator.search import as_phone, check_words
from admin_core.phones import pieces_of_phone

SPELLINGS = [
    "082 123 4567", "0821234567", "+27821234567", "+27 82 123 4567", "27 82 123 4567", "27821234567", "82 123 4567",
    "0027 82 123 4567", "+27 (0)82 123 4567", "(082) 123-4567", "082-123-4567", "082.123.4567", "082/123 4567",
    "+27-82-123-4567", " 082  123  4567 ", "082\u00a0123\u00a04567", "082\u2013123\u20134567", "082\u2011123\u20114567",
    "\u202a+27 82 123 4567\u202c", "tel:+27821234567", "+2782 1234567",
]  # fmt: skip


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_number_is_the_same_in_every_spelling(typed: str) -> None:
    assert as_phone(check_words(typed)) == "+27821234567"


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("082 12", ("278212", "08212")),
        ("082", ("2782", "082")),
        ("+27 82 12", ("278212",)),
        ("27 82 12", ("278212",)),
        ("+27 (0)82 12", ("278212",)),
        ("0027 82 1", ("27821", "0027821")),
        ("123 45", ("12345",)),
        ("4567", ("4567",)),
        ("00 7", ("007",)),
        ("00 77", ("0077",)),
        ("12", ()),
        ("+", ()),
        ("", ()),
        ("Ada 123", ()),
        ("123%", ()),
        ("\u0661\u0662\u0663\u0664", ()),
    ],
)
def test_a_piece_of_a_number_stands_in_its_international_form(typed: str, pieces: tuple[str, ...]) -> None:
    assert pieces_of_phone(typed) == pieces
