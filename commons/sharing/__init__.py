"""Sharing by need: what places give each other of one good in one period, by a rule that anyone can check.

Nothing here knows prices, debts or balances, nor Django. `share` answers with a Plan; `reasons` and `sentence` say why
each place gets what it gets, and what would have to change for more. The rule is written where `share` is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from commons.sharing.claims import (
    ESSENTIAL,
    FURTHER,
    Allotment,
    Cancelled,
    Claim,
    Level,
    Plan,
    Share,
    Spare,
    Supply,
    TooManyWays,
)
from commons.sharing.sentences import sentence
from commons.sharing.why import Reason, reasons

if TYPE_CHECKING:
    from commons.sharing.rule import share, smallest_share
    from commons.sharing.ways import Distances, GreatCircle, Table, great_circle

# Loaded when first asked for: a page that says why calculates nothing, and need not carry numpy.
LATER = {
    "share": "rule",
    "smallest_share": "rule",
    "Distances": "ways",
    "GreatCircle": "ways",
    "Table": "ways",
    "great_circle": "ways",
}

__all__ = [
    "ESSENTIAL",
    "FURTHER",
    "Allotment",
    "Cancelled",
    "Claim",
    "Distances",
    "GreatCircle",
    "Level",
    "Plan",
    "Reason",
    "Share",
    "Spare",
    "Supply",
    "Table",
    "TooManyWays",
    "great_circle",
    "reasons",
    "sentence",
    "share",
    "smallest_share",
]


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
