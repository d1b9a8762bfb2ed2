"""Instant runoff: one seat, the last is excluded until one has more than half of the votes still in play.

Source: Robert's Rules of Order Newly Revised, 12th ed., 45:62-69 (preferential voting); the city of Minneapolis, Code
of Ordinances, chapter 167. One candidate is excluded at a stage; Minneapolis excludes together those who cannot catch
up, which leaves every later stage the same. Ties for the fewest: the backwards look, then the lot (`ties`).
"""

from __future__ import annotations

import numpy as np

from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import Profile, next_standing
from assemblies.counting.results import Count, Stage
from assemblies.counting.ties import Tie, settle


def count(profile: Profile, lot: Lot = no_lot) -> Count:
    """Count `profile` for one seat; votes are whole ballots.

    Raises ValueError for no valid ballot, nobody standing, or equal preferences; LotNeeded for a tie without a lot.
    """
    rankings, weights, valid = profile.strict(), profile.weights, profile.valid
    continuing = profile.standing
    if not valid or not continuing:
        raise ValueError("there must be at least one valid ballot and one candidate standing")
    size = len(profile.candidates)
    standing = np.zeros(size + 1, bool)
    standing[continuing] = True
    standing[-1] = True
    holder = rankings[:, 0].copy()
    received = np.zeros(size + 1, np.int64)
    np.add.at(received, holder, weights)
    totals: list[int] = received.tolist()[:-1]

    history: list[list[int]] = []
    stages: list[Stage] = []
    change, exhausted = list(totals), 0
    moved: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = ()
    while True:
        leader = max(continuing, key=lambda c: totals[c])
        done = 2 * totals[leader] > valid - exhausted or len(continuing) == 1
        stages.append(
            Stage(
                action="exclude" if moved else "first",
                moved=moved,
                totals=tuple(totals),
                transfers=tuple(change),
                exhausted=exhausted,
                lost=0,
                elected=(leader,) if done else (),
                excluded=moved,
                ties=ties,
            )
        )
        if done:
            break
        fewest = min(totals[c] for c in continuing)
        last, tie = settle([c for c in continuing if totals[c] == fewest], history, highest=False, lot=lot)
        moved, ties = (last,), (tie,) if tie else ()
        history.append(list(totals))
        continuing.remove(last)
        standing[last] = False
        papers = np.flatnonzero(holder == last)
        target = next_standing(rankings[papers], standing)
        holder[papers] = target
        received[:] = 0
        np.add.at(received, target, weights[papers])
        change = received.tolist()
        exhausted += change.pop()
        change[last] = -totals[last]
        totals = [votes + more for votes, more in zip(totals, change, strict=True)]

    return Count(
        rule="irv",
        candidates=profile.candidates,
        seats=1,
        valid=valid,
        blank=profile.blank,
        scale=1,
        quota=None,
        elected=(leader,),
        stages=tuple(stages),
    )
