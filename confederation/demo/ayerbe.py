"""A year in Ayerbe, the market town of the three."""

from __future__ import annotations

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Circle, Majority, Office, Proposal, Rules, Study, Subject
from mandates.tasks import narrowings, tell_of_recall

from .town import Telling, draw, note, post, text
from .world import World, terms
from .year import Story


def stories(world: World) -> list[Story]:
    return [
        town_work(world),
        oven(world),
        evenings(world),
        coaches(world),
        autumn(world),
        orders(world),
        fire_delegate(world),
        oven_delegate(world),
        library_delegate(world),
        solar(world),
        in_deliberation(world),
    ]


def town_work(world: World) -> Telling:
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(394, 19)
    yield from ayerbe.adopt("fire-break", by=2, yes=91, no=14, abstain=6)
    yield year.ago(376, 20)
    yield from ayerbe.adopt("school-bus", by=19, yes=97, no=11, abstain=7)
    yield year.ago(110, 19)
    yield from ayerbe.adopt("olive-mill", by=31, yes=84, no=26, abstain=12)


def oven(world: World) -> Telling:
    yield world.year.ago(382, 21)
    yield from world.ayerbe.adopt("bread-oven", by=11, yes=103, no=8, abstain=10)
    yield world.year.ago(166, 18)
    yield from world.ayerbe.adopt("market", by=22, yes=77, no=35, abstain=9)


def evenings(world: World) -> Telling:
    yield world.year.ago(258, 20)
    yield from world.ayerbe.adopt("library", by=36, yes=70, no=6, abstain=8)


def coaches(world: World) -> Telling:
    """A proposal that lost."""
    yield world.year.ago(276, 19)
    proposal = world.ayerbe.propose("coach-fee", by=58)
    yield now() + timedelta(days=5)
    yield from world.ayerbe.decide(proposal, yes=34, no=71, abstain=9)


def autumn(world: World) -> Telling:
    """The last months: one that lost by a few, one that carried."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(58, 19)
    proposal = ayerbe.propose("rain-barrels", by=49)
    yield now() + timedelta(days=4)
    yield from ayerbe.decide(proposal, yes=46, no=49, abstain=13)
    yield year.ago(29, 20)
    yield from ayerbe.adopt("lift-home", by=16, yes=88, no=6, abstain=9)


def orders(world: World) -> Telling:
    """New standing orders, by two thirds: more have to come, votes last longer, offices less."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(312, 19)
    proposal = ayerbe.assembly.propose_orders(
        Rules(
            quorum_per_mille=250,
            majority=Majority.SIMPLE,
            majority_for_orders=Majority.TWO_THIRDS,
            voting_period=timedelta(days=5),
            admitting_office=Office.Kind.REGISTRAR,
            office_term=timedelta(days=180),
        ),
        by=ayerbe.people[6],
        title="Longer votes, shorter offices",
    )
    yield now() + timedelta(days=5)
    yield from ayerbe.decide(proposal, yes=88, no=21, abstain=7)
    yield now() + timedelta(hours=1)
    for kind in (Office.Kind.REGISTRAR, Office.Kind.TELLER, Office.Kind.MINUTE_TAKER):
        draw(ayerbe.assembly, kind)
    yield now() + timedelta(days=180)
    for kind in (Office.Kind.REGISTRAR, Office.Kind.TELLER, Office.Kind.MINUTE_TAKER):
        draw(ayerbe.assembly, kind)


def fire_delegate(world: World) -> Telling:
    """A recall that found too few signatures, and a narrowing that carried."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(344, 19)
    mandate = yield from ayerbe.mandate(
        by=2,
        delegate=ayerbe.people[5],
        confederation=world.hoya,
        clauses=[
            terms(
                ayerbe,
                "fire-break",
                "maintain",
                "agree which stretches of the fire-break our people clear, and when",
                "35",
                "hectares",
            ),
            terms(ayerbe, "school-bus", "schedule", "agree the stops and hours of the school bus with the others"),
        ],
        valid_from=year.ago(330, 0),
        valid_until=year.ahead(30),
        yes=86,
        no=12,
        abstain=9,
    )
    world.mandates["fire"] = mandate
    yield year.ago(240, 21)
    recall = mandate.open_recall(
        by=ayerbe.people[60],
        grounds="The days of clearing were agreed for weekdays, when those of us who work in Huesca cannot come. We"
        " said so in the square, and nothing was changed.",
    )
    yield now() + timedelta(days=1)
    yield from ayerbe.sign(recall, 5, over=timedelta(days=3))
    recall.answer(
        by=mandate.delegate,
        text="I agreed weekdays because the goats come on weekdays. From next month on there will be a Saturday in"
        " every turn: that is settled with the goatherd. I should have asked you first.",
    )
    yield now() + timedelta(days=6)
    signed = [signature.citizen for signature in recall.signatures.select_related("citizen")]
    yield from ayerbe.sign(recall, 4, but=signed, over=timedelta(days=20))
    yield year.ago(122, 20)
    clause = world.clause("fire", 1)
    narrowing = mandate.propose_narrowing(
        by=ayerbe.people[47],
        reasons="Eleven of those who cleared the first stretches have said that they will not do it again at this"
        " pace. Let us promise what we can carry.",
        limits={clause: clause.limit - 11} if clause.limit else None,
    )
    yield now() + timedelta(days=3)
    yield from ayerbe.decide(narrowing.proposal, yes=61, no=19, abstain=14)
    note(narrowings)


def oven_delegate(world: World) -> Telling:
    """A mandate whose recall is being voted on today."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(334, 18)
    mandate = yield from ayerbe.mandate(
        by=11,
        delegate=ayerbe.people[9],
        confederation=world.hoya,
        clauses=[
            terms(
                ayerbe,
                "bread-oven",
                "procure",
                "procure flour from mills of the comarca for the oven, and write on its door how much came",
                "9000",
                "kilograms",
            ),
            terms(ayerbe, "bread-oven", "distribute", "agree how bread reaches the villages without an oven"),
        ],
        valid_from=year.ago(320, 0),
        valid_until=year.ahead(40),
        yes=92,
        no=7,
        abstain=11,
    )
    world.mandates["oven"] = mandate
    yield year.ago(14, 21)
    recall = mandate.open_recall(
        by=ayerbe.people[70],
        grounds="For three months the door of the oven has been blank. Six loads of flour came, the log knows of five,"
        " and the bread for Biscarrués stood in the hall until it was hard, twice. The mandate says: write on the door"
        " how much came. It is a small thing to ask, and it is the thing we asked.",
    )
    post(tell_of_recall, recall)
    yield now() + timedelta(hours=6)
    needed = (recall.needed or 0) - 1
    yield from ayerbe.sign(recall, needed // 2, over=timedelta(days=4))
    recall.answer(
        by=mandate.delegate,
        text="The sixth load was a gift of the miller and I did not know how to count it. I have logged it now, with"
        " his note. As to the bread for Biscarrués: the van was being mended and I had no other.\n\nThe door is my"
        " fault. I have a key, chalk and no excuse.",
    )
    yield year.ago(4.2)
    signed = [signature.citizen for signature in recall.signatures.select_related("citizen")]
    for signer in ayerbe.some(needed - needed // 2, but=[ayerbe.people[70], mandate.delegate, *signed]):
        recall.sign(by=signer)
    if recall.decision is not None:
        yield from ayerbe.vote(recall.decision, yes=68, no=49, abstain=12)


def library_delegate(world: World) -> Telling:
    """A mandate that expires tomorrow."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(236, 20)
    world.mandates["library"] = yield from ayerbe.mandate(
        by=36,
        delegate=ayerbe.people[13],
        confederation=world.hoya,
        clauses=[
            terms(ayerbe, "library", "schedule", "agree the days of the library van with the villages around"),
            terms(ayerbe, "library", "inform", "bring us each month what was ordered and could not be found"),
        ],
        valid_from=year.ago(220, 0),
        valid_until=year.ahead(0.92),
        yes=64,
        no=5,
        abstain=4,
    )


def solar(world: World) -> Telling:
    """Open now; its quorum is reached."""
    ayerbe, year = world.ayerbe, world.year
    yield year.ago(15, 19)
    proposal = ayerbe.propose("solar", by=27)
    yield year.ago(9, 12)
    yield from ayerbe.decide(proposal, yes=98, no=31, abstain=11, opens_at=year.ago(3), closes_at=year.ahead(3.6))


WRITERS = {"asked": 41, "known": 9, "sources": 9, "for": 27, "against": 63, "unknown": 63, "questions": 27}


def study(world: World, proposal: Proposal) -> None:
    """Four write what one needs to judge it, and six meet over it."""
    people = world.ayerbe.people
    for part in text("study-sunday-hours")[1].split("## ")[1:]:
        name, _rest, words = part.partition("\n")
        written = Study.objects.write(Subject.of(proposal), part=name, text=words, by=people[WRITERS[name]])
    at = (now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    circle = Circle.objects.call(written.study, by=people[27], place="The library, upstairs", begins_at=at)
    for by in (9, 63, 14, 70, 88):
        circle.join(by=people[by])
    words = (
        "We were six: three for it, two against, and one who came to listen. All would try it for a month."
        " Nobody knew what the bakery sells; two of us will ask. We do not agree on the exceptions."
    )
    circle.note(by=people[27], text=words)
    circle.meet(by=people[27], place="The library, upstairs", begins_at=at + timedelta(days=9))


def in_deliberation(world: World) -> Telling:
    yield world.year.ago(5, 18)
    square = world.ayerbe.propose("sunday-hours", by=41)
    yield world.year.ago(4.6, 20)
    study(world, square)
    yield world.year.ago(1.6)
    title, body = text("swifts")
    ayerbe = world.ayerbe
    Proposal.objects.draft(ayerbe.assembly, title, body, by=ayerbe.people[14], effect=Proposal.Effect.POLICY)
