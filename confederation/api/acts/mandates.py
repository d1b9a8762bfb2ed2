"""Floor 2: recalls, candidacies, reports, shared texts, joining and leaving."""

from typing import Any

from django.shortcuts import get_object_or_404

from assemblies.models import Citizen
from mandates import access
from mandates.models import (
    Accession,
    Candidacy,
    Confederation,
    Election,
    Mandate,
    Recall,
    Report,
    SharedText,
    propose_accession,
)

from ..acting import Act, Of, maybe, moment, text
from ..nouns.mandates import ACCESSIONS, ADOPTIONS, CANDIDACIES, MANDATES, RECALLS, REPORTS, TEXTS

REASONS = maybe("Why.", 5000)


def confederation(_reader: Citizen, slug: str) -> Confederation:
    return get_object_or_404(Confederation.objects.select_related("charter"), slug=slug)


def election(_reader: Citizen, pk: int) -> Election:
    return get_object_or_404(Election.objects.select_related("assembly", "confederation__charter"), pk=pk)


def _open(by: Citizen, _key: Any, said: dict[str, Any]) -> Recall:
    return said["mandate"].open_recall(by=by, grounds=said["grounds"])


Act(
    "recalls",
    "Open the recall of a delegate: any citizen of the mandating assembly may, at any time.",
    _open,
    RECALLS,
    {
        "mandate": Of(access.mandate_to_recall, "Which mandate, by its number."),
        "grounds": text("On what grounds; the delegate and the assembly read them.", 5000),
    },
    example={"mandate": 3, "grounds": "The flour never came."},
)


def _sign(by: Citizen, pk: int, _said: dict[str, Any]) -> Recall:
    found = access.recall(by, pk)
    found.sign(by=by)
    return found


def _answer(by: Citizen, pk: int, said: dict[str, Any]) -> Recall:
    found = access.recall(by, pk)
    found.answer(by=by, text=said["text"])
    return found


Act(
    "signatures",
    "Sign a recall; any citizen of the mandating assembly may. Enough of them put it to the vote.",
    _sign,
    RECALLS,
    on=RECALLS,
)
Act(
    "statements",
    "Answer a recall as the delegate whom it concerns.",
    _answer,
    RECALLS,
    {"text": text("What is to be said to it.", 5000)},
    on=RECALLS,
    example={"text": "The miller was ill."},
)


def _resign(by: Citizen, pk: int, said: dict[str, Any]) -> Mandate:
    found = access.mandate_to_lay_down(by, pk)
    found.resign(by=by, reason=said["reason"])
    return found


Act(
    "resignations",
    "Lay a mandate of one's own down. It ends at this moment, and nothing undoes that.",
    _resign,
    MANDATES,
    {"reason": maybe("Why; it stands in the public record.", 2000)},
    on=MANDATES,
)


def _stand(by: Citizen, _key: Any, said: dict[str, Any]) -> Candidacy:
    return said["election"].stand(by=by, statement=said["statement"])


Act(
    "candidacies",
    "Stand in an election, and so consent to its clauses. Nobody is put up by another.",
    _stand,
    CANDIDACIES,
    {
        "election": Of(election, "In which election, by its number."),
        "statement": text("Who you are, and how you would carry the clauses out.", 5000),
    },
    example={"election": 2, "statement": "I know the mill."},
)


def _report(by: Citizen, _key: Any, said: dict[str, Any]) -> Report:
    return Report.objects.file(said["mandate"], by=by, due_at=said["due_at"], text=said["text"])


Act(
    "reports",
    "Give the report that falls due on a day under a mandate of one's own. It stands as it is given.",
    _report,
    REPORTS,
    {
        "mandate": Of(access.mandate, "Under which mandate, by its number."),
        "due_at": moment("The moment that it falls due."),
        "text": text("What was done, and what was not.", 20_000),
    },
    example={"mandate": 3, "due_at": "2026-03-01T00:00:00Z", "text": "Five sacks were bought."},
)


# ---- texts, joining ----


def own(article: int) -> Any:
    """The reader's own assembly, for a question under that article."""
    return lambda reader, slug: access.assembly_to_ask(reader, slug, article)


def _adopt(by: Citizen, _key: Any, said: dict[str, Any]) -> Any:
    shared, assembly = said["text"]
    return shared.propose_adoption(assembly, by=by, reservation=said["reservation"])


Act(
    "adoptions",
    "Ask one's own assembly to adopt a shared text, word for word.",
    _adopt,
    ADOPTIONS,
    {
        "text": Of(access.text_to_adopt, "Which text, by its number."),
        "reservation": maybe("What the assembly would reserve for itself.", 5000),
    },
    example={"text": 1},
)


def _offer(by: Citizen, _key: Any, said: dict[str, Any]) -> SharedText:
    place, there = said.pop("assembly"), said.pop("confederation")
    return SharedText.objects.offer(place, there, by=by, **said)


Act(
    "texts",
    "Ask one's own assembly to offer a text to all of its confederation. Nobody is bound by it.",
    _offer,
    TEXTS,
    {
        "assembly": Of(own(11), "Which assembly offers it, by its slug.", slug=True),
        "confederation": Of(confederation, "To whom, by its slug.", slug=True),
        "title": text("What it is called.", 150),
        "text": text("What it says.", 40_000),
        "amends": Of(access.text, "The text whose place it would take, by its number.", required=False, default=None),
        "reasons": REASONS,
    },
    example={"assembly": "abiego", "confederation": "hoya", "title": "Bread", "text": "Who bakes, bakes for all."},
)


def _join(by: Citizen, _key: Any, said: dict[str, Any]) -> Accession:
    return propose_accession(said["assembly"], said["confederation"], by=by, reasons=said["reasons"])


Act(
    "accessions",
    "Ask one's own assembly to join a confederation under its charter.",
    _join,
    ACCESSIONS,
    {
        "assembly": Of(own(12), "Which assembly, by its slug.", slug=True),
        "confederation": Of(confederation, "What it joins, by its slug.", slug=True),
        "reasons": REASONS,
    },
    example={"assembly": "abiego", "confederation": "hoya"},
)


def _leave(by: Citizen, pk: int, said: dict[str, Any]) -> Accession:
    found = access.accession_to_end(by, pk)
    found.leave(by=by, reasons=said["reasons"], leaves_at=said["leaves_at"])
    return found


Act(
    "departures",
    "Ask one's own assembly to leave the confederation.",
    _leave,
    ACCESSIONS,
    {
        "reasons": text("Why.", 5000),
        "leaves_at": moment(
            "When it leaves; at the close of the vote, unless given.", required=False, allow_null=True, default=None
        ),
    },
    on=ACCESSIONS,
    example={"reasons": "We bake alone."},
)
