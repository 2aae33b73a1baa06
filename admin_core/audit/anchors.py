"""Copies checkpoints to places that whoever administers the database cannot rewrite: that is how a cut tail shows.

A place is a ``Sink``. The file sink appends to a directory that should lie on other storage, mounted append-only.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.audit import store
from admin_core.audit.entries import moment
from admin_core.audit.signing import ORIGIN, PublicKey, Statement, decoded, encoded, is_signed
from admin_core.audit.tables import ANCHORS
from admin_core.database import Database
from schema.audit import AnchorState

FILE_NAME = "audit-anchors.jsonl"
BEGIN, END = "-----BEGIN AUDIT ANCHOR-----", "-----END AUDIT ANCHOR-----"
BLOCK = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)
WIDTH = 64


class AnchorError(RuntimeError):
    """An anchor could not be delivered or read; the message says why."""


class Sink(Protocol):
    """A place outside. ``deliver`` may be called twice with one line and must not mind."""

    @property
    def name(self) -> str:
        """The word under which deliveries are remembered."""

    def deliver(self, line: str) -> str:
        """Store the line for good and return a receipt; AnchorError when it did not arrive."""


@dataclass(frozen=True)
class FileSink:
    """Appends to a file and waits until the disk has it."""

    directory: Path
    name: str = "file"

    def deliver(self, line: str) -> str:
        """Append the line; return where it stands."""
        path = self.directory / FILE_NAME
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            with os.fdopen(handle, "ab") as file:
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
                return f"{FILE_NAME} byte {file.tell()}"
        except OSError as error:
            raise AnchorError(f"The anchor could not be written to {path}: {error.strerror}.") from error


@dataclass(frozen=True)
class Anchor:
    """A checkpoint as it was copied outside, with the key that signed it."""

    statement: Statement
    key: PublicKey
    signature: bytes

    def line(self) -> str:
        """Return the anchor as one line of JSON."""
        s = self.statement
        words = {
            "origin": ORIGIN,
            "log": s.log,
            "number": s.number,
            "size": s.size,
            "root": s.root.hex(),
            "previous_root": s.previous_root.hex() if s.previous_root is not None else None,
            "sealed_at": moment(s.sealed_at),
            "key_id": self.key.id,
            "public_key": encoded(self.key.raw),
            "signature": encoded(self.signature),
        }
        return json.dumps(words, separators=(",", ":"))

    @property
    def is_genuine(self) -> bool:
        """True when the signature is the named key's."""
        return is_signed(self.key.raw, self.statement.text(), self.signature)


def read_line(line: str) -> Anchor:
    """Return the anchor of a line; AnchorError when it is none."""
    try:
        words: dict[str, Any] = json.loads(line)
        previous = words["previous_root"]
        statement = Statement(
            str(words["log"]),
            whole(words["number"]),
            whole(words["size"]),
            bytes.fromhex(words["root"]),
            bytes.fromhex(previous) if previous is not None else None,
            datetime.fromisoformat(words["sealed_at"]),
        )
        return Anchor(statement, PublicKey(decoded(words["public_key"])), decoded(words["signature"]))
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorError("A line is no anchor of this log.") from error


def whole(value: object) -> int:
    """Return a number of JSON that counts something; TypeError for anything else."""
    if type(value) is not int or value < 0:
        raise TypeError(value)
    return value


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Yield the anchors of a file, of the one in a directory, or of a mail that was saved.

    A last line that a crash cut off is passed over.
    """
    path = path / FILE_NAME if path.is_dir() else path
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise AnchorError(f"The anchors in {path} cannot be read: {error.strerror}.") from error
    if not raw.lstrip().startswith(b"{") and raw.strip():
        yield from anchors_in_mail(raw, path)
        return
    lines = raw.decode("utf-8", "replace").splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if line.endswith("\n") and line.strip():
            try:
                yield read_line(line)
            except AnchorError as error:
                raise AnchorError(f"Line {number} of {path} is no anchor of this log.") from error


def armoured(line: str) -> str:
    """Return the line so that no mail program breaks it: in base64, between two marks."""
    text = encoded(line.encode())
    return "\n".join([BEGIN, *(text[at : at + WIDTH] for at in range(0, len(text), WIDTH)), END])


def anchors_in_mail(raw: bytes, path: Path) -> Iterator[Anchor]:
    """Yield the anchors of a saved mail, or of its text alone, forwarded and quoted as it may be."""
    message = message_from_bytes(raw, policy=default)
    part = message.get_body(("plain",)) if message.keys() else None
    text = part.get_content() if part else raw.decode("utf-8", "replace")
    blocks = BLOCK.findall(text)
    if not blocks:
        raise AnchorError(f"{path} holds no anchor: neither a line of anchors nor a mail with one.")
    for block in blocks:
        try:
            yield read_line(decoded(re.sub(r"[\s>]", "", block)).decode())
        except (ValueError, AnchorError) as error:
            raise AnchorError(f"The anchor in {path} is not complete, or was changed.") from error


def anchor_newest(database: Database, sinks: Sequence[Sink]) -> list[str]:
    """Copy the newest checkpoint to every sink that lacks it; return a sentence for each delivery or failure."""
    with database.transaction() as session:
        anchor = newest(session)
        wanted = [sink for sink in sinks if anchor and intend(session, anchor, sink.name)]
    return [delivered(database, anchor, sink) for sink in wanted if anchor]


def newest(session: Session) -> Anchor | None:
    """Return the newest checkpoint as an anchor; None before the first."""
    last = store.last_checkpoint(session.connection())
    if last is None:
        return None
    statement, key_id, signature = last
    return Anchor(statement, store.public_keys(session.connection())[key_id], signature)


def intend(session: Session, anchor: Anchor, sink: str) -> bool:
    """Note that the sink is to have it; False when it has."""
    connection, place = session.connection(), place_of(anchor, sink)
    connection.execute(insert(ANCHORS).values({"id": uuid7(), **place}).on_conflict_do_nothing())
    state = connection.scalar(select(ANCHORS.c.state).filter_by(**place))
    return bool(state != AnchorState.DONE)


def delivered(database: Database, anchor: Anchor, sink: Sink) -> str:
    """Hand the anchor to the sink, note what came of it, and return it as a sentence."""
    what = f"Checkpoint {anchor.statement.number} of {anchor.statement.log}"
    try:
        words: dict[str, Any] = {
            "receipt": sink.deliver(anchor.line()),
            "state": AnchorState.DONE,
            "done_at": func.now(),
        }
        said = f"{what} is anchored in {sink.name}: {words['receipt']}."
    except AnchorError as error:
        words = {"receipt": str(error), "state": AnchorState.FAILED}
        said = f"{what} is not anchored in {sink.name}. {error}"
    with database.transaction() as session:
        row = update(ANCHORS).filter_by(**place_of(anchor, sink.name)).where(ANCHORS.c.state != AnchorState.DONE)
        session.connection().execute(row.values(words | {"attempts": ANCHORS.c.attempts + 1}))
    return said


def place_of(anchor: Anchor, sink: str) -> dict[str, Any]:
    """Return the columns that tell one anchor from the others."""
    return {"log": anchor.statement.log, "checkpoint_number": anchor.statement.number, "sink": sink}
