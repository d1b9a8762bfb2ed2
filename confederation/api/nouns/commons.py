"""Floor 4: what communities make, need and share. Nothing here has a price."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import BooleanField, Case, F, OuterRef, Q, QuerySet, Subquery, When
from rest_framework import serializers

from assemblies.access import Reader
from assemblies.clock import holds
from assemblies.models import Assembly
from commons.models import (
    Allotment,
    Delivery,
    Enterprise,
    Good,
    Harvest,
    Need,
    Passing,
    Plan,
    Remit,
    Stewardship,
    Surplus,
)
from commons.models.enterprise import moment

from ..noun import Filter, Link, Many, Moment, Noun, Person, Said, named, of, one_of, whether
from .assemblies import BOOLEAN, IN_ASSEMBLY, TEXT
from .mandates import NULL

AMOUNT = serializers.DecimalField
DIGITS = {"max_digits": 16, "decimal_places": 3}
OF_GOOD = {"good": of("good", "Of the good of that number.")}

GOODS = Noun(
    "goods",
    "Good",
    Good,
    "One kind of thing that is made, needed and shared, and the unit it is counted in.",
    {
        "name": "What it is called.",
        "kind": "What kind of thing it is.",
        "unit": "In what it is counted.",
        "named_at": "When it was named.",
    },
    lambda _reader, _at: Good.objects.all(),
    {"kind": one_of(Good.Kind.values, "kind", "Of one kind alone.")},
    order=("name", "id"),
)


def _enterprises(_reader: Reader, at: datetime) -> QuerySet:
    known = Enterprise.objects.filter(proposal__offered_at__lte=at).with_holder(at)
    return known.annotate(holder_now=Subquery(Assembly.objects.filter(pk=OuterRef("holder")).values("slug")[:1]))


ENTERPRISES = Noun(
    "enterprises",
    "Enterprise",
    Enterprise,
    "A farm, workshop or service that belongs to an assembly.",
    {
        "name": "What it is called.",
        "kind": "What kind of enterprise it is.",
        "purpose": "What it is for.",
        "founded_by": Link("Which assembly founded it, or is asked to.", "assemblies", "assembly"),
        "holder": Said("The slug of the assembly it belongs to at that moment.", TEXT, "holder_now", NULL),
        "proposal": Link("The question that founded it.", "proposals"),
    },
    _enterprises,
    {"holder": named("holder_now", "Belonging to the assembly of that slug at that moment.")},
    timed=True,
)

OF_ENTERPRISE = {"enterprise": of("enterprise", "Of the enterprise of that number.")}

STEWARDSHIPS = Noun(
    "stewardships",
    "Stewardship",
    Stewardship,
    "Who keeps an enterprise until a day, by a decision of its assembly, and for which goods they may speak for it.",
    {
        "enterprise": Link("Which enterprise.", "enterprises"),
        "steward": Person("Who.", "citizen"),
        "proposal": Link("The question before the assembly.", "proposals"),
        "appointed_at": Said("Since when; nothing while the question has not carried.", Moment, "appointed_at", NULL),
        "valid_until": "Until when at the latest.",
        "in_force": Said("Whether they keep it at that moment.", BOOLEAN, "force_now"),
        "remits": Many(
            "The goods of which they may say what the assembly needs and can give.",
            "Remit",
            Remit,
            {"good": Link("Which good.", "goods")},
        ),
    },
    lambda _reader, at: Stewardship.objects.filter(proposal__offered_at__lte=at).with_state(at),
    {**OF_ENTERPRISE, "in_force": whether("force_now", "Only those in force at that moment, or only the others.")},
    parts=("remits__good",),
    timed=True,
    page=False,
)

PASSINGS = Noun(
    "passings",
    "Passing",
    Passing,
    "That an assembly hand an enterprise over to another, or close it.",
    {
        "enterprise": Link("Which enterprise.", "enterprises"),
        "proposal": Link("The question before the assembly whose it is.", "proposals"),
        "to": Link("To which assembly; to none where it would be closed.", "assemblies"),
        "acceptance": Link("The question before the assembly that would take it.", "proposals", "acceptance__proposal"),
    },
    lambda _reader, _at: Passing.objects.filter(proposal__offered_at__isnull=False),
    OF_ENTERPRISE,
    page=False,
)

HARVESTS = Noun(
    "harvests",
    "Harvest",
    Harvest,
    "What an enterprise made or used on a day, as its steward reported it.",
    {
        "enterprise": Link("Which enterprise.", "enterprises"),
        "good": Link("Of what.", "goods"),
        "kind": "Whether it was made or used.",
        "quantity": "How much.",
        "day": "On which day.",
        "note": "What is said beside it.",
        "by": Person("Which steward."),
        "corrects": Link("The report that it puts right.", "harvests"),
        "reported_at": "When it was reported.",
    },
    lambda _reader, _at: Harvest.objects.all(),
    {**OF_GOOD, **OF_ENTERPRISE},
    order=("-reported_at", "day", "id"),
    page=False,
)

STATEMENT = {
    "assembly": Link("Which assembly.", "assemblies"),
    "good": Link("Of what.", "goods"),
    "quantity": "How much.",
    "begins": "From which day on.",
    "ends": "Until which day, which is the day after the last.",
    "reason": "Why.",
    "proposal": Link("The decision's question, where the assembly said it itself.", "proposals"),
    "by": Person("The steward who said it, where one did."),
    "since": Said("Since when it has been said; nothing while the assembly is asked.", Moment, "since", NULL),
    "standing": Said("Whether no later word stands in its place at that moment.", BOOLEAN, "standing_now"),
}


def _said(model: type[Need] | type[Surplus]) -> Callable[[Reader, datetime], QuerySet]:
    """What a steward said by then, or what an assembly was asked to say; `since` when it has been said, if it was."""

    def rows(_reader: Reader, at: datetime) -> QuerySet:
        name = model._meta.model_name
        told: QuerySet = model.objects.filter(Q(proposal__offered_at__lte=at) | Q(proposal=None, stated_at__lte=at))
        since = moment(f"{name}_since", "pk", at=at)
        return told.annotate(since=since, stands=holds(f"{name}_stands", "pk", at=at)).annotate(
            standing_now=Case(When(since__isnull=False, then=F("stands")), default=False, output_field=BooleanField())
        )

    return rows


STANDING = {"standing": whether("standing_now", "Only those that stand at that moment, or only the others.")}

NEEDS = Noun(
    "needs",
    "Need",
    Need,
    "What an assembly needs, or is asked to say that it needs, and how much of it is essential.",
    {**STATEMENT, "essential": "How much of it nobody there can do without."},
    _said(Need),
    {**IN_ASSEMBLY, **OF_GOOD, **STANDING},
    timed=True,
    page=False,
)

SURPLUSES = Noun(
    "surpluses",
    "Surplus",
    Surplus,
    "What an assembly can give, or is asked to say that it can.",
    STATEMENT,
    _said(Surplus),
    {**IN_ASSEMBLY, **OF_GOOD, **STANDING},
    timed=True,
    page=False,
)

PLANS = Noun(
    "plans",
    "Plan",
    Plan,
    "One good shared out for one time, by need, through the clauses of those who give.",
    {
        "task": Link("Under which task.", "tasks"),
        "good": Link("Of what.", "goods"),
        "begins": "From which day on.",
        "ends": "Until which day, which is the day after the last.",
        "by": Person("Who asked for it.", numbered=True),
        "asked_at": "When it was asked for.",
        "finished_at": "When it was worked out.",
        "goes_ahead_at": "From when on loads may be sent, if nobody objects.",
        "cancelled_at": "When it was cancelled.",
        "failed_at": "When the working out failed.",
    },
    lambda _reader, _at: Plan.objects.all(),
    {**OF_GOOD, "task": of("task", "Under the task of that number.")},
    order=("-asked_at", "id"),
)

ALLOTMENTS = Noun(
    "allotments",
    "Allotment",
    Allotment,
    "From one assembly's surplus to another's need.",
    {
        "plan": Link("Of which plan.", "plans"),
        "giver": Link("Who gives.", "assemblies", "surplus__assembly"),
        "receiver": Link("Who receives.", "assemblies", "need__assembly"),
        "good": Link("Of what.", "goods", "plan__good"),
        "surplus": Link("Out of which surplus.", "surpluses"),
        "need": Link("For which need.", "needs"),
        "attachment": Link("By whose authority.", "attachments"),
        "quantity": "How much.",
        "counts": Said("Whether it still asks for anything at that moment.", BOOLEAN, "counts_now"),
        "sent": Said("How much of it has left.", AMOUNT, "sent_now", DIGITS),
        "received": Said("How much of it has arrived.", AMOUNT, "received_now", DIGITS),
    },
    lambda _reader, at: Allotment.objects.with_state(at),
    {
        "plan": of("plan", "Of the plan of that number."),
        "giver": named("surplus__assembly__slug", "From the assembly of that slug."),
        "receiver": named("need__assembly__slug", "To the assembly of that slug."),
        "good": of("plan__good", "Of the good of that number."),
    },
    order=("-id",),
)

DELIVERIES = Noun(
    "deliveries",
    "Delivery",
    Delivery,
    "One load on its way, or arrived. What is missing was not given, and nobody owes it.",
    {
        "allotment": Link("Of which allotment.", "allotments"),
        "giver": Link("Who sends.", "assemblies", "allotment__surplus__assembly"),
        "receiver": Link("Who receives.", "assemblies", "allotment__need__assembly"),
        "good": Link("Of what.", "goods", "allotment__plan__good"),
        "quantity": "How much was sent.",
        "note": "What is said beside it.",
        "sent_at": "When it was sent.",
        "taken_on_at": Said("When a driver took it on.", Moment, "carriage__said_at", NULL),
        "taken_on": Said("How much of it they took on.", AMOUNT, "carriage__quantity", {**DIGITS, **NULL}),
        "arrived_at": Said("When it was said to have arrived.", Moment, "receipt__said_at", NULL),
        "arrived": Said("How much of it arrived.", AMOUNT, "receipt__quantity", {**DIGITS, **NULL}),
        "condition": Said("In what condition it arrived.", TEXT, "receipt__condition", NULL),
    },
    lambda _reader, _at: Delivery.objects.all(),
    {
        "allotment": of("allotment", "Of the allotment of that number."),
        "giver": named("allotment__surplus__assembly__slug", "From the assembly of that slug."),
        "receiver": named("allotment__need__assembly__slug", "To the assembly of that slug."),
        "good": of("allotment__plan__good", "Of the good of that number."),
        "arrived": Filter(
            serializers.BooleanField(
                required=False, allow_null=True, default=None, help_text="Only those that arrived, or only the others."
            ),
            lambda rows, value, _at: rows.filter(receipt__isnull=not value),
        ),
    },
    order=("-sent_at", "id"),
    near=("carriage", "receipt"),
)
