"""Verifies the log: every entry, place, root, signature and anchor, in one snapshot of the database."""

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, text

from admin_core.audit import comparing, comparing_looks, store
from admin_core.audit.anchors import Anchor
from admin_core.audit.findings import Finding, Report
from admin_core.audit.keys import MacKey
from admin_core.audit.pruning import read_prunes
from admin_core.audit.signing import Statement, is_signed, key_id, trusted
from admin_core.audit.tiles import BITS
from admin_core.audit.tree import Frontier
from admin_core.audit.walking import EntryCheck, LogWalk
from admin_core.database import Database

SEAL_LAG = timedelta(minutes=15)
"""An entry that waits longer leaves the verdict open: the sealer is not running."""
AT_ONCE = 2_000


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the verification may rely on from outside the database."""

    macs: Sequence[MacKey] = field(default=(), repr=False)
    anchors: Sequence[Anchor] = ()
    pinned: Sequence[str] = ()
    """Names of signing keys that are known otherwise than from the database."""
    doubts: Sequence[str] = ()


def verify(database: Database, evidence: Evidence, *, since: int | None = None) -> Report:
    """Return what is found; with ``since``, of the current log only what came after that checkpoint."""
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        found = verify_on(connection, evidence, since=since)
        connection.rollback()
    return found


def verify_on(connection: Connection, evidence: Evidence, *, since: int | None = None) -> Report:
    """Return what is found on a connection, in the transaction it is in."""
    report = Report(doubts=list(evidence.doubts))
    keys = signing_keys(connection, evidence, report)
    check = EntryCheck({key.id: key for key in evidence.macs}, report)
    ended: Statement | None = None
    names = logs(connection, since, evidence.anchors)
    following = dict(pairwise(names))
    for log in names:
        ended = walk_log(connection, log, since, Known(evidence, keys, check, ended, following.get(log)))
    look_at_unsealed(connection, check)
    if since is None:
        look_at_looks(connection, report)
    if check.unknown:
        report.doubts.append(
            f"{', '.join(sorted(check.unknown))}: keys not at hand. Name them in ADMIN_OLD_SECRET_KEYS."
        )
    return report


@dataclass(frozen=True)
class Known:
    """What holds for all logs of one verification."""

    evidence: Evidence
    keys: Mapping[str, bytes]
    check: EntryCheck
    ended: Statement | None
    """The last checkpoint of the log before."""
    following: str | None
    """Name of the log after."""


def signing_keys(connection: Connection, evidence: Evidence, report: Report) -> dict[str, bytes]:
    """Return the keys to believe: tied to a key known from outside, else all that the database names."""
    public = list(store.public_keys(connection).values())
    pinned = {*evidence.pinned, *(anchor.key.id for anchor in evidence.anchors if anchor.is_genuine)}
    if not pinned:
        report.notes.append("Signing keys are believed as the database names them; an anchor or key file pins them.")
        return {key_id(key.raw): key.raw for key in public}
    believed = trusted(public, pinned)
    for name in sorted(pinned - believed.keys()):
        report.add(Finding("key", f"The database does not know {name}, a key that has signed this log."))
    return believed


def logs(connection: Connection, since: int | None, anchors: Sequence[Anchor]) -> list[str]:
    """Return the logs to walk along, the oldest first; the current one alone when it is not about all."""
    last = store.last_checkpoint(connection)
    if since is not None:
        return [last[0].log] if last else []
    found = connection.execute(text("SELECT log FROM admin.audit_checkpoints GROUP BY log ORDER BY min(sealed_at)"))
    named = [str(row.log) for row in found]
    leaves = connection.execute(text("SELECT DISTINCT log FROM admin.audit_leaves")).scalars().all()
    outside = {anchor.statement.log for anchor in anchors}
    return [*named, *sorted({*leaves, *outside} - set(named))]


def walk_log(connection: Connection, log: str, since: int | None, known: Known) -> Statement | None:
    """Verify one log; return its last checkpoint."""
    report = known.check.report
    frontier, previous = beginning(connection, log, since, report)
    anchors = anchors_of(known.evidence.anchors, log, report)
    prunes = read_prunes(connection, log, known.keys, report)
    start = {
        "log": log,
        "start": frontier.size,
        "tile": frontier.size >> BITS,
        "after": previous.number if previous else 0,
    }
    with (
        closing(stream(connection, TILES, start)) as tiles,
        closing(stream(connection, CHECKPOINTS, start)) as checkpoints,
        closing(stream(connection, comparing.SEALED, start)) as leaves,
    ):
        walk = LogWalk(log, report, known.check, known.keys, anchors, prunes, tiles, frontier, previous, known.ended)
        walk.run(leaves, (store.read_checkpoint(row) for row in checkpoints))
    look_at_end(walk, successor(connection, known, walk.previous))
    return walk.previous


def successor(connection: Connection, known: Known, last: Statement | None) -> Statement | None:
    """Return the first checkpoint of the log that was begun after this one, signed and naming its end; else None."""
    found = store.checkpoint_numbered(connection, known.following, 1) if known.following and last else None
    if found is None or last is None:
        return None
    statement, key_id_, signature = found
    is_ours = is_signed(known.keys.get(key_id_, b""), statement.text(), signature)
    return statement if is_ours and statement.previous_root == last.root else None


TILES = (
    "SELECT position, hashes FROM admin.audit_tiles WHERE log = %(log)s AND level = 0 AND position >= %(tile)s"
    " ORDER BY position"
)
CHECKPOINTS = (
    "SELECT log, number, size, root, previous_root, key_id, signature,"
    f" {comparing.known_moment('sealed_at')} AS sealed_at"
    " FROM admin.audit_checkpoints WHERE log = %(log)s AND number > %(after)s ORDER BY number"
)


def beginning(connection: Connection, log: str, since: int | None, report: Report) -> tuple[Frontier, Statement | None]:
    """Return the tree and the checkpoint to begin with."""
    if since is None:
        return Frontier(), None
    found = store.checkpoint_numbered(connection, log, since)
    if found is None:
        report.doubts.append(f"There is no checkpoint {since} in {log} to begin with; everything was verified instead.")
        return Frontier(), None
    frontier = store.read_edge(connection, log, found[0].size).frontier()
    if frontier.root() != found[0].root:
        report.doubts.append(f"The stored hashes do not give the root of checkpoint {since}; everything was verified.")
        return Frontier(), None
    return frontier, found[0]


def anchors_of(anchors: Sequence[Anchor], log: str, report: Report) -> dict[int, list[Anchor]]:
    """Return the anchors of a log by size; one with a wrong signature is no evidence."""
    found: dict[int, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        if anchor.statement.log != log:
            continue
        if not anchor.is_genuine:
            report.doubts.append(
                f"Anchor {anchor.statement.number} of {log} has no valid signature: it proves nothing."
            )
            continue
        report.anchors += 1
        found[anchor.statement.size].append(anchor)
    return found


def look_at_end(walk: LogWalk, begun: Statement | None) -> None:
    """Report what anchors know of and the database does not; and leaves that no checkpoint covers.

    ``begun``: the log that was begun after this one, which explains an end that is missing.
    """
    size, log = walk.frontier.size, walk.log
    beyond = [anchor for found in walk.anchors.values() for anchor in found if anchor.statement.size > size]
    furthest = max((anchor.statement.size for anchor in beyond), default=size)
    if begun:
        walk.report.notes.append(between(log, size, furthest, begun))
    elif beyond:
        words = f"{log} ends at {size} entries, but {furthest} were anchored: its end was cut off."
        walk.report.add(Finding("truncated", words, log, size))
    covered = walk.previous.size if walk.previous else 0
    if covered < size:
        words = f"Positions from {covered} on are in no checkpoint of {log}."
        walk.report.add(Finding("chain", words, log, covered))
    numbers = [a.statement.number for found in walk.anchors.values() for a in found]
    last = walk.previous.number if walk.previous else 0
    if not beyond and not begun and numbers and max(numbers) > last:
        words = f"{log} ends at checkpoint {last}, but {max(numbers)} was anchored: its end was cut off."
        walk.report.add(Finding("truncated", words, log, size))


def between(log: str, size: int, furthest: int, begun: Statement) -> str:
    """Return what lies between a log and the one begun after it."""
    ended = f"{log} was ended at {size} entries, and {begun.log} begun on {begun.sealed_at:%Y-%m-%d %H:%M} UTC"
    lost = f"{furthest - size} entries that were anchored are lost" if furthest > size else "no anchor knows of more"
    return f"{ended}: {lost}. The first entry of {begun.log} says why."


def look_at_unsealed(connection: Connection, check: EntryCheck) -> None:
    """Check the entries that wait, and report those that neither wait nor were sealed."""
    report, oldest = check.report, None
    for row in stream(connection, comparing.WAITING, {}):
        report.unsealed += 1
        oldest = min(oldest or row.since, row.since)
        check.look(row, must_know=True)
    if oldest and datetime.now(UTC) - oldest > SEAL_LAG:
        report.late = f"Entries wait to be sealed since {oldest:%Y-%m-%d %H:%M} UTC: does the sealer run?"
    for row in stream(connection, comparing.UNQUEUED, {}):
        words = f"Entry {row.id} is neither sealed nor waiting to be: it was taken out of the queue, or slipped in."
        report.add(Finding("unqueued", words, entry_id=row.id))


def look_at_looks(connection: Connection, report: Report) -> None:
    """Report where the access log is not what the entries say it is."""
    with closing(stream(connection, comparing_looks.SQL, {})) as rows:
        for finding in comparing_looks.found(rows):
            report.add(finding)


def stream(connection: Connection, sql: str, values: Mapping[str, Any]) -> Generator[Any, None, None]:
    """Yield rows by a cursor of the server's, a few thousand at a time."""
    streamed = {"stream_results": True, "yield_per": AT_ONCE}
    with connection.exec_driver_sql(sql, dict(values), execution_options=streamed) as rows:
        yield from rows
