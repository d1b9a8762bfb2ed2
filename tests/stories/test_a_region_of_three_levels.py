"""Two years of a region: villages, two comarcas, a region and what lies around it; a seat that is lost and kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from assemblies.clock import now
from assemblies.models import Assembly, Rules
from assemblies.sweeps import run_all
from councils.models import Council
from mandates.models import Confederation, Mandate, propose_accession
from tests.cast import DAY, YEAR, Cast, carry, citizen_of, found, policy_of, recall_carried, travel_to
from tests.constitution.bench import refused

LONG = Rules(office_term=4 * YEAR)


def joined(*pairs: tuple[Assembly, Confederation]) -> None:
    carry(*(propose_accession(a, c, by=citizen_of(a)).proposal for a, c in pairs))


def test_two_years_of_a_region(cast: Cast):
    ana = cast.ana
    wide = Confederation.objects.found(
        "The Ebro", by=ana, powers=["inform"], longest_term=120 * DAY, limits={"inform": {"letters": 10}}
    )
    region = Confederation.objects.found(
        "Aragón",
        by=ana,
        powers=["inform", "convene"],
        within=wide,
        longest_term=300 * DAY,
        limits={"inform": {"letters": 20}},
    )
    comarca = Confederation.objects.found(
        "Somontano",
        by=ana,
        powers=["inform", "convene", "procure"],
        within=region,
        longest_term=YEAR,
        limits={"inform": {"letters": 40}, "procure": {"kg": 500}},
    )
    villages = [
        found(name, name.lower(), 5, LONG) for name in ("Adahuesca", "Alquezar", "Bierge", "Colungo", "Radiquero")
    ]
    beyond = [found(name, name.lower(), 5, LONG) for name in ("Plan", "Gistain")]
    other = Confederation.objects.found(
        "Sobrarbe",
        by=ana,
        powers=["inform", "convene", "build"],
        within=region,
        longest_term=YEAR,
        limits={"inform": {"letters": 40}},
    )
    joined(*((village, comarca) for village in villages), *((village, other) for village in beyond))
    adopted = carry(*(v.propose("Water", "Springs are common.", by=citizen_of(v)) for v in villages))
    water = {village.pk: policy_of(decision) for village, decision in zip(villages, adopted, strict=True)}
    for village in villages:
        assert [c.name for c in (comarca, *comarca.wider()) if c.has(village, now())] == [
            "Somontano",
            "Aragón",
            "The Ebro",
        ]

    # The first year: all five stand behind Ester of Adahuesca at the region, each by its own decision and clause.
    ester = villages[0].citizens(now()).latest("pk")

    def send(village: Assembly, where: Confederation = region, letters: int = 4, days: int = 280) -> Mandate:
        return Mandate.objects.propose(
            village,
            by=citizen_of(village),
            delegate=ester,
            confederation=where,
            clauses=[
                cast.terms(
                    cast.abiego,
                    policy=water[village.pk],
                    power="inform",
                    instruction="Write of the springs",
                    limit=Decimal(letters),
                    unit="letters",
                )
            ],
            valid_from=now(),
            valid_until=now() + timedelta(days=days),
        )

    with refused(4):  # a village of the other comarca is no part of this seat
        Mandate.objects.propose(
            beyond[0],
            by=citizen_of(beyond[0]),
            delegate=ester,
            confederation=region,
            clauses=[cast.terms(cast.abiego, policy=water[villages[0].pk])],
            valid_from=now(),
            valid_until=now() + 90 * DAY,
        )
    with refused(9):  # the region allows twenty letters, the comarca forty
        send(villages[1], letters=21)
    mandates = [send(village) for village in villages]
    carry(*(mandate.proposal for mandate in mandates))
    council = Council.objects.get(pk=region.pk)
    (seat,) = council.seats(now())
    assert (seat.behind, seat.given, seat.part.name) == (5, 5, "Somontano")

    # A task for those villages alone whose clause it rests on; it carries four letters of each, and no more.
    task = council.attach_task(
        by=ester,
        title="The springs",
        purpose="",
        unit="letters",
        clauses=[m.clauses.get() for m in mandates[:3]],
        quantities={m.clauses.get(): Decimal(4) for m in mandates[:3]},
    )
    parts = {
        a.clause.mandate.assembly_id: a for a in task.attachments.select_related("clause__mandate", "task__council")
    }
    parts[villages[0].pk].log_action(by=ester, what="Wrote to the river board", quantity=Decimal(3))
    with refused(6):
        parts[villages[0].pk].log_action(by=ester, what="Wrote twice more", quantity=Decimal(2))

    # Two take their part away. Three of five is still most of them.
    recall_carried(mandates[1])
    withdrawn = mandates[3].propose_narrowing(by=citizen_of(villages[3]), reasons="Enough letters.", withdraws=True)
    carry(withdrawn.proposal)
    (seat,) = council.seats(now())
    assert (seat.behind, seat.given) == (3, 5)
    assert {m.assembly.name for m in seat.lost} == {"Alquezar", "Colungo"}
    with refused(8):  # recalled, its own part of the task has ended
        parts[villages[1].pk].log_action(by=ester, what="Wrote", quantity=Decimal(1))
    parts[villages[2].pk].log_action(by=ester, what="Wrote again", quantity=Decimal(1))

    # A third leaves the comarca at the end of the month: two of five do not hold a seat.
    at_the_end = now() + 30 * DAY
    leaving = comarca.accessions.get(assembly=villages[4]).leave(
        by=citizen_of(villages[4]), reasons="We go.", leaves_at=at_the_end
    )
    carry(leaving.proposal)
    assert len(council.seats(now())) == 1
    travel_to(at_the_end)
    assert council.seats(now()) == []
    with refused(8):
        parts[villages[2].pk].log_action(by=ester, what="Wrote again", quantity=Decimal(1))
    assert not task.is_standing(now())
    assert council.seats(at_the_end - DAY)[0].behind == 3

    # Alquézar thinks again, by a new decision: three of five, and the seat stands.
    again = send(villages[1], days=200)
    carry(again.proposal)
    (seat,) = council.seats(now())
    assert (seat.behind, seat.given) == (3, 5)
    parts[villages[2].pk].log_action(by=ester, what="Wrote again", quantity=Decimal(1))

    # The second year: what was given has run out by itself; one wider, the same in smaller.
    travel_to(max(m.valid_until for m in (*mandates, again)) + DAY)
    run_all()
    assert council.places(now()) == []
    with refused(9):
        send(villages[0], wide, letters=4, days=121)
    higher = [send(village, wide, letters=2, days=100) for village in villages[:2]]
    carry(*(mandate.proposal for mandate in higher))
    (seat,) = Council.objects.get(pk=wide.pk).seats(now())
    assert (seat.part.name, seat.behind) == ("Aragón", 2)
    travel_to(now() + YEAR)
    run_all()
    assert Council.objects.get(pk=wide.pk).places(now()) == []
    ends = {m.assembly.name: m.ending.kind for m in Mandate.objects.filter(pk__in=[m.pk for m in mandates])}
    assert ends == {
        "Adahuesca": "expired",
        "Alquezar": "recalled",
        "Bierge": "expired",
        "Colungo": "withdrawn",
        "Radiquero": "departed",
    }


def test_an_assembly_leaves_in_the_middle_of_a_task(cast: Cast):
    """Its part ends with its membership; what was done stays in the log, and the others go on."""
    staying, leaving = cast.mandate(cast.abiego, cast.bilal), cast.mandate(cast.loarre, cast.chen)
    task = cast.task(staying, 60)
    task.attach(by=cast.chen, clause=leaving.clauses.get(), quantity=Decimal(40))
    theirs = task.attachments.get(clause__mandate=leaving)
    theirs.log_action(by=cast.chen, what="Bought flour", quantity=Decimal(10))
    carry(cast.comarca.accessions.get(assembly=cast.loarre).leave(by=cast.chen, reasons="We go.").proposal)
    with refused(8):
        theirs.log_action(by=cast.chen, what="Bought more", quantity=Decimal(10))
    assert task.is_standing(now())
    assert theirs.end(now())[1] == "the assembly left the confederation"
    assert task.actions.get().what == "Bought flour"
    task.attachments.get(clause__mandate=staying).log_action(by=cast.bilal, what="Went on", quantity=Decimal(5))
    with refused(4):
        cast.propose_mandate(cast.loarre, cast.chen)
    assert cast.loarre.policies_in_force(now()).count() == 1
