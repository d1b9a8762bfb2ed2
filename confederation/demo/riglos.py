"""A year in Las Peñas de Riglos, five hamlets and a railway halt."""

from __future__ import annotations

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Amendment, Policy, Proposal
from mandates.tasks import endings

from .town import Telling, note, text
from .world import World, terms
from .year import Story


def stories(world: World) -> list[Story]:
    return [
        hamlet_work(world),
        railway(world),
        seeds(world),
        beehives(world),
        bathing(world),
        autumn(world),
        path_delegate(world),
        next_delegate(world),
        doctor(world),
        tank(world),
        in_deliberation(world),
    ]


def hamlet_work(world: World) -> Telling:
    riglos, year = world.riglos, world.year
    yield year.ago(392, 19)
    yield from riglos.adopt("fire-break", by=5, yes=66, no=11, abstain=5)
    yield year.ago(378, 20)
    yield from riglos.adopt("school-bus", by=12, yes=74, no=4, abstain=3)
    yield year.ago(292, 19)
    yield from riglos.adopt("paths", by=25, yes=51, no=22, abstain=6)
    yield year.ago(142, 18)
    yield from riglos.adopt("firewood-need", by=5, yes=59, no=9, abstain=4)


def railway(world: World) -> Telling:
    """A policy that reaches beyond the comarca, and a delegate to the wider council."""
    riglos, year = world.riglos, world.year
    yield year.ago(352, 19)
    yield from riglos.adopt("rail-halt", by=33, yes=80, no=2, abstain=3)
    yield year.ago(136, 20)
    world.mandates["rail"] = yield from riglos.mandate(
        by=33,
        delegate=riglos.people[6],
        confederation=world.wide,
        clauses=[
            terms(
                riglos,
                "rail-halt",
                "represent",
                "speak for a train that stops on request at Riglos, wherever the railway is spoken with",
            ),
            terms(riglos, "rail-halt", "inform", "tell the assemblies along the line what was answered"),
        ],
        valid_from=year.ago(124, 0),
        valid_until=year.ahead(50),
        yes=63,
        no=5,
        abstain=7,
    )


def seeds(world: World) -> Telling:
    """A delegate who resigned."""
    riglos, year = world.riglos, world.year
    yield year.ago(318, 19)
    yield from riglos.adopt("seed-exchange", by=17, yes=48, no=3, abstain=9)
    yield year.ago(296, 20)
    mandate = yield from riglos.mandate(
        by=17,
        delegate=riglos.people[20],
        confederation=world.hoya,
        clauses=[
            terms(
                riglos,
                "seed-exchange",
                "distribute",
                "agree with the other villages which seeds go where",
                "120",
                "kilograms",
            )
        ],
        valid_from=year.ago(284, 0),
        valid_until=year.ahead(60),
        yes=45,
        no=2,
        abstain=6,
    )
    world.mandates["seeds"] = mandate
    yield year.ago(132, 9)
    mandate.resign(
        by=mandate.delegate,
        reason="I am moving to my daughter's for some months and cannot come to the meetings. The drawers are in order"
        " and the keys are with the minute-taker.",
    )


def beehives(world: World) -> Telling:
    """Short of its quorum by a few; called again, it carried."""
    riglos = world.riglos
    yield world.year.ago(218, 19)
    proposal = riglos.propose("beehives", by=40)
    yield now() + timedelta(days=4)
    yield from riglos.decide(proposal, yes=19, no=6, abstain=2)
    yield now() + timedelta(days=5)
    decision = yield from riglos.decide(proposal, yes=44, no=9, abstain=3)
    riglos.policies["beehives"] = Policy.objects.get(adopted_by=decision)


def bathing(world: World) -> Telling:
    """A proposal that lost."""
    yield world.year.ago(182, 20)
    proposal = world.riglos.propose("river-bathing", by=62)
    yield now() + timedelta(days=5)
    yield from world.riglos.decide(proposal, yes=27, no=43, abstain=8)


def autumn(world: World) -> Telling:
    """The last months: one that carried, and one on which the hamlets were of two minds."""
    riglos, year = world.riglos, world.year
    yield year.ago(48, 19)
    yield from riglos.adopt("station-garden", by=12, yes=63, no=4, abstain=6)
    yield year.ago(26, 19)
    proposal = riglos.propose("one-bin", by=71)
    yield now() + timedelta(days=4)
    yield from riglos.decide(proposal, yes=37, no=37, abstain=4)


def path_delegate(world: World) -> Telling:
    """A recall that carried: the mandate ended at the close."""
    riglos, year = world.riglos, world.year
    yield year.ago(274, 19)
    mandate = yield from riglos.mandate(
        by=25,
        delegate=riglos.people[3],
        confederation=world.hoya,
        clauses=[
            terms(
                riglos,
                "fire-break",
                "maintain",
                "agree which stretches of the fire-break our people clear, and when",
                "20",
                "hectares",
            ),
            terms(
                riglos,
                "paths",
                "maintain",
                "agree days of masons and helpers for the one path under the Mallos, none near the ledges while the"
                " vultures nest",
                "2400",
                "metres",
                here=True,
            ),
            terms(riglos, "school-bus", "schedule", "agree the stops and hours of the school bus with the others"),
        ],
        valid_from=year.ago(262, 0),
        valid_until=year.ahead(88),
        yes=61,
        no=10,
        abstain=6,
    )
    world.mandates["path"] = mandate
    yield year.ago(101, 21)
    recall = mandate.open_recall(
        by=riglos.people[50],
        grounds="Last month a gang of masons worked for four days below the western ledges. The mandate says: none near"
        " the ledges while the vultures nest. Two nests were left. When the minute-taker asked, the answer was that the"
        " season would be lost otherwise. That may be so. It was for the assembly to say, and it had said so.",
    )
    yield now() + timedelta(hours=8)
    needed = (recall.needed or 0) - 1
    yield from riglos.sign(recall, needed // 2, over=timedelta(days=3))
    recall.answer(
        by=mandate.delegate,
        text="The masons had come from Biscarrués and could not come again. I weighed a finished path against a risk"
        " for the birds, and weighed wrongly. I thank those who told me to my face.",
    )
    signed = [signature.citizen for signature in recall.signatures.select_related("citizen")]
    yield from riglos.sign(recall, needed - needed // 2, but=signed, over=timedelta(days=4))
    if recall.decision is not None:
        yield from riglos.vote(recall.decision, yes=58, no=19, abstain=5)
        note(endings)


def next_delegate(world: World) -> Telling:
    """The one who was chosen after the recall, with less."""
    riglos, year = world.riglos, world.year
    yield year.ago(82, 19)
    world.mandates["next"] = yield from riglos.mandate(
        by=50,
        delegate=riglos.people[11],
        confederation=world.hoya,
        reasons="After the recall: the same work with smaller numbers, and without the path: we finish it ourselves.",
        clauses=[
            terms(
                riglos,
                "fire-break",
                "maintain",
                "agree which stretches of the fire-break our people clear, and when",
                "12",
                "hectares",
            ),
            terms(riglos, "school-bus", "schedule", "agree the stops and hours of the school bus with the others"),
            terms(
                riglos,
                "firewood-need",
                "procure",
                "procure firewood for the hamlets that have none, together with the neighbouring villages",
                "25",
                "tonnes",
            ),
        ],
        valid_from=year.ago(70, 0),
        valid_until=year.ahead(150),
        yes=69,
        no=8,
        abstain=4,
    )


def doctor(world: World) -> Telling:
    """Open now; its quorum is not reached yet."""
    riglos, year = world.riglos, world.year
    yield year.ago(12, 19)
    proposal = riglos.propose("doctor-room", by=29)
    yield year.ago(6, 12)
    yield from riglos.decide(proposal, yes=52, no=6, abstain=4, opens_at=year.ago(0.7), closes_at=year.ahead(4.3))


def tank(world: World) -> Telling:
    """It opens in two days."""
    riglos, year = world.riglos, world.year
    yield year.ago(6, 20)
    proposal = riglos.propose("water-tank", by=44)
    yield year.ago(0.9)
    yield from riglos.decide(proposal, yes=0, opens_at=year.ahead(2.2), closes_at=year.ahead(6))


def in_deliberation(world: World) -> Telling:
    """One with amendments: two that conflict, and one that its author has accepted."""
    riglos = world.riglos
    yield world.year.ago(4, 19)
    dogs = riglos.propose("dogs", by=8).versions.get()
    yield world.year.ago(2, 20)
    moved = [
        Amendment.objects.move(
            dogs, by=riglos.people[by], kind="change", article=1, text=dogs.text.replace(*words), reasons=reasons
        )
        for by, words, reasons in (
            (
                12,
                ("dogs go on a lead", "dogs of visitors go on a lead"),
                "Ours know the sheep, and the sheep know them.",
            ),
            (21, ("dogs go on a lead", "dogs are not taken along"), "A lead slips. In May the lambs are small."),
            (30, ("in three languages", "in three languages and with a drawing"), "A drawing needs no language."),
        )
    ]
    moved[-1].accept(by=riglos.people[8])
    yield world.year.ago(1.3)
    title, body = text("village-van")
    Proposal.objects.draft(riglos.assembly, title, body, by=riglos.people[36], effect=Proposal.Effect.POLICY)
