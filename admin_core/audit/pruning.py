"""Removes the bodies of entries whose retention is over; their hashes stay, under a signed note that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select
from uuid_utils.compat import uuid7

from admin_core.audit.entries import Entry
from admin_core.audit.findings import Finding, Report
from admin_core.audit.recording import AuditLog
from admin_core.audit.signing import ORIGIN, Signer, is_signed
from admin_core.audit.tables import ENTRIES, LEAVES, PRUNES
from admin_core.database import Database
from schema.audit import ActorKind, AuditCategory

AT_ONCE = 20_000


@dataclass(frozen=True)
class Range:
    """Positions of a log, both ends included, and the checkpoint that covers them."""

    log: str
    first: int
    last: int
    checkpoint: int

    def text(self, reason: str) -> bytes:
        """Return what is signed when these positions lose their bodies."""
        lines = (ORIGIN, "prune", self.log, self.first, self.last, self.checkpoint, reason.replace("\n", " "))
        return "".join(f"{line}\n" for line in lines).encode()


def prune(database: Database, signer: Signer, log: AuditLog, before: datetime, reason: str) -> int:
    """Remove the bodies of entries sealed first and older than ``before``; return how many. Safe to repeat."""
    total = 0
    while True:
        with database.transaction() as session:
            connection = session.connection()
            found = next_range(connection, before)
            if found is None:
                return total
            write_prune(connection, found, signer, reason)
            dropped = connection.scalar(select(func.admin.audit_drop_pruned(found.log, found.first, found.last))) or 0
            log.record(session, prune_entry(found, dropped))
        total += dropped


def next_range(connection: Connection, before: datetime) -> Range | None:
    """Return the oldest positions whose bodies may go, in one unbroken row; None when there are none."""
    joined = LEAVES.join(ENTRIES, ENTRIES.c.id == LEAVES.c.entry_id)
    oldest = select(LEAVES.c.log, LEAVES.c.position).select_from(joined).order_by(ENTRIES.c.occurred_at).limit(1)
    first = connection.execute(oldest.where(ENTRIES.c.occurred_at < before)).one_or_none()
    if first is None:
        return None
    reach = LEAVES.c.position.between(first.position, first.position + AT_ONCE - 1)
    rows = connection.execute(
        select(LEAVES.c.position, LEAVES.c.checkpoint_number, ENTRIES.c.occurred_at)
        .select_from(joined)
        .where(LEAVES.c.log == first.log, reach)
        .order_by(LEAVES.c.position)
    ).all()
    last = first.position - 1
    checkpoint = 0
    for position, number, occurred_at in rows:
        if position != last + 1 or occurred_at >= before:
            break
        last, checkpoint = position, number
    return Range(first.log, first.position, last, checkpoint)


def write_prune(connection: Connection, found: Range, signer: Signer, reason: str) -> None:
    """Store the signed note."""
    row = {
        "id": uuid7(),
        "log": found.log,
        "from_position": found.first,
        "to_position": found.last,
        "checkpoint_number": found.checkpoint,
        "reason": reason,
        "signature": signer.sign(found.text(reason)),
    }
    connection.execute(insert(PRUNES).values(row))


def prune_entry(found: Range, dropped: int) -> Entry:
    """Return the entry that tells of it."""
    return Entry(
        category=AuditCategory.PRIVACY,
        action="audit.pruned",
        actor_kind=ActorKind.SYSTEM,
        actor_key="command-line",
        object_type="audit_entries",
        object_key=f"{found.log}:{found.first}-{found.last}",
        row_count=dropped,
    )


def read_prunes(connection: Connection, log: str, keys: Mapping[str, bytes], report: Report) -> list[tuple[int, int]]:
    """Return the ranges of a log that were pruned under a signature of a known key; report the others."""
    found = []
    columns = [column for column in PRUNES.c if column.name != "created_at"]
    for row in connection.execute(select(*columns).where(PRUNES.c.log == log)):
        place = Range(row.log, row.from_position, row.to_position, row.checkpoint_number)
        text = place.text(row.reason)
        if any(is_signed(key, text, row.signature) for key in keys.values()):
            found.append((place.first, place.last))
        else:
            words = f"The note that positions {place.first} to {place.last} were pruned is not signed by a known key."
            report.add(Finding("prune", words, log, place.first))
    return found
