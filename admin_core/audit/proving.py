"""Proofs for somebody who has only a public key: that an entry is in the log, and an export of many with theirs."""

import csv
import hashlib
import json
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Select, select

from admin_core import csv_text
from admin_core.audit import store
from admin_core.audit.anchors import Anchor
from admin_core.audit.entries import COPIES, spelled
from admin_core.audit.filters import Filter
from admin_core.audit.signing import encoded
from admin_core.audit.tables import CHECKPOINTS, ENTRIES, LEAVES
from admin_core.audit.tree import Node, inclusion_path
from admin_core.database import Database
from admin_core.policy import MASK

AT_ONCE = 1_000
CSV_COLUMNS = (
    "log", "position", "leaf_hash", "id", "occurred_at", "actor_kind", "actor_id", "actor_key", "category", "action",
    "object_type", "object_key", "subject_kind", "subject_key", "field_names", "row_count", "outcome", "request_id",
)  # fmt: skip
PERSONAL = ("ip", "reason")
"""Masked for who may not see them; the hashes do not need them."""


class NotProvable(LookupError):
    """There is no proof for this; the message says why."""


class Output(Protocol):
    """Anything that takes text."""

    def write(self, text: str, /) -> object:
        """Take the text."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries to export; everything empty: all that are sealed."""

    since: datetime | None = None
    until: datetime | None = None
    actor: UUID | None = None
    subject: tuple[str, str] | None = None
    more: Filter = field(default_factory=Filter)
    """What the pages can ask for, too."""

    def words(self) -> dict[str, str]:
        """Return the filter for the manifest."""
        given = {"from": self.since, "to": self.until, "actor": self.actor, "subject": self.subject}
        words = {name: ":".join(v) if isinstance(v, tuple) else str(spelled(v)) for name, v in given.items() if v}
        return words | self.more.words()


def prove(database: Database, entry_id: UUID) -> dict[str, Any]:
    """Return an entry, its path to a signed root, and the key; NotProvable when it is not sealed."""
    with snapshot(database) as connection:
        row = connection.execute(sealed_entries(Wanted()).where(ENTRIES.c.id == entry_id)).one_or_none()
        if row is None:
            raise NotProvable(f"Entry {entry_id} is not sealed yet, was pruned, or never was.")
        head = head_of(connection, row.log)
        return {**json.loads(head.line()), **line_of(row, head.statement.size, store.tree_of(connection, row.log))}


def snapshot(database: Database) -> closing[Connection]:
    """Return a connection on which everything is as of one moment."""
    return closing(database.engine.connect().execution_options(isolation_level="REPEATABLE READ"))


def head_of(connection: Connection, log: str) -> Anchor:
    """Return the newest checkpoint of a log with its key; NotProvable when one of them is not there any more."""
    newest = select(*store.COLUMNS).where(CHECKPOINTS.c.log == log).order_by(CHECKPOINTS.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    if row is None:
        raise NotProvable(f"No checkpoint of {log} is there any more.")
    statement, key_id, signature = store.read_checkpoint(row)
    key = store.public_keys(connection).get(key_id)
    if key is None:
        raise NotProvable(f"The key {key_id} that signed checkpoint {statement.number} of {log} is not there any more.")
    return Anchor(statement, key, signature)


def sealed_entries(wanted: Wanted) -> Select[Any]:
    """Return the statement of the sealed entries that are wanted."""
    columns = [ENTRIES.c[column] for column in COPIES.values()]
    found = select(LEAVES.c.log, LEAVES.c.position, LEAVES.c.leaf_hash, ENTRIES.c.body, ENTRIES.c.mac, *columns)
    found = found.join_from(LEAVES, ENTRIES, ENTRIES.c.id == LEAVES.c.entry_id)
    found = found.where(*wanted.more.criteria())
    if wanted.since:
        found = found.where(ENTRIES.c.occurred_at >= wanted.since)
    if wanted.until:
        found = found.where(ENTRIES.c.occurred_at < wanted.until)
    if wanted.actor:
        found = found.where(ENTRIES.c.actor_id == wanted.actor)
    if wanted.subject:
        kind, key = wanted.subject
        found = found.where(ENTRIES.c.subject_kind == kind, ENTRIES.c.subject_key == key)
    return found


def line_of(row: Any, size: int, node: Node) -> dict[str, Any]:
    """Return an entry with its place and path."""
    path = inclusion_path(node, row.position, size)
    words = {"position": row.position, "body": row.body, "mac": encoded(row.mac)}
    return {**words, "path": [step.hex() for step in path]}


def rows_of(connection: Connection, wanted: Wanted, also: Sequence[str] = ()) -> Generator[Any, None, None]:
    """Yield the wanted entries in the order of the log, by a cursor of the server's; ``also``: further columns."""
    found = sealed_entries(wanted).add_columns(*(ENTRIES.c[name] for name in also))
    ordered = found.order_by(LEAVES.c.log, LEAVES.c.position)
    streamed = {"stream_results": True, "yield_per": AT_ONCE}
    with connection.execute(ordered, execution_options=streamed) as rows:
        yield from rows


def export_jsonl(database: Database, wanted: Wanted, output: Output) -> int:
    """Write checkpoints, then entries with their paths, then the manifest, one JSON a line; return the entries."""
    digest = hashlib.sha256()

    def put(kind: str, words: Mapping[str, Any]) -> None:
        line = json.dumps({"type": kind, **words}, ensure_ascii=False, separators=(",", ":")) + "\n"
        digest.update(line.encode())
        output.write(line)

    with snapshot(database) as connection:
        trees = {}
        for log in connection.scalars(select(CHECKPOINTS.c.log).distinct().order_by(CHECKPOINTS.c.log)).all():
            head = head_of(connection, log)
            trees[log] = (head.statement.size, store.tree_of(connection, log))
            put("checkpoint", json.loads(head.line()))
        count = 0
        with closing(rows_of(connection, wanted)) as rows:
            for count, row in enumerate(rows, 1):  # noqa: B007 the last number is the count
                put("entry", {"log": row.log, **line_of(row, *trees[row.log])})
    put("manifest", {"entries": count, "filters": wanted.words(), "sha256": digest.hexdigest()})
    return count


def write_csv(database: Database, wanted: Wanted, output: Output, *, clear: Collection[str]) -> int:
    """Write the flat copy; ``clear``: which of ``PERSONAL`` are not masked."""
    sheet = csv.writer(output)
    sheet.writerow([*CSV_COLUMNS, *PERSONAL])
    count = 0
    with snapshot(database) as connection, closing(rows_of(connection, wanted, PERSONAL)) as rows:
        for count, row in enumerate(rows, 1):  # noqa: B007 the last number is the count
            personal = {name: getattr(row, name) for name in PERSONAL}
            shown = [cell(value) if name in clear or value is None else MASK for name, value in personal.items()]
            sheet.writerow([*(cell(getattr(row, column)) for column in CSV_COLUMNS), *shown])
    return count


def cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    return csv_text.safe(" ".join(value) if isinstance(value, list) else str(spelled(value)))
