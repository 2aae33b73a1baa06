"""API keys as text: how they are made, read and hashed. Pure; which keys exist stands in ``key_store``.

``hia_<prefix>_<secret><checksum>``: the prefix is found again in lists and logs, the secret is 190 random bits, the
checksum tells a typing error and lets secret scanners report no false ones. ``hib_`` marks a key for web pages, which
is public: finding one in a page is no leak.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX_LETTERS = string.ascii_lowercase + string.digits
SERVER, BROWSER = "hia", "hib"
PREFIX_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 8, 32, 6
SHAPE = re.compile(
    rf"(hi[ab]_[a-z0-9]{{{PREFIX_LENGTH}}})_([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)
LOOKS_LIKE_ONE = re.compile(r"\bhi[ab]_[a-z0-9]{4,}", re.IGNORECASE)


@dataclass(frozen=True)
class NewKey:
    """A key that was just made. Its text is shown once and kept nowhere."""

    prefix: str
    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What is stored."""
        return digest_of(self.text)


def new_key(*, browser: bool) -> NewKey:
    """Return a new key."""
    kind = BROWSER if browser else SERVER
    prefix = f"{kind}_{''.join(secrets.choice(PREFIX_LETTERS) for _ in range(PREFIX_LENGTH))}"
    body = f"{prefix}_{''.join(secrets.choice(BASE62) for _ in range(SECRET_LENGTH))}"
    return NewKey(prefix, body + checksum(body))


def prefix_of(text: str) -> str | None:
    """Return the prefix of a key, or None when the text cannot be one: asking the database would be in vain."""
    found = SHAPE.fullmatch(text)
    if found is None or not hmac.compare_digest(checksum(text[:-CHECKSUM_LENGTH]), found[3]):
        return None
    return found[1]


def checksum(body: str) -> str:
    """Return the last letters of a key."""
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, rest = divmod(number, len(BASE62))
        letters = BASE62[rest] + letters
    return letters


def digest_of(text: str) -> str:
    """Return the hash under which a key is stored.

    Plain SHA-256: nobody guesses 190 random bits, and a hash under the secret key would end every key with its change.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(digest: str, stored: str) -> bool:
    """Return whether two hashes are equal, in a time that tells nothing."""
    return hmac.compare_digest(digest.encode(), stored.encode())


def holds_key(text: str) -> bool:
    """Return whether something that looks like a key stands in a text."""
    return LOOKS_LIKE_ONE.search(text) is not None
