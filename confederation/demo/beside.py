"""The neighbours whose delegates sit in the same council: small rolls, few words."""

from __future__ import annotations

from .town import Telling, Town
from .world import World, terms
from .year import Story

LINE = ["50297", "22199", "22130", "22078"]  # Zaragoza, Sabiñánigo, Jaca, Canfranc: on the railway
HUESCA, SOTONERA, BISCARRUES, SIETAMO, LOSCORRALES = "22125", "22904", "22063", "22222", "22151"


def stories(world: World) -> list[Story]:
    line = [on_the_line(world, world.towns[code], 12 * n) for n, code in enumerate(LINE) if code in world.towns]
    return [huesca(world), sotonera(world), biscarrues(world), sietamo(world), loscorrales(world), *line]


def adopt(town: Town, name: str) -> Telling:
    """All but one for it."""
    yield from town.adopt(name, by=1, yes=len(town.people) - 1, no=1)


def huesca(world: World) -> Telling:
    town, year = world.towns[HUESCA], world.year
    yield year.ago(382, 19)
    yield from adopt(town, "school-bus")
    yield year.ago(340, 19)
    yield from adopt(town, "rail-halt")
    yield year.ago(326, 19)
    world.mandates["huesca"] = yield from town.mandate(
        by=1,
        delegate=town.people[2],
        confederation=world.hoya,
        clauses=[terms(town, "school-bus", "schedule", "agree where the bus stops in the town, and when")],
        valid_from=year.ago(314, 0),
        valid_until=year.ahead(45),
        yes=4,
    )
    yield year.ago(130, 19)
    world.mandates["huesca-rail"] = yield from town.mandate(
        by=0,
        delegate=town.people[3],
        confederation=world.wide,
        clauses=[terms(town, "rail-halt", "represent", "speak with the railway for the halts of the line to Canfranc")],
        valid_from=year.ago(118, 0),
        valid_until=year.ahead(55),
        yes=5,
    )


def sotonera(world: World) -> Telling:
    town, year = world.towns[SOTONERA], world.year
    yield year.ago(380, 19)
    yield from adopt(town, "acequia")
    yield year.ago(356, 19)
    world.mandates["sotonera"] = yield from town.mandate(
        by=1,
        delegate=town.people[0],
        confederation=world.hoya,
        clauses=[
            terms(
                town,
                "acequia",
                "maintain",
                "agree days of work above Loarre, with the pump",
                "150",
                "hours",
            )
        ],
        valid_from=year.ago(343, 0),
        valid_until=year.ahead(18),
        yes=3,
    )


def biscarrues(world: World) -> Telling:
    town, year = world.towns[BISCARRUES], world.year
    yield year.ago(330, 19)
    yield from adopt(town, "wood-fuel")
    yield year.ago(140, 19)
    world.mandates["biscarrues"] = yield from town.mandate(
        by=1,
        delegate=town.people[2],
        confederation=world.hoya,
        clauses=[terms(town, "wood-fuel", "procure", "procure dry oak together with Loarre", "15", "tonnes")],
        valid_from=year.ago(128, 0),
        valid_until=year.ahead(120),
        yes=3,
    )


def sietamo(world: World) -> Telling:
    town, year = world.towns[SIETAMO], world.year
    yield year.ago(332, 19)
    yield from adopt(town, "wood-fuel")
    yield year.ago(236, 19)
    yield from adopt(town, "clinic")
    yield year.ago(218, 19)
    world.mandates["sietamo"] = yield from town.mandate(
        by=0,
        delegate=town.people[3],
        confederation=world.hoya,
        clauses=[
            terms(town, "clinic", "represent", "ask for the same mornings of clinic that the other villages ask for"),
            terms(town, "wood-fuel", "procure", "procure dry oak with the villages that lack it", "12", "tonnes"),
        ],
        valid_from=year.ago(206, 0),
        valid_until=year.ahead(150),
        yes=4,
    )


def loscorrales(world: World) -> Telling:
    town, year = world.towns[LOSCORRALES], world.year
    yield year.ago(310, 19)
    yield from adopt(town, "fire-break")
    yield year.ago(270, 19)
    world.mandates["loscorrales"] = yield from town.mandate(
        by=1,
        delegate=town.people[1],
        confederation=world.hoya,
        clauses=[terms(town, "fire-break", "maintain", "agree the stretch below the road", "4", "hectares")],
        valid_from=year.ago(258, 0),
        valid_until=year.ahead(96),
        yes=2,
    )


def on_the_line(world: World, town: Town, later: int) -> Telling:
    """The same text, adopted along the railway, and a delegate to the wider council."""
    year = world.year
    yield year.ago(338 - later, 19)
    yield from adopt(town, "rail-halt")
    yield year.ago(158 - later, 20)
    world.mandates[f"rail-{town.place.code}"] = yield from town.mandate(
        by=1,
        delegate=town.people[0],
        confederation=world.wide,
        clauses=[
            terms(town, "rail-halt", "represent", "speak with the railway for the halts of the line to Canfranc"),
            terms(town, "rail-halt", "convene", "call the assemblies of the line together when there is an answer"),
        ],
        valid_from=year.ago(146 - later, 0),
        valid_until=year.ahead(30 + later),
        yes=len(town.people),
    )
