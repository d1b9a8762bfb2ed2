"""The Merkle tree of RFC 9162 (section 2.1; the same tree as RFC 6962) over SHA-256. Pure: no database, no Django.

Hashes are 32 bytes. A tree is a sequence of leaf hashes; `size` is their number. The functions that make proofs ask
for the hashes of complete subtrees through `Nodes`, so that a store which keeps some of them can answer quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

# (height, index) to the hash over the leaves from index * 2**height up to (index + 1) * 2**height.
Nodes = Callable[[int, int], bytes]

EMPTY = sha256(b"").digest()


class BadProof(ValueError):
    """A proof that does not show what it should."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Peaks:
    """A growing tree in its compact form: the hashes of its complete subtrees, the largest first.

    `hashes` has one hash for each bit set in `size`; appending is O(1) on average, `root` O(log size).
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} peaks, not {len(self.hashes)}.")

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash. Returns the subtrees that it completed, as (height, index, hash), lowest first."""
        completed = []
        height, node = 0, leaf
        while self.size >> height & 1:
            node = node_hash(self.hashes.pop(), node)
            height += 1
            completed.append((height, self.size >> height, node))
        self.hashes.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY
        *left, root = self.hashes
        for peak in reversed(left):
            root = node_hash(peak, root)
        return root


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """The subtrees of leaf hashes that are all at hand."""

    def node(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


def root_at(size: int, nodes: Nodes) -> bytes:
    """The root of the first `size` leaves."""
    return _range(0, size, nodes) if size else EMPTY


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The path that shows leaf `index` within the first `size` leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} among {size}.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, nodes))
            end = middle
        else:
            path.append(_range(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """The proof that the first `new` leaves begin with the first `old` (RFC 9162, 2.1.4.1). Empty when old is 0."""
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves has no past of {old}.")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, nodes))
            end = middle
        else:
            path.append(_range(start, middle, nodes))
            start, whole = middle, False
    if not whole:
        path.append(_range(start, end, nodes))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, 2.1.3.2.

    Raises:
        BadProof: when the path does not lead from the leaf to the root.
    """
    if not 0 <= index < size:
        raise BadProof(f"There is no leaf {index} among {size}.")
    here, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise BadProof("The path is too long.")
        if here & 1 or here == last:
            node = node_hash(sibling, node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise BadProof("The path is too short.")
    if node != root:
        raise BadProof("The path leads to another root.")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """RFC 9162, 2.1.4.2.

    Raises:
        BadProof: when the path does not show that the newer tree begins with the older.
    """
    if old > new:
        raise BadProof(f"A tree of {new} leaves has no past of {old}.")
    if old in (0, new):
        if path:
            raise BadProof("The path is too long.")
        if (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY):
            raise BadProof("Two trees of the same size have different roots.")
        return
    if not path:
        raise BadProof("The path is too short.")
    steps = list(path) if old & (old - 1) else [old_root, *path]
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise BadProof("The path is too long.")
        if here & 1 or here == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, step)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise BadProof("The path is too short.")
    if before != old_root:
        raise BadProof("The path leads to another older root.")
    if after != new_root:
        raise BadProof("The path leads to another newer root.")


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def _range(start: int, end: int, nodes: Nodes) -> bytes:
    """The hash over the leaves from `start` up to `end`, as the tree nests them."""
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return nodes(height, start >> height)
    middle = start + _split(count)
    return node_hash(_range(start, middle, nodes), _range(middle, end, nodes))
