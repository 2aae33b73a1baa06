"""The Merkle tree of the log (RFC 9162 §2.1): roots, and proofs that an entry is in it and that it only grew.

Pure functions over hashes. A tree is never read again to grow: its right edge (``Frontier``) is enough.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
Node = Callable[[int, int], bytes]
"""The hash of the complete subtree of 2**height leaves that is the index-th of its height."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf; the prefix keeps a node from being passed off as a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The complete subtrees a tree consists of, from left to right: enough to append and to tell the root."""

    size: int = 0
    nodes: list[bytes] = field(default_factory=list)
    """One for each bit that is set in ``size``, the highest first."""

    def append(self, leaf: bytes) -> None:
        """Add one leaf."""
        merged, size = leaf, self.size
        while size & 1:
            merged = node_hash(self.nodes.pop(), merged)
            size >>= 1
        self.nodes.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return folded(self.nodes)


def folded(nodes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, given from left to right."""
    if not nodes:
        return EMPTY_ROOT
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def split(size: int) -> int:
    """Return the largest power of two below ``size``: where a tree of more than one leaf is divided."""
    return 1 << (size - 1).bit_length() - 1


def subtree(node: Node, start: int, size: int) -> bytes:
    """Return the hash over ``size`` leaves from ``start`` on, which the division of a larger tree has made."""
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    left = split(size)
    return node_hash(subtree(node, start, left), subtree(node, start + left, size - left))


def inclusion_path(node: Node, position: int, size: int) -> list[bytes]:
    """Return the hashes that lead from the leaf at ``position`` to the root of the tree of ``size`` leaves."""
    if not 0 <= position < size:
        raise ValueError(f"Position {position} is not in a tree of {size} leaves.")
    path: list[bytes] = []
    start = 0
    while size > 1:
        left = split(size)
        if position - start < left:
            path.append(subtree(node, start + left, size - left))
            size = left
        else:
            path.append(subtree(node, start, left))
            start, size = start + left, size - left
    return path[::-1]


def root_from_path(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root a proof leads to, or None when the proof has the wrong length (RFC 9162 §2.1.3.2)."""
    if not 0 <= position < size:
        return None
    place, last, found = position, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def consistency_path(node: Node, first: int, second: int) -> list[bytes]:
    """Return the hashes that show a tree of ``second`` leaves to continue the one of ``first``."""
    if not 0 < first <= second:
        raise ValueError(f"A tree of {second} leaves does not continue one of {first}.")
    path: list[bytes] = []
    start, size, rest, is_whole = 0, second, first, True
    while rest < size:
        left = split(size)
        if rest <= left:
            path.append(subtree(node, start + left, size - left))
            size = left
        else:
            path.append(subtree(node, start, left))
            start, size, rest, is_whole = start + left, size - left, rest - left, False
    if not is_whole:
        path.append(subtree(node, start, size))
    return path[::-1]


def continues(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether the proof shows the second tree to continue the first (RFC 9162 §2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    steps = list(path) if first & (first - 1) else [first_root, *path]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == first_root and after == second_root
