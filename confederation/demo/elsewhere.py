"""A light year in the rest of the region, so that lists and maps show a living country."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from assemblies.clock import now
from assemblies.models import Office
from councils.models import Council
from mandates.models import Terms

from .people import SEED
from .territory import AYERBE, BESIDE, LOARRE, RIGLOS
from .town import TEXTS, Telling, Town, draw
from .world import World
from .year import Story

ASSEMBLIES = 60
TASKS = {
    "elsewhere-snow": (
        "maintain",
        "keep the road to the clinic open, each their stretch",
        "The road in snow",
    ),
    "elsewhere-dry-wall": (
        "maintain",
        "agree days of work beyond our boundary",
        "Walls along the drovers' road",
    ),
    "elsewhere-almond-press": ("schedule", "agree in which month the machine stands where", "The nutcracker's round"),
    "elsewhere-pasture": ("schedule", "agree the days of going up and coming down", "Days of the common pasture"),
    "elsewhere-olive-harvest": ("convene", "call the helpers of the villages around", "Harvest together"),
    "elsewhere-night-watch": ("inform", "tell the neighbours who needs a lift to hospital", "Lifts to hospital"),
}


def stories(world: World) -> list[Story]:
    chance = Random(SEED)  # noqa: S311  (the same demo each time)
    told = {LOARRE, AYERBE, RIGLOS, *BESIDE}
    others = sorted((town for town in world.towns.values() if town.place.code not in told), key=_by_size)
    largest = {town.place.comarca: town for town in reversed(others)}
    seats = sorted(largest.values(), key=_by_size)
    chosen = [*seats, *chance.sample([town for town in others if town not in seats], len(others) - len(seats))]
    names = cycle(sorted(file.stem for file in TEXTS.glob("elsewhere-*.md")))
    telling: list[Story] = [rotation(world.towns[code]) for code in sorted(told)]
    for number, (town, name) in enumerate(zip(chosen[:ASSEMBLIES], names, strict=False)):
        sends = town in seats[:14]
        day = chance.uniform(180 if sends else 14, 385)
        telling.append(a_policy(world, town, name, world.year.ago(day, 19), sends))
        if number % 6 == 5:
            telling.append(a_refusal(town, next(names), world.year.ago(chance.uniform(40, 190), 20)))
    for town, name in zip(chosen[ASSEMBLIES : ASSEMBLIES + 8], names, strict=False):
        telling.append(open_now(world, town, name, world.year.ago(chance.uniform(0.3, 2.5))))
    for town, name in zip(chosen[ASSEMBLIES + 8 : ASSEMBLIES + 14], names, strict=False):
        telling.append(in_deliberation(town, name, world.year.ago(chance.uniform(0.5, 6))))
    return telling


def _by_size(town: Town) -> tuple[int, str]:
    return -town.place.population, town.place.code


def rotation(town: Town) -> Telling:
    """Offices end with their term, and the lot falls anew."""
    while True:
        held = Office.objects.in_force(now()).filter(assembly=town.assembly, kind=Office.Kind.FACILITATOR)
        yield held.earliest("valid_until").valid_until + timedelta(seconds=1)
        draw(town.assembly, Office.Kind.FACILITATOR)


def a_policy(world: World, town: Town, name: str, when: datetime, mandates: bool) -> Telling:
    """One policy; in some places a delegate and a task as well."""
    yield when
    yield from town.adopt(name, by=0, yes=len(town.people) - 1, no=town.chance.randint(0, 1))
    if not mandates or name not in TASKS:
        return
    power, instruction, title = TASKS[name]
    council = world.comarcas[town.place.comarca]
    if council.founded_at(now()) is None:
        return  # where only a part of the region is loaded, it stands alone
    yield now() + timedelta(days=town.chance.randint(4, 30))
    start = now() + timedelta(days=12)
    mandate = yield from town.mandate(
        by=1,
        delegate=town.people[2],
        confederation=council,
        clauses=[Terms(town.policies[name], power, instruction)],
        valid_from=start,
        valid_until=start + timedelta(days=360),
        yes=len(town.people) - 1,
    )
    yield start + timedelta(days=3)
    task = Council.objects.get(pk=council.pk).attach_task(
        by=mandate.delegate, title=title, purpose="", clauses=[mandate.clauses.get()]
    )
    for what in ("Met the neighbours and agreed the days.", "Done as agreed, with thanks to those who came."):
        yield now() + timedelta(days=town.chance.randint(9, 40))
        task.attachments.get().log_action(by=mandate.delegate, what=what)


def a_refusal(town: Town, name: str, when: datetime) -> Telling:
    """A proposal that lost."""
    yield when
    proposal = town.propose(name, by=0)
    yield now() + timedelta(days=5)
    yield from town.decide(proposal, yes=1, no=len(town.people) - 1)


def open_now(world: World, town: Town, name: str, opens_at: datetime) -> Telling:
    yield opens_at - timedelta(days=9)
    proposal = town.propose(name, by=0)
    yield opens_at - timedelta(days=4)
    yield from town.decide(
        proposal, yes=len(town.people) - 1, opens_at=opens_at, closes_at=world.year.ahead(town.chance.uniform(2, 6))
    )


def in_deliberation(town: Town, name: str, when: datetime) -> Telling:
    yield when
    town.propose(name, by=1)
