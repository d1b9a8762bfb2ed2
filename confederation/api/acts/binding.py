"""Floor 2: mandates, what narrows them, elections, and the confederations that they are given for."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assemblies.access import policy as policy_of
from assemblies.models import Citizen, Proposal
from assemblies.refusal import UNFIT, Refusal
from councils.forms import RESERVED
from mandates import access
from mandates.models import Candidacy, Clause, Confederation, Election, Mandate, Narrowing, Power, Report, Review, Terms
from mandates.models.election import METHODS

from ..acting import Act, Of, choice, duration, maybe, moment, number, quantity, text, whom
from ..nouns.assemblies import PROPOSALS
from ..nouns.mandates import CANDIDACIES, CONFEDERATIONS, ELECTIONS, MANDATES, NARROWINGS, REPORTS
from .assemblies import WHEN, assembly
from .mandates import REASONS, confederation, election, own

NOT_SAID: dict[str, Any] = {"required": False, "default": None}


class TermsForm(serializers.Serializer):
    """A clause: what a delegate is to be bound to."""

    policy = Of(lambda _reader, pk: policy_of(pk), "The policy in force that it rests on, by its number.")
    power = choice(Power.values, "By what kind of coordination.")
    instruction = text("What is to be done.", 2000)
    limit = quantity("How much at most.", allow_null=True, **NOT_SAID)
    unit = maybe("In what that is counted.", 30)
    place = Of(assembly, "Where alone, by the slug of the assembly.", slug=True, **NOT_SAID)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if (said["limit"] is None) != (said["unit"] == ""):
            raise ValidationError({"unit": [_("A limit has a unit, and a unit a limit.")]})
        return said


def terms(rows: list[dict[str, Any]]) -> list[Terms]:
    return [Terms(**row) for row in rows]


BINDING = {
    "assembly": Of(own(4), "Which assembly binds them, by its slug.", slug=True),
    "confederation": Of(confederation, "At which council, by its slug.", slug=True),
    "clauses": TermsForm(many=True, help_text="What they are bound to, and nothing else."),
    "valid_from": moment("From when on, or from the close of the vote if that comes later."),
    "valid_until": moment("Until when."),
    "reasons": REASONS,
}
BOUND = {
    "assembly": "abiego",
    "confederation": "hoya",
    "clauses": [{"policy": 4, "power": "procure", "instruction": "Buy flour", "limit": "100", "unit": "kg"}],
    "valid_from": "2026-05-01T00:00:00Z",
    "valid_until": "2027-05-01T00:00:00Z",
}

# ---- mandates ----


def _proposed(by: Citizen, _key: Any, said: dict[str, Any]) -> Mandate:
    clauses = terms(said.pop("clauses"))
    return Mandate.objects.propose(said.pop("assembly"), by=by, clauses=clauses, **said)


def _replaced(by: Citizen, pk: int, said: dict[str, Any]) -> Mandate:
    found = access.mandate(by, pk)
    own(4)(by, found.assembly.slug)
    return found.propose_replacement(by=by, **said)


Act(
    "mandates",
    "Ask one's own assembly to bind a delegate to clauses until a day. It binds nobody until that carries.",
    _proposed,
    MANDATES,
    {"delegate": whom("Who is to be bound."), **BINDING},
    example={"delegate": 7, **BOUND},
)
Act(
    "replacements",
    "Ask that somebody else carry out the rest of a mandate that ended early, under its clauses as they stand.",
    _replaced,
    MANDATES,
    {"delegate": whom("Who."), "reasons": REASONS},
    on=MANDATES,
    example={"delegate": 8},
)


class NarrowedForm(serializers.Serializer):
    """What is to become of a clause: a lower limit, or none of it any more."""

    clause = number("Which clause of the mandate, by its number.", 0, 2**63 - 1)
    limit = quantity("How much at most from then on.", allow_null=True, **NOT_SAID)
    struck = serializers.BooleanField(default=False, help_text="Whether it is struck.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if (said["limit"] is not None) == said["struck"]:
            raise ValidationError({"limit": [_("Lower its limit, or strike it.")]})
        return said


def _narrowed(by: Citizen, _key: Any, said: dict[str, Any]) -> Narrowing:
    mandate: Mandate = said["mandate"]
    clauses = {clause.pk: clause for clause in mandate.clauses.all()}
    limits: dict[Clause, Decimal] = {}
    struck: list[Clause] = []
    for row in said["clauses"]:
        clause = clauses.pop(row["clause"], None)
        if clause is None:
            raise Refusal(5, _("Name each clause of this mandate once."), status=UNFIT)
        if row["struck"]:
            struck.append(clause)
        else:
            limits[clause] = row["limit"]
    more = {name: said[name] for name in ("reasons", "valid_until", "withdraws")}
    return mandate.propose_narrowing(by=by, limits=limits, struck=struck, **more)


Act(
    "narrowings",
    "Ask one's own assembly to lower limits of a mandate, strike clauses, shorten its term, or withdraw it.",
    _narrowed,
    NARROWINGS,
    {
        "mandate": Of(access.mandate_to_narrow, "Which mandate, by its number."),
        "reasons": REASONS,
        "clauses": NarrowedForm(many=True, required=False, default=list, help_text="What becomes of its clauses."),
        "valid_until": moment("When the term ends instead.", **WHEN),
        "withdraws": serializers.BooleanField(default=False, help_text="Whether the whole mandate is withdrawn."),
    },
    example={"mandate": 3, "reasons": "Half will do.", "clauses": [{"clause": 4, "limit": "50"}]},
)


def _reviewed(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    found: Report = access.report_to_review(by, pk)
    return found.propose_review(by=by, **said).proposal


Act(
    "reviews",
    "Ask one's own assembly to accept a report, or to send it back. The answer is the question before it.",
    _reviewed,
    PROPOSALS,
    {"verdict": choice(Review.Verdict.values, "Accept it, or send it back."), "reasons": REASONS},
    on=REPORTS,
    example={"verdict": "send-back", "reasons": "It says nothing of the flour."},
)

# ---- elections ----


def _called(by: Citizen, _key: Any, said: dict[str, Any]) -> Election:
    clauses = terms(said.pop("clauses"))
    return Election.objects.call(said.pop("assembly"), by=by, clauses=clauses, **said)


def _polled(by: Citizen, pk: int, said: dict[str, Any]) -> Election:
    found = election(by, pk)
    found.put_to_vote(by=by, **said)
    return found


def _stands_back(by: Citizen, pk: int, _said: dict[str, Any]) -> Election:
    known = Candidacy.objects.known_to(by).select_related("election__assembly", "citizen")
    found = get_object_or_404(known, pk=pk)
    found.take_back(by=by)
    return found.election


Act(
    "elections",
    "Call the election of delegates under clauses and a term: who wants to be bound by them may stand.",
    _called,
    ELECTIONS,
    {
        **BINDING,
        "stand_until": moment("Until when one can stand."),
        "seats": number("How many are elected.", 1, 50, default=1),
        "method": choice([method.value for method in METHODS], "How it is counted.", default="scottish-stv"),
    },
    example={**BOUND, "stand_until": "2026-04-01T00:00:00Z", "seats": 1, "method": "irv"},
)
Act(
    "polls",
    "Put who, and whether under these clauses, to the vote together, as a facilitator, once the time to stand is over.",
    _polled,
    ELECTIONS,
    {
        "opens_at": moment("When one can vote from; the earliest moment, unless given.", **WHEN),
        "closes_at": moment("Until when; as long as the standing orders say, unless given.", **WHEN),
    },
    on=ELECTIONS,
    example={},
)
Act(
    "withdrawals",
    "Take a candidacy of one's own back, while one can stand. The answer is the election.",
    _stands_back,
    ELECTIONS,
    on=CANDIDACIES,
)

# ---- confederations ----


class LimitForm(serializers.Serializer):
    """How much one mandate may give of a power at most, in one unit."""

    power = choice(Power.values, "Of which power.")
    limit = quantity("How much.")
    unit = text("In what that is counted.", 30)


def _drafted(by: Citizen, _key: Any, said: dict[str, Any]) -> Confederation:
    name = " ".join(said.pop("name").split())
    limits: dict[str, dict[str, Decimal]] = {}
    for row in said.pop("limits"):
        if row["power"] not in said["powers"]:
            raise ValidationError({"limits": [_("The charter does not give this power.")]})
        limits.setdefault(row["power"], {})[row["unit"]] = row["limit"]
    slug = slugify(name) or slugify(name, allow_unicode=True)
    if not slug or slug in RESERVED:
        sentence = _("Choose a name with letters in it, and not a word this site uses itself.")
        raise ValidationError({"name": [sentence]})
    if Confederation.objects.filter(slug=slug).exists():
        raise ValidationError({"name": [_("A confederation of this name has been drafted already.")]})
    return Confederation.objects.found(name, by=by, slug=slug, limits=limits, **said)


DAYS = {"longest_term": 365, "signing_period": 60, "report_interval": 90, "answering_period": 14}


def lasting(name: str, words: str) -> serializers.DurationField:
    return duration(words, timedelta(days=1), default=timedelta(days=DAYS[name]))


Act(
    "confederations",
    "Write down a confederation and its charter, as a citizen. It has no members until assemblies join by decision.",
    _drafted,
    CONFEDERATIONS,
    {
        "name": text("What it is called.", 150),
        "powers": serializers.MultipleChoiceField(
            choices=Power.values, help_text="What kinds of coordination a mandate may give there.", allow_empty=False
        ),
        "within": Of(confederation, "The wider confederation that it lies within, by its slug.", slug=True, **NOT_SAID),
        "text": maybe("What else its charter says.", 20_000),
        "limits": LimitForm(
            many=True, required=False, default=list, help_text="How much one mandate may give of it at most."
        ),
        "longest_term": lasting("longest_term", "How long a mandate lasts at most."),
        "most_terms": number("How many terms in a row one serves at most.", 1, 100, allow_null=True, **NOT_SAID),
        "recall_per_mille": number(
            "The share of a roll whose signatures put a recall to the vote, in thousandths.", 1, 500, default=100
        ),
        "signing_period": lasting("signing_period", "How long a recall can be signed."),
        "report_interval": lasting("report_interval", "How often delegates report."),
        "missed_reports": number(
            "After how many missed reports the recall is put to the vote by itself.", 1, 12, default=3
        ),
        "answering_period": lasting("answering_period", "How long a delegate has to answer an objection."),
        "seat_per_mille": number(
            "Of how many of its mandates a seat needs more, in thousandths.", 500, 990, default=500
        ),
    },
    example={"name": "Hoya de Huesca", "powers": ["convene", "procure"], "recall_per_mille": 100},
)
