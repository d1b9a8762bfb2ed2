"""A season of wheat in the whole region: the plains, where it grows, and the largest place of each comarca.

Needs and stocks are invented in proportion to the populations of the places, as in the comarca (`bread.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from assemblies.clock import now
from commons.models import Need, Plan, Surplus, send
from councils.models import Task

from .beside import adopt
from .bread import ESSENTIAL, NEEDED, time_of, wheat
from .territory import HOYA, PLAINS
from .town import Telling, Town
from .world import World, terms
from .year import Story

# Kilograms a head that the plains left, and the most that the assembly lets go, in tonnes.
GIVE = dict(zip(PLAINS, [(420, "4000"), (700, "2000"), (520, "1500")], strict=True))
LARGE = 40_000  # people: a city's bread is a question of its own


def stories(world: World) -> list[Story]:
    plains = [world.towns[code] for code in PLAINS]
    largest: dict[str, Town] = {}
    for town in sorted(world.towns.values(), key=lambda one: (one.place.population, one.place.code)):
        if town.place.population < LARGE and town.place.comarca != HOYA:
            largest[town.place.comarca] = town
    needy = [town for _comarca, town in sorted(largest.items()) if town.place.code not in PLAINS]
    return [
        *(plain(world, town) for town in plains),
        *(need(world, town, n) for n, town in enumerate(needy)),
        season(world, plains),
    ]


def need(world: World, town: Town, n: int) -> Telling:
    yield world.year.ago(54 - n % 4, 18)
    yield from say_need(world, town)


def say_need(world: World, town: Town) -> Telling:
    heads = town.place.population
    found = Need.objects.propose(
        town.assembly,
        wheat(world),
        Decimal(NEEDED * heads),
        by=town.people[0],
        essential=Decimal(ESSENTIAL * heads),
        reason=f"Bread until the harvest for the {heads} people who live here.",
        **time_of(world),
    )
    yield now() + timedelta(days=3)
    yield from town.decide(found.proposal, yes=len(town.people) - 1)


def plain(world: World, town: Town) -> Telling:
    """A policy, what there is, and a delegate to the wider council who may let others have some of it."""
    a_head, limit = GIVE[town.place.code]
    yield world.year.ago(128, 19)
    yield from adopt(town, "common-bread")
    yield world.year.ago(62, 19)
    surplus = Surplus.objects.propose(
        town.assembly,
        wheat(world),
        Decimal(a_head * town.place.population),
        by=town.people[0],
        reason="What the common fields left.",
        **time_of(world),
    )
    yield now() + timedelta(days=3)
    yield from town.decide(surplus.proposal, yes=len(town.people) - 1)
    yield from say_need(world, town)
    world.mandates[f"grain-{town.place.code}"] = yield from town.mandate(
        by=1,
        delegate=town.people[2],
        confederation=world.wide,
        clauses=[
            terms(
                town,
                "common-bread",
                "distribute",
                "let the other comarcas have the wheat that is left to us once our own bread is sure",
                limit,
                "tonnes",
            )
        ],
        valid_from=world.year.ago(38, 0),
        valid_until=world.year.ahead(100),
        yes=len(town.people) - 1,
    )


def season(world: World, plains: Iterable[Town]) -> Telling:
    """The task of the wider council, its plan, and the first loads."""
    yield world.year.ago(30, 20)
    first, *others = [town.place.code for town in plains]
    world.set_up(
        "grain",
        f"grain-{first}",
        1,
        title="Wheat from the plains to every comarca",
        purpose="So that no comarca is without bread before the harvest: by need, and by the shortest way.",
        unit="tonnes",
        quantity=GIVE[first][1],
    )
    for code in others:
        world.join("grain", f"grain-{code}", 1, GIVE[code][1])
    yield world.year.ago(28, 9)
    task = Task.objects.select_related("council").get(pk=world.tasks["grain"].pk)
    plan = Plan.objects.ask(task, wheat(world), by=task.opened_by, **time_of(world))
    plan.work_out()
    people = {town.assembly.pk: town.people for town in world.towns.values()}
    for number, allotment in enumerate(plan.allotments.related().order_by("-quantity", "pk")[:4]):
        yield world.year.ago(22 - 5 * number, 8)
        load = min(allotment.quantity, Decimal(20_000))
        receivers = people[allotment.receiver.pk]
        delivery = send(allotment, by=allotment.attachment.clause.mandate.delegate, quantity=load, driver=receivers[1])
        delivery.carry(by=receivers[1], quantity=load)
        if number < 3:
            delivery.receive(by=receivers[0], quantity=load)
