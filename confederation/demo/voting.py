"""Other votes than yes or no on a screen: a choice of works, papers and hands that are counted, elections."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from random import Random
from typing import Any

from assemblies.clock import now
from assemblies.models import (
    Choice,
    Citizen,
    Decision,
    HandCount,
    Method,
    Office,
    PaperCode,
    PaperCount,
    Policy,
    Proposal,
    RollMark,
)
from mandates.models import Election
from mandates.tasks import issues, tell_of_candidates, tell_of_elected, tell_of_election

from .town import Cast, Telling, Town, draw, note, post
from .world import World, terms
from .year import Story

WORKS = (
    ("The steps to the castle", "Eleven steps are loose. Three days of masons, twenty of whoever carries."),
    ("A roof over the trough", "Six posts, old tiles from the sheepfold. Eight days."),
    ("The path to the cemetery", "Level it, so that a wheelchair comes through. Fifteen days."),
    ("Shade in the school yard", "Four vines and a frame of chestnut. Five days, and two summers of patience."),
    ("The wall below the church", "It leans. Ten days before it falls, forty after."),
    ("Nesting boxes and hedges", "Along the fields of the lower road. Six days, with the school."),
    ("A second table for the hall", "From the fallen walnut. Four days of a carpenter."),
)
LIKED = (41, 34, 58, 49, 62, 23, 30)  # of a hundred who vote, how many approve of each of the works


def stories(world: World) -> list[Story]:
    return [winter_works(world), warm_hall(world), mill_delegates(world), kitchen_delegate(world), road_delegate(world)]


# ---- among options ----


def winter_works(world: World) -> Telling:
    """An approval vote: which three of seven works the village takes on together."""
    loarre, year, chance = world.loarre, world.year, Random(3)  # noqa: S311  (the same demo each time)
    yield year.ago(78, 20)
    proposal = Proposal.objects.draft_choice(
        loarre.assembly,
        "Which three works we do together this winter",
        "On the first Saturdays of the winter the village works together, as it always has. There is time for three"
        " works. Everyone may mark up to four; the three that most approve of are done, and the others are asked about"
        " again next year.",
        by=loarre.people[9],
        options=[Choice(title, words) for title, words in WORKS],
        method=Method.APPROVAL,
        seats=3,
        most=4,
    )
    proposal.offer(by=proposal.author)
    yield now() + timedelta(days=5)
    decision = proposal.put_to_vote(by=loarre.facilitator())
    votes: list[Cast] = []
    for voter in loarre.some(94):
        liked = [number for number, share in enumerate(LIKED, start=1) if chance.random() * 100 < share]
        votes.append((decision, voter, {"ranking": chance.sample(liked, min(4, len(liked))) or [5]}))
    yield from loarre.cast([decision], votes)
    yield from loarre.close([decision])


# ---- by device, on paper and by hand ----


def warm_hall(world: World) -> Telling:
    """One decision by every channel. One count of hands is corrected before both tellers say the same."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(57, 19)
    proposal = ayerbe.propose("warm-hall", by=45)
    yield now() + timedelta(days=4)
    decision = proposal.put_to_vote(by=ayerbe.facilitator())
    draw(ayerbe.assembly, Office.Kind.TELLER)
    held = Office.objects.in_force(now()).filter(assembly=ayerbe.assembly, kind=Office.Kind.TELLER)
    first, second = [office.citizen for office in held.select_related("citizen").order_by("pk")]
    voters = ayerbe.some(118)
    by_device, on_paper, by_hand = voters[:74], voters[74:89], voters[89:]
    papers = PaperCode.objects.print(decision, by=first, citizens=on_paper)
    yield from ayerbe.cast([decision], ayerbe.answers(decision, by_device, yes=58, no=11))
    # The evening in the hall.
    yield decision.opens_at + (decision.closes_at - decision.opens_at) * 0.95
    for voter in by_hand:
        RollMark.objects.mark_present(decision, voter, by=second)
    for number, paper in enumerate(papers):
        choice = "no" if number % 7 == 3 else "yes"
        for teller in (first, second):
            PaperCount.objects.read(decision, by=teller, number=paper.number, code=paper.code, choice=choice)
    HandCount.objects.enter(decision, by=first, yes=24, no=3, abstain=2)
    HandCount.objects.enter(decision, by=second, yes=23, no=3, abstain=2)
    HandCount.objects.enter(
        decision,
        by=second,
        yes=24,
        no=3,
        abstain=2,
        reason="One hand was behind the pillar. We counted again together.",
    )
    yield from ayerbe.close([decision])
    ayerbe.policies["warm-hall"] = Policy.objects.get(adopted_by=decision)


# ---- elections of delegates ----


def stand(election: Election, *statements: tuple[Citizen, str]) -> Telling:
    """They stand, one after the other."""
    post(tell_of_election, election)
    for citizen, statement in statements:
        yield now() + timedelta(hours=19)
        election.stand(by=citizen, statement=statement)


def elect(
    town: Town, election: Election, weights: dict[Citizen, int], *, voters: int, yes: int, no: int, **more: Any
) -> Generator[Any, None, list[Decision]]:
    """Put both questions to the vote and have so many vote in them; who weighs more comes earlier on more ballots."""
    yield election.stand_until
    post(tell_of_candidates, election)
    but = more.pop("but", ())
    poll = election.put_to_vote(by=town.facilitator(), **more)
    ranking, question = poll.decisions
    chance = Random(voters)  # noqa: S311
    by_name = {citizen.name: weight for citizen, weight in weights.items()}
    options = [(option.number, by_name[option.title]) for option in poll.ranking.options.all()]
    people = town.some(voters, but=but)
    votes = town.answers(question, people, yes=yes, no=no)
    for voter in people:
        order = sorted(options, key=lambda option: -(chance.random() ** (1 / option[1])))
        named = chance.choice([1, 2, 3, len(options)])
        votes.append((ranking, voter, {"ranking": [number for number, _weight in order[:named]]}))
    yield from town.cast([ranking, question], votes)
    yield from town.close([ranking, question])
    note(issues)
    post(tell_of_elected, election)
    return [ranking, question]


def mill_delegates(world: World) -> Telling:
    """Elected and mandated: five stood for two seats; the count has six stages."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(50, 20)
    election = Election.objects.call(
        ayerbe.assembly,
        by=ayerbe.people[31],
        confederation=world.hoya,
        seats=2,
        clauses=[
            terms(
                ayerbe,
                "olive-mill",
                "schedule",
                "agree with the villages around on which days whose olives are pressed",
            ),
            terms(
                ayerbe,
                "olive-mill",
                "procure",
                "procure olives from groves of the comarca that nobody picks",
                "12",
                "tonnes",
            ),
        ],
        valid_from=year.ago(20, 0),
        valid_until=year.ahead(150),
        stand_until=year.ago(36, 20),
        reasons="The mill presses for eleven villages. Two should speak for it, so that one of them is always there.",
    )
    candidates = [ayerbe.people[n] for n in (17, 25, 33, 52, 66)]
    yield from stand(
        election,
        (candidates[0], "I have pressed here for nine winters and know every grove by its taste."),
        (
            candidates[1],
            "I keep the calendar of the choir, which has forty voices and no quarrel. I would do the same here.",
        ),
        (candidates[2], "I drive the lorry anyway. Whoever calls before noon is fetched on the same day."),
        (candidates[3], "My family has no olives. I would treat all villages alike because I favour none."),
        (candidates[4], "I am seventeen years older than the mill and have time."),
    )
    weights = dict(zip(candidates, (9, 7, 6, 4, 3), strict=True))
    yield from elect(ayerbe, election, weights, voters=112, yes=93, no=11)


def kitchen_delegate(world: World) -> Telling:
    """Being voted on now: visitors rank the candidates."""
    loarre, year = world.loarre, world.year
    yield year.ago(26, 19)
    election = Election.objects.call(
        loarre.assembly,
        by=loarre.people[52],
        confederation=world.hoya,
        clauses=[
            terms(
                loarre,
                "school-kitchen",
                "procure",
                "procure flour, oil and pulses for the school kitchen together with the other kitchens",
                "4000",
                "kilograms",
            ),
            terms(loarre, "school-kitchen", "inform", "write on the kitchen door each month what came and from where"),
        ],
        valid_from=year.ahead(10),
        valid_until=year.ahead(300),
        stand_until=year.ago(14, 20),
    )
    candidates = [loarre.people[n] for n in (62, 70, 84, 91)]
    yield from stand(
        election,
        (candidates[0], "I cook there on Tuesdays. What we lack, I know first."),
        (candidates[1], "I have an eye for weights and a tongue for millers."),
        (
            candidates[2],
            "I grow beans and know who else does. I will not buy my own: it is in the clauses if you want it.",
        ),
        (candidates[3], "Two of my children eat there. They will recall me at breakfast."),
    )
    weights = dict(zip(candidates, (6, 5, 5, 3), strict=True))
    yield from elect(
        loarre,
        election,
        weights,
        voters=78,
        yes=64,
        no=9,
        opens_at=year.ago(1.8),
        closes_at=year.ahead(4.4),
        but=world.guests,
    )


def road_delegate(world: World) -> Telling:
    """One can still stand: visitors do."""
    loarre, year = world.loarre, world.year
    yield year.ago(5, 20)
    election = Election.objects.call(
        loarre.assembly,
        by=loarre.people[38],
        confederation=world.hoya,
        clauses=[
            terms(
                loarre,
                "winter-road",
                "schedule",
                "agree with the neighbours who clears which stretch of the road when it snows, and who lends a plough",
            )
        ],
        valid_from=year.ahead(30),
        valid_until=year.ahead(330),
        stand_until=year.ahead(8),
        reasons="Last winter two ploughs met in the middle of the road and none came to the school.",
    )
    yield from stand(
        election,
        (loarre.people[38], "I called this election because I was in one of the two ploughs."),
        (loarre.people[57], "I get up at five anyway, for the goats, and see the road before anybody."),
    )
