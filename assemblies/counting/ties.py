"""Ties between candidates: the backwards look first, then the lot.

The Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 49(2)-(3) and 51(2): "regard shall
be had to the total number of votes ... at the end of the most recently preceding stage of the count at which they had
an unequal number of votes"; where they "were equal at all stages" the returning officer decides by lot.
Where more than two are tied and an earlier stage sets some of them apart, the look goes on among the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assemblies.counting.lot import Lot


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie and how it was settled: `stage` is the earlier stage that decided, None when the lot did."""

    tied: tuple[int, ...]
    chosen: int
    stage: int | None

    @property
    def by_lot(self) -> bool:
        return self.stage is None


def settle(tied: Sequence[int], history: Sequence[Sequence[int]], *, highest: bool, lot: Lot) -> tuple[int, Tie | None]:
    """The candidate chosen from `tied`, and the Tie when there was one.

    `history` holds the totals by candidate after each stage, first stage first; `highest` says whether the one with
    the most votes at the deciding stage is chosen (a surplus) or the one with the fewest (an exclusion).
    """
    if len(tied) == 1:
        return tied[0], None
    best = max if highest else min
    left, decided = sorted(tied), None
    for number in range(len(history), 0, -1):
        totals = history[number - 1]
        mark = best(totals[c] for c in left)
        nearer = [c for c in left if totals[c] == mark]
        if len(nearer) < len(left):
            left, decided = nearer, number
        if len(left) == 1:
            return left[0], Tie(tuple(sorted(tied)), left[0], decided)
    chosen = lot(left)
    if chosen not in left:
        raise ValueError(f"the lot named candidate {chosen}, who is not among the tied {left}")
    return chosen, Tie(tuple(sorted(tied)), chosen, None)
