"""The tree: the reference vectors of Certificate Transparency (RFC 6962, section 2.1), and properties."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assemblies.record.merkle import (
    EMPTY,
    BadProof,
    Peaks,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    nodes_of,
    root_at,
    verify_consistency,
    verify_inclusion,
)

# The inputs, roots and proofs of the reference implementation's own tests.
INPUTS = [
    bytes.fromhex(data)
    for data in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
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
A, B, C, D, E = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
)
INCLUSION = {
    (0, 1): [],
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], B, D],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [A, B, C],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", E, ROOTS[4]],
    (2, 5): [B, D],
}
LEAVES = [leaf_hash(data) for data in INPUTS]
NODES = nodes_of(LEAVES)


def hexes(steps):
    return [step.hex() for step in steps]


def test_the_empty_tree_is_the_hash_of_nothing():
    assert EMPTY.hex() == ROOTS[0] == sha256().hexdigest()
    assert Peaks().root() == root_at(0, NODES) == EMPTY


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size):
    peaks = Peaks()
    for leaf in LEAVES[:size]:
        peaks.append(leaf)
    assert peaks.root().hex() == root_at(size, NODES).hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_inclusion_proofs_are_those_of_the_reference(place, proof):
    index, size = place
    assert hexes(inclusion(index, size, NODES)) == proof
    verify_inclusion(LEAVES[index], index, size, inclusion(index, size, NODES), bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_the_reference(sizes, proof):
    old, new = sizes
    assert hexes(consistency(old, new, NODES)) == proof
    verify_consistency(old, new, *[bytes.fromhex(ROOTS[size]) for size in sizes], consistency(old, new, NODES))


def test_leaf_and_node_are_told_apart():
    """RFC 9162, 2.1.1: without the prefixes a node could pass for a leaf."""
    pair = LEAVES[0] + LEAVES[1]
    assert node_hash(LEAVES[0], LEAVES[1]) == sha256(b"\x01" + pair).digest() != leaf_hash(pair)


# ---- properties ----

leaves = st.integers(1, 300).map(lambda n: [leaf_hash(bytes([n % 251, i % 256, i // 256])) for i in range(n)])


@given(leaves, st.data())
def test_every_leaf_is_included_and_no_other_is(trees, data):
    size = len(trees)
    index = data.draw(st.integers(0, size - 1))
    nodes = nodes_of(trees)
    proof, root = inclusion(index, size, nodes), root_at(size, nodes)
    verify_inclusion(trees[index], index, size, proof, root)
    with pytest.raises(BadProof):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else None
    if other is not None:
        with pytest.raises(BadProof):
            verify_inclusion(trees[index], other, size, proof, root)


@given(leaves, st.data())
def test_every_past_is_consistent_and_no_other_is(trees, data):
    new = len(trees)
    old = data.draw(st.integers(0, new))
    nodes = nodes_of(trees)
    proof, before, after = consistency(old, new, nodes), root_at(old, nodes), root_at(new, nodes)
    verify_consistency(old, new, before, after, proof)
    if old:
        forked = [*trees[: old - 1], leaf_hash(b"another")]
        with pytest.raises(BadProof):
            verify_consistency(old, new, root_at(old, nodes_of(forked)), after, proof)


@given(leaves, st.data())
def test_a_proof_that_was_touched_proves_nothing(trees, data):
    size = len(trees)
    index = data.draw(st.integers(0, size - 1))
    nodes = nodes_of(trees)
    proof = inclusion(index, size, nodes)
    touched = data.draw(
        st.one_of(
            st.just([*proof, leaf_hash(b"more")]),
            *([st.just(proof[:-1]), st.just(proof[1:])] if proof else []),
            *([st.integers(0, len(proof) - 1).map(lambda n: [*proof[:n], EMPTY, *proof[n + 1 :]])] if proof else []),
        )
    )
    with pytest.raises(BadProof):
        verify_inclusion(trees[index], index, size, touched, root_at(size, nodes))


@given(leaves)
def test_growing_gives_the_root_of_the_whole_at_every_size(trees):
    peaks, nodes = Peaks(), nodes_of(trees)
    for size, leaf in enumerate(trees, 1):
        for height, index, node in peaks.append(leaf):
            assert node == nodes(height, index)
        assert len(peaks.hashes) == size.bit_count()
    assert peaks.root() == root_at(len(trees), nodes)
    again = Peaks(peaks.size, peaks.hashes)
    again.append(LEAVES[0])
    assert again.root() == root_at(len(trees) + 1, nodes_of([*trees, LEAVES[0]]))


@given(leaves, leaves)
def test_two_trees_have_two_roots(one, other):
    assert (root_at(len(one), nodes_of(one)) == root_at(len(other), nodes_of(other))) == (one == other)


def test_peaks_must_fit_their_size():
    with pytest.raises(ValueError, match="2 peaks"):
        Peaks(3, [EMPTY])
