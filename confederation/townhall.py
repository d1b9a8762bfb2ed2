"""Pages of a lower floor with what the upper floors know: the town hall, where all of them are under one roof."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assemblies import access
from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import now
from assemblies.forms import SearchForm, VersionsForm
from assemblies.models import Assembly, Policy, Proposal
from assemblies.views.answers import answer, named, page_of
from assemblies.views.assemblies import assembly_context
from assemblies.views.decisions import decision_context
from assemblies.views.desk import desk_context
from assemblies.views.policies import policy_context
from assemblies.views.proposals import proposal_context
from commons.forms import FlowSearch
from commons.matter import matter as commons_matter
from commons.models import Enterprise, Plan
from commons.views.seeing import seeing_context
from councils import access as councils_access
from councils.forms import AttachmentForm, CouncilSearch, LogSearch
from councils.heights import Level, heights
from councils.models import Action, Attachment, Halt, Objection, Relay, Resumption, Task, used_of
from councils.views.councils import council_context, council_list_context
from councils.views.supervision import about
from councils.views.tasks import task_context
from mandates import access as mandates_access
from mandates.matter import matter
from mandates.models import Accession, Adoption, Clause, Confederation, Mandate, Power, Recall
from mandates.views.mandates import mandate_context
from mandates.views.reports import report_context

from .figures import staircase
from .territory import open_votes_map, outlines

SHOWN = 8


@require_safe
def assembly(request: HttpRequest, slug: str) -> HttpResponse:
    found = access.assembly(slug)
    context = assembly_context(request, found)
    return answer(request, "townhall/assembly.html", context | floors_of_assembly(found, context["at"]))


def floors_of_assembly(assembly: Assembly, at: datetime) -> dict[str, Any]:
    """Whom it sends where, whom it is recalling, and what was done in its name lately."""
    mandates = Mandate.objects.filter(assembly=assembly).select_related(
        "delegate", "assembly", "confederation", "proposal"
    )
    recalls = Recall.objects.with_phase(at).filter(Q(phase_now__in=Recall.UNDER_WAY), mandate__assembly=assembly)
    actions = Action.objects.filter(attachment__clause__mandate__assembly=assembly)
    joined = Accession.objects.in_force(at).filter(assembly=assembly).select_related("confederation")
    direct = [accession.confederation_id for accession in joined]
    reach = Confederation.objects.joined_by(assembly, at)
    answered = Adoption.objects.filter(assembly=assembly).values("shared")
    waiting = Relay.objects.filter(shared__confederation__in=reach).exclude(shared__in=answered)
    return {
        "mandates": mandates.in_force(at).with_end(at).order_by("confederation__name", "delegate__name"),
        "recalls": recalls.select_related("mandate__delegate", "mandate__assembly", "mandate__confederation"),
        "accessions": Accession.objects.with_leaving(joined, at).order_by("confederation__name"),
        "wider": reach.exclude(pk__in=direct).order_by("name"),
        "texts": [relay.shared for relay in waiting.select_related("shared").order_by("-pk")[:SHOWN]],
        "actions": actions.select_related("task", "by", "attachment__clause__mandate__assembly")[:5],
        "enterprises": Enterprise.objects.of(assembly, at)[:SHOWN],
    }


@require_safe
def councils(request: HttpRequest) -> HttpResponse:
    """All councils, where they lie, and how the powers narrow the higher one comes."""
    form = CouncilSearch(request.GET)
    context = council_list_context(request, form)
    levels = heights(context["at"]) if not form.words() and context["page_obj"].number == 1 else []
    context |= narrowing(levels) | {"map": open_votes_map(context["at"]) if levels else ""}
    return answer(request, "townhall/councils.html", context, form)


def narrowing(levels: list[Level]) -> dict[str, Any]:
    """What may be done at each height as a picture, and what stands in the table behind it."""
    columns = [*(str(label) for label in Power.labels), _("decide policy")]
    stairs = [(level.name, level.note, level.held, level.url) for level in levels]
    picture = staircase(stairs, columns, title=_("What may be done at each height"))
    return {"levels": levels, "columns": columns, "stairs": picture}


@require_safe
def council(request: HttpRequest, slug: str) -> HttpResponse:
    """A council, and how the powers narrow from the assemblies beneath it to what lies around it."""
    found = councils_access.council(slug)
    form = LogSearch(request.GET)
    context = council_context(request, found, form)
    return answer(request, "townhall/council.html", context | narrowing(heights(context["at"], found)), form)


@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.proposal(request.user, pk)
    context = proposal_context(request, found) | {"unaided": Recall.objects.filter(proposal=found).exists()}
    return answer(request, "townhall/proposal.html", context | asked(request.user, found, context["at"]))


@signed_in
@require_safe
def desk(request: CitizenRequest, slug: str) -> HttpResponse:
    """The desk of the officers; recalls among what waits are called by their signatures."""
    context = desk_context(request, slug)
    waiting = [proposal.pk for proposal in context["page_obj"]]
    recalls = Recall.objects.filter(proposal__in=waiting).values_list("proposal", flat=True)
    return answer(request, "assemblies/assembly_desk.html", context | {"unaided": set(recalls)})


def asked(reader: Reader, proposal: Proposal, at: datetime) -> dict[str, Any]:
    """What the question decides, whichever floor it is of."""
    halt = Halt.objects.filter(proposal=proposal).first()
    resumption = Resumption.objects.filter(proposal=proposal).select_related("halt").first()
    halt = halt or (resumption.halt if resumption else None)
    if halt is None:
        return matter(reader, proposal, at) or commons_matter(proposal)
    objection = about(Objection.objects.with_state(at)).prefetch_related("answers__by").get(pk=halt.objection_id)
    return {"matter": "halt", "halt": halt, "objection": objection, "ends_it": resumption is not None}


@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.decision(pk)
    context = decision_context(request, found)
    return answer(request, "townhall/decision.html", context | asked(request.user, found.proposal, context["at"]))


@require_safe
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.policy(pk)
    form = VersionsForm(request.GET)
    context = policy_context(request, found, form)
    return answer(request, "townhall/policy.html", context | floors_of_policy(found, context["at"]), form)


def floors_of_policy(policy: Policy, at: datetime) -> dict[str, Any]:
    """The clauses that rest on it, and the tasks that rest on those."""
    clauses = Clause.objects.filter(policy=policy).in_force(at).with_limit(at).order_by("mandate", "number")
    related = clauses.select_related("mandate__delegate", "mandate__assembly", "mandate__confederation", "place")
    resting = Attachment.objects.in_force(at).filter(clause__policy=policy)
    tasks = Task.objects.with_state(at).filter(pk__in=resting.values("task")).select_related("council", "place")
    return {"clauses": related, "using": used_of(related), "tasks": tasks[:SHOWN], "tasks_count": tasks.count()}


@require_safe
def mandate(request: HttpRequest, pk: int) -> HttpResponse:
    found = mandates_access.mandate(request.user, pk)
    form = SearchForm(request.GET)
    context = mandate_context(request, found)
    return answer(request, "townhall/mandate.html", context | floors_of_mandate(request, found, context, form), form)


def floors_of_mandate(
    request: HttpRequest, mandate: Mandate, context: dict[str, Any], form: SearchForm
) -> dict[str, Any]:
    """What was done under it, and how much of its limits that used."""
    resting = Attachment.objects.filter(clause__mandate=mandate)
    tasks = Task.objects.with_state(context["at"]).filter(pk__in=resting.values("task"))
    actions = Action.objects.filter(attachment__clause__mandate=mandate)
    actions = named(actions, form.words(), "what", "task__title")
    return {
        "using": used_of(context["clauses"]),
        "objections": about(Objection.objects.filter(mandate=mandate).with_state(context["at"])),
        "tasks": tasks.select_related("council", "place"),
        "page_obj": page_of(request, actions.select_related("task", "by", "attachment__clause__mandate__assembly"), 8),
    }


@require_safe
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """A task with the plans worked out under it."""
    found = councils_access.task(pk)
    search = SearchForm(request.GET)
    context = task_context(request, found, search)
    context["join"] = AttachmentForm(offered=context["joinable"])
    return answer(request, "townhall/task.html", context | floors_of_task(request, found, context["at"]), search)


def floors_of_task(request: HttpRequest, task: Task, at: datetime) -> dict[str, Any]:
    if task.power != Power.DISTRIBUTE:
        return {}
    carrying = task.attachments.in_force(at).not_halted(at).filter(clause__mandate__delegate=request.user.pk)
    plans = Plan.objects.filter(task=task).select_related("good", "task__council")
    return {"shares": True, "plans": plans[:SHOWN], "may_plan": carrying.exists()}


@require_safe
def interdependence(request: HttpRequest) -> HttpResponse:
    """Who leans on whom, over the outlines of the territory where they are known."""
    form = FlowSearch(request.GET)
    context = seeing_context(request, form, now(), outlines(form.value("council")))
    return answer(request, "commons/interdependence.html", context, form)


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    found = mandates_access.report(pk)
    context = report_context(request, found)
    objections = about(Objection.objects.filter(report=found).with_state(context["at"]))
    may_object = reverse("report-objection", args=[found.pk]) if context["citizen"] else ""
    return answer(request, "townhall/report.html", context | {"objections": objections, "object_url": may_object})
