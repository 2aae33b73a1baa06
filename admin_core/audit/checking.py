"""Proves one entry on the spot: from its text to its place, to a signed root, to a copy outside. A few rows each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from admin_core.audit import store
from admin_core.audit.anchors import Anchor, AnchorError, read_anchors
from admin_core.audit.keys import MacKey
from admin_core.audit.proving import NotProvable, head_of, snapshot
from admin_core.audit.tables import ENTRIES, LEAVES
from admin_core.audit.tree import inclusion_path, leaf_hash, root_from_path
from admin_core.database import Database
from admin_core.theme.formats import absolute, number


@dataclass(frozen=True)
class Step:
    """One step of the proof: what was compared, and whether it fits; None: it could not be."""

    title: str
    fits: bool | None
    says: str


@dataclass(frozen=True)
class Host:
    """What this host can bring to a proof."""

    macs: Sequence[MacKey]
    anchors: Path | None


def checked(database: Database, entry_id: UUID, host: Host) -> list[Step]:
    """Return the steps from an entry to an anchor, as far as they lead; none when there is no such entry."""
    columns = (ENTRIES.c.body, ENTRIES.c.mac, ENTRIES.c.mac_key_id)
    leaf = (LEAVES.c.log, LEAVES.c.position, LEAVES.c.leaf_hash)
    joined = ENTRIES.outerjoin(LEAVES, LEAVES.c.entry_id == ENTRIES.c.id)
    with snapshot(database) as connection:
        mine = select(*columns, *leaf).select_from(joined).where(ENTRIES.c.id == entry_id)
        row = connection.execute(mine).one_or_none()
        if row is None:
            return []
        if row.log is None:
            return [*written(row, host), Step("Sealed", None, "It waits to be sealed: try again in a few seconds.")]
        return [*written(row, host), *sealed(connection, row), anchored(connection, row, host)]


def written(row: Any, host: Host) -> Iterator[Step]:
    """Yield whether the application wrote the text."""
    known = {key.id: key for key in host.macs}.get(row.mac_key_id)
    if known is None:
        says = f"{row.mac_key_id} is a key that this process does not have: name it in ADMIN_OLD_SECRET_KEYS."
        yield Step("Written by this application", None, says)
        return
    fits = known.mac(row.body.encode()) == row.mac
    says = f"The code over its text is {'the' if fits else 'not the'} one that only a holder of {known.id} can compute."
    yield Step("Written by this application", fits, says)


def sealed(connection: Connection, row: Any) -> Iterator[Step]:
    """Yield whether the text has its place, and the place leads to a root that was signed."""
    found = leaf_hash(row.body.encode() + row.mac)
    place = f"position {number(row.position)} of {row.log}"
    words = f"SHA-256 of text and code is {found.hex()[:16]}…, which {'is' if found == row.leaf_hash else 'is not'}"
    yield Step("At its place", found == row.leaf_hash, f"{words} what was sealed at {place}.")
    try:
        head = head_of(connection, row.log)
    except NotProvable as problem:
        yield Step("In the tree", fits=False, says=str(problem))
        return
    statement = head.statement
    try:
        path = inclusion_path(store.tree_of(connection, row.log), row.position, statement.size)
        fits = root_from_path(found, row.position, statement.size, path) == statement.root
        lead = f"{len(path)} {'hash leads' if len(path) == 1 else 'hashes lead'}"
        to_root = f"{lead} from there to {statement.root.hex()[:16]}…, the root of its entries."
        says = to_root if fits else f"{lead} from there to another root than the signed one."
    except (LookupError, ValueError) as problem:  # a tile is gone, or the checkpoint ends before this place
        fits, says = False, str(problem)
    yield Step(f"In the tree of checkpoint {number(statement.number)}", fits, says)
    says = f"{'By' if head.is_genuine else 'Not by'} {head.key.id}, {absolute(statement.sealed_at)}."
    yield Step("The root is signed", head.is_genuine, says)


def anchored(connection: Connection, row: Any, host: Host) -> Step:
    """Return whether a copy outside knows the same tree."""
    title = "Anchored outside"
    if host.anchors is None:
        return Step(title, None, "This host has no directory of anchors (ADMIN_AUDIT_ANCHOR_DIR).")
    try:
        found = first_covering(host.anchors, row.log, row.position)
    except AnchorError as problem:
        return Step(title, None, str(problem))
    if found is None:
        return Step(title, None, "No anchor is younger than this entry yet: one is made every hour.")
    statement = found.statement
    root = store.read_edge(connection, row.log, statement.size).root()
    fits = found.is_genuine and root == statement.root
    tree = f"the first {number(statement.size)} entries"
    says = f"The anchor of {absolute(statement.sealed_at)} {'has the same' if fits else 'has another'} root for {tree}."
    return Step(title, fits, says)


def first_covering(place: Path, log: str, position: int) -> Anchor | None:
    """Return the oldest anchor that was made when the entry had its place; None without one."""
    mine = (anchor for anchor in read_anchors(place) if anchor.statement.log == log)
    return next((anchor for anchor in mine if anchor.statement.size > position), None)
