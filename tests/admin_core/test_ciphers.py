"""Ciphers: what is sealed for one purpose opens for that purpose alone, and keys rotate."""

import pytest

from admin_core.ciphers import Cipher, Unreadable

CIPHER = Cipher(["new-key-of-at-least-32-characters", "old-key-of-at-least-32-characters"])


@pytest.mark.parametrize("text", ["", "ada@example.com", "ünï→✓", "x" * 5_000])
def test_what_is_sealed_opens_again(text: str) -> None:
    sealed = CIPHER.seal("cursor", text)
    assert CIPHER.open("cursor", sealed) == text
    assert not text or text not in sealed


def test_a_text_sealed_for_another_purpose_is_refused() -> None:
    with pytest.raises(Unreadable):
        CIPHER.open("view state", CIPHER.seal("cursor", "x"))


def test_a_text_sealed_under_the_old_key_still_opens() -> None:
    old = Cipher(["old-key-of-at-least-32-characters"])
    assert CIPHER.open("cursor", old.seal("cursor", "x")) == "x"
    with pytest.raises(Unreadable):
        old.open("cursor", CIPHER.seal("cursor", "x"))


@pytest.mark.parametrize("sealed", ["", "a", "====", "gAAAA", "é", "\x00", "x" * 10_000])
def test_what_we_did_not_make_is_refused(sealed: str) -> None:
    with pytest.raises(Unreadable):
        CIPHER.open("cursor", sealed)
