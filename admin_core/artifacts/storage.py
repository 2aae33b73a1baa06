"""What a place for files can do. Keys are made by us and checked by every place: no path ever comes from outside."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from uuid_utils.compat import uuid7

KEY = re.compile(r"\d{4}-\d{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PIECE = 256 * 1024


class MissingFileError(LookupError):
    """There is no file under a key: it expired, or the folder was emptied."""


@dataclass(frozen=True)
class Stored:
    """What is known of a file once it is written."""

    size_bytes: int
    sha256: str


class Storage(Protocol):
    """A place for files."""

    @property
    def name(self) -> str:
        """Stands in a file's row, so that old files are found after the place was changed."""

    def put(self, key: str, content: Iterable[bytes]) -> Stored:
        """Write a file; under its key there is all of it or nothing, whenever the process dies."""

    def open(self, key: str) -> "Content":
        """Return a file's content in pieces, or raise MissingFileError before the first."""

    def delete(self, key: str) -> None:
        """See to it that there is no file under the key; one that is gone already is fine."""

    def keys(self, before: datetime) -> Iterator[str]:
        """Yield the keys of everything that was written before a moment, halves of files included."""


class Content:
    """A file that is being read, in pieces. Whoever does not read it to its end closes it."""

    def __init__(self, read: Callable[[int], bytes], close: Callable[[], object]) -> None:
        self._read = read
        self.close = close

    def __iter__(self) -> "Content":
        return self

    def __next__(self) -> bytes:
        piece = self._read(PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece


class Digest:
    """Passes pieces on while it counts and hashes them."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._size = 0

    def of(self, content: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the same pieces."""
        for piece in content:
            self._hash.update(piece)
            self._size += len(piece)
            yield piece

    @property
    def stored(self) -> Stored:
        """What was passed on so far."""
        return Stored(self._size, self._hash.hexdigest())


def new_key() -> str:
    """Return a key that was never used: by month, so that a folder does not grow for ever."""
    return f"{datetime.now(UTC):%Y-%m}/{uuid7()}"


def checked(key: str) -> str:
    """Return the key when it is one of ours; ValueError keeps anything else from becoming a path."""
    if not KEY.fullmatch(key):
        raise ValueError("This is no key of a file.")
    return key
