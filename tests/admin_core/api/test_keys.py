"""Keys as text: their shape, their checksum, what is stored of them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.api.keys import BASE62, SECRET_LENGTH, checksum, digest_of, holds_key, is_same, new_key, prefix_of


@pytest.mark.parametrize(("browser", "kind"), [(False, "hia_"), (True, "hib_")])
def test_a_new_key_is_read_back_by_its_prefix(browser: bool, kind: str) -> None:
    keys = [new_key(browser=browser) for _ in range(200)]
    assert all(key.text.startswith(f"{key.prefix}_") and key.prefix.startswith(kind) for key in keys)
    assert [prefix_of(key.text) for key in keys] == [key.prefix for key in keys]
    assert len({key.prefix for key in keys}) == len(keys)


def test_a_key_holds_more_than_160_random_bits() -> None:
    assert len(BASE62) ** SECRET_LENGTH > 2**160
    drawn = "".join(new_key(browser=False).text[13:] for _ in range(100))
    assert set(drawn) == set(string.ascii_letters + string.digits)


def test_a_key_shows_itself_in_no_repr() -> None:
    key = new_key(browser=False)
    assert key.text not in repr(key)
    assert key.prefix in repr(key)


@given(st.integers(0, 48), st.characters(codec="ascii"))
def test_a_key_with_a_letter_changed_is_told_apart(place: int, letter: str) -> None:
    text = "hia_abcdefgh_" + "A" * 32 + checksum("hia_abcdefgh_" + "A" * 32)
    changed = text[:place] + letter + text[place + 1 :]
    assert (prefix_of(changed) is None) == (changed != text)


@given(st.text())
def test_no_other_text_is_a_key(text: str) -> None:
    assert prefix_of(text) is None


def test_the_checksum_is_what_it_was() -> None:
    assert checksum("") == "000000"
    number = 0
    for letter in checksum("123456789"):
        number = number * 62 + BASE62.index(letter)
    assert number == 0xCBF43926  # the check value of CRC-32


def test_what_is_stored_is_compared_whole() -> None:
    key = new_key(browser=False)
    assert is_same(key.digest, digest_of(key.text))
    assert not is_same(key.digest, digest_of(key.text + " "))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hia_abcd1234_x", True), ("x=HIA_ABCD", True), ("Bearer hib_abcd", True), ("hia", False), ("hia_", False),
        ("chia_seeds", False), ("", False), ("hic_abcd1234", False),
    ],
)  # fmt: skip
def test_something_that_looks_like_a_key_is_noticed(text: str, found: bool) -> None:
    assert holds_key(text) == found
