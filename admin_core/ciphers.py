"""Encrypts short texts that leave the server and come back: cursors, view states. Keys rotate: old ones still open.

The purpose is bound into the key, so that a text made for one place is worth nothing in another.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(ValueError):
    """The text was not made by us for this purpose, or has been changed."""


class Cipher:
    """Seals and opens texts for a named purpose."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the current secret key first, then the old ones."""
        self.keys = tuple(keys)

    @property
    def key_id(self) -> str:
        """A short name of the current key, kept beside what it encrypts; it tells nothing about the key."""
        return derived(self.keys[0], "key id").hex()[:12]

    def seal(self, purpose: str, text: str) -> str:
        """Return the text encrypted and signed, safe in a URL."""
        return fernet(self.keys, purpose).encrypt(text.encode()).decode().rstrip("=")

    def open(self, purpose: str, sealed: str) -> str:
        """Return the text, or raise Unreadable."""
        padded = sealed + "=" * (-len(sealed) % 4)
        try:
            return fernet(self.keys, purpose).decrypt(padded.encode("ascii")).decode()
        except (InvalidToken, UnicodeError) as error:
            raise Unreadable(f"not a valid {purpose}") from error


@lru_cache(maxsize=512)
def fernet(keys: tuple[str, ...], purpose: str) -> MultiFernet:
    """Return the box of one purpose; deriving its keys costs about as much as a query, hence the cache."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, purpose))) for key in keys])


def derived(key: str, purpose: str) -> bytes:
    """Return 32 bytes that belong to this key and purpose alone."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
