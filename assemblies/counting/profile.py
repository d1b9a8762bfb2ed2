"""Ranked ballots grouped into distinct rankings with a weight: what the counters read.

A profile of d distinct rankings over c candidates holds

    rankings   int16 (d, w + 1)   candidate numbers from 0, best first, padded with -1; the last column is always -1
    weights    int64 (d,)         how many ballots carry that ranking, each 1 or more
    joined     bool (d, w + 1)    True where a candidate is ranked equal to the one before; None when nobody is

`w` is the length of the longest ranking. Candidates left out of a ranking stand below all that are in it, equal among
themselves. Rankings need not be unique: counting is additive, so two rows with the same ranking count as one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

MOST_CANDIDATES = 32_767  # int16
HEADER, ITEM = 10, 3  # of a smallint[] as PostgreSQL sends it, in units of two bytes; an item is its length and itself


class BadBallot(ValueError):
    """A ballot that cannot be counted: `index` is its place in the input, from 0; `reason` a sentence."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"ballot {index + 1}: {reason}")
        self.index = index
        self.reason = reason


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Grouped ballots; built by `of`, `of_levels` or `sent`, which check them.

    `blank` counts the ballots without any preference; they are not valid votes. `withdrawn` are candidates who left
    before the count: no ranking names them. Every constructor raises BadBallot for a candidate number outside
    0..c-1, a candidate named twice, or a weight that is not a whole number of 1 or more.
    """

    candidates: tuple[str, ...]
    rankings: NDArray[np.int16]
    weights: NDArray[np.int64]
    joined: NDArray[np.bool_] | None = None
    blank: int = 0
    withdrawn: frozenset[int] = frozenset()

    def in_order(self) -> Profile:
        """The same ballots, the most frequent ranking first and equally frequent ones by their numbers."""
        order = np.lexsort((*self.rankings.T[::-1], -self.weights))
        joined = None if self.joined is None else self.joined[order]
        return replace(self, rankings=self.rankings[order], weights=self.weights[order], joined=joined)

    @property
    def valid(self) -> int:
        """The number of valid ballots."""
        return int(self.weights.sum())

    @property
    def standing(self) -> list[int]:
        """The candidates who did not withdraw."""
        return [c for c in range(len(self.candidates)) if c not in self.withdrawn]

    def strict(self) -> NDArray[np.int16]:
        """The rankings, for rules that know no equal preferences; raises ValueError when there are some."""
        if self.joined is not None:
            raise ValueError("this rule cannot count equal preferences")
        return self.rankings

    def ballots(self) -> Iterator[tuple[tuple[tuple[int, ...], ...], int]]:
        """Each row as (levels, weight); a level is the candidates ranked equal there."""
        joined = self.joined if self.joined is not None else np.zeros(self.rankings.shape, bool)
        for row, join, weight in zip(self.rankings.tolist(), joined.tolist(), self.weights.tolist(), strict=True):
            levels: list[tuple[int, ...]] = []
            for candidate, equal in zip(row, join, strict=True):
                if candidate < 0:
                    break
                if equal:
                    levels[-1] += (candidate,)
                else:
                    levels.append((candidate,))
            yield tuple(levels), weight

    @classmethod
    def of(
        cls,
        candidates: Sequence[str],
        ballots: Iterable[tuple[Sequence[int], int]],
        withdrawn: Iterable[int] = (),
    ) -> Profile:
        """From pairs (ranking, weight); a ranking is candidate numbers from 0, best first; an empty one is blank."""
        pairs = ballots if isinstance(ballots, list) else list(ballots)
        rankings = [pair[0] for pair in pairs]
        lengths = np.fromiter(map(len, rankings), np.int64, len(rankings))
        flat: NDArray[np.integer]
        try:
            flat = np.frombuffer(bytes(chain.from_iterable(rankings)), np.uint8)
        except ValueError:  # a number outside 0..255
            flat = np.frombuffer(array("q", chain.from_iterable(rankings)), np.int64)
        return _checked(cls, candidates, flat, lengths, [pair[1] for pair in pairs], withdrawn)

    @classmethod
    def of_levels(
        cls,
        candidates: Sequence[str],
        ballots: Iterable[tuple[Sequence[Sequence[int]], int]],
        withdrawn: Iterable[int] = (),
    ) -> Profile:
        """From pairs (levels, weight), where a level is a sequence of candidates ranked equal; none may be empty."""
        pairs = list(ballots)
        for index, (levels, _) in enumerate(pairs):
            if not all(levels):
                raise BadBallot(index, "an empty place in the ranking")
        flat = array("q", (c for levels, _ in pairs for level in levels for c in level))
        joined = array("b", (place > 0 for levels, _ in pairs for level in levels for place in range(len(level))))
        lengths = np.array([sum(map(len, levels)) for levels, _ in pairs], np.int64)
        weights = [weight for _, weight in pairs]
        return _checked(
            cls, candidates, np.frombuffer(flat, np.int64), lengths, weights, withdrawn, np.frombuffer(joined, np.bool_)
        )

    @classmethod
    def sent(
        cls,
        candidates: Sequence[str],
        arrays: bytes,
        lengths: Sequence[int],
        weights: Sequence[int],
        withdrawn: Iterable[int] = (),
    ) -> Profile:
        """From rankings of candidate numbers from 1, each a `smallint[]` without NULL as PostgreSQL sends it in binary
        (`array_send`), one after another in `arrays`; `lengths` says how many numbers each holds, 1 or more.

        The quickest way in: the database sends the grouped ballots as three values, and no ballot becomes an object.
        Raises ValueError when `arrays` is not as long as `lengths` says.
        """
        sizes = np.asarray(lengths, np.int64)
        units = np.frombuffer(arrays, ">i2")
        if sizes.min(initial=1) < 1 or len(units) != int((HEADER + ITEM * sizes).sum()):
            raise ValueError("the arrays are not those of these lengths")
        ends = np.cumsum(sizes)
        before = np.repeat(np.arange(len(sizes)), sizes) + 1  # headers passed on the way to each number
        places = HEADER * before + ITEM * np.arange(1, int(ends[-1]) + 1 if len(ends) else 1) - 1
        return _checked(cls, candidates, units[places].astype(np.int16) - 1, sizes, weights, withdrawn)


def _checked(
    cls: type[Profile],
    candidates: Sequence[str],
    flat: NDArray[np.integer],
    lengths: NDArray[np.int64],
    weights: Sequence[int],
    withdrawn: Iterable[int],
    joined: NDArray[np.bool_] | None = None,
) -> Profile:
    """The profile of rankings written one after another in `flat`, each `lengths[i]` long; see Profile for errors."""
    count = len(candidates)
    if not 0 < count <= MOST_CANDIDATES:
        raise ValueError(f"there must be between 1 and {MOST_CANDIDATES} candidates, not {count}")
    if len(weights) != len(lengths):
        raise ValueError(f"{len(lengths)} rankings but {len(weights)} weights")
    gone = frozenset(withdrawn)
    if any(not 0 <= c < count for c in gone):
        raise ValueError("a withdrawn candidate is not on the list")
    carried = _whole(weights)
    outside = (flat < 0) | (flat >= count)
    if outside.any():
        at = int(outside.argmax())
        row = int(np.searchsorted(np.cumsum(lengths), at, side="right"))
        raise BadBallot(row, f"there is no candidate number {int(flat[at]) + 1} among {count}")
    seen = np.zeros(len(lengths) * count, bool)
    seen[np.repeat(np.arange(len(lengths)) * count, lengths) + flat] = True
    if np.count_nonzero(seen) != len(flat):
        short = seen.reshape(len(lengths), count).sum(axis=1) != lengths
        raise BadBallot(int(short.argmax()), "a candidate is named twice")
    if gone:
        flat, lengths, joined = _without(gone, flat, lengths, joined)
    filled = np.arange(int(lengths.max(initial=0)) + 1) < lengths[:, None]
    rankings = np.full(filled.shape, -1, np.int16)
    rankings[filled] = flat
    equal = None
    if joined is not None and joined.any():
        equal = np.zeros(filled.shape, bool)
        equal[filled] = joined
    empty = lengths == 0
    blank = int(carried[empty].sum())
    if empty.any():
        rankings, carried = rankings[~empty], carried[~empty]
        equal = equal[~empty] if equal is not None else None
    return cls(tuple(candidates), rankings, carried, equal, blank, gone)


def _whole(weights: Sequence[int]) -> NDArray[np.int64]:
    """The weights as int64; BadBallot for the first that is not a whole number of 1 or more."""
    try:
        carried = np.frombuffer(array("q", weights), np.int64)
    except (TypeError, OverflowError):
        wrong = next(i for i, w in enumerate(weights) if not isinstance(w, int) or not 0 < w < 2**63)
        raise BadBallot(wrong, f"the weight must be a whole number of 1 or more, not {weights[wrong]!r}") from None
    if len(carried) and int(carried.min()) < 1:
        wrong = int((carried < 1).argmax())
        raise BadBallot(wrong, f"the weight must be a whole number of 1 or more, not {weights[wrong]!r}")
    return carried


def _without(
    gone: frozenset[int],
    flat: NDArray[np.integer],
    lengths: NDArray[np.int64],
    joined: NDArray[np.bool_] | None,
) -> tuple[NDArray[np.integer], NDArray[np.int64], NDArray[np.bool_] | None]:
    """The same rankings with the withdrawn candidates struck out; those below move up, equal ones stay equal."""
    kept = ~np.isin(flat, list(gone))
    rows = np.repeat(np.arange(len(lengths)), lengths)[kept]
    if joined is not None:
        level = np.cumsum(~joined)[kept]
        joined = np.zeros(len(level), bool)
        joined[1:] = (level[1:] == level[:-1]) & (rows[1:] == rows[:-1])
    return flat[kept], np.bincount(rows, minlength=len(lengths)), joined


def next_standing(rankings: NDArray[np.int16], standing: NDArray[np.bool_]) -> NDArray[np.int16]:
    """The best candidate still standing on each ranking, -1 where none is.

    `standing` is bool (c + 1,); its last entry must be True, so that the padding ends the search.
    """
    places = standing[rankings].argmax(axis=1)
    found: NDArray[np.int16] = rankings[np.arange(len(rankings)), places]
    return found
