"""A bad harvest in one valley: shared by need, with a recall and a halt in the middle and a load that falls short."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Entry
from commons.explaining import standings
from commons.models import Allotment, send
from commons.tasks import plans
from councils.models import Task
from tests.cast import Cast, carry, citizen_of, recall_carried
from tests.commons import market


def test_a_bad_harvest_in_one_valley_is_shared_by_need(cast: Cast):
    abiego, loarre, sietamo = cast.abiego, cast.loarre, cast.sietamo
    # Hail took the barley of Loarre. Abiego and Siétamo have some left, and each needs bread for itself first.
    said = [
        market.proposed_surplus(cast, abiego, 500),
        market.proposed_need(cast, abiego, 250, 200),
        market.proposed_surplus(cast, sietamo, 260),
        market.proposed_need(cast, sietamo, 120, 100),
        market.proposed_need(cast, loarre, 400, 360),
    ]
    mandates = [
        market.proposed_distributor(cast, abiego, cast.bilal, 250),
        market.proposed_distributor(cast, sietamo, cast.dolores, 200),
    ]
    carry(*(one.proposal for one in (*said, *mandates)))
    task = market.sharing_task(cast, mandates[0], 250)
    task.attach(by=cast.dolores, clause=mandates[1].clauses.get(), quantity=Decimal(200))

    # The plan: nobody's own bread is touched, no limit is passed, and Loarre has all it cannot do without.
    plan = market.asked(cast, task)
    assert plans.run() == 1
    plan.refresh_from_db()
    given = {one.giver: one.quantity for one in plan.allotments.related()}
    assert given[abiego] <= 250
    assert given[sietamo] <= 160
    assert sum(given.values()) >= 360
    told = {one.assembly: one for one in standings(plan)}
    assert {one.essential_per_cent for one in told.values()} == {100}
    page = Client().get(reverse("plan-part", args=[plan.pk, loarre.slug])).content.decode()
    assert "has its whole essential need" in page

    # Assemblies look at it for three days; then the first loads go. One comes in short.
    market.gone_ahead(plan)
    from_abiego, from_sietamo = (plan.allotments.related().get(surplus__assembly=one) for one in (abiego, sietamo))
    send(from_abiego, by=cast.bilal, quantity=Decimal(100)).receive(by=cast.chen, quantity=Decimal(100))
    before = market.still_open(loarre)
    load = send(from_sietamo, by=cast.dolores, quantity=Decimal(60))
    assert market.still_open(loarre) == before, "what is on its way is expected"
    load.receive(by=cast.chen, quantity=Decimal(45), condition="part", note="The axle broke at the ford.")
    assert market.still_open(loarre) == before + 15, "what fell short is needed still"

    # Abiego recalls its delegate: what he had not sent yet is out of the plan, and nothing else is.
    recall_carried(mandates[0], close=False)
    counting = Allotment.objects.counting(now())
    assert list(counting) == [from_sietamo]
    assert market.still_open(loarre) == before + 15 + (from_abiego.quantity - 100)
    assert Task.objects.standing(now()).filter(pk=task.pk).exists(), "the task goes on for those who still carry it"

    # Siétamo is uneasy about its own winter and halts its part: nothing more leaves, and what is on the road arrives.
    on_the_road = send(from_sietamo, by=cast.dolores, quantity=Decimal(10))
    halt = market.halted(task, sietamo)
    assert not Allotment.objects.counting(now()).exists()
    on_the_road.receive(by=cast.chen, quantity=Decimal(10))
    part = Client().get(reverse("plan-part", args=[plan.pk, sietamo.slug])).content.decode()
    assert "halted its part" in part
    carry(halt.propose_resumption(by=citizen_of(sietamo)).proposal)

    # A second plan gives what is left, by what is still needed; and no page says that anybody owes anything.
    later = market.asked(cast, task, cast.dolores)
    plans.run()
    later.refresh_from_db()
    assert all(one.giver == sietamo for one in later.allotments.related())
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"plan.asked", "plan.worked_out", "delivery.sent", "delivery.received"} <= kinds
    both = Client().get(reverse("commons-with", args=[sietamo.slug, loarre.slug])).content.decode()
    assert "55 kg" in both
    assert "nobody owes anybody" in both
