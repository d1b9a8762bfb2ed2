"""Floor 1: the roll, offices, and standing orders."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from assemblies import access
from assemblies.models import (
    Application,
    Assembly,
    Citizen,
    Citizenship,
    Majority,
    Office,
    Proposal,
    Willingness,
    apply,
)
from assemblies.models.assembly import Rules

from ..acting import Act, Of, choice, duration, maybe, number, text
from ..nouns.assemblies import ASSEMBLIES, OFFICES, PROPOSALS
from ..nouns.roll import APPLICATIONS, CITIZENSHIPS
from .assemblies import assembly

# ---- the roll ----


def _applied(by: Citizen, _key: Any, said: dict[str, Any]) -> Application:
    return apply(by, said["assembly"], said["statement"])


def _admitted(by: Citizen, pk: int, _said: dict[str, Any]) -> Application:
    found, _keeps = access.application(by, pk)
    found.admit(by=by)
    return found


def _declined(by: Citizen, pk: int, said: dict[str, Any]) -> Application:
    found, _keeps = access.application(by, pk)
    found.decline(by=by, reason=said["reason"])
    return found


def _ended(by: Citizen, pk: int, said: dict[str, Any]) -> Citizenship:
    found = access.citizenship(by, pk)
    found.end(by=by, reason=Citizenship.Reason.LEFT if by == found.citizen else said["reason"])
    return found


Act(
    "applications",
    "Ask to be a citizen of an assembly. Where one lives is asked, and nothing else.",
    _applied,
    APPLICATIONS,
    {"assembly": Of(assembly, "Which assembly, by its slug.", slug=True), "statement": text("Where you live.", 1000)},
    example={"assembly": "abiego", "statement": "I live by the oven."},
)
Act(
    "admissions",
    "Enter an applicant on the roll, as the office that keeps it. A citizenship elsewhere ends as this one begins.",
    _admitted,
    APPLICATIONS,
    on=APPLICATIONS,
)
Act(
    "rejections",
    "Decline an application, as the office that keeps the roll. The applicant reads why.",
    _declined,
    APPLICATIONS,
    {"reason": text("Why.", 1000)},
    on=APPLICATIONS,
    example={"reason": "Nobody lives there."},
)
Act(
    "endings",
    "Give one's own citizenship up, or end somebody's as the office that keeps the roll.",
    _ended,
    CITIZENSHIPS,
    {
        "reason": choice(
            Citizenship.Reason.values,
            "Why it ends. Who ends their own gives it up.",
            default=Citizenship.Reason.LEFT.value,
        )
    },
    on=CITIZENSHIPS,
    example={"reason": "left"},
)

# ---- offices ----


def _ready(by: Citizen, slug: str, said: dict[str, Any]) -> Assembly:
    place, _stands = access.roll(by, slug)
    Willingness.objects.declare(place, said["office"], by=by)
    return place


def _ready_no_more(by: Citizen, slug: str, said: dict[str, Any]) -> Assembly:
    place, _stands = access.roll(by, slug)
    mine = Willingness.objects.standing().filter(assembly=place, kind=said["office"], citizen=by)
    get_object_or_404(mine).withdraw(by=by)
    return place


def _laid_down(by: Citizen, pk: int, _said: dict[str, Any]) -> Assembly:
    office = access.office(by, pk)
    office.lay_down(by=by)
    return office.assembly


OFFICE = {"office": choice(Office.Kind.values, "Which office.")}

Act(
    "willingness",
    "Stand ready for an office of one's own assembly. Its next lot is drawn among those who do.",
    _ready,
    ASSEMBLIES,
    OFFICE,
    on=ASSEMBLIES,
    example={"office": "teller"},
)
Act(
    "unwillingness",
    "Stand ready for an office no more. A lot that is announced already is not changed by it.",
    _ready_no_more,
    ASSEMBLIES,
    OFFICE,
    on=ASSEMBLIES,
    example={"office": "teller"},
)
Act(
    "resignations",
    "Lay an office of one's own down. The next lot fills it.",
    _laid_down,
    ASSEMBLIES,
    on=OFFICES,
)

# ---- standing orders ----


def _orders(by: Citizen, _key: Any, said: dict[str, Any]) -> Proposal:
    place, title = said.pop("assembly"), said.pop("title")
    return place.propose_orders(Rules(**said), by=by, title=title)


RULES: dict[str, serializers.Field] = {
    "quorum_per_mille": number("The share of the roll that must take part, in thousandths.", 0, 1000),
    "quorum_number": number("How many must take part at least, besides.", 0, 1_000_000),
    "majority": choice(Majority.values, "By which majority a question carries."),
    "majority_for_orders": choice(Majority.values, "By which majority standing orders are changed."),
    "deliberation": duration("How long a proposal lies before the assembly until a vote on it.", timedelta(hours=1)),
    "notice": duration("How long before its opening a vote is called."),
    "voting_period": duration("How long a vote stays open at least.", timedelta(minutes=5)),
    "admitting_office": choice(Office.Kind.values, "Which office admits new citizens."),
    "office_term": duration("How long an office is held.", timedelta(days=1)),
    "secret_on_persons": serializers.BooleanField(help_text="Whether votes on persons are secret."),
}
assert set(RULES) == {rule.name for rule in fields(Rules)}  # noqa: S101  all of them, and no other

Act(
    "standing-orders",
    "Ask one's own assembly for other standing orders: all of them, as they would stand. They hold when it carries.",
    _orders,
    PROPOSALS,
    {
        "assembly": Of(assembly, "Whose, by the slug of the assembly.", slug=True),
        "title": maybe("One line that says what would be other.", 200),
        **RULES,
    },
    example={
        "assembly": "abiego",
        "title": "A longer deliberation",
        "quorum_per_mille": 200,
        "quorum_number": 0,
        "majority": "simple",
        "majority_for_orders": "two-thirds",
        "deliberation": "P14DT00H00M00S",
        "notice": "P2DT00H00M00S",
        "voting_period": "P2DT00H00M00S",
        "admitting_office": "facilitator",
        "office_term": "P365DT00H00M00S",
        "secret_on_persons": False,
    },
)
