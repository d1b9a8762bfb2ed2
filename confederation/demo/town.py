"""A place of the demo with its assembly and the people who live there."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from assemblies.models import Assembly, Citizen

from .territory import Municipality


@dataclass
class Town:
    place: Municipality
    assembly: Assembly
    people: list[Citizen]
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.place.code)  # noqa: S311  (the same demo each time)

    def some(self, number: int, *, but: list[Citizen] | None = None) -> list[Citizen]:
        """So many of its people, in the order in which they come to vote."""
        return self.chance.sample([one for one in self.people if one not in (but or [])], number)
