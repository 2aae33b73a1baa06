"""Walks along one log, leaf by leaf and checkpoint by checkpoint, and reports what does not fit. Constant memory."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from admin_core.audit import comparing, store
from admin_core.audit.anchors import Anchor
from admin_core.audit.findings import Finding, Kind, Report
from admin_core.audit.keys import MacKey
from admin_core.audit.signing import Statement, is_signed
from admin_core.audit.tiles import BITS, WIDTH
from admin_core.audit.tree import HASH_BYTES, Frontier, leaf_hash

SENTENCES: Mapping[int, tuple[Kind, str]] = {
    comparing.COPY_WRONG: ("copy", "A column of entry {} is not what its text says."),
    comparing.VALUES_WRONG: ("values", "The sealed values of entry {} are not those it was written with."),
    comparing.SHOWN_WRONG: ("shown", "Reason or address of entry {} are not those it was written with."),
    comparing.UNRECORDED: ("redaction", "Entry {} lost its values, and no entry says that they were redacted."),
}


@dataclass
class EntryCheck:
    """What can be said about an entry by itself: its mac, its columns, its values."""

    macs: Mapping[str, MacKey]
    report: Report
    unknown: set[str] = field(default_factory=set)
    """Names of keys that this process does not have."""

    def look(self, row: Any, log: str = "", position: int | None = None, *, must_know: bool = False) -> None:
        """Report what is wrong with an entry."""
        key = self.macs.get(row.mac_key_id)
        if key is None and not must_know:
            self.unknown.add(row.mac_key_id)
        elif key is None or key.mac(row.body.encode()) != row.mac:
            words = f"Entry {row.id} was not written, or was changed, by somebody without the application's key."
            self.report.add(Finding("mac", words, log, position, row.id))
        if row.problems:
            self.say(row, log, position)

    def say(self, row: Any, log: str, position: int | None) -> None:
        """Report what PostgreSQL found by comparing."""
        self.report.redacted += bool(row.problems & comparing.REDACTED)
        for bit, (kind, sentence) in SENTENCES.items():
            if row.problems & bit:
                self.report.add(Finding(kind, sentence.format(row.id), log, position, row.id))


@dataclass
class LogWalk:
    """The state of a walk: the tree so far, and what is expected at which size."""

    log: str
    report: Report
    check: EntryCheck
    keys: Mapping[str, bytes]
    anchors: Mapping[int, Sequence[Anchor]]
    pruned: Sequence[tuple[int, int]]
    tiles: Iterator[Any]
    frontier: Frontier
    previous: Statement | None = None
    after: Statement | None = None
    """Where the log before this one ended: the first checkpoint names its root."""
    other: Frontier | None = None
    """The tree by the leaves, once they differ from their second copies in the tiles."""
    is_lost: bool = False
    """True once the tree cannot be followed: only the first break is reported."""
    tile: tuple[int, bytes] = (-1, b"")

    def run(self, leaves: Iterator[Any], checkpoints: Iterator[store.Checkpoint]) -> None:
        """Go through all of it."""
        waiting = next(checkpoints, None)
        for row in leaves:
            self.leaf(row)
            while waiting and waiting[0].size <= self.frontier.size:
                self.checkpoint(*waiting)
                waiting = next(checkpoints, None)
        while waiting:
            self.checkpoint(*waiting)
            waiting = next(checkpoints, None)

    def leaf(self, row: Any) -> None:
        """Take the next leaf, after those that are missing before it."""
        if row.position > self.frontier.size:
            self.gap(row.position)
        position = row.position
        self.report.entries += 1
        if row.id is not None:
            if leaf_hash(row.body.encode() + row.mac) != row.leaf_hash:
                words = f"Entry {row.id} at position {position} was changed after it was sealed."
                self.report.add(Finding("entry", words, self.log, position, row.id))
            self.check.look(row, self.log, position)
        elif any(first <= position <= last for first, last in self.pruned):
            self.report.pruned += 1
        else:
            words = f"Entry {row.entry_id} at position {position} was deleted."
            self.report.add(Finding("missing", words, self.log, position, row.entry_id))
        self.grow(row.leaf_hash, row)

    def gap(self, until: int) -> None:
        """Report leaves that are missing, and go on with their second copies where there are any."""
        first = self.frontier.size
        which = f"Position {first}" if until == first + 1 else f"Positions {first} to {until - 1}"
        self.report.add(Finding("gap", f"{which} of {self.log} were removed.", self.log, first))
        for position in range(first, until):
            copy = self.copy_at(position)
            self.is_lost = self.is_lost or not copy
            self.grow(copy or b"", None)

    def grow(self, leaf: bytes, row: Any) -> None:
        """Let the tree grow by one, and compare it with anchors of the new size."""
        copy = self.copy_at(self.frontier.size)
        if row is not None and copy and copy != leaf:
            words = f"The hash at position {row.position} is not the one that was sealed there."
            self.report.add(Finding("order", words, self.log, row.position, row.entry_id))
            self.other = self.other or deepcopy(self.frontier)
        if self.other:
            self.other.append(leaf)
        self.frontier.append(copy or leaf)
        for anchor in self.anchors.get(self.frontier.size, ()):
            self.anchor(anchor)

    def copy_at(self, position: int) -> bytes:
        """Return the second copy of a leaf's hash, from the tiles; empty when it is missing."""
        number, offset = position >> BITS, position % WIDTH * HASH_BYTES
        while self.tile[0] < number:
            self.tile = next(self.tiles, None) or (1 << 62, b"")
        return self.tile[1][offset : offset + HASH_BYTES] if self.tile[0] == number else b""

    def checkpoint(self, statement: Statement, key_id: str, signature: bytes) -> None:
        """Compare a checkpoint with the tree, the one before it, and its key."""
        self.report.checkpoints += 1
        what = f"Checkpoint {statement.number} of {self.log}"
        if not is_signed(self.keys.get(key_id, b""), statement.text(), signature):
            self.report.add(Finding("signature", f"{what} has no valid signature of a known key.", self.log))
        if problem := self.break_before(statement):
            self.report.add(Finding("chain", f"{what} {problem}.", self.log, self.frontier.size))
        self.compare(statement, what)
        self.previous = statement

    def break_before(self, statement: Statement) -> str:
        """Return how a checkpoint fails to follow the one before it; empty when it follows."""
        last = self.previous
        if last is None:
            if statement.number != 1:
                return "is not the first, and those before it are missing"
            follows = statement.previous_root == (self.after.root if self.after else None)
            return "" if follows else "does not follow the end of the log before it"
        if statement.number != last.number + 1:
            return f"does not follow {last.number}: others are missing"
        if statement.previous_root != last.root or statement.size < last.size:
            return "does not continue the one before it"
        return ""

    def compare(self, statement: Statement, what: str) -> None:
        """Report the first checkpoint whose root is not that of the tree."""
        if statement.size > self.frontier.size:
            words = f"{what} says {statement.size} entries; {self.frontier.size} are there."
            self.report.add(Finding("gap", words, self.log, self.frontier.size))
            self.is_lost = True
        if self.is_lost or self.fits(statement):
            return
        first = self.previous.size if self.previous else 0
        words = f"{what} has another root: an entry from position {first} to {statement.size - 1} was replaced."
        self.report.add(Finding("root", words, self.log, first))
        self.is_lost = True

    def fits(self, statement: Statement) -> bool:
        """Return whether the tree has the root, by the tiles or by the leaves."""
        if self.frontier.root() == statement.root:
            return True
        if self.other and self.other.root() == statement.root:
            self.frontier, self.other = self.other, None
            return True
        return False

    def anchor(self, anchor: Anchor) -> None:
        """Compare a copy from outside with the tree at that size."""
        statement = anchor.statement
        if self.is_lost or self.frontier.root() == statement.root:
            return
        if self.other and self.other.root() == statement.root:
            return
        words = (
            f"Anchor {statement.number} of {self.log} has another root for the first {statement.size} entries:"
            " history was rewritten."
        )
        first = max((size for size in self.anchors if size < statement.size), default=0)
        self.report.add(Finding("rewritten", words, self.log, first))
        self.is_lost = True
