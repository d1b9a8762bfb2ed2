"""Approval voting: each ballot names those it approves of; the most approvals win.

Source: S. J. Brams and P. C. Fishburn, "Approval voting", American Political Science Review 72 (1978) 831-847. The
order on the ballot means nothing. Equals at the last seat: the lot, since there is no earlier stage to look back to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import BadBallot, Profile
from assemblies.counting.results import numbers, table, ties_as_list
from assemblies.counting.ties import Tie, settle


@dataclass(frozen=True, slots=True)
class Approval:
    """The result: `scores` are approvals by candidate, `elected` in order of approvals."""

    candidates: tuple[str, ...]
    seats: int
    valid: int
    blank: int
    scores: tuple[int, ...]
    elected: tuple[int, ...]
    ties: tuple[Tie, ...]

    rule = "approval"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; candidates are numbers from 1 as on the ballot."""
        return {
            "rule": self.rule,
            "seats": self.seats,
            "valid": self.valid,
            "blank": self.blank,
            "candidates": [
                {"number": i + 1, "name": name, "approvals": score}
                for i, (name, score) in enumerate(zip(self.candidates, self.scores, strict=True))
            ],
            "elected": numbers(self.elected),
            "elected_names": [self.candidates[c] for c in self.elected],
            "ties": ties_as_list(self.ties),
        }

    def as_json(self, **more: Any) -> str:
        """The same as JSON text, with `more` beside it (a title, the seed of the lots)."""
        return json.dumps({**more, **self.as_dict()}, ensure_ascii=False, indent=1)

    def as_csv(self) -> str:
        """A row a candidate: number, name, approvals, outcome."""
        rows = [
            [c + 1, name, score, "elected" if c in self.elected else ""]
            for c, (name, score) in enumerate(zip(self.candidates, self.scores, strict=True))
        ]
        return table(["number", "candidate", "approvals", "outcome"], rows)


def scores(profile: Profile) -> NDArray[np.int64]:
    """The approvals (c,) of each candidate: the ballots that name them, at any place."""
    flat = profile.rankings.reshape(-1)
    weights = np.repeat(profile.weights, profile.rankings.shape[1])
    total = np.zeros(len(profile.candidates) + 1, np.int64)
    np.add.at(total, flat, weights)
    return total[:-1]


def count(profile: Profile, seats: int = 1, *, most: int | None = None, lot: Lot = no_lot) -> Approval:
    """Count `profile`; a ballot may approve of `most` candidates at the most, None for any number.

    Raises ValueError for no seats or no valid ballot, BadBallot for too many approvals (its index is the row of the
    profile), LotNeeded for equals at the last seat without a lot.
    """
    if seats < 1:
        raise ValueError("there must be at least one seat")
    if not profile.valid:
        raise ValueError("there must be at least one valid ballot")
    if most is not None:
        lengths = np.count_nonzero(profile.rankings >= 0, axis=1)
        if len(lengths) and int(lengths.max()) > most:
            row = int((lengths > most).argmax())
            raise BadBallot(row, f"{int(lengths[row])} approvals where {most} are allowed")
    points = scores(profile).tolist()
    left, elected, ties = profile.standing, list[int](), list[Tie]()
    while left and len(elected) < seats:
        high = max(points[c] for c in left)
        level = [c for c in left if points[c] == high]
        if len(level) <= seats - len(elected):
            elected += level
            left = [c for c in left if c not in level]
            continue
        chosen, tie = settle(level, (), highest=True, lot=lot)
        ties += [tie] if tie else []
        elected.append(chosen)
        left.remove(chosen)
    return Approval(
        candidates=profile.candidates,
        seats=seats,
        valid=profile.valid,
        blank=profile.blank,
        scores=tuple(points),
        elected=tuple(elected),
        ties=tuple(ties),
    )
