"""The doors of floor 2: 404 for what one may not know of, a refusal for what one may not do. One opens each view."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assemblies.access import Reader
from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from assemblies.refusal import Refusal

from .models import Accession, Mandate, Recall, Report, SharedText


def mandate(reader: Reader, pk: int) -> Mandate:
    """A mandate that this reader may know of; it comes with its end."""
    known = Mandate.objects.known_to(reader).with_end(now())
    return get_object_or_404(
        known.select_related("assembly", "delegate", "confederation__charter", "part", "proposal__author"), pk=pk
    )


def mandate_to_narrow(reader: Citizen, pk: int) -> Mandate:
    found = mandate(reader, pk)
    sentence = _("Only citizens of %(assembly)s narrow or withdraw this mandate.")
    _only_citizens(reader, found.assembly, 5, sentence)
    return found


def mandate_to_recall(reader: Citizen, pk: int) -> Mandate:
    found = mandate(reader, pk)
    _only_citizens(reader, found.assembly, 7, _("Only citizens of %(assembly)s may open this recall."))
    return found


def mandate_to_lay_down(reader: Citizen, pk: int) -> Mandate:
    found = mandate(reader, pk)
    if reader != found.delegate:
        raise Refusal(4, _("Only the delegate may lay a mandate down."))
    return found


def recall(reader: Reader, pk: int) -> Recall:
    known = Recall.objects.filter(mandate__in=Mandate.objects.known_to(reader)).with_phase(now())
    return get_object_or_404(
        known.select_related(
            "mandate__assembly", "mandate__delegate", "mandate__confederation", "mandate__proposal", "proposal"
        ),
        pk=pk,
    )


def report(pk: int) -> Report:
    """A report is public from the moment it is given."""
    known = Report.objects.with_state(now()).select_related(
        "by", "mandate__assembly", "mandate__delegate", "mandate__confederation__charter"
    )
    return get_object_or_404(known, pk=pk)


def report_to_review(reader: Citizen, pk: int) -> Report:
    found = report(pk)
    _only_citizens(reader, found.assembly, 10, _("Only citizens of %(assembly)s accept this report or send it back."))
    return found


def signatures(reader: Citizen, pk: int) -> Recall:
    """How a person stands to a delegate is shown to the citizens of that assembly alone."""
    found = recall(reader, pk)
    sentence = _("Who has signed is shown to the citizens of %(assembly)s alone.")
    _only_citizens(reader, found.assembly, 7, sentence)
    return found


def assembly_to_ask(reader: Citizen, slug: str, article: int) -> Assembly:
    """The reader's own assembly: only its citizens lay questions before it."""
    found = get_object_or_404(Assembly.objects.founded(), slug=slug)
    sentence = _("Only citizens of %(assembly)s lay questions before it.")
    _only_citizens(reader, found, article, sentence)
    return found


def accession_to_end(reader: Citizen, pk: int) -> Accession:
    found = get_object_or_404(Accession.objects.select_related("assembly", "confederation"), pk=pk)
    sentence = _("Only citizens of %(assembly)s may propose that it leave.")
    _only_citizens(reader, found.assembly, 12, sentence)
    return found


def text(reader: Reader, pk: int) -> SharedText:
    """A shared text that this reader may know of; it comes with its counts."""
    known = SharedText.objects.known_to(reader).with_counts(now())
    return get_object_or_404(known.select_related("confederation", "assembly", "proposal", "amends"), pk=pk)


def text_to_amend(number: str) -> SharedText | None:
    """The offered text that a new one would take the place of; None where none is named."""
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    return get_object_or_404(SharedText.objects.offered(now()).select_related("confederation"), pk=int(number))


def text_to_adopt(reader: Citizen, pk: int) -> tuple[SharedText, Assembly]:
    """With the reader's own assembly, which is asked: it belongs to the confederation."""
    found, at = text(reader, pk), now()
    citizenship = reader.citizenship(at)
    if citizenship is None or not found.confederation.has(citizenship.assembly, at):
        sentence = _("Only citizens of an assembly in %(confederation)s ask theirs to adopt it.")
        raise Refusal(11, sentence % {"confederation": found.confederation})
    return found, citizenship.assembly


def is_citizen(reader: Reader, assembly: Assembly, at: datetime) -> bool:
    return isinstance(reader, Citizen) and reader.is_citizen_of(assembly, at)


def _only_citizens(reader: Citizen, assembly: Assembly, article: int, sentence: str) -> None:
    if not reader.is_citizen_of(assembly, now()):
        raise Refusal(article, sentence % {"assembly": assembly})
