"""Why a place gets what it gets, and what would have to change for more: first as facts, then as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from commons.sharing.claims import ESSENTIAL, FURTHER, Plan, Share

# What can be said. A word for each kind, so that a program may act on it; the facts stand in Reason.
OWN = "own"  # its need is met from its own
MET = "met"  # its need is met, with what others give
BOUND = "bound"  # it shares what there is with others who stand alike
ALIKE = "alike"  # the same, where none of those who give have it for them alone
ABOVE = "above"  # those who could give to it give to places that stand lower
UNREACHED = "unreached"  # nobody within reach offers anything
AFTER = "after"  # those in reach give what is essential to others first
WAYS = "ways"  # no more may travel from where there is something left
LOWER = "lower"  # others in reach give to places that stand lower still
SPARE = "spare"  # where something is left, though it cannot come
MORE = "more"  # what would have to change
GIVES = "gives"
LEFT = "left"  # of its offer, nobody in reach needs more
RESERVE = "reserve"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to be said of a place under a plan; which fields are filled follows from `kind`."""

    kind: str
    place: str
    need: str = ""  # ESSENTIAL or FURTHER
    share: Fraction | None = None
    others: int = 0
    places: tuple[str, ...] = ()
    amount: int = 0
    metres: int = 0


def reasons(plan: Plan, place: str) -> tuple[Reason, ...]:
    """All that is to be said of one place: its essential need, its further need, its reserve, and what it gives."""
    share = plan.shares[place]
    said: list[Reason] = []
    needs = [need for need, amount in ((ESSENTIAL, share.essential), (FURTHER, share.further)) if amount]
    for need in needs:
        said += _of_need(plan, share, need)
    said += _of_spare(plan, place, needs)
    if share.given:
        receivers = tuple(allotment.receiver for allotment in plan.given_by(place))
        said.append(Reason(GIVES, place, amount=share.given, places=receivers))
    if share.left:
        said.append(Reason(LEFT, place, amount=share.left))
    if share.reserve:
        said.append(Reason(RESERVE, place, amount=share.reserve))
    return tuple(said) or (Reason(NOTHING, place),)


def _of_need(plan: Plan, share: Share, need: str) -> list[Reason]:
    place = share.place
    if need == ESSENTIAL:
        whole, own, met = share.essential, share.essential_own, share.essential_met
    else:
        whole, own, met = share.further, share.further_own, share.further_met
    givers = tuple(allotment.giver for allotment in plan.received_by(place))
    if own == whole:
        return [Reason(OWN, place, need, met, amount=own)]
    if met == 1:
        return [Reason(MET, place, need, met, places=givers, amount=whole - own)]
    said: list[Reason] = []
    level = plan.level_of(place, need)
    if level is None:
        after = need == FURTHER and place in plan.reached
        said.append(Reason(AFTER if after else UNREACHED, place, need, met))
    elif place in level.above:
        said.append(Reason(ABOVE, place, need, met, places=level.givers or level.lower, others=len(level.places)))
    else:
        kind = BOUND if level.givers else ALIKE
        said.append(Reason(kind, place, need, met, len(level.places) - 1, level.givers, level.missing))
        if level.lower:
            said.append(Reason(LOWER, place, need, places=level.lower))
        if level.full:
            said.append(Reason(WAYS, place, need, places=level.full))
        if level.givers or level.lower:
            said.append(Reason(MORE, place, need, None, len(level.places) - 1, level.givers, level.missing))
    return said


def _of_spare(plan: Plan, place: str, needs: list[str]) -> list[Reason]:
    spare = plan.spare.get(place)
    levels = [level for need in needs if (level := plan.level_of(place, need))]
    if spare is None or any(spare.giver in level.full for level in levels):
        return []
    return [Reason(SPARE, place, places=(spare.giver,), amount=spare.left, metres=spare.metres)]
