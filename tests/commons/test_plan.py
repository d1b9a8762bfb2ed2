"""A plan: from what was said to what arrives, the narrow way, and what holds on it."""

from datetime import timedelta
from decimal import Decimal

from assemblies.clock import now
from commons.explaining import standings
from commons.models import Need, Plan, Surplus
from commons.models.working import worked_out
from commons.tasks import plans
from tests.cast import Cast, recall_carried
from tests.commons.market import (
    allotted,
    ana_speaks,
    asked,
    barley,
    distributor,
    gone_ahead,
    needed,
    sent,
    settled,
    sharing_task,
    today,
    valley,
)


def open_of(need: Need) -> Decimal:
    at = now()
    return Need.objects.with_open(at, at).get(pk=need.pk).open_now


def left_of(surplus: Surplus) -> Decimal:
    at = now()
    return Surplus.objects.with_left(at, at).get(pk=surplus.pk).left_now


def test_the_narrow_way_from_a_farm_to_bread(cast: Cast):
    farm = ana_speaks(cast).enterprise
    farm.report(barley(cast), Decimal(700), by=cast.ana, kind="made", day=today())
    surplus = Surplus.objects.state(
        cast.abiego, barley(cast), Decimal(600), by=cast.ana, begins=today(), ends=today() + timedelta(days=180)
    )
    need = needed(cast, cast.loarre, 400, 300)
    task = sharing_task(cast, distributor(cast, cast.abiego, cast.bilal))
    plan = gone_ahead(settled(asked(cast, task), (cast.abiego, cast.loarre, 400)))
    allotment = plan.allotments.related().get()
    assert (open_of(need), left_of(surplus)) == (0, 200)

    delivery = sent(cast, allotment, 400, by=cast.ana)
    delivery.carry(by=cast.ana, quantity=Decimal(400))
    delivery.receive(by=cast.chen, quantity=Decimal(350), condition="part", note="Two sacks got wet.")
    assert delivery.difference == 50
    assert open_of(need) == 50, "what did not arrive is needed still"
    assert left_of(surplus) == 200, "and the giver owes nothing for it"


def test_a_recall_takes_what_was_not_sent_yet_out_of_the_plan(cast: Cast):
    allotment = allotted(cast)
    sent(cast, allotment, 100)
    recall_carried(allotment.attachment.clause.mandate)
    assert not allotment.counts(now())
    assert open_of(allotment.need) == 300
    assert left_of(allotment.surplus) == 500


def test_a_worker_works_it_out_by_need_and_says_why(cast: Cast):
    plan = asked(cast, valley(cast))
    assert plan.is_waiting
    assert plans.run() == 1
    plan.refresh_from_db()
    got = {a.receiver: a.quantity for a in plan.allotments.related()}
    assert got == {cast.loarre: 350, cast.sietamo: 250} or sum(got.values()) == 600
    assert got[cast.loarre] >= 300, "what is essential comes first"
    told = {one.assembly: one for one in standings(plan)}
    assert told[cast.loarre].essential_per_cent == 100
    assert told[cast.abiego].given == 600
    assert any("600 kg" in words for words in told[cast.abiego].sentences)


def test_what_reaches_beyond_a_plan_is_left_out_and_named(cast: Cast):
    task = valley(cast)
    plan = Plan.objects.ask(task, barley(cast), by=cast.bilal, begins=today(), ends=today() + timedelta(days=10))
    plans.run()
    plan.refresh_from_db()
    assert not plan.allotments.exists()
    assert {one.assembly for one in plan.left_out()} == {cast.abiego, cast.loarre, cast.sietamo}


def test_a_plan_that_is_cancelled_while_it_is_worked_out_stops_and_writes_nothing(cast: Cast, monkeypatch):
    plan = asked(cast, valley(cast))

    def cancelled_meanwhile(places, report, *, lot):
        plan.cancel(by=cast.bilal)
        report(50, 100)

    monkeypatch.setattr("commons.models.plan.worked_out", cancelled_meanwhile)
    assert plan.work_out() is False
    assert plan.cancelled_at
    assert not plan.allotments.exists()
    assert plans.run() == 0


def test_a_giver_whose_mandate_ends_meanwhile_is_left_out(cast: Cast, monkeypatch):
    task = valley(cast)
    plan = asked(cast, task)

    def and_then_he_resigns(*args, **kwargs):
        found = worked_out(*args, **kwargs)
        mandate = task.attachments.get().clause.mandate
        if mandate.is_in_force(now()):
            mandate.resign(by=cast.bilal)
        return found

    monkeypatch.setattr("commons.models.plan.worked_out", and_then_he_resigns)
    assert plan.work_out() is True
    assert not plan.allotments.exists()


def test_a_plan_that_does_not_fit_what_was_said_fails_and_says_so(cast: Cast, monkeypatch):
    plan = asked(cast, valley(cast))
    too_much = [(cast.abiego.pk, cast.loarre.pk, 10**9)], {}
    monkeypatch.setattr("commons.models.plan.worked_out", lambda *args, **kwargs: too_much)
    assert plan.work_out() is False
    plan.refresh_from_db()
    assert plan.failed_at
    assert "does not fit" in plan.failure
    assert not plan.allotments.exists()
