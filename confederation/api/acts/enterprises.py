"""Floor 4: what becomes of enterprises and who keeps them, by decision of the assembly; and plans to share."""

from typing import Any

from rest_framework import serializers

from assemblies.access import policy as policy_of
from assemblies.models import Citizen, Proposal
from commons import access
from commons.models import Delivery, Enterprise, Passing, Plan, Stewardship, set_yardstick
from mandates.models import Confederation

from ..acting import Act, Of, choice, day, moment, number, quantity, text, whom
from ..nouns.assemblies import PROPOSALS
from ..nouns.commons import DELIVERIES, ENTERPRISES, PASSINGS, PLANS, STEWARDSHIPS
from ..nouns.mandates import CONFEDERATIONS
from .assemblies import assembly
from .commons import Condition, good
from .mandates import REASONS

NOT_SAID: dict[str, Any] = {"required": False, "default": None}


def enterprise(reader: Citizen, pk: int) -> Enterprise:
    found, _holder = access.enterprise_to_ask_about(reader, pk)
    return found


def policy(_reader: Citizen, pk: int) -> Any:
    return policy_of(pk)


# ---- enterprises ----


def _proposed(by: Citizen, _key: Any, said: dict[str, Any]) -> Enterprise:
    return Enterprise.objects.propose(said.pop("assembly"), by=by, **said)


def _governed(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    return enterprise(by, pk).propose_policy(said["policy"], by=by, reasons=said["reasons"]).proposal


Act(
    "enterprises",
    "Ask one's own assembly to take an enterprise into its hands, governed by policies of its own.",
    _proposed,
    ENTERPRISES,
    {
        "assembly": Of(access.assembly_to_ask, "Which assembly, by its slug.", slug=True),
        "name": text("What it is called.", 120),
        "kind": choice(Enterprise.Kind.values, "What kind of enterprise it is."),
        "purpose": text("What it is for.", 2000),
        "policies": serializers.ListField(
            child=Of(policy, "A policy, by its number."),
            min_length=1,
            max_length=20,
            help_text="The policies that govern it, by their numbers.",
        ),
        "reasons": REASONS,
    },
    example={"assembly": "abiego", "name": "The mill", "kind": "mill", "purpose": "It grinds.", "policies": [4]},
)
Act(
    "policies",
    "Ask that one more policy govern an enterprise of one's own assembly. The answer is the question before it.",
    _governed,
    PROPOSALS,
    {"policy": Of(policy, "Which policy, by its number."), "reasons": REASONS},
    on=ENTERPRISES,
    example={"policy": 4},
)


def _handed(by: Citizen, _key: Any, said: dict[str, Any]) -> Passing:
    return said["enterprise"].propose_passing(by=by, to=said["to"], reasons=said["reasons"])


def _taken(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    return access.passing_to_accept(by, pk).propose_acceptance(by=by, **said).proposal


Act(
    "passings",
    "Ask one's own assembly to hand an enterprise over to another, or to close it.",
    _handed,
    PASSINGS,
    {
        "enterprise": Of(enterprise, "Which enterprise, by its number."),
        "to": Of(assembly, "To which assembly, by its slug; it is closed, unless given.", slug=True, **NOT_SAID),
        "reasons": REASONS,
    },
    example={"enterprise": 1, "to": "loarre"},
)
Act(
    "acceptances",
    "Ask one's own assembly to take an enterprise that another hands over. The answer is the question before it.",
    _taken,
    PROPOSALS,
    {"reasons": REASONS},
    on=PASSINGS,
    example={"reasons": "We have the water for it."},
)

# ---- stewards ----


def _appointed(by: Citizen, _key: Any, said: dict[str, Any]) -> Stewardship:
    return said.pop("enterprise").propose_steward(said.pop("citizen"), by=by, **said)


def _discharged(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    proposal = access.stewardship_to_end(by, pk).propose_discharge(by=by, **said).proposal
    assert proposal is not None  # noqa: S101  it is proposed, not laid down
    return proposal


def _laid_down(by: Citizen, pk: int, _said: dict[str, Any]) -> Stewardship:
    found = access.stewardship_to_lay_down(by, pk)
    found.lay_down(by=by)
    return found


Act(
    "stewardships",
    "Ask one's own assembly to appoint a steward of its enterprise until a day.",
    _appointed,
    STEWARDSHIPS,
    {
        "enterprise": Of(enterprise, "Which enterprise, by its number."),
        "citizen": whom("Who."),
        "valid_until": moment("Until when."),
        "remit": serializers.ListField(
            child=Of(good, "A good, by its number."),
            max_length=50,
            default=list,
            help_text="The goods of which they may say what the assembly needs and can give, by their numbers.",
        ),
        "reasons": REASONS,
    },
    example={"enterprise": 1, "citizen": 7, "valid_until": "2027-03-01T00:00:00Z", "remit": [1]},
)
Act(
    "discharges",
    "Ask one's own assembly to discharge its steward at once. The answer is the question before it.",
    _discharged,
    PROPOSALS,
    {"reasons": REASONS},
    on=STEWARDSHIPS,
    example={"reasons": "Nothing was reported since May."},
)
Act("resignations", "Stop being the steward, at this moment.", _laid_down, STEWARDSHIPS, on=STEWARDSHIPS)

# ---- plans and loads ----


def _asked(by: Citizen, _key: Any, said: dict[str, Any]) -> Plan:
    return Plan.objects.ask(said.pop("task"), said.pop("good"), by=by, **said)


def _cancelled(by: Citizen, pk: int, _said: dict[str, Any]) -> Plan:
    found = access.plan_to_cancel(by, pk)
    found.cancel(by=by)
    return found


def _carried(by: Citizen, pk: int, said: dict[str, Any]) -> Delivery:
    found = access.delivery(pk)
    found.carry(by=by, **said)
    return found


Act(
    "plans",
    "Ask for a plan that shares one good out for one time, as a delegate whose clause carries the task to distribute.",
    _asked,
    PLANS,
    {
        "task": Of(access.task_to_plan, "Under which task, by its number."),
        "good": Of(good, "Of what, by its number."),
        "begins": day("From which day on."),
        "ends": day("Until which day, which is the day after the last."),
    },
    example={"task": 1, "good": 1, "begins": "2026-03-01", "ends": "2026-04-01"},
)
Act("cancellations", "Stop a plan, until it goes ahead.", _cancelled, PLANS, on=PLANS)
Act(
    "carriages",
    "Say that one has taken a load on: its driver says so, or without one a citizen of either end.",
    _carried,
    DELIVERIES,
    {
        "quantity": quantity("How much was taken on, in the unit of the good."),
        "condition": choice(Condition.values, "In what condition.", default=Condition.GOOD.value),
    },
    on=DELIVERIES,
    example={"quantity": "50"},
)

# ---- measures ----


def _measured(by: Citizen, slug: str, said: dict[str, Any]) -> Confederation:
    found = access.council_to_measure(by, slug)
    set_yardstick(found, by=by, **said)
    return found


Act(
    "measures",
    "Write beside the charter what is leaning and what is cut off, as who drafted it, before anyone has joined.",
    _measured,
    CONFEDERATIONS,
    {
        "leaning_per_mille": number("Above which share of an essential need from one source, in thousandths.", 1, 1000),
        "quiet_days": number("After how many days without a word one is cut off.", 1, 3660),
    },
    on=CONFEDERATIONS,
    example={"leaning_per_mille": 500, "quiet_days": 60},
)
