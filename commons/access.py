"""The doors of floor 4. What is shared is public; who may say, send and receive, the acts decide.

A page that is only for filling in opens to those who could send it; to others it says why not.
"""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assemblies.access import Reader
from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from assemblies.refusal import CONFLICT, Refusal
from councils.models import Council, Task
from mandates.models import Power

from .models import (
    Allotment,
    Delivery,
    Enterprise,
    Good,
    Passing,
    Plan,
    StatementImport,
    Stewardship,
    carried_by,
    loads,
    senders,
)


def assembly(slug: str) -> Assembly:
    return get_object_or_404(Assembly.objects.founded().select_related("log"), slug=slug)


def assembly_to_ask(reader: Citizen, slug: str, article: int = 14) -> Assembly:
    """The reader's own assembly: only its citizens lay questions before it."""
    found = assembly(slug)
    only_citizens(reader, found, article, _("Only citizens of %(assembly)s lay questions before it."))
    return found


def only_citizens(reader: Citizen, assembly: Assembly, article: int, sentence: str) -> None:
    if not reader.is_citizen_of(assembly, now()):
        raise Refusal(article, sentence % {"assembly": assembly})


def good(pk: int) -> Good:
    return get_object_or_404(Good.objects.select_related("named_by"), pk=pk)


def enterprise(reader: Reader, pk: int) -> Enterprise:
    """One whose question has been offered, with its holder now; a draft is its author's alone."""
    known = Q(proposal__offered_at__isnull=False) | Q(proposal__author=reader.pk)
    related = Enterprise.objects.with_holder(now()).select_related("assembly", "proposal")
    return get_object_or_404(related.filter(known), pk=pk)


def enterprise_to_ask_about(reader: Citizen, pk: int) -> tuple[Enterprise, Assembly]:
    """An enterprise and the assembly it belongs to, for a citizen of that assembly."""
    found = enterprise(reader, pk)
    holder = found.holder_at(now())
    if holder is None:
        raise Refusal(14, _("This enterprise belongs to no assembly now."), status=CONFLICT)
    only_citizens(reader, holder, 14, _("Only citizens of %(assembly)s decide about its enterprises."))
    return found, holder


def enterprise_to_report(reader: Citizen, pk: int) -> Enterprise:
    found = enterprise(reader, pk)
    if not found.stewardships.in_force(now()).filter(citizen=reader).exists():
        raise Refusal(14, _("What an enterprise makes is reported by a steward in force."))
    return found


def passing_to_accept(reader: Citizen, pk: int) -> Passing:
    related = Passing.objects.select_related("enterprise", "to", "proposal__assembly")
    found = get_object_or_404(related.filter(proposal__offered_at__isnull=False, to__isnull=False), pk=pk)
    assert found.to is not None  # noqa: S101  the question above
    only_citizens(reader, found.to, 14, _("Only citizens of %(assembly)s propose that it take this."))
    return found


def stewardship(reader: Citizen, pk: int) -> Stewardship:
    related = Stewardship.objects.select_related("enterprise", "citizen", "proposal__assembly")
    return get_object_or_404(related.filter(proposal__offered_at__isnull=False), pk=pk)


def stewardship_to_end(reader: Citizen, pk: int) -> Stewardship:
    found = stewardship(reader, pk)
    sentence = _("Only citizens of %(assembly)s discharge its stewards.")
    only_citizens(reader, found.proposal.assembly, 14, sentence)
    return found


def stewardship_to_lay_down(reader: Citizen, pk: int) -> Stewardship:
    found = stewardship(reader, pk)
    if reader != found.citizen:
        raise Refusal(14, _("Only the steward lays this down; the assembly discharges by decision."))
    return found


def import_desk(reader: Citizen, slug: str) -> Assembly:
    """Files are for the stewards who may speak for the assembly."""
    found = assembly(slug)
    speaks = Stewardship.objects.in_force(now()).filter(citizen=reader, proposal__assembly=found, remits__isnull=False)
    if not speaks.exists():
        raise Refusal(
            13, _("Only a steward who may speak for %(assembly)s brings in what it says.") % {"assembly": found}
        )
    return found


def statement_import(reader: Citizen, pk: int) -> StatementImport:
    found = get_object_or_404(StatementImport.objects.select_related("assembly", "by"), pk=pk)
    if found.by != reader:
        raise Http404
    return found


def task_to_plan(reader: Citizen, pk: int) -> Task:
    found = get_object_or_404(Task.objects.select_related("council", "opened_by"), pk=pk)
    if found.power != Power.DISTRIBUTE:
        raise Refusal(6, _("A plan is worked out under a task to distribute."), status=CONFLICT)
    sentence = _("Only a delegate whose clause in force carries this task asks for a plan.")
    carried_by(found, reader, now(), sentence)
    return found


def plan(pk: int) -> Plan:
    return get_object_or_404(Plan.objects.select_related("good", "task__council", "by", "cancelled_by"), pk=pk)


def plan_to_cancel(reader: Citizen, pk: int) -> Plan:
    found = plan(pk)
    sentence = _("Only a delegate whose clause in force carries this task cancels its plans.")
    carried_by(found.task, reader, now(), sentence)
    return found


def allotment(pk: int) -> Allotment:
    return get_object_or_404(Allotment.objects.related().with_state(now()), pk=pk)


def allotment_to_send(reader: Citizen, pk: int) -> Allotment:
    found = allotment(pk)
    if not senders(found, reader):
        raise Refusal(13, _("A load is sent by the delegate whose clause it is, or by a steward of the giver."))
    return found


def delivery(pk: int) -> Delivery:
    return get_object_or_404(loads(), pk=pk)


def delivery_to_label(reader: Citizen, pk: int) -> Delivery:
    """The sheet that goes with the load, for those who send it and for its driver."""
    found = delivery(pk)
    if reader not in (found.by, found.driver) and not senders(found.allotment, reader):
        raise Refusal(13, _("The sheet of a load is for those who send it and for its driver."))
    return found


def load(code: str) -> Delivery:
    """A load by the code that stands on it."""
    return get_object_or_404(loads(), code=code)


def council_to_measure(reader: Citizen, slug: str) -> Council:
    found = get_object_or_404(Council, slug=slug)
    if found.drafted_by_id != reader.pk or found.accessions.exists():
        raise Refusal(15, _("Who drafted the confederation writes its measures, before anyone has joined."))
    return found
