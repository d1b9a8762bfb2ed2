"""Floor 1: people deliberating and deciding."""

from datetime import datetime

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from rest_framework import serializers

from assemblies import access
from assemblies.clock import holds
from assemblies.models import (
    Assembly,
    Citizenship,
    Decision,
    Office,
    Option,
    Policy,
    PolicyVersion,
    Proposal,
    RollMark,
    StandingOrders,
)

from ..noun import Filter, Link, Many, Noun, Person, Said, named, of, one_of, whether

INTEGER, TEXT, BOOLEAN, CHOICE = (
    serializers.IntegerField,
    serializers.CharField,
    serializers.BooleanField,
    serializers.ChoiceField,
)


def counted(rows: QuerySet, by: str) -> Coalesce:
    """How many of those rows each has; `by` is the column that names it."""
    found = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def _assemblies(_reader: access.Reader, at: datetime) -> QuerySet:
    return Assembly.objects.founded().annotate(citizens_now=counted(Citizenship.objects.in_force(at), "assembly"))


def _orders(_reader: access.Reader, at: datetime) -> QuerySet:
    in_force = Func("assembly", Value(at, DateTimeField()), function="orders_in_force", output_field=IntegerField())
    carried = Q(proposal=None) | Q(holds("carried", "proposal", at=at))
    return (
        StandingOrders.objects.filter(carried, assembly__founded_at__isnull=False)
        .annotate(orders_now=in_force)
        .annotate(force_now=Case(When(pk=F("orders_now"), then=True), default=False))
    )


ASSEMBLIES = Noun(
    "assemblies",
    "Assembly",
    Assembly,
    "The community of a village, town or neighbourhood, and the assembly of its citizens.",
    {
        "name": "What it is called.",
        "slug": "Its name in addresses.",
        "kind": "Village, town or neighbourhood.",
        "code": "Its number in the official list of municipalities, where it has one.",
        "population": "How many people live there, where that is known.",
        "latitude": "Degrees north, WGS 84.",
        "longitude": "Degrees east, WGS 84.",
        "time_zone": "Its time zone, by its name in the IANA database.",
        "founded_at": "When it was founded.",
        "citizens": Said("How many citizens stand on its roll.", INTEGER, "citizens_now"),
        "log": Said("The origin of its log in the record.", TEXT, "log__origin"),
    },
    _assemblies,
    {
        "kind": one_of(Assembly.Kind.values, "kind", "Of one kind alone."),
        "confederation": Filter(
            serializers.CharField(
                required=False, max_length=150, help_text="Members of the confederation of that slug."
            ),
            lambda rows, value, at: rows.filter(pk__in=_members(value, at)),
        ),
    },
    order=("name", "founded_at", "id"),
    near=("log",),
    timed=True,
    lookup="slug",
)


def _members(slug: str, at: datetime) -> QuerySet:
    from mandates.models import Accession

    return Accession.objects.in_force(at).filter(confederation__slug=slug).values("assembly")


IN_ASSEMBLY = {"assembly": named("assembly__slug", "Of the assembly of that slug.")}

ORDERS = Noun(
    "standing-orders",
    "StandingOrders",
    StandingOrders,
    "How an assembly decides: those of its founding, and all that it adopted since.",
    {
        "assembly": Link("Whose they are.", "assemblies"),
        "proposal": Link("The proposal by which they were adopted; none for those of the founding.", "proposals"),
        "in_force": Said("Whether the assembly decides by them at that moment.", BOOLEAN, "force_now"),
        "quorum_per_mille": "The share of the roll that must take part, in thousandths.",
        "quorum_number": "How many must take part at least, besides.",
        "majority": "By which majority a question carries.",
        "majority_for_orders": "By which majority standing orders are changed.",
        "deliberation": "How long a proposal lies before the assembly before a vote on it opens.",
        "notice": "How long before its opening a vote is called.",
        "voting_period": "How long a vote stays open at least.",
        "admitting_office": "Which office admits new citizens.",
        "office_term": "How long an office is held.",
        "secret_on_persons": "Whether votes on persons are secret.",
        "cosigners": "How many citizens co-sign a proposal before it is taken up.",
        "two_readings": "Whether a proposal is read twice before a vote on it is called.",
        "reconsideration": "How long a text that amendments changed lies open; nothing, where it is deliberated anew.",
        "study": "The parts of a study without which no vote is called.",
    },
    _orders,
    {**IN_ASSEMBLY, "in_force": whether("force_now", "Only those in force at that moment, or only the others.")},
    timed=True,
    page=False,
)

OFFICES = Noun(
    "offices",
    "Office",
    Office,
    "Who holds an office of an assembly at that moment: drawn by lot, for a term.",
    {
        "assembly": Link("Of which assembly.", "assemblies"),
        "kind": "Which office.",
        "holder": Person("Who holds it.", "citizen"),
        "seed": "What the lot was drawn from, for anyone to draw it again.",
        "valid_from": "From when on it is held.",
        "valid_until": "Until when it is held.",
    },
    lambda _reader, at: Office.objects.in_force(at).filter(assembly__founded_at__isnull=False),
    {**IN_ASSEMBLY, "kind": one_of(Office.Kind.values, "kind", "Of one kind alone.")},
    timed=True,
    page=False,
)


# ---- what is decided ----


def _in_phase(rows: QuerySet, value: str, at: datetime) -> QuerySet:
    return rows.filter(pk__in=Proposal.objects.in_phase(value, at).values("pk"))


PROPOSALS = Noun(
    "proposals",
    "Proposal",
    Proposal,
    "What was laid before an assembly, to be judged and then voted on as it stands. Drafts are their author's alone.",
    {
        "assembly": Link("Before which assembly.", "assemblies"),
        "author": Person("Who laid it before the assembly; nobody where a rule did."),
        "title": "One line that says what would be done.",
        "text": "Exactly what would hold if it carries, in Markdown.",
        "effect": "What carries with it.",
        "policy": Link("The policy that it would change or repeal.", "policies"),
        "method": "How the assembly answers, and how that is counted.",
        "seats": "How many options are chosen.",
        "most": "How many options a ballot may approve of at most; as many as there are, where nothing is said.",
        "secret": "Whether nobody can tell who voted how.",
        "notice": "The notice that the policy would ask of its later changes.",
        "options": Many(
            "What there is to choose among, where it is not answered with yes or no.",
            "Option",
            Option,
            {
                "number": "Its number on the ballot.",
                "title": "What it is called.",
                "text": "What it would mean.",
            },
        ),
        "phase": Said(
            "Where it stands now.", CHOICE, lambda row, at: row.phase(at), {"choices": Proposal.Phase.values}
        ),
        "offered_at": "When it was laid before the assembly; nothing while it is a draft.",
        "withdrawn_at": "When its author took it back.",
    },
    lambda reader, _at: access.readable_proposals(reader),
    {
        **IN_ASSEMBLY,
        "phase": one_of(Proposal.Phase.values, _in_phase, "Where they stand now."),
        "effect": one_of(Proposal.Effect.values, "effect", "By what carries with them."),
        "policy": of("policy", "About the policy of that number."),
    },
    parts=("options", "decisions"),
)


def _decisions(_reader: access.Reader, at: datetime) -> QuerySet:
    taken = Func("pk", template="(SELECT voters FROM decision_count(%(expressions)s))", output_field=IntegerField())
    secretly = counted(RollMark.objects.standing(), "decision")
    turnout = Case(
        When(voters__isnull=False, then=F("voters")),
        When(opens_at__gt=at, then=Value(0)),
        When(secret=True, then=secretly),
        default=taken,
        output_field=IntegerField(),
    )
    return Decision.objects.annotate(voters_now=turnout)


def _decisions_in_phase(rows: QuerySet, value: str, at: datetime) -> QuerySet:
    phases = Decision.Phase
    if value == phases.COMING:
        return rows.coming(at)  # type: ignore[attr-defined]
    if value == phases.OPEN:
        return rows.open(at)  # type: ignore[attr-defined]
    return rows.over(at).filter(closed_at__isnull=value == phases.COUNTING)  # type: ignore[attr-defined]


FIGURE = "Frozen at the close: nothing before it, not even a running figure."

DECISIONS = Noun(
    "decisions",
    "Decision",
    Decision,
    "One question put to the vote of one assembly. Figures are frozen at its close; before it, turnout alone is told.",
    {
        "assembly": Link("Of which assembly.", "assemblies"),
        "proposal": Link("What is voted on.", "proposals"),
        "method": "How it is answered and counted.",
        "seats": "How many options are chosen.",
        "most": "How many options a ballot may approve of at most.",
        "secret": "Whether nobody can tell who voted how.",
        "phase": Said(
            "Where it stands now.", CHOICE, lambda row, at: row.phase(at), {"choices": Decision.Phase.values}
        ),
        "called_at": "When the vote was called.",
        "opens_at": "When one can vote from.",
        "closes_at": "When one can vote until.",
        "papers_until": "Of a secret vote: until when sealed papers are taken.",
        "urn_from": "Of a secret vote: from when on they are cast.",
        "threshold": "The majority that it needs; copied from the standing orders at its opening.",
        "quorum_per_mille": "The share of the electorate that must take part, in thousandths; copied at its opening.",
        "quorum_number": "How many must take part at least; copied at its opening.",
        "electorate": "How many may vote; frozen at its opening.",
        "turnout": Said("How many have voted so far, or voted.", INTEGER, "voters_now", {"allow_null": True}),
        "closed_at": "When the result was written down.",
        "outcome": "What came of it; nothing before the close.",
        "yes": f"Votes in favour. {FIGURE}",
        "no": f"Votes against. {FIGURE}",
        "abstain": f"Abstentions. {FIGURE}",
        "voters": f"How many voted. {FIGURE}",
        "channels": Said(
            f"The same figures by device, paper and hands. {FIGURE}",
            serializers.DictField,
            "channels",
            {"allow_null": True},
        ),
        "elected": Said(
            "Of a choice: the numbers of the options that were chosen. " + FIGURE,
            serializers.ListField,
            lambda row, _at: row.counted.elected if row.counted else None,
            {"child": serializers.IntegerField(), "allow_null": True},
        ),
    },
    _decisions,
    {
        **IN_ASSEMBLY,
        "phase": one_of(Decision.Phase.values, _decisions_in_phase, "Where they stand now."),
        "outcome": one_of(Decision.Outcome.values, "outcome", "By what came of them."),
        "proposal": of("proposal", "About the proposal of that number."),
    },
    order=("-closes_at", "opens_at", "id"),
    near=("count",),
)


def _policies(_reader: access.Reader, at: datetime) -> QuerySet:
    known = PolicyVersion.objects.filter(policy=OuterRef("pk"), decision__closes_at__lte=at)
    return Policy.objects.filter(Exists(known)).annotate(force_now=holds("policy_in_force", "pk", at=at))


def _text(policy: Policy, at: datetime) -> str | None:
    """As `Policy.version` has it, of the versions that were read with it."""
    by_then = [version for version in policy.versions.all() if version.in_force_from <= at]
    newest = max(by_then, key=lambda version: (version.in_force_from, version.number), default=None)
    return None if newest is None or newest.repeals else newest.text


POLICIES = Noun(
    "policies",
    "Policy",
    Policy,
    "What an assembly has adopted, through all versions of its text. There is none but by a carried decision.",
    {
        "assembly": Link("Whose it is.", "assemblies"),
        "title": "What it is called.",
        "adopted_by": Link("The decision that adopted it.", "decisions"),
        "notice": "How long after a decision that changes or repeals it that takes effect.",
        "in_force": Said("Whether it is in force at that moment.", BOOLEAN, "force_now"),
        "text": Said(
            "What it says at that moment; nothing where it is not in force.", TEXT, _text, {"allow_null": True}
        ),
        "versions": Many(
            "Every text that was adopted, the newest first.",
            "PolicyVersion",
            PolicyVersion,
            {
                "number": "Its number, from 1.",
                "decision": Link("The decision that adopted it.", "decisions"),
                "text": "What it says; nothing in a repeal.",
                "repeals": "Whether it ends the policy.",
                "in_force_from": "From when on it holds.",
            },
        ),
    },
    _policies,
    {
        **IN_ASSEMBLY,
        "in_force": whether("force_now", "Only those in force at that moment, or only the others."),
    },
    parts=("versions__decision",),
    timed=True,
)

__all__ = ["ASSEMBLIES", "DECISIONS", "IN_ASSEMBLY", "OFFICES", "ORDERS", "POLICIES", "PROPOSALS"]
