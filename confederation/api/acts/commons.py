"""Floor 4: what is made, needed, sent and received."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assemblies.models import Citizen
from commons import access
from commons.models import Condition, Delivery, Enterprise, Good, Harvest, Need, Surplus, send

from ..acting import Act, Of, choice, day, maybe, quantity, text, whom
from ..nouns.commons import DELIVERIES, GOODS, HARVESTS, NEEDS, SURPLUSES
from .assemblies import assembly

NOT_SAID: dict[str, Any] = {"required": False, "default": None}


def good(_reader: Citizen, pk: int) -> Good:
    return access.good(pk)


def harvest(_reader: Citizen, pk: int) -> Harvest:
    return get_object_or_404(Harvest, pk=pk)


def _name(by: Citizen, _key: Any, said: dict[str, Any]) -> Good:
    return Good.objects.name_it(said["name"], kind=said["kind"], unit=said["unit"], by=by)


Act(
    "goods",
    "Give a good its name and unit. It is a word for everybody: any citizen of an assembly may add one.",
    _name,
    GOODS,
    {
        "name": text("What it is called.", 60),
        "kind": choice(Good.Kind.values, "What kind of thing it is."),
        "unit": choice(Good.Unit.values, "In what it is counted."),
    },
    example={"name": "barley", "kind": "produce", "unit": "kg"},
)


def _report(by: Citizen, _key: Any, said: dict[str, Any]) -> Harvest:
    enterprise: Enterprise = said.pop("enterprise")
    return enterprise.report(said.pop("good"), said.pop("quantity"), by=by, **said)


Act(
    "harvests",
    "Report what an enterprise made or used on a day, as its steward.",
    _report,
    HARVESTS,
    {
        "enterprise": Of(access.enterprise_to_report, "Which enterprise, by its number."),
        "good": Of(good, "Of what, by its number."),
        "kind": choice(Harvest.Kind.values, "Whether it was made or used."),
        "quantity": quantity("How much, in the unit of the good."),
        "day": day("On which day."),
        "note": maybe("What is said beside it.", 500),
        "corrects": Of(harvest, "The report that it puts right, by its number.", **NOT_SAID),
    },
    example={"enterprise": 1, "good": 1, "kind": "made", "quantity": "700", "day": "2026-03-01"},
)

SAID = {
    "assembly": Of(assembly, "Whose it is, by its slug.", slug=True),
    "good": Of(good, "Of what, by its number."),
    "quantity": quantity("How much, in the unit of the good."),
    "begins": day("From which day on."),
    "ends": day("Until which day, which is the day after the last."),
    "reason": maybe("Why.", 2000),
    "at_once": serializers.BooleanField(
        default=False,
        help_text="Whether it is said at once, as a steward whom the assembly has empowered for this good; otherwise"
        " the assembly is asked to say it.",
    ),
}


def _say(model: Any, by: Citizen, said: dict[str, Any]) -> Any:
    """The assembly is asked to say it, or a steward says it."""
    if said.get("essential"):
        if said["essential"] > said["quantity"]:
            raise ValidationError({"essential": [_("No more can be essential than is needed.")]})
        if not said["reason"]:
            raise ValidationError({"reason": [_("Say why this much is essential.")]})
    at_once, words = said.pop("at_once"), (said.pop("assembly"), said.pop("good"), said.pop("quantity"))
    return model.objects.state(*words, by=by, **said) if at_once else model.objects.propose(*words, by=by, **said)


Act(
    "needs",
    "Say what an assembly needs, or ask it to.",
    lambda by, _key, said: _say(Need, by, said),
    NEEDS,
    {
        **SAID,
        "essential": quantity("How much of it nobody there can do without.", required=False, default=Decimal(0)),
    },
    example={"assembly": "loarre", "good": 1, "quantity": "400", "begins": "2026-03-01", "ends": "2026-04-01"},
)
Act(
    "surpluses",
    "Say what an assembly can give, or ask it to.",
    lambda by, _key, said: _say(Surplus, by, said),
    SURPLUSES,
    SAID,
    example={"assembly": "abiego", "good": 1, "quantity": "600", "begins": "2026-03-01", "ends": "2026-04-01"},
)


def _send(by: Citizen, _key: Any, said: dict[str, Any]) -> Delivery:
    return send(said.pop("allotment"), by=by, **said)


def _arrived(by: Citizen, pk: int, said: dict[str, Any]) -> Delivery:
    found = access.delivery(pk)
    found.receive(by=by, **said)
    return found


Act(
    "deliveries",
    "Send a load of what was allotted, as the delegate whose clause it is or a steward of the giver.",
    _send,
    DELIVERIES,
    {
        "allotment": Of(access.allotment_to_send, "Of which allotment, by its number."),
        "quantity": quantity("How much is sent, in the unit of the good."),
        "driver": whom("Who drives it; whoever takes it on, unless given.", **NOT_SAID),
        "note": maybe("What is said beside it.", 500),
    },
    example={"allotment": 1, "quantity": "50"},
)
Act(
    "receipts",
    "Say what arrived of a load, as a citizen of the assembly it was sent to.",
    _arrived,
    DELIVERIES,
    {
        "quantity": quantity("How much arrived, in the unit of the good."),
        "condition": choice(Condition.values, "In what condition.", default=Condition.GOOD.value),
        "note": maybe("What is said beside it.", 500),
    },
    on=DELIVERIES,
    example={"quantity": "45", "condition": "part", "note": "A sack burst."},
)
