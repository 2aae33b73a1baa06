"""Files in a folder of this machine, or of a disk that all hosts mount."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from admin_core.artifacts.storage import Content, Digest, MissingFileError, Stored, checked

HALF = ".part"
"""Ends the name of a file that is being written."""


@dataclass(frozen=True)
class LocalFolder:
    """A folder that only our own user may enter."""

    root: Path
    name: str = "local"

    def put(self, key: str, content: Iterable[bytes]) -> Stored:
        """Write beside the final name, bring it to the disk, then rename: the name never shows half a file."""
        target = self.root / checked(key)
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        half = target.with_name(target.name + HALF)
        digest = Digest()
        with half.open("xb") as file:
            half.chmod(0o600)
            for piece in digest.of(content):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        for folder in (target.parent, self.root):
            remember_names(folder)
        return digest.stored

    def open(self, key: str) -> Content:
        """Return a file's content in pieces, or raise MissingFileError before the first."""
        try:
            file = (self.root / checked(key)).open("rb")
        except FileNotFoundError:
            raise MissingFileError(key) from None
        return Content(file.read, file.close)

    def delete(self, key: str) -> None:
        """See to it that there is no file under the key."""
        path = self.root / f"{checked(key.removesuffix(HALF))}{HALF if key.endswith(HALF) else ''}"
        path.unlink(missing_ok=True)

    def keys(self, before: datetime) -> Iterator[str]:
        """Yield the keys of everything that was written before a moment, halves of files included."""
        for path in sorted(self.root.glob("*/*")):
            try:
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:  # deleted while we looked
                continue
            if written < before:
                yield path.relative_to(self.root).as_posix()


def remember_names(folder: Path) -> None:
    """Bring a folder's list of names to the disk: after a power cut a renamed file could else be missing."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
