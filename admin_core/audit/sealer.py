"""Seals entries: batch by batch they get a place in the tree, and its root a signature. Any number may run.

A batch is one transaction: a sealer that is killed leaves nothing, and the next one takes the same entries. Entries
are taken from their queue, never by "newer than the last": keys are not given out in the order of commits.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from sqlalchemy import ARRAY, Connection, Uuid, delete, func, literal, select

from admin_core.audit import store
from admin_core.audit.signing import Signer, Statement, is_signed, trusted
from admin_core.audit.tables import ENTRIES, PENDING
from admin_core.audit.tiles import Edge
from admin_core.audit.tree import EMPTY_ROOT, leaf_hash
from admin_core.database import Database
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.locks import end_when_silent
from admin_core.jobs.loop import keep_going

log = logging.getLogger(__name__)
BATCH = 5_000
LOCK = 5_402_612  # any number of ours; one sealer at a time works, the others find nothing to do
RECOVER_S = 5.0
SILENT_S = 30
"""A sealer that computes this long without a word is taken for dead, and the next one takes its entries."""
FAILPOINTS = ("seal.before_commit", "seal.after_commit")


class SealRefused(RuntimeError):
    """The log is not as the last checkpoint says: sealing on would bury that."""


@dataclass(frozen=True)
class Sealer:
    """A database and the key that signs."""

    database: Database
    signer: Signer
    batch: int = BATCH

    def seal(self) -> int:
        """Seal one batch; return how many entries it had, 0 when none waits or another sealer is at work."""
        with self.database.transaction() as session:
            end_when_silent(session, SILENT_S)
            connection = session.connection()
            if not connection.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
                return 0
            taken = taken_from_queue(connection, self.batch)
            if taken:
                self.seal_entries(connection, taken)
            failpoint("seal.before_commit")
        failpoint("seal.after_commit")
        return len(taken)

    def seal_entries(self, connection: Connection, taken: list[object]) -> Statement:
        """Put these entries at the next places and sign the new root."""
        last = store.last_checkpoint(connection)
        before = last[0] if last else Statement(store.FIRST_LOG, 0, 0, EMPTY_ROOT, None, store.database_now(connection))
        if last:
            self.demand_ours(connection, last)
        edge = store.read_edge(connection, before.log, before.size)
        if edge.root() != before.root:
            raise SealRefused(
                f"The stored hashes of {before.log} do not give the root of checkpoint {before.number}."
                " Run: admin audit verify"
            )
        number = before.number + 1
        store.write_leaves(connection, leaves(connection, taken, edge, (before.log, number)))
        store.write_tiles(connection, before.log, edge.tiles())
        previous = before.root if last else None
        now = max(store.database_now(connection), before.sealed_at)
        statement = Statement(before.log, number, edge.size, edge.root(), previous, now)
        store.write_checkpoint(connection, statement, self.signer.id, self.signer.sign(statement.text()))
        return statement

    def demand_ours(self, connection: Connection, last: store.Checkpoint) -> None:
        """Refuse to go on after a checkpoint that neither our key nor one before it has signed."""
        statement, key_id, signature = last
        keys = store.public_keys(connection).values()
        public = trusted(keys, [self.signer.id]).get(key_id)
        if public is None or not is_signed(public, statement.text(), signature):
            raise SealRefused(
                f"Checkpoint {statement.number} of {statement.log} was not signed by the key of this sealer, nor by"
                " one before it. Run: admin audit verify"
            )

    def seal_all(self) -> int:
        """Seal until nothing waits; return how many entries were sealed."""
        total = 0
        while sealed := self.seal():
            total += sealed
        return total


def taken_from_queue(connection: Connection, most: int) -> list[object]:
    """Take entries out of the queue, the oldest first."""
    waiting = select(PENDING.c.entry_id).order_by(PENDING.c.entry_id).limit(most).with_for_update(skip_locked=True)
    return list(
        connection.scalars(delete(PENDING).where(PENDING.c.entry_id.in_(waiting)).returning(PENDING.c.entry_id))
    )


def leaves(
    connection: Connection, taken: list[object], edge: Edge, batch: tuple[str, int]
) -> list[tuple[str, int, object, bytes, int]]:
    """Return the new rows of leaves, and let the edge grow by them."""
    columns = ENTRIES.c
    these = columns.id == func.any(literal(taken, ARRAY(Uuid)))
    found = connection.execute(select(columns.id, columns.body, columns.mac).where(these).order_by(columns.id)).all()
    if len(found) != len(taken):
        raise SealRefused(f"{len(taken) - len(found)} entries that waited to be sealed are gone.")
    name, number = batch
    rows: list[tuple[str, int, object, bytes, int]] = []
    for entry_id, body, mac in found:
        hashed = leaf_hash(body.encode() + mac)
        rows.append((name, edge.size, entry_id, hashed, number))
        edge.append(hashed)
    return rows


def run(sealer: Sealer, *, every_s: float, stop: Event, after: Callable[[], None]) -> None:
    """Seal until stopped, through outages of PostgreSQL; at once again while a full batch was waiting."""

    def tick() -> bool:
        is_more = sealer.seal() >= sealer.batch
        after()
        return is_more

    keep_going(tick, every_s=every_s, recover_s=RECOVER_S, stop=stop)
