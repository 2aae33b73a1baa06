"""Roots and proofs agree with RFC 9162, for its known values and for any tree."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.audit import tiles, tree
from admin_core.audit.tree import Frontier, leaf_hash, node_hash, root_of

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the trees over the first 0 … 8 inputs: the vectors of Certificate Transparency's reference implementation."""


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


def naive(hashes: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(naive(hashes[:k]), naive(hashes[k:]))


@pytest.mark.parametrize("count", range(9))
def test_roots_are_the_known_ones(count: int) -> None:
    assert root_of(leaf_hash(bytes.fromhex(text)) for text in INPUTS[:count]).hex() == ROOTS[count]


@given(st.integers(0, 1500))
def test_any_tree_has_the_root_of_the_definition(count: int) -> None:
    assert root_of(leaves(count)) == naive(leaves(count))


def reader(hashes: list[bytes]) -> tree.Node:
    edge = tiles.Edge()
    for leaf in hashes:
        edge.append(leaf)
    held = edge.tiles()
    return tiles.node_reader(lambda place: held[place])


@given(st.integers(1, 1200), st.data())
def test_every_entry_can_be_proven_and_nothing_else(count: int, data: st.DataObject) -> None:
    hashes = leaves(count)
    position = data.draw(st.integers(0, count - 1))
    path = tree.inclusion_path(reader(hashes), position, count)
    assert tree.root_from_path(hashes[position], position, count, path) == naive(hashes)
    other = data.draw(st.integers(0, count - 1))
    if other != position:
        assert tree.root_from_path(hashes[position], other, count, path) != naive(hashes)
    assert tree.root_from_path(leaf_hash(b"forged"), position, count, path) != naive(hashes)
    assert tree.root_from_path(hashes[position], position, count, [*path, hashes[0]]) is None


@given(st.integers(1, 1200), st.data())
def test_growth_can_be_proven_and_rewriting_cannot(count: int, data: st.DataObject) -> None:
    hashes = leaves(count)
    first = data.draw(st.integers(1, count))
    path = tree.consistency_path(reader(hashes), first, count)
    before, after = naive(hashes[:first]), naive(hashes)
    assert tree.continues(first, before, count, after, path)
    assert not tree.continues(first, leaf_hash(b"other"), count, after, path)
    assert not tree.continues(first, before, count, leaf_hash(b"other"), path)
    if first < count:
        assert not tree.continues(first, before, count, after, path[:-1])


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_an_edge_read_back_from_its_tiles_goes_on(count: int) -> None:
    hashes = leaves(count + 300)
    edge = tiles.Edge()
    for leaf in hashes[:count]:
        edge.append(leaf)
    held = edge.tiles()
    again = tiles.edge_of(count, {place: held[place] for place in tiles.edge_places(count)})
    frontier = Frontier()
    for leaf in hashes[:count]:
        frontier.append(leaf)
    assert again.root() == edge.root() == frontier.root()
    assert again.frontier() == frontier
    for leaf in hashes[count:]:
        again.append(leaf)
        frontier.append(leaf)
    assert again.root() == frontier.root()
    assert len(again.tiles()) <= 6, "only what changed is written"
    grown = {**held, **again.tiles()}
    assert tiles.edge_of(count, grown).root() == edge.root(), "an older size can be read from newer tiles"


def test_positions_outside_the_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="Position 3 is not in a tree of 3"):
        tree.inclusion_path(reader(leaves(3)), 3, 3)
    with pytest.raises(ValueError, match="does not continue"):
        tree.consistency_path(reader(leaves(3)), 4, 3)
    with pytest.raises(LookupError, match="Tile 0 of level 0"):
        tiles.node_reader(lambda _place: b"")(0, 0)
