"""What the tests of the commons have in common: goods, a farm with its steward, needs, surpluses and a plan.

Abiego grows barley and can give; Loarre and Siétamo need some. Bilal distributes for Abiego, Ana keeps its farm.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from commons.models import Allotment, Delivery, Enterprise, Good, Need, Plan, Stewardship, Surplus, send
from councils.models import Halt, Objection, Task
from mandates.models import Mandate
from tests.cast import DAY, Cast, carry, citizen_of, travel_to

SEASON = timedelta(days=180)
LINES = (
    "what,good,quantity,essential,first_day,last_day,reason\n"
    "need,barley,1.2 t,100,2040-01-01,2040-06-30,Bread until the harvest.\n"
    "surplus,barley,50 hours,,2040-01-01,2040-06-30,\n"
)


def today() -> date:
    return timezone.localdate(now())


def barley(cast: Cast) -> Good:
    return Good.objects.filter(name="barley").first() or Good.objects.name_it(
        "barley", kind="produce", unit="kg", by=cast.ana
    )


def hours(cast: Cast) -> Good:
    return Good.objects.filter(name="tractor").first() or Good.objects.name_it(
        "tractor", kind="tool_time", unit="h", by=cast.ana
    )


def sheep(cast: Cast) -> Good:
    return Good.objects.filter(name="sheep").first() or Good.objects.name_it(
        "sheep", kind="produce", unit="piece", by=cast.ana
    )


def proposed_farm(cast: Cast, assembly: Assembly | None = None, name: str = "The lower farm") -> Enterprise:
    assembly = assembly or cast.abiego
    return Enterprise.objects.propose(
        assembly,
        by=citizen_of(assembly),
        name=name,
        kind="farm",
        purpose="Barley and bread for everyone.",
        policies=[cast.policy(assembly)],
    )


def farm(cast: Cast, assembly: Assembly | None = None, name: str = "The lower farm") -> Enterprise:
    enterprise = proposed_farm(cast, assembly, name)
    carry(enterprise.proposal)
    return enterprise


def proposed_steward(
    cast: Cast, enterprise: Enterprise, citizen: Citizen | None = None, goods: Iterable[Good] | None = None
) -> Stewardship:
    assembly = enterprise.holder_at(now()) or enterprise.assembly
    return enterprise.propose_steward(
        citizen or cast.ana,
        by=citizen_of(assembly),
        valid_until=now() + 365 * DAY,
        remit=[barley(cast)] if goods is None else goods,
    )


def steward(
    cast: Cast, enterprise: Enterprise, citizen: Citizen | None = None, goods: Iterable[Good] | None = None
) -> Stewardship:
    """Ana, or whoever is named, keeps it for a year and may speak for barley."""
    stewardship = proposed_steward(cast, enterprise, citizen, goods)
    carry(stewardship.proposal)
    return stewardship


def ana_speaks(cast: Cast) -> Stewardship:
    """Ana is steward of Abiego's farm, and speaks for barley."""
    return steward(cast, farm(cast))


def proposed_need(cast: Cast, assembly: Assembly, quantity: int, essential: int = 0, **more) -> Need:
    return Need.objects.propose(
        assembly,
        more.pop("good", None) or barley(cast),
        Decimal(quantity),
        **{
            "by": citizen_of(assembly),
            "begins": today(),
            "ends": today() + SEASON,
            "essential": Decimal(essential),
            "reason": "Bread until the harvest." if essential else "",
            **more,
        },
    )


def needed(cast: Cast, assembly: Assembly, quantity: int, essential: int = 0, **more) -> Need:
    """A need of barley by decision; it has carried."""
    need = proposed_need(cast, assembly, quantity, essential, **more)
    carry(need.proposal)
    return need


def proposed_surplus(cast: Cast, assembly: Assembly, quantity: int, **more) -> Surplus:
    return Surplus.objects.propose(
        assembly,
        more.pop("good", None) or barley(cast),
        Decimal(quantity),
        **{"by": citizen_of(assembly), "begins": today(), "ends": today() + SEASON, **more},
    )


def to_give(cast: Cast, assembly: Assembly, quantity: int, **more) -> Surplus:
    """A surplus of barley by decision; it has carried."""
    surplus = proposed_surplus(cast, assembly, quantity, **more)
    carry(surplus.proposal)
    return surplus


def proposed_distributor(
    cast: Cast, assembly: Assembly, delegate: Citizen, limit: int | None = 1000, **more
) -> Mandate:
    limits = {"limit": Decimal(limit), "unit": "kg"} if limit else {"limit": None, "unit": ""}
    terms = cast.terms(
        assembly,
        **{"power": "distribute", "instruction": "Share our barley with those who need it", **limits, **more},
    )
    return cast.propose_mandate(assembly, delegate, terms)


def distributor(cast: Cast, assembly: Assembly, delegate: Citizen, limit: int | None = 1000, **more) -> Mandate:
    """A mandate to distribute at most so much of that assembly's barley."""
    mandate = proposed_distributor(cast, assembly, delegate, limit, **more)
    carry(mandate.proposal)
    return mandate


def sharing_task(cast: Cast, mandate: Mandate, quantity: int | None = 1000) -> Task:
    return cast.task(mandate, quantity, title="Barley for the winter", purpose="Nobody goes without bread.")


def asked(cast: Cast, task: Task, by: Citizen | None = None, good: Good | None = None) -> Plan:
    return Plan.objects.ask(
        task,
        good or barley(cast),
        by=by or task.opened_by,
        begins=today() - timedelta(days=60),
        ends=today() + 2 * SEASON,
    )


def settled(plan: Plan, *gives: tuple[Assembly, Assembly, int]) -> Plan:
    """The plan as if it had come out so: what holds of it is in the database, whoever worked it out."""
    grains = [(giver.pk, receiver.pk, plan.grains(Decimal(quantity))) for giver, receiver, quantity in gives]
    plan.settle(plan.places(), grains, {})
    return plan


def gone_ahead(plan: Plan) -> Plan:
    travel_to(plan.goes_ahead_at)
    return plan


def valley(cast: Cast) -> Task:
    """Abiego has 600 kg of barley; Loarre needs 400, 300 of it to live, Siétamo 300. Bilal may share up to 1000."""
    said = [
        proposed_surplus(cast, cast.abiego, 600),
        proposed_need(cast, cast.loarre, 400, 300),
        proposed_need(cast, cast.sietamo, 300),
    ]
    mandate = proposed_distributor(cast, cast.abiego, cast.bilal)
    carry(*(one.proposal for one in (*said, mandate)))
    return sharing_task(cast, mandate)


def allotted(cast: Cast) -> Allotment:
    """A plan that has gone ahead: 400 kg from Abiego to Loarre, 200 to Siétamo. The first of the two."""
    plan = settled(asked(cast, valley(cast)), (cast.abiego, cast.loarre, 400), (cast.abiego, cast.sietamo, 200))
    return gone_ahead(plan).allotments.related().get(need__assembly=cast.loarre)


def still_open(assembly: Assembly) -> Decimal:
    """How much of what that assembly needs nobody has promised."""
    at = now()
    found = Need.objects.standing(at).filter(assembly=assembly).with_open(at, at)
    return sum(found.values_list("open_now", flat=True), Decimal(0))


def halted(task: Task, assembly: Assembly, by: Citizen | None = None) -> Halt:
    """That assembly halts its part: a citizen objects, its delegate answers, and the assembly decides."""
    delegate = task.attachments.filter(clause__mandate__assembly=assembly)[0].clause.mandate.delegate
    somebody = by or next(one for one in assembly.citizens(now()) if one != delegate)
    objection = Objection.objects.make(task, by=somebody, grounds="Nobody asked us about our own winter.")
    objection.answer(by=delegate, text="There is enough.")
    halt = objection.propose_halt(by=somebody, task=task)
    carry(halt.proposal, close=False)
    return halt


def sent(cast: Cast, allotment: Allotment | None = None, quantity: int = 100, **more) -> Delivery:
    return send(allotment or allotted(cast), **{"by": cast.bilal, "quantity": Decimal(quantity), **more})
