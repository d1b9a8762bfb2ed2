"""What citizenship promises: one at a time, a history that stays, and admission by the office that is named."""

import pytest

from assemblies.clock import now
from assemblies.models import Application, Citizen, Citizenship, Rules, admit, apply
from assemblies.refusal import CONFLICT, Refusal
from tests.cast import DAY, Cast, admitted, clock, drawn, facilitator, found, person


def test_an_applicant_is_admitted_with_a_word(cast: Cast):
    application = apply(cast.stranger, cast.abiego, "I live by the mill.")
    assert list(Application.objects.waiting()) == [application]
    citizenship = application.admit(by=facilitator(cast.abiego))
    assert (application.admitted, application.answered_by) == (True, facilitator(cast.abiego))
    assert cast.stranger.citizenship(now()) == citizenship
    assert not Application.objects.waiting().exists()


def test_an_applicant_who_is_declined_reads_why_and_may_ask_again(cast: Cast):
    application = apply(cast.stranger, cast.abiego, "I live by the mill.")
    application.decline(by=facilitator(cast.abiego), reason="There is no mill.")
    assert (application.admitted, application.reason) == (False, "There is no mill.")
    assert cast.stranger.citizenship(now()) is None
    apply(cast.stranger, cast.abiego, "I live by the bridge.").admit(by=facilitator(cast.abiego))
    assert cast.stranger.is_citizen_of(cast.abiego, now())


def test_an_application_is_answered_once(cast: Cast):
    application = apply(cast.stranger, cast.abiego, "I live by the mill.")
    twin = Application.objects.get(pk=application.pk)
    application.admit(by=facilitator(cast.abiego))
    with pytest.raises(Refusal) as again:
        twin.decline(by=facilitator(cast.abiego), reason="Too late.")
    assert again.value.status == CONFLICT


def test_whoever_moves_is_somewhere_at_every_moment(cast: Cast):
    before = now()
    admitted(cast.ana, cast.loarre)
    here, there = Citizenship.objects.filter(citizen=cast.ana).order_by("valid_from")
    assert here.valid_until == there.valid_from
    assert cast.ana.citizenship(before).assembly == cast.abiego
    assert cast.ana.citizenship(there.valid_from).assembly == cast.loarre
    for moment in (before, here.valid_until, now()):
        assert cast.ana.citizenships.in_force(moment).count() == 1


def test_the_roll_of_any_past_day_can_be_read(cast: Cast):
    before = now()
    clock.travel(DAY)
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    admitted(cast.stranger, cast.abiego)
    assert cast.abiego.citizens(before).contains(cast.bilal)
    assert not cast.abiego.citizens(before).contains(cast.stranger)
    assert not cast.abiego.citizens(now()).contains(cast.bilal)
    assert cast.abiego.citizens(now()).contains(cast.stranger)


def test_who_left_can_come_back_as_a_citizen_anew(cast: Cast):
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    admitted(cast.bilal, cast.abiego)
    assert cast.bilal.citizenships.count() == 2
    assert cast.bilal.is_citizen_of(cast.abiego, now())


def test_the_office_that_admits_is_the_one_the_orders_name(db):
    ibieca = found("Ibieca", "ibieca", 6, Rules(admitting_office="registrar"))
    newcomer = person("Newcomer")
    with pytest.raises(Refusal):
        admit(newcomer, ibieca, by=facilitator(ibieca))
    (office,) = drawn(ibieca, "registrar")
    assert admit(newcomer, ibieca, by=office.citizen).assembly == ibieca


def test_founders_are_the_first_citizens_and_facilitators_are_drawn_among_them(db):
    ibieca = found("Ibieca", "ibieca", 5)
    assert ibieca.citizens(now()).count() == 5
    holders = Citizen.objects.filter(offices__assembly=ibieca)
    assert holders.count() == 2
    assert not holders.exclude(pk__in=ibieca.citizens(now())).exists()
    assert all(holder.holds("facilitator", ibieca, now()) for holder in holders)
