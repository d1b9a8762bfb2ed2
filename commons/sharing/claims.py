"""What the sharing rule is asked and what it answers. All amounts are whole numbers of a good's smallest unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

LARGEST = 2**50  # A thousand million tonnes in grams; sums of them still fit where the flows are counted.


@dataclass(frozen=True, slots=True)
class Claim:
    """What a place needs of one good in one period, and what of its own it keeps for that.

    `essential` and `further` are its need; `own` is what it has and does not offer; `reserve` is what must remain in
    the place (seed, a store for a bad year) once its own essential need is met.
    """

    place: str
    essential: int
    further: int = 0
    own: int = 0
    reserve: int = 0

    def __post_init__(self) -> None:
        _refuse_nonsense(self, ("essential", "further", "own", "reserve"))


@dataclass(frozen=True, slots=True)
class Supply:
    """What a place offers of the good beyond what it keeps, no more than the clause of its delegate allows."""

    place: str
    available: int

    def __post_init__(self) -> None:
        _refuse_nonsense(self, ("available",))


def _refuse_nonsense(thing: Claim | Supply, names: tuple[str, ...]) -> None:
    for name in names:
        amount = getattr(thing, name)
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise TypeError(f"{name} of {thing.place} is {amount!r}: whole numbers of the smallest unit are counted")
        if not 0 <= amount <= LARGEST:
            raise ValueError(f"{name} of {thing.place} is {amount}: between 0 and {LARGEST} can be counted")


@dataclass(frozen=True, slots=True)
class Allotment:
    """So much from one place to another, over so many metres."""

    giver: str
    receiver: str
    amount: int
    metres: int


@dataclass(frozen=True, slots=True)
class Share:
    """How one place stands under a plan."""

    place: str
    essential: int
    further: int
    essential_own: int  # of its essential need, met from what it has or offers itself
    essential_received: int
    further_own: int
    further_received: int
    reserve: int  # of the reserve it asked for, what remains in the place
    given: int
    left: int  # of what it offered, what nobody in reach still needs
    kept: int  # of what it does not offer, what it has beyond its own need and reserve

    @property
    def essential_met(self) -> Fraction:
        """From 0 to 1; a need of nothing is met."""
        return Fraction(self.essential_own + self.essential_received, self.essential) if self.essential else Fraction(1)

    @property
    def further_met(self) -> Fraction:
        return Fraction(self.further_own + self.further_received, self.further) if self.further else Fraction(1)

    @property
    def received(self) -> int:
        return self.essential_received + self.further_received


ESSENTIAL, FURTHER = "essential", "further"


@dataclass(frozen=True, slots=True)
class Level:
    """Places that stand alike because they lean on the same givers, who have nothing left for them.

    `share` is the lowest share among `places`, who are as near to each other as whole units let them be. `above` lean
    on the same givers and receive nothing from them, since they stand higher by what they have of their own. Others in
    reach cannot give more either: `lower` give to those who stand lower still, and from `full` no more may travel.
    `missing` is what all of `places` together would need to have this need met in full.
    """

    need: str  # ESSENTIAL or FURTHER
    share: Fraction
    places: tuple[str, ...]
    above: tuple[str, ...]
    givers: tuple[str, ...]
    lower: tuple[str, ...]
    full: tuple[str, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Spare:
    """The nearest place that has something left, though it may not or cannot reach the one that lacks it."""

    giver: str
    left: int
    metres: int


@dataclass(frozen=True)
class Plan:
    """A distribution of one good for one period. Everything stands in the order of the places' names."""

    allotments: tuple[Allotment, ...]
    shares: Mapping[str, Share]
    levels: tuple[Level, ...]  # from the lowest share upwards, essential need first
    spare: Mapping[str, Spare] = field(default_factory=dict)  # for places that lack something
    reached: frozenset[str] = frozenset()  # places that somebody who offers can reach
    reach: int | None = None
    lot: str = ""

    @property
    def smallest_share(self) -> Fraction:
        """The smallest share of essential need met anywhere."""
        return min((share.essential_met for share in self.shares.values()), default=Fraction(1))

    @property
    def effort(self) -> int:
        """What is carried how far, in units of the good times metres (gram-metres, where the good is in grams)."""
        return sum(allotment.amount * allotment.metres for allotment in self.allotments)

    def given_by(self, place: str) -> tuple[Allotment, ...]:
        return self._by_giver.get(place, ())

    def received_by(self, place: str) -> tuple[Allotment, ...]:
        return self._by_receiver.get(place, ())

    def level_of(self, place: str, need: str = ESSENTIAL) -> Level | None:
        """The level that binds a place, also where it stands above it; None if its need is met or nobody reaches it."""
        return self._level_of.get((place, need))

    @cached_property
    def _by_giver(self) -> dict[str, tuple[Allotment, ...]]:
        return _gathered((allotment.giver, allotment) for allotment in self.allotments)

    @cached_property
    def _by_receiver(self) -> dict[str, tuple[Allotment, ...]]:
        return _gathered((allotment.receiver, allotment) for allotment in self.allotments)

    @cached_property
    def _level_of(self) -> dict[tuple[str, str], Level]:
        return {(place, level.need): level for level in self.levels for place in (*level.places, *level.above)}


def _gathered(pairs: Iterator[tuple[str, Allotment]]) -> dict[str, tuple[Allotment, ...]]:
    gathered: dict[str, list[Allotment]] = {}
    for place, allotment in pairs:
        gathered.setdefault(place, []).append(allotment)
    return {place: tuple(allotments) for place, allotments in gathered.items()}


class Cancelled(Exception):
    """The one who asked for the plan wants it no more."""


class TooManyWays(ValueError):
    """More pairs of places than can be planned at once; a bound on the distance leaves fewer."""
