"""The rules for choosing among several, by the code that a decision stores."""

from __future__ import annotations

from collections.abc import Callable

from assemblies.counting import approval, irv, meek, schulze, scottish
from assemblies.counting.approval import Approval
from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import Profile
from assemblies.counting.results import Count
from assemblies.counting.schulze import Condorcet

Result = Count | Condorcet | Approval


def _irv(profile: Profile, seats: int, lot: Lot) -> Count:
    if seats != 1:
        raise ValueError(f"instant runoff fills one seat, not {seats}")
    return irv.count(profile, lot)


RULES: dict[str, Callable[[Profile, int, Lot], Result]] = {
    "scottish-stv": scottish.count,
    "meek": meek.count,
    "irv": _irv,
    "schulze": lambda profile, seats, lot: schulze.count(profile, seats, lot=lot),
    "schulze-margins": lambda profile, seats, lot: schulze.count(profile, seats, strength="margins", lot=lot),
    "approval": lambda profile, seats, lot: approval.count(profile, seats, lot=lot),
}


def count(rule: str, profile: Profile, seats: int, lot: Lot = no_lot) -> Result:
    """Count `profile` for so many seats by the rule of that code.

    Raises KeyError for an unknown rule, and the errors of the rule: ValueError for what it cannot count, LotNeeded
    for a tie without a lot.
    """
    return RULES[rule](profile, seats, lot)
