"""The doors of floor 3. Councils, tasks and actions are public; a desk is its delegate's alone."""

from datetime import datetime

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assemblies.access import Reader
from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.refusal import CONFLICT, Refusal
from mandates import access as mandates_access
from mandates.access import mandate
from mandates.models import Clause, Mandate, SharedText

from .models import Action, Council, Halt, Meeting, Objection, Task, able_to_relay, is_seated
from .models.task import AttachmentQuerySet


def council(slug: str) -> Council:
    return get_object_or_404(Council.objects.select_related("charter", "within__charter", "drafted_by"), slug=slug)


def task(pk: int) -> Task:
    return get_object_or_404(
        Task.objects.with_state(now()).select_related("council__charter", "place", "opened_by"), pk=pk
    )


def council_to_act_in(reader: Citizen, slug: str) -> Council:
    """Where the reader is or was a delegate: only delegates set up tasks, as far as their mandates reach."""
    found = council(slug)
    if not Mandate.objects.issued(now()).filter(delegate=reader, confederation=found).exists():
        raise Refusal(
            6, _("Only delegates with a mandate for %(council)s set up tasks there.") % {"council": found.name}
        )
    return found


def task_to_log(reader: Citizen, pk: int) -> tuple[Task, AttachmentQuerySet]:
    """A task that rests, or rested, on a clause this delegate is bound by; and the attachments that say so."""
    found = task(pk)
    mine = found.attachments.filter(clause__mandate__delegate=reader)
    if not mine.exists():
        raise Refusal(10, _("Only a delegate whose clause this task rests on logs what was done."))
    return found, mine


def task_to_log_now(reader: Citizen, pk: int) -> tuple[Task, AttachmentQuerySet]:
    """The same, while one of the clauses is in force: there is nothing to fill in otherwise."""
    found, mine = task_to_log(reader, pk)
    at = now()
    if mine.in_force(at).exists() and not mine.in_force(at).not_halted(at).exists():
        sentence = _("The assembly has halted its part of this task: nothing is done under it until it decides so.")
        raise Refusal(10, sentence, status=CONFLICT)
    if not mine.in_force(at).exists():
        sentence = _("None of your clauses under this task is in force any more: nothing can be done under it.")
        raise Refusal(8, sentence, status=CONFLICT)
    return found, mine


def text_to_relay(reader: Citizen, pk: int) -> tuple[SharedText, AttachmentQuerySet]:
    """A text, and the reader's tasks to inform at the council that it was offered to."""
    found = mandates_access.text(reader, pk)
    able = able_to_relay(reader, found, now())
    if not able.exists():
        raise Refusal(11, _("Only a delegate there relays it, under a task to inform that rests on their clause."))
    return found, able


def mandate_to_report(reader: Citizen, pk: int) -> Mandate:
    """A mandate, for its delegate alone, as long as it was ever issued."""
    found = mandate(reader, pk)
    if reader != found.delegate:
        raise Refusal(10, _("Only the delegate reports under this mandate."))
    if found.ends_at is None:
        raise Refusal(10, _("This mandate has not been issued: there is nothing to report."), status=CONFLICT)
    return found


def action(pk: int) -> Action:
    return get_object_or_404(Action.objects.select_related("task__council", "attachment__clause__mandate"), pk=pk)


def objection(pk: int) -> Objection:
    known = Objection.objects.with_state(now()).select_related(
        "by",
        "assembly",
        "action__task__council",
        "task__council",
        "report__mandate__delegate",
        "report__mandate__assembly",
        "mandate__delegate",
        "mandate__assembly",
        "mandate__confederation",
    )
    return get_object_or_404(known, pk=pk)


def objection_to_put(reader: Citizen, pk: int) -> Objection:
    found = objection(pk)
    if not reader.is_citizen_of(found.assembly, now()):
        sentence = _("Only citizens of %(assembly)s ask it to halt its part of a task.")
        raise Refusal(10, sentence % {"assembly": found.assembly})
    return found


def objection_to_settle(reader: Citizen, pk: int) -> Objection:
    found = objection(pk)
    if reader != found.by:
        raise Refusal(10, _("Only whoever objected says that the answer is enough."))
    return found


def halt_to_end(reader: Citizen, pk: int) -> Halt:
    found = get_object_or_404(Halt.objects.select_related("assembly", "task__council"), pk=pk)
    if not reader.is_citizen_of(found.assembly, now()):
        raise Refusal(10, _("Only citizens of %(assembly)s ask it to go on.") % {"assembly": found.assembly})
    return found


def meeting(pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("confederation", "called_by"), pk=pk)


def meeting_to_call_off(reader: Citizen, pk: int) -> Meeting:
    found = meeting(pk)
    if reader != found.called_by:
        raise Refusal(10, _("Whoever called the meeting calls it off."))
    return found


def council_to_call(reader: Citizen, slug: str) -> Council:
    """A council, for a delegate who sits there now."""
    found = council(slug)
    if not is_seated(reader, found, now()):
        raise Refusal(4, _("Only a delegate with a mandate in force calls the delegates together."))
    return found


def delegate(pk: int) -> Citizen:
    """A person whom an assembly has mandated at some time; nobody else has such a page."""
    mandated = Mandate.objects.issued(now()).filter(delegate=pk)
    return get_object_or_404(Citizen.objects.filter(pk__in=mandated.values("delegate")), pk=pk)


def clauses_to_offer(reader: Reader, council: Council, at: datetime) -> QuerySet[Clause]:
    """Clauses in force that bind this very reader to this council."""
    mine = Clause.objects.in_force(at).filter(mandate__delegate=reader.pk, mandate__confederation=council)
    related = mine.with_limit(at).select_related("policy", "place", "mandate__assembly", "mandate__delegate")
    return related.order_by("mandate__assembly__name", "mandate", "number")
