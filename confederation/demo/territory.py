"""The real places of the demo: municipalities and comarcas of Aragón (see `region/SOURCE.md`)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REGION = Path(__file__).resolve().parent / "region"

LOARRE, AYERBE, RIGLOS = "22149", "22039", "22173"
# Neighbours whose delegates sit beside theirs in the comarca's council.
BESIDE = ["22125", "22904", "22063", "22222", "22151"]  # Huesca, La Sotonera, Biscarrués, Siétamo, Loscorrales
PLAINS = ["50095", "22213", "44050"]  # Ejea de los Caballeros, Sariñena, Calamocha: where wheat grows
HOYA = "06"


@dataclass(frozen=True)
class Municipality:
    code: str
    name: str
    comarca: str
    population: int
    latitude: float
    longitude: float

    @property
    def kind(self) -> str:
        return "town" if self.population >= 2000 else "village"


def rows(name: str) -> Iterator[dict[str, str]]:
    with (REGION / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def as_spoken(name: str) -> str:
    """'Puebla de Híjar, La' is called La Puebla de Híjar."""
    main, comma, article = name.partition(", ")
    return f"{article} {main}" if comma else main


def municipalities(most: int | None = None) -> list[Municipality]:
    """All of them in the order of their codes, or `most`: those the story needs and the first of the others."""
    everywhere = [
        Municipality(
            code=row["ine"],
            name=as_spoken(row["name"]),
            comarca=row["comarca_code"],
            population=int(row["population"]),
            latitude=float(row["lat"]),
            longitude=float(row["lon"]),
        )
        for row in rows("municipalities.csv")
    ]
    if most is None:
        return everywhere
    needed = {LOARRE, AYERBE, RIGLOS, *BESIDE, *PLAINS}
    others = [place.code for place in everywhere if place.code not in needed][: max(0, most - len(needed))]
    return [place for place in everywhere if place.code in needed or place.code in others]


def comarcas() -> dict[str, str]:
    """Code to name."""
    return {row["comarca_code"]: row["comarca"] for row in rows("comarcas.csv")}
