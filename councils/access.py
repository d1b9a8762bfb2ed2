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
from mandates.models import Clause, Mandate, SharedText

from .models import Council, Task, able_to_relay
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
    if not mine.in_force(now()).exists():
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


def clauses_to_offer(reader: Reader, council: Council, at: datetime) -> QuerySet[Clause]:
    """Clauses in force that bind this very reader to this council."""
    mine = Clause.objects.in_force(at).filter(mandate__delegate=reader.pk, mandate__confederation=council)
    related = mine.with_limit(at).select_related("policy", "place", "mandate__assembly", "mandate__delegate")
    return related.order_by("mandate__assembly__name", "mandate", "number")
