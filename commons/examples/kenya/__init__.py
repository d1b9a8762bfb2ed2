"""Kenya's 47 counties, what they grew, and a stated need: see SOURCE.md for what is real and what is assumed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from commons.sharing import Claim, GreatCircle, Plan, Supply, share

HERE = Path(__file__).resolve().parent
TONNE = 1_000_000  # grams


@dataclass(frozen=True)
class County:
    code: str
    name: str
    people: int
    seat: tuple[float, float]


@dataclass(frozen=True)
class Crop:
    """A crop and what is assumed of it, in grams a person and year."""

    code: str
    name: str
    essential: int
    further: int
    reserve_percent: int
    reach: int | None


@dataclass(frozen=True)
class Season:
    """One crop in one year: the plan, and what was put to the rule."""

    crop: Crop
    harvest: dict[str, int]  # grams by county
    plan: Plan

    @property
    def grown(self) -> int:
        return sum(self.harvest.values())

    @property
    def needed(self) -> int:
        return sum(s.essential for s in self.plan.shares.values())


def rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def counties() -> list[County]:
    return [
        County(row["county_code"], row["county"], int(row["population_2019"]), (float(row["lat"]), float(row["lon"])))
        for row in rows("counties.csv")
    ]


def crops() -> list[Crop]:
    return [
        Crop(
            row["crop"],
            row["name"],
            int(Decimal(row["essential_kg"]) * 1000),
            int(Decimal(row["further_kg"]) * 1000),
            int(row["reserve_percent"]),
            int(row["reach_km"]) * 1000 if row["reach_km"] else None,
        )
        for row in rows("needs.csv")
    ]


def seasons(
    *, crop: str = "", progress: Callable[[str, float], None] | None = None, cancelled: Callable[[], bool] | None = None
) -> Iterator[Season]:
    """A year of each crop, or of one, shared by need among the counties."""
    places = counties()
    names = {county.code: county.name for county in places}
    globe = GreatCircle({county.name: county.seat for county in places})
    grown: dict[str, dict[str, int]] = {}
    for row in rows("production.csv"):
        amounts = grown.setdefault(row["item"], {})
        amounts[names[row["county_code"]]] = round(Decimal(row["quantity"]) * TONNE)
    for one in crops():
        if crop not in ("", one.code):
            continue
        harvest = grown[one.code]
        plan = share(
            [
                Claim(
                    county.name,
                    essential=county.people * one.essential,
                    further=county.people * one.further,
                    reserve=harvest.get(county.name, 0) * one.reserve_percent // 100,
                )
                for county in places
            ],
            [Supply(name, amount) for name, amount in harvest.items()],
            globe,
            reach=one.reach,
            lot=f"Kenya, {one.code}",
            progress=progress,
            cancelled=cancelled,
        )
        yield Season(one, harvest, plan)
