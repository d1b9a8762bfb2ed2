"""Units of goods, kept by `pint`: what can be said in another unit of the same kind is converted, and nothing else is.

Amounts are exact decimals. A good is counted in one unit for good; a clause may be limited in any word that stands in
`WORDS`, and the database converts by the same factors (`commons_measure`, compared with this module by a test).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

# What of a good there is: its kind, and the units in which a good of that kind may be counted.
UNITS = {
    "produce": ("kg", "t", "l", "m3", "piece"),
    "tool_time": ("h",),
    "labour": ("day",),
    "transport": ("tkm",),
    "room": ("place",),
}
# The words people write, by unit as pint knows it.
WORDS = {
    "g": ("g", "gram", "grams"),
    "kg": ("kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"),
    "t": ("t", "tonne", "tonnes", "ton", "tons"),
    "l": ("l", "litre", "litres", "liter", "liters"),
    "m3": ("m3", "m³", "cubic metre", "cubic metres"),
    "piece": ("piece", "pieces"),
    "h": ("h", "hour", "hours"),
    "day": ("day", "days", "person-day", "person-days"),
    "tkm": ("tkm", "t·km", "tonne-kilometre", "tonne-kilometres"),
    "place": ("place", "places", "bed", "beds"),
}
COUNTED = ("piece", "place")  # whole numbers only
AMOUNT = re.compile(r"^([0-9][0-9 .,'’\u202f\u00a0]*)\s*([^0-9\s][^0-9]*?[3]?)?$")


class Incomparable(ValueError):
    """Two units that measure different things: apples are not added to hours."""


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry:
    """Pint's units, with a day of somebody's work, a piece, and a place for one person, which add to nothing else."""
    import pint  # with numpy: loaded where somebody says an amount in another unit

    units: pint.UnitRegistry = pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)
    for line in ("work_day = [labour]", "piece = [count]", "place = [room]", "tkm = tonne * kilometer"):
        units.define(line)
    return units


NAMES = {"g": "gram", "kg": "kilogram", "t": "tonne", "l": "liter", "m3": "meter ** 3", "h": "hour", "day": "work_day"}


def unit_of(word: str) -> str:
    """The unit a word means.

    Raises:
        Incomparable: nobody knows that word.
    """
    plain = " ".join(word.casefold().split())
    for unit, words in WORDS.items():
        if plain in words:
            return unit
    raise Incomparable(word)


def convert(amount: Decimal, given: str, wanted: str) -> Decimal:
    """An amount given in one unit (or word for it) in another.

    Raises:
        Incomparable: they measure different things, or one of them is no unit.
    """
    one, other = unit_of(given), unit_of(wanted)
    if one == other:
        return amount
    units = registry()
    from pint import DimensionalityError

    try:
        return units.Quantity(amount, NAMES.get(one, one)).to(NAMES.get(other, other)).magnitude
    except DimensionalityError as error:
        raise Incomparable(f"{given}, {wanted}") from error


def read_amount(text: str, wanted: str) -> Decimal:
    """What somebody typed, "1.5 t" or "1500", in the wanted unit; without a unit it is meant in the wanted one.

    Raises:
        Incomparable: the unit is of another kind.
        ValueError: this is no amount.
    """
    found = AMOUNT.match(text.strip())
    if not found:
        raise ValueError(text)
    number = re.sub(r"[ '’\u202f\u00a0]", "", found[1])
    if re.fullmatch(r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})", number):  # 1,500 could be either, and is asked about
        number = number.replace(",", ".")
    amount = Decimal(number) if re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,9})?", number) else None
    if amount is None:
        raise ValueError(text)
    return convert(amount, found[2], wanted) if found[2] else amount


def measures() -> list[tuple[str, str, Decimal]]:
    """Every word a limit may be said in, the unit that it can be said in too, and how many of that unit it is."""
    rows = []
    for unit, words in WORDS.items():
        for other in {unit for units in UNITS.values() for unit in units}:
            try:
                factor = convert(Decimal(1), unit, other)
            except Incomparable:
                continue
            rows += [(word, other, factor.normalize()) for word in words]
    return sorted(rows)
