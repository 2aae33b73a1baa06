"""The hashes of the tree kept in tiles of 256, as in transparency logs: seals and proofs read a few rows.

A tile of level L holds hashes of complete subtrees of 256**L leaves. Tiles can be made anew from the leaves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from admin_core.audit.tree import HASH_BYTES, Frontier, Node, folded, node_hash

WIDTH = 256
BITS = 8
FULL = WIDTH * HASH_BYTES
Place = tuple[int, int]
"""Level and number of a tile."""


@dataclass
class Edge:
    """The unfinished tile of each level, and which tiles changed since they were read."""

    size: int = 0
    levels: list[bytearray] = field(default_factory=list)
    changed: dict[Place, bytes] = field(default_factory=dict)

    def append(self, leaf: bytes) -> None:
        """Add a leaf; a tile that is full passes its root on to the level above."""
        number, carried, level = self.size, leaf, 0
        while True:
            if level == len(self.levels):
                self.levels.append(bytearray())
            tile = self.levels[level]
            tile += carried
            if len(tile) < FULL:
                break
            self.changed[level, number >> BITS] = bytes(tile)
            carried = perfect_root(bytes(tile))
            tile.clear()
            number >>= BITS
            level += 1
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree."""
        return folded(self.nodes())

    def nodes(self) -> list[bytes]:
        """Return the complete subtrees the tree consists of, from left to right."""
        return [node for tile in reversed(self.levels) for node in complete_parts(bytes(tile))]

    def frontier(self) -> Frontier:
        """Return the same tree as its right edge alone."""
        return Frontier(self.size, self.nodes())

    def tiles(self) -> dict[Place, bytes]:
        """Return the tiles to store: those that were filled, and the unfinished ones."""
        unfinished = {
            (level, self.size >> BITS * (level + 1)): bytes(tile) for level, tile in enumerate(self.levels) if tile
        }
        return {**self.changed, **unfinished}


def edge_places(size: int) -> Iterator[Place]:
    """Yield the unfinished tiles of a tree of this size."""
    level = 0
    while size >> BITS * level:
        if (size >> BITS * level) % WIDTH:
            yield level, size >> BITS * (level + 1)
        level += 1


def edge_of(size: int, tiles: dict[Place, bytes]) -> Edge:
    """Return the edge of a tree of this size from its tiles, which may have grown beyond it since."""
    edge = Edge(size)
    level = 0
    while size >> BITS * level:
        held = (size >> BITS * level) % WIDTH * HASH_BYTES
        edge.levels.append(bytearray(tiles.get((level, size >> BITS * (level + 1)), b"")[:held]))
        level += 1
    return edge


def complete_parts(hashes: bytes) -> list[bytes]:
    """Return the roots of the complete subtrees over the hashes of a tile, from left to right."""
    count, at, parts = len(hashes) // HASH_BYTES, 0, []
    for bit in reversed(range(BITS)):
        if count >> bit & 1:
            width = HASH_BYTES << bit
            parts.append(perfect_root(hashes[at : at + width]))
            at += width
    return parts


def perfect_root(hashes: bytes) -> bytes:
    """Return the root over a power of two of hashes that stand one after another."""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def node_reader(tile: Callable[[Place], bytes]) -> Node:
    """Return the function that finds any complete subtree's hash through the tiles."""

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, BITS)
        first = index << above
        hashes = tile((level, first >> BITS))
        start = first % WIDTH * HASH_BYTES
        part = hashes[start : start + (HASH_BYTES << above)]
        if len(part) != HASH_BYTES << above:
            raise LookupError(f"Tile {first >> BITS} of level {level} is not complete.")
        return perfect_root(part)

    return node
