"""Single transferable vote by Meek's method, in nine exact decimals.

Sources: I. D. Hill, B. A. Wichmann and D. R. Woodall, "Algorithm 123: Single transferable vote by Meek's method", The
Computer Journal 30 (1987) 277-281; in the exact form of the Proportional Representation Foundation's Reference Meek
Rule, whose steps are named below (B.1 ... C). Each candidate keeps the share `keep` of every ballot that arrives and
passes the rest on; those elected keep just enough to stay at a quota that shrinks as ballots are exhausted.

Every vote is a whole number of 1/1,000,000,000, in 64 bits, up to 9.2 thousand million ballots. Ties for the fewest,
where c' is tied with the lowest c if its votes are no more than c's plus the total surplus: the backwards look over
the stages before, then the lot (the reference rule leaves this to the election).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import Profile
from assemblies.counting.results import Count, Stage
from assemblies.counting.ties import Tie, settle

SCALE = 1_000_000_000
OMEGA = 1_000  # 0.000001 votes
MOST_BALLOTS = (2**63 - 1) // SCALE


def count(profile: Profile, seats: int, lot: Lot = no_lot) -> Count:
    """Count `profile` for so many seats. A stage is a round of the rule: it ends by an election or an exclusion.

    Raises ValueError for no seats, no valid ballot, equal preferences or too many ballots, LotNeeded for a tie
    without a lot. `quota` of the result is the quota of the last stage.
    """
    rankings, valid = profile.strict(), profile.valid
    if seats < 1:
        raise ValueError("there must be at least one seat")
    if not 0 < valid <= MOST_BALLOTS:
        raise ValueError(f"there must be between 1 and {MOST_BALLOTS} valid ballots, not {valid}")
    size = len(profile.candidates)
    keep = np.zeros(size + 1, np.int64)
    keep[profile.standing] = SCALE
    hopeful, elected = profile.standing, list[int]()
    stages: list[Stage] = []
    before: tuple[int, ...] = (0,) * size
    while not stages or (len(elected) < seats < len(elected) + len(hopeful)):  # B.1
        paths, weights = _paths(rankings, profile.weights, keep, hopeful)
        earlier: int | None = None
        while True:  # B.2
            votes = _distribute(paths, weights, keep)
            quota = int(votes.sum()) // (seats + 1) + 1
            reached = sorted((c for c in hopeful if votes[c] >= quota), key=lambda c: (-int(votes[c]), c))
            surplus = max(0, sum(int(votes[c]) - quota for c in elected + reached))
            if reached or surplus < OMEGA or (earlier is not None and surplus >= earlier):
                break
            earlier = surplus
            for c in elected:
                kept = -(-int(keep[c]) * quota // SCALE)
                keep[c] = -(-kept * SCALE // int(votes[c]))
        totals = tuple(votes.tolist()[:size])
        excluded: tuple[int, ...] = ()
        ties: tuple[Tie, ...] = ()
        if reached:
            elected += reached
            hopeful = [c for c in hopeful if c not in reached]
        elif len(elected) + len(hopeful) > seats:  # B.3
            lowest = min(totals[c] for c in hopeful)
            tied = [c for c in hopeful if totals[c] <= lowest + surplus]
            last, tie = settle(tied, [stage.totals for stage in stages], highest=False, lot=lot)
            excluded, ties = (last,), (tie,) if tie else ()
            hopeful.remove(last)
        remaining = sorted(hopeful, key=lambda c: (-totals[c], c))
        last_ones = tuple(remaining) if len(elected) + len(remaining) <= seats else ()  # C
        stages.append(
            Stage(
                action="elect" if reached or last_ones else "exclude",
                moved=(),
                totals=totals,
                transfers=tuple(now - then for now, then in zip(totals, before, strict=True)),
                exhausted=valid * SCALE - sum(totals),
                lost=0,
                elected=tuple(reached) + last_ones,
                excluded=excluded,
                quota=quota,
                keep=tuple(keep.tolist()[:size]),
                ties=ties,
            )
        )
        before = totals
        elected += last_ones
        hopeful = [c for c in hopeful if c not in last_ones]
        keep[list(excluded)] = 0
    return Count(
        rule="meek",
        candidates=profile.candidates,
        seats=seats,
        valid=valid,
        blank=profile.blank,
        scale=SCALE,
        quota=quota,
        elected=tuple(elected),
        stages=tuple(stages),
    )


def _distribute(paths: NDArray[np.int64], weights: NDArray[np.int64], keep: NDArray[np.int64]) -> NDArray[np.int64]:
    """Step B.2.a: the votes (c + 1,) when each ballot passes along its path; products are rounded up."""
    votes = np.zeros(len(keep), np.int64)
    left = np.full(len(weights), SCALE, np.int64)
    for column in paths.T:
        kept = (left * keep[column] + (SCALE - 1)) // SCALE
        np.add.at(votes, column, kept * weights)
        left -= kept
    return votes


def _paths(
    rankings: NDArray[np.int16], weights: NDArray[np.int64], keep: NDArray[np.int64], hopeful: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rankings as far as votes travel in this round, (u, length) padded with -1, and their weights, grouped.

    The excluded are left out, and a hopeful candidate, who keeps everything, ends the path; so a few hundred paths
    stand for any number of ballots, and each ballot is still rounded by itself.
    """
    size = len(keep) - 1
    ends = np.zeros(size + 1, bool)
    ends[hopeful] = True
    length = int(np.count_nonzero(keep)) - len(hopeful) + 1
    if (size + 1) ** length >= 2**62:
        stop = ends[rankings]
        inside = (keep[rankings] > 0) & (np.cumsum(stop, axis=1) - stop == 0)
        rows, place = np.unique(np.where(inside, rankings, -1), axis=0, return_inverse=True)
        return rows.astype(np.int64), _grouped(place.reshape(-1), weights, len(rows))
    code = np.zeros(len(rankings), np.int64)
    travelling = np.ones(len(rankings), bool)
    for column in rankings.T[:-1]:
        here = travelling & (keep[column] > 0)
        code = np.where(here, code * (size + 1) + column + 1, code)
        travelling &= ~ends[column]
    codes, place = np.unique(code, return_inverse=True)
    paths = np.empty((len(codes), length), np.int64)
    rest = codes.copy()
    for digit in range(length - 1, -1, -1):
        rest, paths[:, digit] = np.divmod(rest, size + 1)
    return paths - 1, _grouped(place, weights, len(codes))


def _grouped(place: NDArray[np.intp], weights: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    grouped = np.zeros(length, np.int64)
    np.add.at(grouped, place, weights)
    return grouped
