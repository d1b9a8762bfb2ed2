"""The lot: a drawing that anyone can repeat from a published seed (RFC 3797).

RFC 3797 (Eastlake 2004), section 4: the i-th selection, i from 0, takes the MD5 digest of i as two bytes (big endian),
the key, and i again as two bytes; the digest, read as a 128-bit number, modulo the number of items not yet selected,
names the place of the selected item among those that remain in their published order. MD5 serves here only to spread
the key evenly, as in the RFC; that nobody can choose the outcome rests on the key being fixed after the ballots are.

A count needs several lots at most, so the whole list of candidates is drawn once into one order; in every tie the one
drawn earliest of those tied is taken. The order, and so each tie, can be checked with the RFC's own reference program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Lot = Callable[[Sequence[int]], int]

LARGEST_POOL = 65_535


class LotNeeded(Exception):
    """A tie that only a lot can settle, in a count that was given none; `tied` are the candidates."""

    def __init__(self, tied: Sequence[int]) -> None:
        super().__init__(f"candidates {', '.join(str(c + 1) for c in tied)} are tied and no lot was given")
        self.tied = tuple(tied)


def no_lot(tied: Sequence[int]) -> int:
    """The lot of a count that was given none: raises LotNeeded."""
    raise LotNeeded(tied)


def rfc3797_key(*sources: Iterable[int]) -> str:
    """The key of RFC 3797 for sources of whole numbers: each source sorted, "n." for each number, and "/"."""
    return "".join("".join(f"{number}." for number in sorted(source)) + "/" for source in sources)


def select(key: str, pool: int, count: int) -> list[int]:
    """`count` places, from 0, drawn without repetition from a pool of that size, in the order drawn.

    Raises ValueError for a pool above 65,535 (the RFC's limit) or a count outside 0..pool.
    """
    if not 0 <= count <= pool <= LARGEST_POOL:
        raise ValueError(f"cannot draw {count} from a pool of {pool}")
    secret, remaining, drawn = key.encode(), list(range(pool)), []
    for i in range(count):
        index = i.to_bytes(2, "big")
        digest = hashlib.md5(index + secret + index, usedforsecurity=False).digest()
        drawn.append(remaining.pop(int.from_bytes(digest, "big") % len(remaining)))
    return drawn


class SeededLot:
    """The lot of one count: the order in which RFC 3797 draws all the candidates with the seed as its key.

    Called with the tied candidates, it returns the one drawn earliest.
    """

    def __init__(self, seed: str, candidates: int) -> None:
        if not seed:
            raise ValueError("a lot needs a seed")
        self.seed = seed
        self.order = select(seed, candidates, candidates)
        self._place = {candidate: place for place, candidate in enumerate(self.order)}

    def __call__(self, tied: Sequence[int]) -> int:
        return min(tied, key=self._place.__getitem__)
