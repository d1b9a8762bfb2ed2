"""Single transferable vote by the rule of Scottish local elections.

Source: the Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 46-52 (the same as rules
45-52 of SSI 2007/42): weighted inclusive Gregory.

- Quota: valid ballots / (seats + 1), decimals ignored, plus 1. Elected when the votes equal or exceed it.
- A surplus moves in a stage of its own, the largest first. All the ballots of the candidate move, to the next
  preference for a candidate neither elected nor excluded, each at the value surplus * its value / votes of the
  candidate, to five decimals, any remainder ignored.
- When no surplus is left the candidate with the fewest votes is excluded; the ballots move at the value they have.
- Equal surpluses and equal fewest: the backwards look, then the lot (`ties`).
- As soon as those continuing are as many as the vacancies they are elected and nothing more moves.

Every vote is a whole number of 1/100,000, in 64 bits: surplus * value stays below 2**63 up to 922 million ballots.
"""

from __future__ import annotations

import numpy as np

from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import Profile, next_standing
from assemblies.counting.results import Count, Stage
from assemblies.counting.ties import Tie, settle

SCALE = 100_000
MOST_BALLOTS = (2**63 - 1) // SCALE**2


def count(profile: Profile, seats: int, lot: Lot = no_lot) -> Count:
    """Count `profile` for so many seats; `lot` settles a tie that no earlier stage decides.

    Raises ValueError for no seats, no valid ballot, equal preferences or above 922 million ballots, LotNeeded for a
    tie without a lot.
    """
    rankings, weights, valid = profile.strict(), profile.weights, profile.valid
    if seats < 1:
        raise ValueError("there must be at least one seat")
    if not 0 < valid <= MOST_BALLOTS:
        raise ValueError(f"there must be between 1 and {MOST_BALLOTS} valid ballots, not {valid}")
    size = len(profile.candidates)
    quota = (valid // (seats + 1) + 1) * SCALE

    standing = np.zeros(size + 1, bool)
    standing[profile.standing] = True
    standing[-1] = True
    holder = rankings[:, 0].copy()
    value = np.full(len(weights), SCALE, np.int64)
    received = np.zeros(size + 1, np.int64)
    np.add.at(received, holder, weights)
    totals = [votes * SCALE for votes in received.tolist()]
    totals.pop()

    continuing = profile.standing
    elected: list[int] = []
    surpluses: list[int] = []
    history: list[list[int]] = []
    stages: list[Stage] = []
    action = "first"
    moved: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = ()
    change, exhausted, lost = list(totals), 0, 0
    while True:
        reached = sorted((c for c in continuing if totals[c] >= quota), key=lambda c: (-totals[c], c))
        surpluses += [c for c in reached if totals[c] > quota]
        for c in reached:
            continuing.remove(c)
            standing[c] = False
        vacancies = seats - len(elected) - len(reached)
        full = vacancies == 0 or len(continuing) <= vacancies
        if vacancies and full:
            reached += sorted(continuing, key=lambda c: (-totals[c], c))
        elected += reached
        stages.append(
            Stage(
                action=action,
                moved=moved,
                totals=tuple(totals),
                transfers=tuple(change),
                exhausted=exhausted,
                lost=lost,
                elected=tuple(reached),
                excluded=moved if action == "exclude" else (),
                ties=ties,
            )
        )
        if full:
            break

        if surpluses:
            most = max(totals[c] for c in surpluses)
            source, tie = settle([c for c in surpluses if totals[c] == most], history, highest=True, lot=lot)
            surpluses.remove(source)
            action = "surplus"
        else:
            fewest = min(totals[c] for c in continuing)
            source, tie = settle([c for c in continuing if totals[c] == fewest], history, highest=False, lot=lot)
            continuing.remove(source)
            standing[source] = False
            action = "exclude"
        moved, ties = (source,), (tie,) if tie else ()
        history.append(list(totals))

        papers = np.flatnonzero(holder == source)
        worth = value[papers]
        leaving = totals[source]
        if action == "surplus":
            leaving -= quota
            worth = leaving * worth // totals[source]
            value[papers] = worth
        target = next_standing(rankings[papers], standing)
        holder[papers] = target
        received[:] = 0
        np.add.at(received, target, weights[papers] * worth)
        change = received.tolist()
        spent = change.pop()
        exhausted += spent
        lost += leaving - sum(change) - spent
        change[source] = -leaving
        totals = [votes + more for votes, more in zip(totals, change, strict=True)]

    return Count(
        rule="scottish-stv",
        candidates=profile.candidates,
        seats=seats,
        valid=valid,
        blank=profile.blank,
        scale=SCALE,
        quota=quota,
        elected=tuple(elected),
        stages=tuple(stages),
    )
