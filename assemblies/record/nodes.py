"""The stored tree of one log, as the proofs ask for it."""

from __future__ import annotations

from ..models.tree import TILE, Leaf, Subtree
from .merkle import node_hash


class StoredNodes:
    """Hashes of complete subtrees of one log, read in rows of 256: a proof over a million leaves reads a few rows."""

    def __init__(self, log_id: int) -> None:
        self.log_id = log_id
        self.rows: dict[tuple[int, int], dict[int, bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        below = height % TILE
        base = height - below
        row = self._row(base, index << below >> TILE)
        level = [row[child] for child in range(index << below, index + 1 << below)]
        while len(level) > 1:
            level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=True)]
        return level[0]

    def _row(self, height: int, number: int) -> dict[int, bytes]:
        if (height, number) not in self.rows:
            place = {"log": self.log_id, "index__range": (number << TILE, (number + 1 << TILE) - 1)}
            found = Subtree.objects.filter(height=height, **place) if height else Leaf.objects.filter(**place)
            self.rows[height, number] = {index: bytes(it) for index, it in found.values_list("index", "hash")}
        return self.rows[height, number]
