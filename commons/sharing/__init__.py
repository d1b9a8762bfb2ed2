"""Sharing by need: what places give each other of one good in one period, by a rule that anyone can check.

Nothing here knows prices, debts or balances, nor Django. `share` answers with a Plan; `reasons` and `sentence` say why
each place gets what it gets, and what would have to change for more. The rule is written where `share` is.
"""

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
)
from commons.sharing.rule import share, smallest_share
from commons.sharing.sentences import sentence
from commons.sharing.ways import Distances, GreatCircle, Table, TooManyWays, great_circle
from commons.sharing.why import Reason, reasons

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
