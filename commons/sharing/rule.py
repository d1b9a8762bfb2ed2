"""The sharing rule: a plan for one good and one period, from what places need and what they offer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np

from commons.sharing.claims import (
    ESSENTIAL,
    FURTHER,
    Allotment,
    Cancelled,
    Claim,
    Plan,
    Share,
    Spare,
    Supply,
)
from commons.sharing.levels import Standing, levels_of
from commons.sharing.leximin import MET, Fairest, largest_minimum, leximin
from commons.sharing.transport import Odd, least_transport, odd_units
from commons.sharing.ways import Distances, Integers, Ways, metres_between, nearest

Spoken = TypeVar("Spoken", Claim, Supply)
Progress = Callable[[str, float], None]
Allowed = Mapping[tuple[str, str], int | None] | Collection[tuple[str, str]]


def share(
    claims: Iterable[Claim],
    supplies: Iterable[Supply],
    distances: Distances,
    *,
    reach: int | None = None,
    allowed: Allowed | None = None,
    lot: str = "",
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """Share one good for one period, by these rules, each without harm to those before it:

    1. A place meets its own essential need from what is its own, then keeps its reserve. What remains of its own serves
       its further need; what remains of its offer is shared.
    2. The smallest share of essential need met anywhere is as large as it can be; then the next smallest; and so on.
    3. The same for the share of further need.
    4. The good is carried as little as can be: the sum of amount times metres is smallest.
    5. Whole units cannot be cut. An odd one goes to the place that stands lowest; among equals to the one whose share
       it raises most; among those with the same need and the same amount to where it is carried least.
    6. Of the plans that are equal in all this, the one in which the numbers drawn for each giver and receiver, times
       the amount between them, come to the least. The number is the first three bytes of the SHA-256 of the lot, the
       giver's name and the receiver's, with a line feed between them.

    `distances` gives whole metres for a giver and a receiver: GreatCircle, Table or any callable (or minutes, where it
    is time that spoils the good: then all that is said of metres is said of minutes). `reach` is the farthest that the
    good may travel; `allowed` are the pairs of places between which it may, with the most that may
    (None: no bound). `progress` is told the stage and how much of it is done, from 0 to 1; where `cancelled` answers
    yes, the work ends with Cancelled. The same question has the same answer, in whatever order the places are named.
    """
    work = _Work.of(claims, supplies, lot, progress, cancelled)
    work.tell("distances", 0)
    ways = work.ways(distances, reach, allowed)
    work.tell(ESSENTIAL, 0)
    first = leximin(
        work.supply, ways, work.essential, work.essential_own, work.rank, after_each_round=work.round_of(ESSENTIAL)
    )
    second = work.share_what_is_left(first, ways)
    work.tell("transport", 0)
    fixed, odd = work.odd_units(first, second)
    carried = least_transport(work.supply, ways, fixed, odd, lambda which: work.drawn(ways, which, lot))
    work.tell("reasons", 0)
    return work.plan(first, second, ways, carried, distances, reach=reach, lot=lot)


def smallest_share(
    claims: Iterable[Claim],
    supplies: Iterable[Supply],
    distances: Distances,
    *,
    reach: int | None = None,
    allowed: Allowed | None = None,
) -> Fraction:
    """The largest share of essential need that every place can have at once, if units are cut as finely as one likes.

    Quick, for a page that shows what a change would do; exact to one part in 2^60 of all that is needed and offered,
    for each place.
    """
    work = _Work.of(claims, supplies, "", None, None)
    ways = work.ways(distances, reach, allowed)
    return largest_minimum(work.supply, ways, work.essential, work.essential_own)


@dataclass(frozen=True)
class _Work:
    """One good and period as rows of numbers, after every place has seen to its own (the first rule)."""

    receivers: tuple[str, ...]
    givers: tuple[str, ...]
    essential: Integers
    essential_own: Integers
    further: Integers
    further_own: Integers
    reserve: Integers
    kept: Integers
    supply: Integers
    rank: Integers
    progress: Progress | None
    cancelled: Callable[[], bool] | None

    @classmethod
    def of(
        cls,
        claims: Iterable[Claim],
        supplies: Iterable[Supply],
        lot: str,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> _Work:
        claimed = _by_place(claims)
        offered = {place: supply.available for place, supply in _by_place(supplies).items()}
        places = sorted(claimed.keys() | offered.keys())
        lots = sorted(places, key=lambda place: hashlib.sha256(f"{lot}\n{place}".encode()).digest())
        rank = {place: number for number, place in enumerate(lots)}
        rows, shared = [], []
        for place in lots:
            claim, offer = claimed.get(place) or Claim(place, 0), offered.get(place, 0)
            own = min(claim.essential, claim.own)
            from_offer = min(claim.essential - own, offer)
            rest, offer = claim.own - own, offer - from_offer
            reserve = min(claim.reserve, rest)
            kept_back = min(claim.reserve - reserve, offer)
            rest, offer = rest - reserve, offer - kept_back
            further = min(claim.further, rest)
            rows.append(
                (claim.essential, own + from_offer, claim.further, further, reserve + kept_back, rest - further)
            )
            if offer:
                shared.append((place, offer))
        essential, essential_own, further_need, further_own, reserves, kept = np.array(rows, np.int64).reshape(-1, 6).T
        return cls(
            receivers=tuple(lots),
            givers=tuple(place for place, _ in shared),
            essential=essential,
            essential_own=essential_own,
            further=further_need,
            further_own=further_own,
            reserve=reserves,
            kept=kept,
            supply=np.array([offer for _, offer in shared], np.int64),
            rank=np.array([rank[place] for place in lots], np.int64),
            progress=progress,
            cancelled=cancelled,
        )

    def tell(self, stage: str, done: float) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled
        if self.progress is not None:
            self.progress(stage, done)

    def round_of(self, stage: str) -> Callable[[float], None]:
        return lambda done: self.tell(stage, done)

    def ways(self, distances: Distances, reach: int | None, allowed: Allowed | None) -> Ways:
        """The ways to those who still need something."""
        wanting = np.flatnonzero((self.essential > self.essential_own) | (self.further > self.further_own))
        names = [self.receivers[r] for r in wanting.tolist()]
        ways = Ways.among(self.givers, names, distances, reach=reach, allowed=allowed)
        return Ways(ways.tail, wanting[ways.head], ways.metres, ways.most)

    def share_what_is_left(self, first: Fairest, ways: Ways) -> Fairest:
        """Further need, from givers on whom nobody leans who still lacks what is essential."""
        self.tell(FURTHER, 0)
        free = np.flatnonzero((first.receivers[ways.head] == MET) & (first.givers[ways.tail] == MET))
        met = first.receivers == MET
        least = np.where(met, first.amount, 0)
        most = np.where(met, first.amount + self.further - self.further_own, 0)
        return leximin(
            _left(first),
            Ways(ways.tail[free], ways.head[free], ways.metres[free], ways.most[free]),
            self.further,
            self.further_own,
            self.rank,
            least=least,
            most=most,
            after_each_round=self.round_of(FURTHER),
        )

    def drawn(self, ways: Ways, which: Integers, lot: str) -> Integers:
        """The lot of each of these ways."""
        names = ((self.givers[g], self.receivers[r]) for g, r in zip(ways.tail[which], ways.head[which], strict=True))
        digests = (hashlib.sha256(f"{lot}\n{giver}\n{receiver}".encode()).digest() for giver, receiver in names)
        return np.array([int.from_bytes(digest[:3], "big") for digest in digests], np.int64)

    def odd_units(self, first: Fairest, second: Fairest) -> tuple[Integers, list[Odd]]:
        """What everybody gets in any case, and the odd units between equals."""
        nothing = np.zeros(len(self.receivers), np.int64)
        sharing = np.flatnonzero((first.receivers != MET) & (self.essential > self.essential_own))
        essential, odd = odd_units(first.amount, self.essential, self.essential_own, nothing, sharing)
        sharing = np.flatnonzero((second.receivers != MET) & (self.further > self.further_own))
        both, more = odd_units(second.amount, self.further, self.further_own, first.amount, sharing)
        return np.where(first.receivers == MET, both, essential), odd + more

    def plan(
        self,
        first: Fairest,
        second: Fairest,
        ways: Ways,
        carried: Integers,
        distances: Distances,
        *,
        reach: int | None,
        lot: str,
    ) -> Plan:
        names = (self.receivers, self.givers)
        got, given = np.zeros(len(self.receivers), np.int64), np.zeros(len(self.givers), np.int64)
        np.add.at(got, ways.head, carried)
        np.add.at(given, ways.tail, carried)
        essential = np.where(first.receivers == MET, first.amount, got)
        row = {place: r for r, place in enumerate(self.receivers)}
        home = np.array([row[place] for place in self.givers], np.int64)
        at_home = ways.head == home[ways.tail]
        offered, gave, stayed = (np.zeros(len(self.receivers), np.int64) for _ in range(3))
        offered[home], gave[home] = self.supply, given
        np.add.at(stayed, ways.head[at_home], carried[at_home])
        shares = [
            Share(
                place=place,
                essential=int(self.essential[r]),
                further=int(self.further[r]),
                essential_own=int(self.essential_own[r]),
                essential_received=int(essential[r]),
                further_own=int(self.further_own[r] + stayed[r]),
                further_received=int(got[r] - essential[r] - stayed[r]),
                reserve=int(self.reserve[r]),
                given=int(gave[r] - stayed[r]),
                left=int(offered[r] - gave[r]),
                kept=int(self.kept[r]),
            )
            for r, place in enumerate(self.receivers)
        ]
        allotments = [
            Allotment(self.givers[tail], self.receivers[head], amount, metres)
            for tail, head, amount, metres in zip(
                *(column[(carried > 0) & ~at_home].tolist() for column in (ways.tail, ways.head, carried, ways.metres)),
                strict=True,
            )
        ]
        lacking = [s.place for s in shares if s.essential_met < 1 or s.further_met < 1]
        return Plan(
            allotments=tuple(sorted(allotments, key=lambda a: (a.giver, a.receiver))),
            shares={s.place: s for s in sorted(shares, key=lambda s: s.place)},
            levels=(
                *levels_of(
                    ESSENTIAL,
                    names,
                    self.supply,
                    ways,
                    carried,
                    first,
                    Standing(self.essential, self.essential_own, essential),
                ),
                *levels_of(
                    FURTHER,
                    names,
                    _left(first),
                    ways,
                    carried,
                    second,
                    Standing(self.further, self.further_own, got - essential),
                ),
            ),
            spare=self._spare(sorted(lacking), sorted(s.place for s in shares if s.left), shares, distances),
            reached=frozenset(self.receivers[r] for r in np.unique(ways.head).tolist()),
            reach=reach,
            lot=lot,
        )

    def _spare(
        self, lacking: list[str], givers: list[str], shares: list[Share], distances: Distances
    ) -> dict[str, Spare]:
        if not lacking or not givers:
            return {}
        left = {share.place: share.left for share in shares}
        near = [givers[g] for g in nearest(distances, lacking, givers)]
        metres = metres_between(distances, near, lacking).tolist()
        return {place: Spare(giver, left[giver], way) for place, giver, way in zip(lacking, near, metres, strict=True)}


def _left(first: Fairest) -> Integers:
    return np.where(first.givers == MET, first.left, 0)


def _by_place(things: Iterable[Spoken]) -> dict[str, Spoken]:
    found: dict[str, Spoken] = {}
    for thing in things:
        if thing.place in found:
            raise ValueError(f"{thing.place} speaks twice: one claim and one supply for a place")
        found[thing.place] = thing
    return found
