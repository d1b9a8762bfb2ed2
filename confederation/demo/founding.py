"""The first weeks: every municipality founds its assembly, confederations are drafted, and each assembly joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.text import slugify

from assemblies.clock import now
from assemblies.models import Assembly, Ballot, Decision, Office, Rules
from mandates.models import Confederation, Power, propose_accession
from mandates.tasks import accessions

from .clock import MovedClock
from .people import People
from .progress import Progress
from .territory import AYERBE, BESIDE, LOARRE, RIGLOS, Municipality, comarcas
from .town import Town, note

# Where three to seven people take turns, the two in office stay for two years.
LONG = timedelta(days=730)
CLOSE = {LOARRE, AYERBE, RIGLOS, *BESIDE}

WIDE = [Power.CONVENE, Power.INFORM, Power.SCHEDULE, Power.DISTRIBUTE, Power.REPRESENT]
WIDE_TEXT = """The assemblies of Aragón confer here on what no comarca can do alone: the railway, the rivers, the \
mountain roads, the hospitals. Delegates carry what their assemblies decided and bring back what they heard. \
Whoever sits here decides nothing in anyone's place."""
COMARCA_TEXT = """The assemblies of {name} share work here that one village cannot carry alone. A delegate does what a \
mandate says, logs it in public, and can be called back at any time. No money changes hands between assemblies: who \
needs is helped, as far as the mandates reach."""


def found_assemblies(
    places: list[Municipality], people: People, clock: MovedClock, first_day: datetime, progress: Progress
) -> dict[str, Town]:
    """An assembly for each municipality, comarca by comarca, within a week. Returns them by their code."""
    progress.stage(f"{len(places)} assemblies founded", len(places))
    by_comarca: dict[str, list[Municipality]] = defaultdict(list)
    for place in places:
        by_comarca[place.comarca].append(place)
    towns: dict[str, Town] = {}
    for number, code in enumerate(sorted(by_comarca)):
        clock.go(first_day + timedelta(hours=5 * number))
        everyone = people.founders(by_comarca[code])
        for place in by_comarca[code]:
            founders = everyone[place.code]
            assembly = Assembly.objects.found(
                place.name,
                founders=founders,
                rules=Rules() if place.code in CLOSE else Rules(office_term=LONG),
                kind=place.kind,
                code=place.code,
                population=place.population,
                latitude=place.latitude,
                longitude=place.longitude,
            )
            towns[place.code] = Town(place, assembly, founders)
            progress.step()
    progress.end()
    return towns


def draft_confederations(towns: Iterable[Town]) -> dict[str, Confederation]:
    """The wider confederation, and one for each comarca within it. Returns those of the comarcas by their code."""
    names = comarcas()
    drafters = {town.place.comarca: town.people[0] for town in towns}
    wide = Confederation.objects.found(
        "Aragón",
        by=drafters[min(drafters)],
        powers=WIDE,
        text=WIDE_TEXT,
        longest_term=timedelta(days=180),
        recall_per_mille=50,
        report_interval=timedelta(days=60),
    )
    return {
        code: Confederation.objects.found(
            names[code],
            by=drafters[code],
            powers=Power.values,
            within=wide,
            text=COMARCA_TEXT.format(name=names[code]),
            slug=slugify(names[code].split(" / ")[0]),
        )
        for code in sorted(drafters)
    }


def join_confederations(
    towns: Iterable[Town], confederations: dict[str, Confederation], clock: MovedClock, progress: Progress
) -> None:
    """Each assembly joins by its own decision: proposed, deliberated, called, voted on, closed."""
    towns = list(towns)
    progress.stage(f"{len(towns)} assemblies joined their confederations", 3 * len(towns))
    facilitators = {
        office.assembly_id: office.citizen
        for office in Office.objects.in_force(now()).select_related("citizen").order_by("-pk")
    }
    questions = []
    for town in towns:
        accession = propose_accession(
            town.assembly,
            confederations[town.place.comarca],
            by=town.people[0],
            reasons=f"{town.assembly} decides for itself, and joins its neighbours where one village is not enough.",
        )
        questions.append((town, accession.proposal))
        progress.step()
    decisions: list[tuple[Town, Decision]] = [
        (town, proposal.put_to_vote(by=facilitators[town.assembly.pk])) for town, proposal in questions
    ]
    clock.go(max(decision.opens_at for _town, decision in decisions))
    for town, decision in decisions:
        decision.open()
        voters = town.some(max(2, round(len(town.people) * town.chance.uniform(0.5, 0.95))))
        for number, voter in enumerate(voters):
            against = number and number % 7 == 0
            decision.cast(by=voter, choice=Ballot.Choice.NO if against else Ballot.Choice.YES)
        progress.step()
    clock.go(max(decision.closes_at for _town, decision in decisions))
    for _town, decision in decisions:
        decision.close()
        progress.step()
    note(accessions)
    progress.end()
