"""Articles 13, 14 and 15 against the pages: the same request, by whoever may and by whoever may not."""

from decimal import Decimal

from django.urls import reverse

from commons.models import send
from mandates.forms import digest
from tests.cast import Cast, recall_carried
from tests.commons import market
from tests.constitution.bench import Staged, everything_holds, tried_together, undone
from tests.constitution.test_by_page import (
    NOT_SIGNED_IN,
    NOT_THERE,
    ana,
    bilal,
    chen,
    nobody,
    page,
    stranger,
    technician,
)


def reporting(cast: Cast) -> Staged:
    stewardship = market.ana_speaks(cast)
    data = {"good": "barley", "kind": "made", "quantity": "1.5 t", "day": f"{market.today()}", "note": ""}
    return {"address": reverse("harvest-new", args=[stewardship.enterprise_id]), "data": data}


def saying(cast: Cast) -> Staged:
    market.ana_speaks(cast)
    data = {
        "good": "barley",
        "quantity": "400",
        "essential": "300",
        "first_day": f"{market.today()}",
        "last_day": f"{market.today() + market.SEASON}",
        "reason": "Bread.",
        "step": "say",
        "seen": "",
    }
    return {"address": reverse("need-new", args=[cast.abiego.slug]), "data": data}


def handing_over(cast: Cast) -> Staged:
    """Abiego's farm is to pass to Loarre: the text that will be voted on has been seen."""
    farm, said = market.farm(cast), {"to": cast.loarre, "reasons": "They have the water."}
    with undone():
        seen = digest(farm.propose_passing(by=cast.ana, **said).proposal)
    data = {"to": cast.loarre.name, "reasons": said["reasons"], "step": "offer", "seen": seen}
    return {"address": reverse("passing-new", args=[farm.pk]), "data": data}


def taking_over(cast: Cast) -> Staged:
    passing = market.farm(cast).propose_passing(by=cast.ana, to=cast.loarre, reasons="They have the water.")
    with undone():
        seen = digest(passing.propose_acceptance(by=cast.chen, reasons="We have.").proposal)
    data = {"reasons": "We have.", "step": "offer", "seen": seen}
    return {"address": reverse("acceptance-new", args=[passing.pk]), "data": data}


def planning(cast: Cast) -> Staged:
    task = market.valley(cast)
    days = {"first_day": f"{market.today()}", "last_day": f"{market.today() + market.SEASON}"}
    return {
        "address": reverse("plan-new", args=[task.pk]),
        "data": {"good": "barley"} | days,
        "mandate": task.attachments.get().clause.mandate,
        "task": task,
    }


def cancelling(cast: Cast) -> Staged:
    plan = market.asked(cast, market.valley(cast))
    return {"address": reverse("plan-cancellation", args=[plan.pk]), "data": {}}


def sending(cast: Cast) -> Staged:
    allotment = market.allotted(cast)
    everything_holds()
    return {
        "address": reverse("delivery-new", args=[allotment.pk]),
        "data": {"quantity": "100", "driver": "", "note": ""},
        "mandate": allotment.attachment.clause.mandate,
        "task": allotment.plan.task,
    }


def receiving(cast: Cast) -> Staged:
    load = send(market.allotted(cast), by=cast.bilal, quantity=Decimal(100))
    everything_holds()
    data = {"quantity": "90", "condition": "part", "note": "", "deed": "arrived"}
    return {"address": reverse("load", args=[load.code]), "data": data}


def recalled(cast: Cast, s: Staged) -> Staged:
    recall_carried(s["mandate"])
    return {}


def halted(cast: Cast, s: Staged) -> Staged:
    market.halted(s["task"], cast.abiego, cast.ana)
    return {}


ATTEMPTS = [
    *page(
        "report what a farm made",
        reporting,
        ana,
        ("a neighbour", 14, bilal),
        ("a citizen of another assembly", 14, chen),
        ("a technician", 14, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        in_hours=(422, lambda cast, s: {"quantity": "3 hours"}),
    ),
    *page(
        "say a need",
        saying,
        ana,
        ("a neighbour", 13, bilal),
        ("a citizen of another assembly", 13, chen),
        ("a technician", 13, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        that_is_all_essential_and_more=(422, lambda cast, s: {"essential": "500"}),
    ),
    *page(
        "hand a farm over",
        handing_over,
        ana,
        ("whoever is to have it", 14, chen),
        ("a stranger", 14, stranger),
        ("a technician", 14, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "take a farm over",
        taking_over,
        chen,
        ("whoever gives it", 14, ana),
        ("a technician", 14, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "ask for a plan",
        planning,
        bilal,
        ("a citizen", 6, ana),
        ("a delegate of another", 6, chen),
        ("a technician", 6, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        after_a_recall=(6, recalled),
        after_a_halt=(10, halted),
    ),
    *page(
        "cancel a plan",
        cancelling,
        bilal,
        ("a citizen", 6, ana),
        ("a technician", 6, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "send a load",
        sending,
        bilal,
        ("a stranger", 13, stranger),
        ("its receiver", 13, chen),
        ("a technician", 13, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        beyond_what_was_allotted=(13, lambda cast, s: {"quantity": "401"}),
        after_a_recall=(8, recalled),
        after_a_halt=(10, halted),
    ),
    *page(
        "receive a load",
        receiving,
        chen,
        ("a stranger", 13, stranger),
        ("its sender", 13, bilal),
        ("a technician", 13, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        that_is_more_than_was_sent=(13, lambda cast, s: {"quantity": "101"}),
        by_a_code_that_is_none=(NOT_THERE, lambda cast, s: {"address": reverse("load", args=["0" * 32])}),
    ),
]

test_attempt = tried_together(ATTEMPTS)
