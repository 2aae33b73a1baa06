"""The uploaded file and what was found in it: kept encrypted under a key of their own, until the file expires."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.orm import Session

from admin_core.artifacts.making import NewFile, Placed, write_row
from admin_core.artifacts.places import place_for_new, places
from admin_core.artifacts.storage import MissingFileError, new_key
from admin_core.ciphers import Cipher, Unreadable
from admin_core.generator.errors import NotFound
from admin_core.machine import Machine
from schema.artifacts import Artifact
from schema.imports import DataImport

PURPOSE = "import file"
GONE = "The uploaded file is no longer kept."
UPLOAD_AGAIN = "Upload it again."


@dataclass(frozen=True)
class Sample:
    """A row that would be, or was, created or changed."""

    row: int
    record: str
    """Its id; empty for a new record."""
    fields: tuple[tuple[str, str, str], ...]
    """Column key, text before, text after."""


@dataclass(frozen=True)
class Findings:
    """What a page shows of a file. Holds what people wrote, so it is kept encrypted."""

    headings: tuple[str, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    """The first rows, as text."""
    samples: tuple[Sample, ...] = ()
    problems: tuple[tuple[int, str, str], ...] = ()
    """Row, label of the field, sentence; the first ones."""


@dataclass(frozen=True)
class Box:
    """Encrypts what belongs to one import."""

    key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Box":
        """Return a box with a key of its own."""
        return cls(Fernet.generate_key())

    @classmethod
    def of(cls, cipher: Cipher, imported: DataImport) -> "Box":
        """Return the box of an import; NotFound when its key is gone."""
        try:
            return cls(cipher.open(PURPOSE, (imported.file_key or b"").decode()).encode())
        except Unreadable:
            raise NotFound(GONE, UPLOAD_AGAIN) from None

    def sealed_key(self, cipher: Cipher) -> bytes:
        """Return the key as it is kept."""
        return cipher.seal(PURPOSE, self.key.decode()).encode()

    def seal(self, data: bytes) -> bytes:
        """Return data encrypted."""
        return Fernet(self.key).encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """Return what was encrypted."""
        return Fernet(self.key).decrypt(sealed)


def keep_file(parts: Machine, session: Session, imported: DataImport, box: Box, data: bytes) -> None:
    """Store the uploaded file and write its row; the import names it."""
    storage, location = place_for_new(parts.settings), new_key()
    placed = Placed(storage.name, location, storage.put(location, [box.seal(data)]))
    name = f"{imported.model_key}.{imported.source}"
    about = NewFile(
        name=name, kind="import", media_type="application/octet-stream", owner_id=imported.member_id, encrypted=True
    )
    imported.artifact_id = write_row(session, None, about, placed)


def file_of(parts: Machine, session: Session, imported: DataImport) -> bytes:
    """Return the uploaded file; NotFound when it expired."""
    artifact = session.get(Artifact, imported.artifact_id) if imported.artifact_id else None
    if artifact is None or artifact.deleted_at is not None:
        raise NotFound(GONE, UPLOAD_AGAIN)
    try:
        sealed = b"".join(places(parts.settings)[artifact.storage].open(artifact.location))
        return Box.of(parts.cipher, imported).open(sealed)
    except (MissingFileError, KeyError, InvalidToken):
        raise NotFound(GONE, UPLOAD_AGAIN) from None


def keep_findings(imported: DataImport, box: Box, found: Findings) -> None:
    """Keep what was found."""
    imported.findings = box.seal(json.dumps(asdict(found)).encode())


def findings_of(cipher: Cipher, imported: DataImport) -> Findings:
    """Return what was found; NotFound when nobody can read it any more."""
    box = Box.of(cipher, imported)
    try:
        words: Mapping[str, Any] = json.loads(box.open(imported.findings or b""))
    except InvalidToken:
        raise NotFound(GONE, UPLOAD_AGAIN) from None
    return Findings(
        headings=tuple(words["headings"]),
        first=tuple(tuple(row) for row in words["first"]),
        samples=tuple(
            Sample(each["row"], each["record"], tuple((k, b, a) for k, b, a in each["fields"]))
            for each in words["samples"]
        ),
        problems=tuple((row, label, sentence) for row, label, sentence in words["problems"]),
    )
