"""Objections, their answers, and the halts that an assembly decides on."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, named, page_of, sent
from mandates.access import report
from mandates.models import Report

from .. import access
from ..models import Action, Halt, Objection, Task
from ..models.objection import concerned
from ..supervision_forms import (
    AnswerForm,
    HaltForm,
    ObjectionFilter,
    ObjectionForm,
    ResumptionForm,
    SettlementForm,
)
from .supervision import about


@require_safe
def objection_list(request: HttpRequest) -> HttpResponse:
    form = ObjectionFilter(request.GET)
    found = Objection.objects.with_state(now())
    if assembly := form.value("assembly"):
        found = found.filter(assembly=assembly)
    if council := form.value("council"):
        found = found.filter(mandate__confederation=council)
    if state := form.value("state"):
        found = found.filter(Q(state_now=state))
    rows = named(about(found), form.words(), "grounds", "mandate__delegate__name").order_by("-made_at", "-pk")
    return answer(
        request, "councils/objection_list.html", {"page_obj": page_of(request, rows), "assembly": assembly}, form
    )


@require_safe
def objection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return objection_page(request, access.objection(pk))


def objection_page(request: HttpRequest, objection: Objection, say: AnswerForm | None = None) -> HttpResponse:
    """The page of an objection, with the answer that was just sent, if one was."""
    at = now()
    halts = objection.halts.filter(proposal__offered_at__isnull=False).select_related("proposal", "task", "assembly")
    context = {
        "objection": objection,
        "at": at,
        "answers": objection.answers.select_related("by"),
        "halts": halts.prefetch_related("proposal__decisions"),
        "in_force": set(Halt.objects.in_force(at).filter(objection=objection).values_list("pk", flat=True)),
        "citizen": isinstance(request.user, Citizen) and request.user.is_citizen_of(objection.assembly, at),
        "own": request.user == objection.mandate.delegate,
        "mine": request.user == objection.by,
        "say": say or AnswerForm(),
    }
    return answer(request, "councils/objection_detail.html", context, say)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def action_objection(request: CitizenRequest, pk: int) -> HttpResponse:
    return objection_new(request, access.action(pk))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def task_objection(request: CitizenRequest, pk: int) -> HttpResponse:
    return objection_new(request, access.task(pk))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report_objection(request: CitizenRequest, pk: int) -> HttpResponse:
    return objection_new(request, report(pk))


def objection_new(request: CitizenRequest, thing: Action | Task | Report) -> HttpResponse:
    citizenship = request.user.citizenship(now())
    mandates = concerned(thing)
    if citizenship is None or citizenship.assembly_id not in {mandate.assembly_id for mandate in mandates}:
        raise Refusal(10, _("Citizens of an assembly that mandates for this may object to it."))
    form = ObjectionForm(sent(request))

    def make() -> Objection:
        return Objection.objects.make(thing, by=request.user, grounds=form.cleaned_data["grounds"])

    if form.is_bound and (address := form.go(request, make)):
        messages.success(request, _("Your objection is public. The delegate has been asked to answer."))
        return redirect(address)
    charter = mandates[0].confederation.charter
    context = {"thing": thing, "charter": charter, "assembly": citizenship.assembly}
    return answer(request, "councils/objection_form.html", context, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: CitizenRequest, pk: int) -> HttpResponse:
    """The delegate answers."""
    objection = access.objection(pk)
    if request.method != "POST":
        return redirect(objection)
    form = AnswerForm(request.POST)

    def speak() -> None:
        objection.answer(by=request.user, text=form.cleaned_data["text"])

    if address := form.go(request, speak, elsewhere=objection.get_absolute_url()):
        messages.success(request, _("Your answer stands beside the objection."))
        return redirect(address)
    return objection_page(request, objection, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settlement(request: CitizenRequest, pk: int) -> HttpResponse:
    """Accept the answer; it is asked once more."""
    objection = access.objection_to_settle(request.user, pk)
    if request.method != "POST" and objection.state_now != Objection.State.ANSWERED:
        raise Refusal(10, _("There is no answer to accept, or it is accepted already."), status=CONFLICT)
    form = SettlementForm(sent(request))

    def settle() -> None:
        objection.settle(by=request.user)

    if form.is_bound and (address := form.go(request, settle, elsewhere=objection.get_absolute_url())):
        messages.success(request, _("You have accepted the answer."))
        return redirect(address)
    return answer(request, "councils/settlement.html", {"objection": objection}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def halt_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Ask the assembly to halt its own part of the task."""
    objection = access.objection_to_put(request.user, pk)
    if request.method != "POST" and not objection.may_be_put:
        sentence = _("The delegate has time to answer still, or the answer was accepted.")
        raise Refusal(10, sentence, status=CONFLICT)
    form = HaltForm(sent(request), objection=objection)

    def ask() -> Any:
        return objection.propose_halt(by=request.user, **form.said("task", "reasons"))

    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    return answer(request, "councils/halt_form.html", {"objection": objection}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resumption_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Ask the assembly to end a halt."""
    halt = access.halt_to_end(request.user, pk)
    if request.method != "POST" and not halt.is_in_force(now()):
        raise Refusal(10, _("This halt is not in force: there is nothing to end."), status=CONFLICT)
    form = ResumptionForm(sent(request))

    def ask() -> Any:
        return halt.propose_resumption(by=request.user, **form.said("reasons"))

    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    return answer(request, "councils/resumption_form.html", {"halt": halt}, form)
