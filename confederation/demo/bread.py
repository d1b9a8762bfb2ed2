"""A season of wheat in the Hoya de Huesca: who needs some, who has some, a plan, and what arrived of it.

Needs and stocks are invented in proportion to the populations of the places: so many kilograms a head.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from assemblies.clock import now
from commons.models import Allotment, Enterprise, Good, Need, Plan, Surplus, send
from councils.models import Task

from .beside import BISCARRUES, LOSCORRALES, SIETAMO, SOTONERA, adopt
from .territory import AYERBE, HOYA, LOARRE, RIGLOS
from .town import Telling, Town
from .world import World, terms
from .year import Story

NEEDED, ESSENTIAL = 55, 35  # kilograms of wheat a head from autumn to spring, and how much of it is bread itself
# Who gives: kilograms a head that the common fields left, and the most that the assembly lets go, in tonnes.
GIVERS = {SIETAMO: (160, "60"), SOTONERA: (120, "60"), BISCARRUES: (300, "30"), LOARRE: (70, "25")}
NEEDY = 12  # villages beside those above that say what they need
SEASON_BEGAN, SEASON_ENDS = 70, 130  # days ago, and from now


def stories(world: World) -> list[Story]:
    needy = [town for code, town in sorted(world.towns.items()) if town.place.comarca == HOYA and code not in GIVERS]
    near = [town for town in needy if town.place.code in (AYERBE, RIGLOS, LOSCORRALES)]
    others = [town for town in needy if town not in near and town.place.population < 1500][:NEEDY]
    return [
        season(world),
        tractor(world),
        *(giver(world, world.towns[code]) for code in GIVERS),
        *(needs(world, town, n) for n, town in enumerate([*near, *others])),
    ]


def wheat(world: World) -> Good:
    return Good.objects.filter(name="wheat").first() or Good.objects.name_it(
        "wheat", kind="produce", unit="kg", by=world.towns[SIETAMO].people[0]
    )


def time_of(world: World) -> dict[str, date]:
    return {
        "begins": world.year.ago(SEASON_BEGAN).date(),
        "ends": (world.year.ahead(SEASON_ENDS)).date(),
    }


def needs(world: World, town: Town, n: int) -> Telling:
    """The assembly says what it needs: by so many kilograms a head."""
    yield world.year.ago(92 - n % 5, 18)
    heads = town.place.population
    need = Need.objects.propose(
        town.assembly,
        wheat(world),
        Decimal(NEEDED * heads),
        by=town.people[0],
        essential=Decimal(ESSENTIAL * heads),
        reason=f"Bread until the harvest for the {heads} people who live here.",
        **time_of(world),
    )
    yield from town.decide(need.proposal, yes=max(2, len(town.people) - 1))


def giver(world: World, town: Town) -> Telling:
    """A common field, its steward, what it gave, and a delegate who may let the neighbours have some of it."""
    ago, place = world.year.ago, town.place
    a_head, limit = GIVERS[place.code]
    everyone = max(2, len(town.people) - 1)
    yield ago(150, 19)
    if place.code == LOARRE:
        yield from town.adopt("common-bread", by=5, yes=81, no=9, abstain=6)
    else:
        yield from adopt(town, "common-bread")
    field = Enterprise.objects.propose(
        town.assembly,
        by=town.people[0],
        name=f"Common fields of {town.assembly}",
        kind="farm",
        purpose="Wheat for our own bread, and for those who lack it.",
        policies=[town.policies["common-bread"]],
    )
    yield now() + timedelta(days=3)
    yield from town.decide(field.proposal, yes=everyone if place.code != LOARRE else 70)
    keeper = town.people[0] if place.code != LOARRE else world.ana
    stewardship = field.propose_steward(
        keeper, by=town.people[1], valid_until=world.year.ahead(200), remit=[wheat(world)]
    )
    yield now() + timedelta(days=3)
    yield from town.decide(stewardship.proposal, yes=everyone if place.code != LOARRE else 74, but=world.guests)
    yield ago(104, 20)
    stock = Decimal(a_head * place.population)
    chance = Random(place.code)  # noqa: S311  (the same demo each time)
    first = (stock * chance.randint(30, 60) / 100).quantize(Decimal(1))
    day = ago(118).date()
    field.report(wheat(world), first, by=keeper, kind="made", day=day, note="The upper fields.")
    field.report(wheat(world), stock - first, by=keeper, kind="made", day=ago(110).date(), note="The lower fields.")
    field.report(
        wheat(world), (stock / 20).quantize(Decimal(1)), by=keeper, kind="used", day=ago(105).date(), note="Seed."
    )
    heads = place.population
    yield ago(99, 20)
    Need.objects.state(
        town.assembly,
        wheat(world),
        Decimal(NEEDED * heads),
        by=keeper,
        essential=Decimal(ESSENTIAL * heads),
        reason=f"Bread until the harvest for the {heads} people who live here.",
        **time_of(world),
    )
    Surplus.objects.state(
        town.assembly, wheat(world), (stock * 19 / 20).quantize(Decimal(1)), by=keeper, **time_of(world)
    )
    name = f"bread-{place.code}"
    world.mandates[name] = yield from town.mandate(
        by=1,
        delegate=world.marta if place.code == LOARRE else town.people[2],
        confederation=world.hoya,
        clauses=[
            terms(
                town,
                "common-bread",
                "distribute",
                "let the neighbours have the wheat that is left to us once our own bread is sure",
                limit,
                "tonnes",
            )
        ],
        valid_from=ago(80, 0),
        valid_until=world.year.ahead(120),
        yes=everyone if place.code != LOARRE else 77,
    )


def season(world: World) -> Telling:
    """The task, the plan, the loads of it, one of which fell short; and a plan for what is open still."""
    ago = world.year.ago
    yield ago(64, 20)
    world.set_up(
        "bread",
        f"bread-{SIETAMO}",
        1,
        title="Wheat from the fields in the plain to the mountain villages",
        purpose="Before snow closes the roads: from whoever has some left to whoever lacks it, by need and by the"
        " shortest way.",
        unit="tonnes",
        quantity=GIVERS[SIETAMO][1],
    )
    for code in (SOTONERA, BISCARRUES, LOARRE):
        world.join("bread", f"bread-{code}", 1, GIVERS[code][1])
    yield ago(62, 9)
    first = ask(world)
    yield ago(58, 8)
    yield from send_some(world, first)
    yield ago(2, 20)
    ask(world)  # by then two sacks had got wet and a village had eaten more than it thought


def ask(world: World) -> Plan:
    """Ask for a plan, and work it out as the worker would."""
    task = Task.objects.select_related("council").get(pk=world.tasks["bread"].pk)
    period = time_of(world)
    plan = Plan.objects.ask(task, wheat(world), by=task.opened_by, **period)
    plan.work_out()
    return plan


def send_some(world: World, plan: Plan) -> Telling:
    """Loads of the first plan over the weeks: most arrive whole, one falls short, the last are on the road."""
    allotments = list(plan.allotments.related().order_by("pk"))
    people = {town.assembly.pk: town.people for town in world.towns.values()}
    for number, allotment in enumerate(allotments):
        yield world.year.ago(57 - (50 * number) / max(1, len(allotments)), 8)
        load = whole_load(allotment)
        receivers = people[allotment.receiver.pk]
        delivery = send(allotment, by=allotment.attachment.clause.mandate.delegate, quantity=load, driver=receivers[1])
        delivery.carry(by=receivers[1], quantity=load)
        if number >= len(allotments) - 2:
            continue
        short = number == 2
        delivery.receive(
            by=receivers[0],
            quantity=load - 120 if short else load,
            condition="part" if short else "good",
            note="The tarpaulin blew off at the pass: two sacks got wet." if short else "",
        )


def whole_load(allotment: Allotment) -> Decimal:
    """Most of it goes in one load; a lorry carries twenty tonnes."""
    return min(allotment.quantity, Decimal(20_000))


def tractor(world: World) -> Telling:
    """Hours of a machine are shared as wheat is, and never added to it."""
    yield world.year.ago(140, 21)
    Good.objects.name_it("tractor", kind="tool_time", unit="h", by=world.loarre.people[3])
    Good.objects.name_it("dry oak", kind="produce", unit="t", by=world.loarre.people[4])
    Good.objects.name_it("beds for guests", kind="room", unit="place", by=world.riglos.people[4])
    hours = Good.objects.get(name="tractor")
    surplus = Surplus.objects.propose(
        world.ayerbe.assembly,
        hours,
        Decimal(90),
        by=world.ayerbe.people[6],
        reason="It stands idle between the sowing and the almonds.",
        **time_of(world),
    )
    yield from world.ayerbe.decide(surplus.proposal, yes=60, no=11, abstain=5)
