"""A year in Loarre, where visitors sign in."""

from __future__ import annotations

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Policy, Proposal, apply
from mandates.tasks import endings, tell_of_recall

from .town import Telling, note, post, text
from .world import World, terms
from .year import Story


def stories(world: World) -> list[Story]:
    return [
        village_work(world),
        water_and_wood(world),
        lights(world),
        coaches(world),
        clinic(world),
        fair(world),
        ball_court(world),
        autumn(world),
        first_delegate(world),
        marta(world),
        clinic_delegate(world),
        almonds(world),
        tractor(world),
        in_deliberation(world),
        newcomers(world),
    ]


def village_work(world: World) -> Telling:
    loarre, year = world.loarre, world.year
    yield year.ago(396, 19)
    yield from loarre.adopt("acequia", by=3, yes=71, no=12, abstain=4)
    yield year.ago(384, 20)
    yield from loarre.adopt("school-bus", by=8, yes=88, no=9, abstain=6)
    yield year.ago(372, 18)
    yield from loarre.adopt("fire-break", by=15, yes=79, no=18, abstain=9)
    yield year.ago(168, 19)
    yield from loarre.adopt("wash-house", by=30, yes=66, no=8, abstain=5)


def water_and_wood(world: World) -> Telling:
    loarre, year = world.loarre, world.year
    yield year.ago(340, 21)
    yield from loarre.adopt("wood-fuel", by=21, yes=64, no=20, abstain=7)
    yield year.ago(228, 19)
    yield from loarre.adopt("acequia-drought", by=3, changes="acequia", yes=58, no=27, abstain=5)


def lights(world: World) -> Telling:
    """A policy that was tried and repealed."""
    yield world.year.ago(366, 22)
    yield from world.loarre.adopt("street-lights", by=40, yes=52, no=31, abstain=8)
    yield world.year.ago(118, 20)
    yield from world.loarre.adopt(
        "street-lights-repeal", by=40, changes="street-lights", repeals=True, yes=60, no=14, abstain=11
    )


def coaches(world: World) -> Telling:
    """A proposal that lost."""
    yield world.year.ago(300, 19)
    proposal = world.loarre.propose("castle-coaches", by=55)
    yield now() + timedelta(days=5)
    yield from world.loarre.decide(proposal, yes=31, no=58, abstain=12)


def clinic(world: World) -> Telling:
    """Too few came in the week of the harvest; called again, it carried."""
    loarre = world.loarre
    yield world.year.ago(264, 18)
    proposal = loarre.propose("clinic", by=12)
    yield now() + timedelta(days=4)
    yield from loarre.decide(proposal, yes=22, no=4, abstain=2)
    yield now() + timedelta(days=4)
    decision = yield from loarre.decide(proposal, yes=69, no=7, abstain=4)
    loarre.policies["clinic"] = Policy.objects.get(adopted_by=decision)


def fair(world: World) -> Telling:
    """As many for as against: it does not carry."""
    yield world.year.ago(196, 20)
    proposal = world.loarre.propose("august-fair", by=24)
    yield now() + timedelta(days=5)
    yield from world.loarre.decide(proposal, yes=41, no=41, abstain=6)


def ball_court(world: World) -> Telling:
    """Withdrawn: it was done on a Saturday before anybody had to vote."""
    yield world.year.ago(92, 11)
    proposal = world.loarre.propose("ball-court", by=33)
    yield now() + timedelta(days=2, hours=5)
    proposal.withdraw(by=world.loarre.people[33])


def autumn(world: World) -> Telling:
    """The last months: two that carried and one that lost."""
    loarre, year = world.loarre, world.year
    yield year.ago(66, 19)
    yield from loarre.adopt("school-kitchen", by=52, yes=74, no=9, abstain=6)
    yield year.ago(39, 20)
    proposal = loarre.propose("pool-hours", by=64)
    yield now() + timedelta(days=4)
    yield from loarre.decide(proposal, yes=29, no=44, abstain=15)
    yield year.ago(22, 18)
    yield from loarre.adopt("winter-road", by=1, yes=81, no=5, abstain=7)


def first_delegate(world: World) -> Telling:
    """A mandate that ran its term and expired."""
    loarre, year = world.loarre, world.year
    yield year.ago(360, 19)
    mandate = yield from loarre.mandate(
        by=3,
        delegate=loarre.people[4],
        confederation=world.hoya,
        clauses=[
            terms(
                loarre,
                "acequia",
                "maintain",
                "agree days of work on the Acequia Mayor with the villages above us, and see that they are kept",
                "180",
                "hours",
            ),
            terms(loarre, "school-bus", "schedule", "agree the stops and hours of the school bus with the others"),
        ],
        valid_from=year.ago(348, 0),
        valid_until=year.ago(130, 0),
        yes=72,
        no=9,
        abstain=5,
    )
    world.mandates["first"] = mandate
    yield mandate.valid_until
    note(endings)


def marta(world: World) -> Telling:
    """The delegate whom visitors sign in as: five clauses, four of them with limits, one of them in one place."""
    loarre, year = world.loarre, world.year
    yield year.ago(154, 20)
    world.mandates["marta"] = yield from loarre.mandate(
        by=8,
        delegate=world.marta,
        confederation=world.hoya,
        reasons="The term of our first delegate ends. Marta has worked on the channel since she was a child, and asked"
        " that every clause have a limit, so that nobody need trust her further than they like.",
        clauses=[
            terms(
                loarre,
                "acequia",
                "maintain",
                "agree days of work on the Acequia Mayor with the villages above us, with a Saturday in every turn",
                "420",
                "hours",
            ),
            terms(
                loarre,
                "wood-fuel",
                "procure",
                "procure dry oak, cut to length, together with the villages that lack it too",
                "60",
                "tonnes",
            ),
            terms(loarre, "school-bus", "schedule", "agree the stops and hours of the school bus with the others"),
            terms(
                loarre,
                "wash-house",
                "build",
                "agree days of work of masons and carpenters for the wash-house",
                "90",
                "days",
                here=True,
            ),
            terms(
                loarre,
                "fire-break",
                "maintain",
                "agree which stretches of the fire-break our people clear, and when",
                "15",
                "hectares",
            ),
        ],
        valid_from=year.ago(142, 0),
        valid_until=year.ahead(215),
        yes=83,
        no=6,
        abstain=8,
    )


def clinic_delegate(world: World) -> Telling:
    """A mandate whose recall gathers signatures today: two more put it to the vote."""
    loarre, year = world.loarre, world.year
    yield year.ago(242, 19)
    mandate = yield from loarre.mandate(
        by=12,
        delegate=loarre.people[7],
        confederation=world.hoya,
        clauses=[
            terms(
                loarre,
                "clinic",
                "represent",
                "speak for four mornings and one evening of clinic wherever the health service is spoken with",
            ),
            terms(loarre, "clinic", "inform", "tell us within a week who answered what"),
        ],
        valid_from=year.ago(230, 0),
        valid_until=year.ahead(100),
        yes=59,
        no=13,
        abstain=9,
    )
    world.mandates["clinic"] = mandate
    yield year.ago(9, 20)
    recall = mandate.open_recall(
        by=loarre.people[18],
        grounds="Sixteen days ago our delegate told the health service that Loarre could live with three mornings. The"
        " mandate says four mornings and one evening, and it says that we hear within a week who answered what. We read"
        " it in the newspaper yesterday.\n\nNobody doubts the good will. But a"
        " delegate who gives away a morning has decided something, and deciding is ours.",
    )
    post(tell_of_recall, recall)
    missing = (recall.needed or 0) - 1 - 2
    yield from loarre.sign(recall, missing // 2, but=world.guests, over=timedelta(days=2))
    recall.answer(
        by=mandate.delegate,
        text="I said that three mornings would be better than the two we have. I did not agree to anything, and the"
        " note of the meeting, which I have asked for, will show it.\n\nThat I reported late is true. My mother was in"
        " hospital, and I should have asked somebody to write to you in my place. I will read the note aloud on Friday"
        " in the square, and will go if you want me to.",
    )
    signed = [signature.citizen for signature in recall.signatures.select_related("citizen")]
    yield from loarre.sign(recall, missing - missing // 2, but=[*world.guests, *signed], over=timedelta(days=4))


def almonds(world: World) -> Telling:
    """Open now; its quorum is not reached yet."""
    loarre, year = world.loarre, world.year
    yield year.ago(13, 18)
    proposal = loarre.propose("almond-path", by=27)
    yield year.ago(8, 12)
    yield from loarre.decide(
        proposal,
        yes=60,
        no=20,
        abstain=8,
        opens_at=year.ago(1.4),
        closes_at=year.ahead(5),
        but=world.guests,
    )


def tractor(world: World) -> Telling:
    """It opens in two days."""
    loarre, year = world.loarre, world.year
    yield year.ago(7, 21)
    proposal = loarre.propose("tractor", by=44)
    yield year.ago(1.2)
    yield from loarre.decide(proposal, yes=0, opens_at=year.ahead(2), closes_at=year.ahead(6))


def in_deliberation(world: World) -> Telling:
    """Not yet put to the vote, and a draft that only its author sees."""
    yield world.year.ago(3, 17)
    world.loarre.propose("tool-shelf", by=1)
    yield world.year.ago(2, 22)
    title, body = text("benches")
    Proposal.objects.draft(world.loarre.assembly, title, body, by=world.ana, effect=Proposal.Effect.POLICY)


def newcomers(world: World) -> Telling:
    """Two who were admitted, one who moved here from Ayerbe, one who was declined, two who wait for an answer."""
    loarre, ayerbe, year = world.loarre, world.ayerbe, world.year
    for days, words in (
        (310, "We have rented the house at the end of Calle Baja and live there all year."),
        (206, "I have taken over the bakery of my aunt. I sleep above it."),
    ):
        yield year.ago(days, 12)
        newcomer = world.people.newcomer()
        application = apply(newcomer, loarre.assembly, words)
        yield now() + timedelta(days=2)
        application.admit(by=loarre.facilitator())
        loarre.people.append(newcomer)
    yield year.ago(150, 13)
    mover = ayerbe.people.pop()
    application = apply(mover, loarre.assembly, "I have moved in with my partner in Calle de la Fuente.")
    yield now() + timedelta(days=3)
    application.admit(by=loarre.facilitator())
    loarre.people.append(mover)
    yield year.ago(97, 10)
    visitor = world.people.newcomer()
    application = apply(visitor, loarre.assembly, "We have a house here for the holidays.")
    yield now() + timedelta(days=4)
    application.decline(
        by=loarre.facilitator(),
        reason="You live in Zaragoza and vote there. Come to the assembly as a guest whenever you are here; when you"
        " live here, apply again.",
    )
    yield year.ago(4, 9)
    apply(world.people.newcomer(), loarre.assembly, "We moved into the old school house on the first of the month.")
    yield year.ago(1.1)
    apply(world.people.newcomer(), loarre.assembly, "I work at the castle and rent a room from the Otal family.")
