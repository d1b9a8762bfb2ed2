"""What several assemblies do with the same words: a text on its way in the comarca, and a seat given together."""

from __future__ import annotations

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Policy
from councils.models import Relay
from mandates.models import SharedText
from mandates.tasks import adoptions, narrowings, offers

from .beside import BISCARRUES, HUESCA, LOSCORRALES, SIETAMO
from .town import Telling, Town, note, text
from .world import World, terms
from .year import Story

NAME = "dry-years"
NOTICE = timedelta(days=90)


def stories(world: World) -> list[Story]:
    huesca, biscarrues = world.towns[HUESCA], world.towns[BISCARRUES]
    sietamo, loscorrales = world.towns[SIETAMO], world.towns[LOSCORRALES]
    together = [world.loarre, huesca, biscarrues, sietamo]
    return [
        offered(world),
        relayed(world, huesca),
        adopted(world, world.loarre, 0, yes=74, no=9),
        adopted(world, huesca, 2, yes=len(huesca.people) - 1, no=1),
        adopted(world, biscarrues, 4, yes=len(biscarrues.people) - 1),
        adopted(
            world,
            sietamo,
            5,
            yes=len(sietamo.people) - 1,
            reservation="The fountain of the upper square runs on the days of the feast, whatever the level.",
        ),
        rejected(world, loscorrales),
        asked(world, world.ayerbe),
        *(stood_behind(world, town, sietamo, 2 * number) for number, town in enumerate(together)),
        withdrawn(world, biscarrues),
    ]


def shared(world: World) -> SharedText:
    return SharedText.objects.select_related("confederation", "amends").get(title=text(NAME)[0])


def offered(world: World) -> Telling:
    """Loarre decides to offer it to the comarca."""
    town = world.loarre
    yield world.year.ago(152, 19)
    title, body = text(NAME)
    found = SharedText.objects.offer(
        town.assembly,
        world.hoya,
        by=town.people[7],
        title=title,
        text=body,
        notice=NOTICE,
        reasons="One village that saves water in a dry summer saves it for the next one down the hill.",
    )
    yield from town.decide(found.proposal, yes=70, no=4)
    note(offers)


def relayed(world: World, town: Town) -> Telling:
    """Huesca mandates somebody to hand texts on, and nothing else."""
    year = world.year
    yield year.ago(176, 19)
    world.mandates["huesca-texts"] = yield from town.mandate(
        by=1,
        delegate=town.people[4],
        confederation=world.hoya,
        clauses=[terms(town, "school-bus", "inform", "hand on, as they are, the texts that assemblies offer")],
        valid_from=year.ago(164, 0),
        valid_until=year.ahead(120),
        yes=4,
    )
    yield year.ago(136, 10)
    world.set_up(
        "texts",
        "huesca-texts",
        1,
        title="Texts from one assembly to all",
        purpose="Every assembly reads the same words.",
    )
    yield year.ago(135, 9)
    mandate = world.mandates["huesca-texts"]
    attachment = world.tasks["texts"].attachments.select_related("task__council", "clause__mandate").get()
    Relay.objects.relay(shared(world), attachment, by=mandate.delegate)


def adopted(world: World, town: Town, later: int, *, yes: int, no: int = 0, reservation: str = "") -> Telling:
    yield world.year.ago(132 - later, 19)
    adoption = shared(world).propose_adoption(town.assembly, by=town.people[1], reservation=reservation)
    decision = yield from town.decide(adoption.proposal, yes=yes, no=no)
    town.policies[NAME] = Policy.objects.get(adopted_by=decision)
    note(adoptions)


def rejected(world: World, town: Town) -> Telling:
    yield world.year.ago(120, 19)
    adoption = shared(world).propose_adoption(town.assembly, by=town.people[0])
    yield from town.decide(adoption.proposal, yes=1, no=len(town.people) - 1)


def asked(world: World, town: Town) -> Telling:
    """Ayerbe is deliberating on it as this is read."""
    yield world.year.ago(3, 20)
    shared(world).propose_adoption(town.assembly, by=town.people[5])


def stood_behind(world: World, town: Town, home: Town, later: int) -> Telling:
    """Four assemblies, each by its own decision, send the same person to Aragón."""
    year = world.year
    yield year.ago(110 - later, 19)
    world.mandates[f"water-{town.place.code}"] = yield from town.mandate(
        by=1,
        delegate=home.people[2],
        confederation=world.wide,
        clauses=[
            terms(
                town, NAME, "represent", "tell the river authority what the villages of the Hoya decided on dry years"
            )
        ],
        valid_from=year.ago(96, 0),
        valid_until=year.ahead(60),
        yes=66 if town is world.loarre else len(town.people) - 1,
    )


def withdrawn(world: World, town: Town) -> Telling:
    """One of the four takes its part away; three still stand behind the seat."""
    yield world.year.ago(40, 19)
    narrowing = world.mandates[f"water-{town.place.code}"].propose_narrowing(
        by=town.people[0], reasons="We would rather be heard by one of our own.", withdraws=True
    )
    yield now() + timedelta(days=3)
    yield from town.decide(narrowing.proposal, yes=len(town.people) - 1)
    note(narrowings)
