"""Who stands at which level, and because of whom: the sets that the cuts found, told by the names of places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from commons.sharing.claims import Level
from commons.sharing.leximin import MET, Fairest, water_level
from commons.sharing.ways import Integers, Ways


@dataclass(frozen=True)
class Standing:
    """Where the receivers stand after a stage: what each needed, had of its own, and got."""

    need: Integers
    own: Integers
    got: Integers


def levels_of(
    kind: str,
    names: tuple[Sequence[str], Sequence[str]],
    supply: Integers,
    ways: Ways,
    carried: Integers,
    fairest: Fairest,
    standing: Standing,
) -> list[Level]:
    """The levels of one stage from the lowest upwards. `names` are those of the receivers and of the givers.

    A set may have been parted only because an odd unit cannot be cut: then the part that leans on less stands, on the
    whole, no lower than the other, and both are told as one.
    """
    receivers, givers = names
    usable = np.flatnonzero(supply[ways.tail] > 0)
    tail, head, most = ways.tail[usable], ways.head[usable], ways.most[usable]
    within_reach = np.zeros(len(receivers), bool)
    within_reach[head] = True
    sharing = (fairest.receivers != MET) & (standing.need > standing.own) & within_reach
    members: dict[int, list[int]] = defaultdict(list)
    for r in np.flatnonzero(sharing).tolist():
        members[int(fairest.receivers[r])].append(r)
    level = {number: _water_level(standing, group) for number, group in members.items()}
    of_giver, of_receiver = fairest.givers[tail], fairest.receivers[head]
    crossing = sharing[head] & (of_giver != of_receiver) & (of_giver != MET)
    joined = _Joined(members)
    for a, b in np.unique(np.stack([of_giver[crossing], of_receiver[crossing]], axis=1), axis=0).tolist():
        if a in level and level[b] <= level[a]:
            joined.join(a, b)
    groups: dict[int, list[int]] = defaultdict(list)
    for number, group in members.items():
        groups[joined.root(number)] += group
    root = np.array(
        [
            joined.root(number)
            for number in range(max(fairest.receivers.max(initial=0), fairest.givers.max(initial=0)) + 1)
        ]
    )
    leaning, lower, full = (defaultdict[int, set[int]](set) for _ in range(3))
    inward = sharing[head]
    filled = (carried[usable] >= most)[inward].tolist()
    for g, r, is_full in zip(tail[inward].tolist(), head[inward].tolist(), filled, strict=True):
        here, there = int(root[fairest.receivers[r]]), int(fairest.givers[g])
        if there != MET and root[there] == here:
            leaning[here].add(g)
        else:
            (full if is_full else lower)[here].add(g)
    found = []
    for number, group in groups.items():
        common = _water_level(standing, group)
        share = {r: Fraction(int(standing.own[r] + standing.got[r]), int(standing.need[r])) for r in group}
        above = [r for r in group if not standing.got[r] and share[r] > common]
        places = [r for r in group if r not in set(above)]
        found.append(
            Level(
                need=kind,
                share=min(share[r] for r in places),
                places=_named(receivers, places),
                above=_named(receivers, above),
                givers=_named(givers, leaning[number]),
                lower=_named(givers, lower[number] - leaning[number]),
                full=_named(givers, full[number] - leaning[number]),
                missing=int(sum(standing.need[r] - standing.own[r] - standing.got[r] for r in places)),
            )
        )
    return sorted((level for level in found if level.missing), key=lambda level: (level.share, level.places))


def _named(names: Sequence[str], numbers: Collection[int]) -> tuple[str, ...]:
    return tuple(sorted(names[number] for number in numbers))


class _Joined:
    """Sets that turned out to be one."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self.parent = {number: number for number in numbers}

    def root(self, number: int) -> int:
        while self.parent.setdefault(number, number) != number:
            number = self.parent[number]
        return number

    def join(self, a: int, b: int) -> None:
        a, b = sorted((self.root(a), self.root(b)))
        self.parent[b] = a


def _water_level(standing: Standing, group: list[int]) -> Fraction:
    return water_level(int(standing.got[group].sum()), standing.need[group], standing.own[group])
