"""Article 15: who leans on whom, who is cut off, and which dependence is one-sided, is seen by everyone."""

from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from commons.flows import Period, between, cut_off, dependences
from commons.models import Yardstick, measures_of, send, set_yardstick
from mandates.models import Confederation
from tests.cast import COMARCA, Cast, clock
from tests.commons import market
from tests.constitution.bench import Attempt, Staged, insert, kept, refused, tried_together, twisted


def a_yardstick(cast: Cast) -> Staged:
    """Ana has drafted a confederation that nobody has joined."""
    bare = Confederation.objects.found("Sobrarbe", by=cast.ana, **COMARCA)
    return {"confederation_id": bare.pk, "leaning_per_mille": 400, "quiet_days": 90, "by_id": cast.ana.pk}


def measure(row: Staged) -> None:
    insert("commons_yardstick", row)


ATTEMPTS = [
    *twisted(
        a_yardstick,
        measure,
        write_the_measures_of_somebody_elses_draft=(15, lambda cast, row: {"by_id": cast.bilal.pk}),
        write_the_measures_as_a_technician=(15, lambda cast, row: {"by_id": cast.technician.pk}),
        write_measures_after_assemblies_have_joined=(15, lambda cast, row: {"confederation_id": cast.comarca.pk}),
        write_measures_twice=(15, lambda cast, row: (measure(row), {})[1]),
        call_nothing_leaning=("yardstick_share", lambda cast, row: {"leaning_per_mille": 1001}),
        call_everyone_cut_off=("yardstick_days", lambda cast, row: {"quiet_days": 0}),
    ),
    Attempt(
        "write measures for a confederation that has members",
        15,
        a_yardstick,
        lambda cast, row: set_yardstick(cast.comarca, by=cast.ana, leaning_per_mille=10, quiet_days=1),
        lambda cast, row: set_yardstick(
            Confederation.objects.get(pk=row["confederation_id"]), by=cast.ana, leaning_per_mille=10, quiet_days=1
        ),
    ),
    *kept("commons_yardstick", 15, lambda cast: measure(a_yardstick(cast))),
]

test_attempt = tried_together(ATTEMPTS)


def shared(cast: Cast) -> None:
    """Loarre gets 300 of its 300 essential kilograms from Abiego; Siétamo nothing."""
    allotment = market.allotted(cast)
    send(allotment, by=cast.bilal, quantity=Decimal(300)).receive(by=cast.chen, quantity=Decimal(290))


def this_year(cast: Cast) -> Period:
    return Period(market.today() - timedelta(days=365), market.today() + timedelta(days=1))


def test_who_leans_is_seen_with_the_source_and_the_share(cast: Cast):
    shared(cast)
    places = [cast.abiego, cast.loarre, cast.sietamo]
    rows = {one.assembly: one for one in dependences(places, market.barley(cast), this_year(cast), now())}
    loarre = rows[cast.loarre]
    assert loarre.largest == (cast.abiego, 290)
    assert (loarre.largest_share, loarre.own_share) == (96, 0)
    assert loarre.leans(measures_of(cast.comarca)[0])
    assert not loarre.leans(970), "at 96.7 per cent it does not lean by a measure of 97"
    assert not rows[cast.sietamo].leans(1), "nothing came there"
    assert not rows[cast.abiego].withdraws


def test_who_has_some_and_gives_none_withdraws(cast: Cast):
    market.valley(cast)
    (abiego,) = dependences([cast.abiego], market.barley(cast), this_year(cast), now())
    assert abiego.withdraws
    assert abiego.offered == 600


def test_who_neither_gave_nor_received_is_cut_off(cast: Cast):
    shared(cast)
    places = [cast.abiego, cast.loarre, cast.sietamo]
    assert cut_off(places, 365, now()) == [], "the assemblies are younger than a year"
    clock.travel(timedelta(days=350))
    assert cut_off(places, 365, now()) == [cast.sietamo]
    clock.travel(timedelta(days=60))
    assert cut_off(places, 365, now()) == places


def test_everybody_sees_it_with_its_definitions_and_a_table_beside_the_pictures(cast: Cast):
    shared(cast)
    page = Client().get(f"{reverse('interdependence')}?good={market.barley(cast).pk}&council={cast.comarca.slug}")
    words = page.content.decode()
    assert page.status_code == 200
    assert "More than 50 % of an essential need" in words
    assert "the defaults of this house" in words
    assert words.count('<svg class="fig flows"') >= 1
    assert "Abiego to Loarre: 290" in words, "the ribbon says in words what it is"
    assert [one.assembly for one in page.context["leaning"]] == [cast.loarre]


def test_the_measures_that_assemblies_joined_under_are_the_ones_that_hold(cast: Cast):
    row = a_yardstick(cast)
    measure(row)
    bare = Confederation.objects.get(pk=row["confederation_id"])
    assert measures_of(bare) == (400, 90)
    assert measures_of(cast.comarca) == (500, 365)
    with refused(15):
        measure(row)
    assert Yardstick.objects.count() == 1


def test_what_two_gave_each_other_has_no_sum(cast: Cast):
    shared(cast)
    gave, got = between(cast.abiego, cast.loarre)
    assert ([flow.quantity for flow in gave], got) == ([290], [])
