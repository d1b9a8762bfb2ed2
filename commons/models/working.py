"""From what assemblies said to the question that the sharing rule answers, and to what is kept of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from assemblies.models import Assembly
from councils.models import Attachment

from ..sharing import Claim, Plan, Supply, TooManyWays, reasons
from .statement import Need, Surplus

if TYPE_CHECKING:
    from ..sharing import Distances

OFTEN = 0.5  # seconds between two notes of how far it is
STEPS = 100
# How much of the work each stage of the rule is, roughly, in hundredths: for a bar that moves.
STAGES = {"distances": (0, 5), "essential": (5, 45), "further": (50, 30), "transport": (80, 15), "reasons": (95, 5)}
FAR = 10_000_000  # metres: a place whose coordinates nobody has given is as far from everywhere as can be


class Cancelled(Exception):
    """Somebody cancelled the plan while it was being worked out."""


@dataclass
class Place:
    """One assembly in a plan: what it said, and what follows, in the good's smallest amounts.

    `supply` is all that it can still share or keep; `own` of its essential need it meets from that first; `letting` is
    how much each clause lets go.
    """

    assembly: Assembly
    needs: list[Need] = field(default_factory=list)
    surpluses: list[Surplus] = field(default_factory=list)
    letting: list[tuple[Attachment, int]] = field(default_factory=list)
    essential: int = 0
    wanted: int = 0
    own: int = 0
    supply: int = 0

    @property
    def may_give(self) -> int:
        return sum(grains for _attachment, grains in self.letting)

    @property
    def offer(self) -> int:
        """What it may give to others: what is left beyond its own essential need, as far as its clauses go."""
        return min(self.supply, self.may_give)

    def claim(self) -> Claim:
        """What it needs, and what of its own stays with it."""
        essential = min(self.essential, self.wanted)
        return Claim(self.assembly.slug, essential, self.wanted - essential, own=self.own + self.supply - self.offer)


class Bar:
    """Tells how far the work is, not too often, and notices that it was cancelled."""

    def __init__(self, report: Callable[[int, int], None]) -> None:
        self.report, self.last = report, monotonic()

    def __call__(self, stage: str, done: float) -> None:
        if monotonic() - self.last >= OFTEN:
            first, length = STAGES.get(stage, (0, STEPS))
            self.report(round(first + length * min(done, 1.0)), STEPS)
            self.last = monotonic()


def distances(places: dict[int, Place]) -> Distances:
    """Metres over the globe, by the coordinates of the assemblies; where some are unknown, every way is alike."""
    from ..sharing import GreatCircle  # with numpy: loaded by who works plans out

    known = {
        place.assembly.slug: (place.assembly.latitude, place.assembly.longitude)
        for place in places.values()
        if place.assembly.latitude is not None and place.assembly.longitude is not None
    }
    if len(known) == len(places):
        return GreatCircle(known)
    near = GreatCircle(known)
    return lambda giver, receiver: near(giver, receiver) if giver in known and receiver in known else FAR


def worked_out(
    places: dict[int, Place], report: Callable[[int, int], None], *, lot: str
) -> tuple[list[tuple[int, int, int]], dict[str, Any]]:
    """Who gives whom how much, by the numbers of assemblies; and what is to be said of each, as JSON can hold it."""
    from ..sharing import share  # with numpy and the solver: loaded by who works plans out

    number = {place.assembly.slug: pk for pk, place in places.items()}
    found = share(
        [place.claim() for place in places.values()],
        [Supply(place.assembly.slug, place.offer) for place in places.values() if place.offer],
        distances(places),
        lot=lot,
        progress=Bar(report),
    )
    gives = [(number[one.giver], number[one.receiver], one.amount) for one in found.allotments]
    return gives, kept(found, number)


def kept(found: Plan, number: dict[str, int]) -> dict[str, Any]:
    """What the rule found, place by place: amounts in the good's smallest, shares as fractions, reasons as facts."""
    return {
        "lot": found.lot,
        "effort": found.effort,
        "places": {
            str(number[slug]): {
                "essential": one.essential,
                "further": one.further,
                "own": one.essential_own + one.further_own,
                "received": one.received,
                "given": one.given,
                "left": one.left,
                "essential_met": [one.essential_met.numerator, one.essential_met.denominator],
                "further_met": [one.further_met.numerator, one.further_met.denominator],
                "reasons": [
                    {
                        "kind": said.kind,
                        "need": said.need,
                        "share": None if said.share is None else [said.share.numerator, said.share.denominator],
                        "others": said.others,
                        "places": list(said.places),
                        "amount": said.amount,
                        "metres": said.metres,
                    }
                    for said in reasons(found, slug)
                ],
            }
            for slug, one in found.shares.items()
        },
    }


__all__ = ["Cancelled", "Place", "TooManyWays", "worked_out"]
