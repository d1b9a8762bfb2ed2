"""A seat at a wider council: several assemblies of one narrower confederation mandate the same person."""

from datetime import timedelta

from assemblies.clock import now
from councils.models import Council
from mandates.models import Ending, Mandate
from mandates.tasks import endings
from tests.cast import DAY, Cast, carry, citizen_of, recall_carried, travel_to
from tests.constitution.bench import refused


def jointly(cast: Cast, *assemblies, days: int = 150) -> list[Mandate]:
    """Bilal of Abiego, mandated to the region by each of these assemblies, each by its own decision."""
    mandates = [
        cast.propose_mandate(
            a,
            cast.bilal,
            cast.terms(a, limit=30),
            confederation=cast.region,
            valid_until=now() + timedelta(days=days),
        )
        for a in assemblies
    ]
    carry(*(mandate.proposal for mandate in mandates))
    return mandates


def withdraw(mandate: Mandate) -> None:
    by = citizen_of(mandate.assembly)
    carry(mandate.propose_narrowing(by=by, reasons="We stand behind it no longer.", withdraws=True).proposal)


def test_each_assembly_gives_its_part_and_takes_it_away(cast: Cast):
    first, second, third = jointly(cast, cast.abiego, cast.loarre, cast.sietamo)
    assert {m.part_id for m in (first, second, third)} == {cast.comarca.pk}
    (seat,) = cast.region.seats(now())
    assert (seat.delegate, seat.part.slug, seat.behind, seat.given) == (cast.bilal, cast.comarca.slug, 3, 3)
    recall_carried(second)
    (seat,) = cast.region.seats(now())
    assert (seat.behind, seat.given, [m.assembly for m in seat.lost]) == (2, 3, [cast.loarre])
    withdraw(third)
    assert cast.region.seats(now()) == []
    (place,) = cast.region.places(now())
    assert (place.stands, place.behind, place.given) == (False, 1, 3)
    assert not first.is_in_force(now())
    assert first.stands(now())
    assert Mandate.objects.get(pk=first.pk).fallen(now())


def test_half_is_not_more_than_half(cast: Cast):
    _first, second = jointly(cast, cast.abiego, cast.loarre)
    assert len(cast.region.seats(now())) == 1
    withdraw(second)
    assert cast.region.seats(now()) == []


def test_a_seat_stands_again_when_most_do_and_any_past_moment_can_be_asked(cast: Cast):
    _first, second = jointly(cast, cast.abiego, cast.loarre)
    before = now()
    withdraw(second)
    fell = now()
    assert cast.region.seats(fell) == []
    jointly(cast, cast.sietamo)
    (seat,) = cast.region.seats(now())
    assert (seat.behind, seat.given) == (2, 3)
    assert [len(cast.region.seats(at)) for at in (before, fell, now())] == [1, 0, 1]


def test_what_the_delegate_does_carries_for_an_assembly_through_its_own_clause_alone(cast: Cast):
    first, second, third = jointly(cast, cast.abiego, cast.loarre, cast.sietamo)
    task = Council.objects.get(pk=cast.region.pk).attach_task(
        by=cast.bilal,
        title="Flour",
        purpose="",
        clauses=[first.clauses.get()],
        unit="kg",
        quantities={first.clauses.get(): 20},
    )
    assert {a.clause.mandate.assembly for a in task.attachments.all()} == {cast.abiego}
    attachment = task.attachments.get()
    attachment.log_action(by=cast.bilal, what="Bought flour", quantity=5)
    withdraw(second)
    attachment.log_action(by=cast.bilal, what="Bought flour", quantity=5)
    withdraw(third)
    fell = now()
    with refused(8):
        attachment.log_action(by=cast.bilal, what="Bought flour", quantity=5)
    assert not task.is_standing(now())
    ended, why = attachment.end(now())
    assert ended <= fell
    assert why == "too few assemblies stand behind the seat"
    assert [one.why for one in task.attachments.with_authority(now())] == [why]


def test_the_mandates_behind_a_fallen_seat_have_not_ended(cast: Cast):
    first, second = jointly(cast, cast.abiego, cast.loarre)
    withdraw(second)
    endings.run()
    assert list(Ending.objects.values_list("mandate", flat=True)) == [second.pk]
    travel_to(first.valid_until + DAY)
    endings.run()
    assert Ending.objects.get(mandate=first.pk).kind == "expired"


def test_a_stranger_to_the_narrower_confederation_is_nobodys_delegate(cast: Cast):
    with refused(4):
        cast.propose_mandate(cast.loarre, cast.bilal)  # at the comarca itself each sends its own
    with refused(4):
        cast.propose_mandate(cast.loarre, cast.stranger, confederation=cast.region, valid_until=now() + 90 * DAY)
