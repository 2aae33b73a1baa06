"""Begins a new log after a restore: its first checkpoint names the root at which the old one ended, and is signed.

What the restored backup lacks stays lost, and every verification says how much that is, as far as anchors know.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from admin_core.audit import sealer, store
from admin_core.audit.entries import COMMAND_LINE, Entry
from admin_core.audit.findings import Report
from admin_core.audit.recording import AuditLog
from admin_core.audit.sealer import Sealer, SealRefused
from admin_core.audit.signing import Statement
from admin_core.audit.tables import PENDING
from admin_core.audit.tiles import Edge
from admin_core.audit.verifying import Evidence, verify
from schema.audit import ActorKind, AuditCategory

LOST = frozenset({"truncated"})
"""What a restore explains; anything else is no reason to begin anew, but to ask."""
BEGUN = "audit.begun-anew"


@dataclass(frozen=True)
class Begun:
    """The new log, and where the old one ended."""

    old: Statement
    new: Statement
    lost: tuple[str, ...]

    def words(self) -> str:
        """Return what was done."""
        words = f"{self.new.log} is begun: it follows checkpoint {self.old.number} of {self.old.log}, {self.old.size}"
        return "\n".join([f"{words} entries.", *self.lost])


def begin_anew(own: Sealer, log: AuditLog, evidence: Evidence, reason: str) -> Begun:
    """Begin a new log after the present one; SealRefused when that one has more wrong about it than a lost end."""
    report = verify(own.database, evidence)
    if not (report.checkpoints or report.found):
        raise SealRefused("Nothing was sealed yet: there is no log to end.")
    refuse_tampered(report)
    lost = tuple(f"{each.sentence} These entries are lost." for each in report.findings)
    with own.database.transaction() as session:
        connection = session.connection()
        connection.execute(select(func.pg_advisory_xact_lock(sealer.LOCK)))
        last = store.last_checkpoint(connection)
        assert last is not None  # the verification saw it, and nobody may delete one
        own.demand_ours(connection, last)
        return Begun(last[0], seal_first(own, log, session, (last[0], reason)), lost)


def refuse_tampered(report: Report) -> None:
    """Raise unless the log is known to be whole, or to lack its end alone.

    What waits to be sealed is no doubt about that: after a restore no sealer runs.
    """
    if report.doubts:
        raise SealRefused(f"{report.doubts[0]} Until this is known no new log is begun. Run: admin audit verify")
    other = [each for each in report.findings if each.kind not in LOST]
    if other:
        raise SealRefused(
            f"{other[0].sentence} A restore does not explain that, so no new log is begun. Run: admin audit verify"
        )


def seal_first(own: Sealer, log: AuditLog, session: Session, why: tuple[Statement, str]) -> Statement:
    """Record why, and seal that as the first entry of the new log."""
    old, reason = why
    connection = session.connection()
    entry_id = log.record(session, entry(old, reason))
    connection.execute(delete(PENDING).where(PENDING.c.entry_id == entry_id))
    edge, name = Edge(), next_name(old.log)
    rows = sealer.leaves(connection, [entry_id], edge, (name, 1))
    now = store.database_now(connection)
    statement = Statement(name, 1, edge.size, edge.root(), old.root, max(now, old.sealed_at + store.TICK))
    store.write_leaves(connection, rows)
    store.write_tiles(connection, name, edge.tiles())
    store.write_checkpoint(connection, statement, own.signer.id, own.signer.sign(statement.text()))
    return statement


def next_name(log: str) -> str:
    """Return the name of the log that follows."""
    return f"log-{int(log.removeprefix('log-')) + 1}"


def entry(old: Statement, reason: str) -> Entry:
    """Return the entry that says why, and where the old log ended."""
    return Entry(
        category=AuditCategory.CONFIG,
        action=BEGUN,
        actor_kind=ActorKind.SYSTEM,
        actor_key=COMMAND_LINE,
        object_type="audit_checkpoints",
        object_key=f"{old.log}:{old.number}:{old.size}:{old.root.hex()}",
        reason=reason,
    )
