"""One typing mistake in a name is found, and nothing that is further away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.generator.slips import LONGEST, slip_pattern

LETTERS = st.characters(categories=["Ll", "Lu"], max_codepoint=0x24F)
WORDS = st.text(LETTERS, min_size=4, max_size=LONGEST - 1)


def matches(typed: str, name: str) -> bool:
    """Read the pattern as PostgreSQL does, whose word boundaries have other names."""
    return bool(re.search(slip_pattern(typed).replace(r"\m", r"\b").replace(r"\M", r"\b"), name))


@given(WORDS, st.data())
def test_every_single_slip_finds_the_name(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(LETTERS)
    typed = [
        name[:place] + letter + name[place + 1 :],
        name[:place] + letter + name[place:],
        name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :],
        *([name[:place] + name[place + 1 :]] if len(name) > 4 else []),
    ]
    assert [each for each in typed if not matches(each, f"{name} & Sons")] == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Dlemani", "Dlamini"), ("Botha", "Bothmas & co"), ("Nosam", "Nomsa X")],
)
def test_two_slips_are_too_many(typed: str, name: str) -> None:
    assert not matches(typed, name)


@pytest.mark.parametrize("word", ["", "Ada", "x" * (LONGEST + 1), "naïve.*", "a(b", "1234", "ab_cd", "O'Neil", "a\\d+"])
def test_what_is_no_word_of_letters_has_no_pattern(word: str) -> None:
    assert slip_pattern(word) == ""
