"""Pairwise comparison and Schulze's method.

Source: Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011) 267-303. With d[i, j] the number of ballots that rank i above j:

- a link i -> j exists when d[i, j] > d[j, i]; its strength is d[i, j] ("winning-votes", as Debian counts, the default
  here) or d[i, j] - d[j, i] ("margins");
- p[i, j] is the strength of the strongest path from i to j, a path being as strong as its weakest link;
- i is above j when p[i, j] > p[j, i]; this relation is transitive, and its maxima are the winners.

A candidate left out of a ranking stands below all in it and equal to the others left out. Several winners, or equals
at the last seat: the lot, since there is no earlier stage to look back to. More than one seat takes the first of the
ranking; that is a list of the most widely preferred and not proportional.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import Profile
from assemblies.counting.results import numbers, table, ties_as_list
from assemblies.counting.ties import Tie, settle

Strength = Literal["winning-votes", "margins"]


@dataclass(frozen=True, slots=True)
class Condorcet:
    """The result: `ranking` in groups of equals, best first; `winners` its first group; `elected` after the lot.

    `pairwise`, `paths` are (c, c) as tuples of rows; `smith` the smallest set whose every member beats all outside it;
    `condorcet_winner` the one who beats every other, or None.
    """

    strength: Strength
    candidates: tuple[str, ...]
    seats: int
    valid: int
    blank: int
    pairwise: tuple[tuple[int, ...], ...]
    paths: tuple[tuple[int, ...], ...]
    ranking: tuple[tuple[int, ...], ...]
    smith: tuple[int, ...]
    condorcet_winner: int | None
    elected: tuple[int, ...]
    ties: tuple[Tie, ...]

    rule = "schulze"

    @property
    def winners(self) -> tuple[int, ...]:
        return self.ranking[0]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; candidates are numbers from 1 as on the ballot."""
        return {
            "rule": self.rule,
            "strength": self.strength,
            "seats": self.seats,
            "valid": self.valid,
            "blank": self.blank,
            "candidates": [{"number": i + 1, "name": name} for i, name in enumerate(self.candidates)],
            "elected": numbers(self.elected),
            "elected_names": [self.candidates[c] for c in self.elected],
            "ranking": [numbers(group) for group in self.ranking],
            "condorcet_winner": None if self.condorcet_winner is None else self.condorcet_winner + 1,
            "smith_set": numbers(self.smith),
            "pairwise": [list(row) for row in self.pairwise],
            "paths": [list(row) for row in self.paths],
            "ties": ties_as_list(self.ties),
        }

    def as_json(self, **more: Any) -> str:
        """The same as JSON text, with `more` beside it (a title, the seed of the lots)."""
        return json.dumps({**more, **self.as_dict()}, ensure_ascii=False, indent=1)

    def as_csv(self) -> str:
        """The pairwise matrix: row i, column j is the number of ballots that rank i above j."""
        names = [f"{i + 1} {name}" for i, name in enumerate(self.candidates)]
        return table(["preferred over", *names], ([name, *row] for name, row in zip(names, self.pairwise, strict=True)))


def count(profile: Profile, seats: int = 1, *, strength: Strength = "winning-votes", lot: Lot = no_lot) -> Condorcet:
    """Count `profile` by Schulze's method.

    Raises ValueError for no seats, no valid ballot, nobody standing or an unknown strength, LotNeeded for equals at
    the last seat without a lot.
    """
    if seats < 1:
        raise ValueError("there must be at least one seat")
    if strength not in ("winning-votes", "margins"):
        raise ValueError(f"unknown strength of a link: {strength!r}")
    standing = profile.standing
    if not profile.valid or not standing:
        raise ValueError("there must be at least one valid ballot and one candidate standing")
    matrix = pairwise(profile)
    reach = strongest_paths(matrix, strength)
    ranking = ranked(reach, standing)
    beaten = matrix > matrix.T
    sole = [c for c in standing if all(beaten[c, other] for other in standing if other != c)]
    elected, ties = _first(ranking, seats, lot)
    return Condorcet(
        strength=strength,
        candidates=profile.candidates,
        seats=seats,
        valid=profile.valid,
        blank=profile.blank,
        pairwise=tuple(map(tuple, matrix.tolist())),
        paths=tuple(map(tuple, reach.tolist())),
        ranking=ranking,
        smith=smith_set(matrix, standing),
        condorcet_winner=sole[0] if sole else None,
        elected=elected,
        ties=ties,
    )


def pairwise(profile: Profile) -> NDArray[np.int64]:
    """d (c, c): d[i, j] is the number of ballots that rank i strictly above j; the diagonal is 0."""
    size = len(profile.candidates)
    lengths = np.count_nonzero(profile.rankings >= 0, axis=1)
    order = np.argsort(-lengths, kind="stable")
    longest = profile.rankings.shape[1] - 1
    columns = profile.rankings[order].T.astype(np.int64)
    weights = profile.weights[order]
    filled = [int(np.count_nonzero(lengths > place)) for place in range(longest)]
    level = None if profile.joined is None else np.cumsum(~profile.joined[order], axis=1).T
    above = np.zeros(size * size, np.int64)
    equal = np.zeros(size * size, np.int64)
    named = np.zeros(size, np.int64)
    for later in range(longest):
        rows = filled[later]
        second, weight = columns[later][:rows], weights[:rows]
        np.add.at(named, second, weight)
        for earlier in range(later):
            pair = columns[earlier][:rows] * size + second
            if level is None:
                np.add.at(above, pair, weight)
                continue
            same = level[earlier][:rows] == level[later][:rows]
            np.add.at(above, pair[~same], weight[~same])
            np.add.at(equal, pair[same], weight[same])
    d = above.reshape(size, size)
    both = d + d.T + equal.reshape(size, size) + equal.reshape(size, size).T
    d = d + named[:, None] - both  # ballots that name i and leave j out
    gone = list(profile.withdrawn)
    d[gone], d[:, gone] = 0, 0
    np.fill_diagonal(d, 0)
    return d


def strongest_paths(d: NDArray[np.int64], strength: Strength = "winning-votes") -> NDArray[np.int64]:
    """p (c, c): the strength of the strongest path from i to j, 0 where there is none (Floyd and Warshall)."""
    p = np.where(d > d.T, d if strength == "winning-votes" else d - d.T, 0)
    for via in range(len(p)):
        np.maximum(p, np.minimum(p[:, via, None], p[None, via, :]), out=p)
    np.fill_diagonal(p, 0)
    return p


def ranked(p: NDArray[np.int64], standing: list[int]) -> tuple[tuple[int, ...], ...]:
    """The candidates in groups: first those whom nobody is above, then those whom nobody left is above, and so on."""
    above = p > p.T
    left, groups = list(standing), []
    while left:
        top = tuple(c for c in left if not any(above[other, c] for other in left))
        groups.append(top)
        left = [c for c in left if c not in top]
    return tuple(groups)


def smith_set(d: NDArray[np.int64], standing: list[int]) -> tuple[int, ...]:
    """The smallest non-empty set whose every member beats every candidate outside it."""
    reach = d >= d.T
    for via in standing:
        reach = reach | (reach[:, via, None] & reach[None, via, :])
    return tuple(c for c in standing if all(reach[c, other] for other in standing))


def _first(ranking: tuple[tuple[int, ...], ...], seats: int, lot: Lot) -> tuple[tuple[int, ...], tuple[Tie, ...]]:
    """The first so many of the ranking; where a group is larger than the seats left, the lot picks one by one."""
    elected: list[int] = []
    ties: list[Tie] = []
    for group in ranking:
        room = seats - len(elected)
        if len(group) <= room:
            elected += group
            continue
        left = list(group)
        for _ in range(room):
            chosen, tie = settle(left, (), highest=True, lot=lot)
            ties += [tie] if tie else []
            elected.append(chosen)
            left.remove(chosen)
        break
    return tuple(elected), tuple(ties)
