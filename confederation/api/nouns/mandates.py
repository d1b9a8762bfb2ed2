"""Floor 2: what an assembly binds itself and a delegate to."""

from datetime import datetime

from django.db.models import DateTimeField, Func, Prefetch, Q, QuerySet, Value
from rest_framework import serializers

from assemblies.access import Reader
from assemblies.clock import holds
from mandates.models import (
    Accession,
    Adoption,
    Candidacy,
    Charter,
    Clause,
    Confederation,
    Election,
    ElectionClause,
    Mandate,
    NarrowedClause,
    Narrowing,
    Power,
    Recall,
    Report,
    SharedText,
    Statement,
)

from ..noun import Link, Many, Moment, Noun, Person, Said, named, of, one_of, whether
from .assemblies import BOOLEAN, CHOICE, IN_ASSEMBLY, INTEGER, TEXT, counted

IN_CONFEDERATION = {"confederation": named("confederation__slug", "Of the confederation of that slug.")}
IN_FORCE = {"in_force": whether("force_now", "Only those in force at that moment, or only the others.")}
NULL = {"allow_null": True}

CHARTER = {
    "powers": "What kinds of coordination a mandate may give there.",
    "limits": "How much one mandate may give of it at most, by power and unit.",
    "longest_term": "How long a mandate lasts at most.",
    "most_terms": "How many terms in a row one person serves at most; without end where nothing is said.",
    "recall_per_mille": "The share of a roll whose signatures put a recall to the vote, in thousandths.",
    "signing_period": "How long a recall can be signed.",
    "report_interval": "How often delegates report.",
    "missed_reports": "After how many missed reports the recall is put to the vote by itself.",
    "answering_period": "How long a delegate has to answer an objection.",
    "seat_per_mille": "Of how many of its mandates a seat needs more, in thousandths.",
    "text": "What else it says.",
    "said": "The whole charter in the words that every assembly adopts.",
}


def _confederations(_reader: Reader, at: datetime) -> QuerySet:
    return Confederation.objects.annotate(
        members_now=counted(Accession.objects.in_force(at), "confederation"),
        seats_now=counted(Mandate.objects.in_force(at), "confederation"),
    )


CONFEDERATIONS = Noun(
    "confederations",
    "Confederation",
    Confederation,
    "A territory's network of assemblies, and its council, which coordinates and decides nothing.",
    {
        "name": "What it is called.",
        "slug": "Its name in addresses.",
        "within": Link("The wider confederation that it lies within.", "confederations"),
        "drafted_at": "When it was written down. It is nothing until assemblies join it.",
        "members": Said(
            "How many assemblies belong to it at that moment by their own accession.", INTEGER, "members_now"
        ),
        "mandates": Said("How many mandates are in force there at that moment.", INTEGER, "seats_now"),
        "powers": Said(
            "What kinds of coordination its charter allows; no mandate gives more.",
            serializers.ListField,
            "charter__powers",
            {"child": serializers.CharField()},
        ),
        "charter": Said("Its ceiling of powers, in the words that every assembly adopts.", TEXT, "charter__said"),
        "log": Said("The origin of its log in the record.", TEXT, "log__origin"),
    },
    _confederations,
    {"within": named("within__slug", "Within the confederation of that slug.")},
    order=("name", "id"),
    near=("log", "charter"),
    timed=True,
    lookup="slug",
)

CHARTERS = Noun(
    "charters",
    "Charter",
    Charter,
    "The ceiling of a confederation: no mandate there gives more power, a longer term or a larger limit.",
    {"confederation": Link("Whose charter it is.", "confederations"), **CHARTER},
    lambda _reader, _at: Charter.objects.all(),
    IN_CONFEDERATION,
    page=False,
)


def _accessions(_reader: Reader, at: datetime) -> QuerySet:
    rows = Accession.objects.filter(proposal__offered_at__isnull=False, proposal__offered_at__lte=at)
    return Accession.objects.with_leaving(rows, at).annotate(force_now=holds("accession_in_force", "pk", at=at))


ACCESSIONS = Noun(
    "accessions",
    "Accession",
    Accession,
    "An assembly's joining of a confederation: asked, decided, and ended by its own decision.",
    {
        "assembly": Link("Who joins.", "assemblies"),
        "confederation": Link("What it joins.", "confederations"),
        "proposal": Link("The question whether to.", "proposals"),
        "in_force": Said("Whether the assembly belongs to it by this at that moment.", BOOLEAN, "force_now"),
        "leaves_at": Said("When it leaves, by what it has decided.", Moment, "leaves", NULL),
    },
    _accessions,
    {**IN_ASSEMBLY, **IN_CONFEDERATION, **IN_FORCE},
    timed=True,
    page=False,
)

CLAUSE = {
    "number": "Its number in the mandate.",
    "policy": Link("The policy that it rests on.", "policies"),
    "power": "By what kind of coordination.",
    "instruction": "What is to be done.",
    "limit": "How much at most, as it was issued.",
    "unit": "In what that is counted.",
    "place": Link("Where alone it holds.", "assemblies"),
}


def _mandates(reader: Reader, at: datetime) -> QuerySet:
    """Those offered by then; of an election, those who were elected, as the list of mandates has it."""
    unelected = Q(candidacy__isnull=False) & ~Q(holds("mandate_issued", "pk", at=at))
    known = Mandate.objects.known_to(reader).exclude(Q(proposal__offered_at__gt=at)).exclude(unelected).with_end(at)
    return known.prefetch_related(_clauses(at))


def _clauses(at: datetime) -> Prefetch:
    related = Clause.objects.with_limit(at).select_related("policy", "place").order_by("number")
    return Prefetch("clauses", related)


MANDATES = Noun(
    "mandates",
    "Mandate",
    Mandate,
    "What an assembly binds one delegate to do in one confederation, and nothing else, until a day.",
    {
        "assembly": Link("Which assembly gives it.", "assemblies"),
        "delegate": Person("Who is bound by it.", numbered=True),
        "confederation": Link("Where.", "confederations"),
        "part": Link(
            "At a wider council: the narrower confederation whose assemblies the seat rests on.", "confederations"
        ),
        "proposal": Link("The question that issues it.", "proposals"),
        "valid_from": "From when on it is in force, if it carries.",
        "valid_until": "Until when at the latest.",
        "in_force": Said("Whether something may be done under it at that moment.", BOOLEAN, "force_now"),
        "end": Said(
            "Why it ended or will end, as known at that moment; nothing while its question has not carried.",
            TEXT,
            "end_kind",
            NULL,
        ),
        "ends_at": Said("When it ended or will end, as known at that moment.", Moment, "ends_at", NULL),
        "clauses": Many(
            "What the delegate is bound to do.",
            "Clause",
            Clause,
            {
                "id": "Its number; tasks rest on it.",
                **CLAUSE,
                "in_force": Said("Whether it can be acted on at that moment.", BOOLEAN, "force_now"),
                "limit_now": Said(
                    "How much at most, after every narrowing that had carried.",
                    serializers.DecimalField,
                    "limit_now",
                    {"max_digits": 16, "decimal_places": 3, **NULL},
                ),
                "struck_at": Said("When a narrowing struck it.", Moment, "struck_at", NULL),
            },
        ),
    },
    _mandates,
    {
        **IN_ASSEMBLY,
        **IN_CONFEDERATION,
        **IN_FORCE,
        "delegate": of("delegate", "Of the delegate of that number."),
        "power": one_of(
            Power.values,
            lambda rows, value, at: rows.filter(pk__in=Clause.objects.filter(power=value).values("mandate")),
            "With a clause of that power.",
        ),
    },
    order=("-id", "valid_from", "valid_until"),
    timed=True,
)

NARROWINGS = Noun(
    "narrowings",
    "Narrowing",
    Narrowing,
    "That an assembly narrow a mandate of its own, or withdraw it. A mandate never grows.",
    {
        "mandate": Link("Which mandate.", "mandates"),
        "proposal": Link("The question before the assembly.", "proposals"),
        "withdraws": "Whether it withdraws the whole mandate.",
        "valid_until": "When the term would end, where it would be shortened.",
        "carried_at": Said(
            "When it carried, and took effect; nothing before.",
            Moment,
            "carried",
            NULL,
        ),
        "clauses": Many(
            "What would become of its clauses.",
            "NarrowedClause",
            NarrowedClause,
            {
                "clause": Said("The number of the clause.", serializers.IntegerField, "clause_id"),
                "limit": "How much at most from then on.",
                "struck": "Whether it is struck.",
            },
        ),
    },
    lambda _reader, at: Narrowing.objects.filter(proposal__offered_at__lte=at).annotate(
        carried=Func("proposal", Value(at, DateTimeField()), function="carried_at", output_field=DateTimeField())
    ),
    {"mandate": of("mandate", "Of the mandate of that number.")},
    parts=("clauses",),
    timed=True,
    page=False,
)

# ---- elections ----

PHASED = ("poll__ranking__decisions", "poll__question__decisions")

ELECTIONS = Noun(
    "elections",
    "Election",
    Election,
    "A call to stand as delegate, under clauses and a term that are named beforehand.",
    {
        "assembly": Link("Which assembly elects.", "assemblies"),
        "confederation": Link("Where the elected are sent.", "confederations"),
        "called_by": Person("Who called it."),
        "called_at": "When it was called.",
        "seats": "How many are elected.",
        "method": "How it is counted.",
        "reasons": "Why it was called.",
        "valid_from": "From when on the elected are bound.",
        "valid_until": "Until when.",
        "stand_until": "Until when one can stand.",
        "clauses": Many("What the elected are bound to.", "ElectionClause", ElectionClause, CLAUSE),
        "phase": Said(
            "Where it stands now.", CHOICE, lambda row, at: row.phase(at), {"choices": Election.Phase.values}
        ),
        "ranking": Link("The question who, once it is put.", "proposals", "poll__ranking"),
        "question": Link("The question whether under these clauses, once it is put.", "proposals", "poll__question"),
    },
    lambda _reader, _at: Election.objects.all(),
    {**IN_ASSEMBLY, **IN_CONFEDERATION},
    order=("-called_at", "stand_until", "id"),
    near=("poll",),
    parts=("clauses__policy", "clauses__place", *PHASED),
)

CANDIDACIES = Noun(
    "candidacies",
    "Candidacy",
    Candidacy,
    "That somebody stands in an election, by their own word.",
    {
        "election": Link("In which election.", "elections"),
        "candidate": Person("Who stands.", "citizen"),
        "statement": "Who they are, and how they would carry the clauses out.",
        "consented_at": "When they declared it, and consented to the clauses.",
    },
    lambda _reader, _at: Candidacy.objects.filter(withdrawn_at=None),
    {"election": of("election", "In the election of that number.")},
    order=("id",),
    page=False,
)

# ---- recalls and reports ----


def _recalls(reader: Reader, at: datetime) -> QuerySet:
    known = Recall.objects.filter(mandate__in=Mandate.objects.known_to(reader))
    return known.filter(opened_at__lte=at).with_phase(at)


RECALLS = Noun(
    "recalls",
    "Recall",
    Recall,
    "That a mandate end: opened, signed, answered and voted on. Who has signed is told to that assembly alone.",
    {
        "mandate": Link("Which mandate.", "mandates"),
        "assembly": Link("Which assembly is asked.", "assemblies", "mandate__assembly"),
        "delegate": Person("Who is to be recalled.", "mandate__delegate", numbered=True),
        "proposal": Link("The question before the assembly.", "proposals"),
        "opened_by": Person("Who opened it; nobody where missed reports did."),
        "grounds": "On what grounds.",
        "opened_at": "When it was opened.",
        "lapses_at": "Until when it can be signed.",
        "needed": "How many signatures put it to the vote.",
        "signed": Said("How many have signed.", INTEGER, "signed"),
        "phase": Said("Where it stands at that moment.", CHOICE, "phase_now", {"choices": Recall.Phase.values}),
        "statements": Many(
            "What the delegate said to it.",
            "Statement",
            Statement,
            {"by": Person("Who."), "text": "What.", "made_at": "When."},
        ),
    },
    _recalls,
    {
        "assembly": named("mandate__assembly__slug", "Before the assembly of that slug."),
        "mandate": of("mandate", "Of the mandate of that number."),
        "phase": one_of(Recall.Phase.values, "phase_now", "Where they stand at that moment."),
    },
    order=("-opened_at", "id"),
    parts=("statements__by",),
    timed=True,
)

REPORTS = Noun(
    "reports",
    "Report",
    Report,
    "What a delegate told the assembly about a stretch of a mandate.",
    {
        "mandate": Link("Under which mandate.", "mandates"),
        "assembly": Link("To which assembly.", "assemblies", "mandate__assembly"),
        "by": Person("Who gave it.", numbered=True),
        "due_at": "When it was due.",
        "filed_at": "When it was given.",
        "late": Said("Whether that was too late.", BOOLEAN, "late"),
        "text": "What it says.",
        "state": Said(
            "What the assembly has said to it at that moment.", CHOICE, "state_now", {"choices": Report.State.values}
        ),
    },
    lambda _reader, at: Report.objects.filter(filed_at__lte=at).with_state(at),
    {
        "assembly": named("mandate__assembly__slug", "To the assembly of that slug."),
        "mandate": of("mandate", "Under the mandate of that number."),
        "state": one_of(Report.State.values, "state_now", "By what the assembly said to them."),
        "late": whether("late", "Only late ones, or only those in time."),
    },
    order=("-filed_at", "due_at", "id"),
    timed=True,
)

# ---- shared texts ----


def _texts(reader: Reader, at: datetime) -> QuerySet:
    return SharedText.objects.known_to(reader).exclude(Q(proposal__offered_at__gt=at)).with_counts(at)


TEXTS = Noun(
    "texts",
    "SharedText",
    SharedText,
    "A text that one assembly offers to all of its confederation. It binds those alone that adopt it.",
    {
        "confederation": Link("To whom it is offered.", "confederations"),
        "assembly": Link("Which assembly offers it.", "assemblies"),
        "proposal": Link("The question whether to offer it.", "proposals"),
        "title": "What it is called.",
        "text": "What it says, to the letter.",
        "digest": Said("The SHA-256 of its text in UTF-8: who has the same has the same text.", TEXT, "digest"),
        "notice": "How long before it takes effect an assembly says that it changes it or gives it up.",
        "amends": Link("The text whose place it would take.", "texts"),
        "offered_at": Said("When its offering carried, as known at that moment.", Moment, "offered_at", NULL),
        "bound": Said("How many assemblies are bound by it at that moment.", INTEGER, "bound"),
    },
    _texts,
    {**IN_ASSEMBLY, **IN_CONFEDERATION},
    timed=True,
)


def _adoptions(_reader: Reader, at: datetime) -> QuerySet:
    asked: QuerySet = Adoption.objects.filter(proposal__offered_at__lte=at)
    return asked.annotate(force_now=holds("adoption_in_force", "pk", at=at))


ADOPTIONS = Noun(
    "adoptions",
    "Adoption",
    Adoption,
    "That an assembly is asked to adopt a shared text, word for word.",
    {
        "text": Link("Which text.", "texts", "shared"),
        "assembly": Link("Which assembly.", "assemblies"),
        "proposal": Link("The question before it.", "proposals"),
        "reservation": "What it would reserve for itself, if anything.",
        "in_force": Said("Whether the assembly is bound by it at that moment.", BOOLEAN, "force_now"),
    },
    _adoptions,
    {**IN_ASSEMBLY, **IN_FORCE, "text": of("shared", "Of the text of that number.")},
    timed=True,
    page=False,
)
