"""Enterprises: all of them, one with its stewards and what it made, and every question about one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import now
from assemblies.models import Assembly, Citizen, Policy
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, by_name, named, page_of, sent
from mandates.forms import SheetForm

from .. import access
from ..forms import (
    EnterpriseForm,
    EnterpriseSearch,
    GovernanceForm,
    HarvestForm,
    PassingForm,
    ReasonsForm,
    StewardForm,
)
from ..models import Enterprise, Good, Harvest, Stewardship


@require_safe
def enterprise_list(request: HttpRequest) -> HttpResponse:
    form, at = EnterpriseSearch(request.GET), now()
    found = named(Enterprise.objects.standing(at), form.words(), "name", "purpose")
    if kind := form.value("kind"):
        found = found.filter(kind=kind)
    if assembly := form.value("assembly"):
        found = found.filter(Q(holder=assembly.pk))
    page = page_of(request, by_name(found))
    holders = Assembly.objects.in_bulk({enterprise.holder for enterprise in page})
    for enterprise in page:
        enterprise.held_by = holders[enterprise.holder]
    citizenship = request.user.citizenship(at) if isinstance(request.user, Citizen) else None
    context = {"page_obj": page, "assembly": form.value("assembly"), "home": citizenship and citizenship.assembly}
    return answer(request, "commons/enterprise_list.html", context, form)


@require_safe
def enterprise_detail(request: HttpRequest, pk: int) -> HttpResponse:
    enterprise = access.enterprise(request.user, pk)
    return answer(request, "commons/enterprise_detail.html", enterprise_context(request, enterprise, now()))


def enterprise_context(request: HttpRequest, enterprise: Enterprise, at: datetime) -> dict[str, Any]:
    holder = enterprise.holder_at(at)
    offered = enterprise.stewardships.filter(proposal__offered_at__isnull=False)
    stewards = offered.with_state(at).select_related("citizen", "proposal", "enterprise")
    stewards = stewards.prefetch_related("remits__good", "proposal__decisions").order_by("-pk")
    harvests = enterprise.harvests.select_related("good", "by", "correction", "corrects")
    return {
        "at": at,
        "enterprise": enterprise,
        "holder": holder,
        "policies": Policy.objects.in_force(at).filter(assembly=holder, pk__in=enterprise.governances.values("policy")),
        "stewards": stewards,
        "passings": enterprise.passings.with_effect(at)
        .filter(proposal__offered_at__isnull=False)
        .select_related("to", "proposal__assembly", "acceptance__proposal"),
        "page_obj": page_of(request, harvests, 15),
        "sums": sums(enterprise),
        **reader_context(request.user, enterprise, holder, at),
    }


def sums(enterprise: Enterprise) -> list[tuple[Good, str, Any]]:
    """What was made and used of each good, corrections in place of what they correct."""
    rows = enterprise.harvests.filter(correction=None).order_by("good__name", "kind").values("good", "kind")
    found = rows.annotate(total=Sum("quantity"))
    goods = Good.objects.in_bulk({row["good"] for row in found})
    return [(goods[row["good"]], str(Harvest.Kind(row["kind"]).label), row["total"]) for row in found]


def reader_context(reader: Reader, enterprise: Enterprise, holder: Assembly | None, at: datetime) -> dict[str, Any]:
    if not isinstance(reader, Citizen):
        return {}
    citizenship = reader.citizenship(at)
    return {
        "home": citizenship.assembly if citizenship else None,
        "citizen": holder is not None and reader.is_citizen_of(holder, at),
        "keeps": enterprise.stewardships.in_force(at).filter(citizen=reader).exists(),
    }


# ---- questions about an enterprise ----


def question(request: CitizenRequest, form: Any, ask: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show the question, then lay it: what every page of this kind does."""
    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    return answer(request, template, context, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enterprise_new(request: CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.assembly_to_ask(request.user, slug)
    form = EnterpriseForm(sent(request), policies=by_name(assembly.policies_in_force(now()), "title"))
    ask = lambda: form.propose(assembly, request.user)  # noqa: E731
    context = {"assembly": assembly, "policies": assembly.policies_in_force(now()).exists()}
    return question(request, form, ask, "commons/enterprise_form.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def governance_new(request: CitizenRequest, pk: int) -> HttpResponse:
    enterprise, holder = access.enterprise_to_ask_about(request.user, pk)
    form = GovernanceForm(sent(request), policies=by_name(holder.policies_in_force(now()), "title"))
    ask = lambda: enterprise.propose_policy(by=request.user, **form.said("policy", "reasons"))  # noqa: E731
    context = {"thing": enterprise, "title": _("A policy for it"), "note": _("It governs until it is repealed.")}
    return question(request, form, ask, "commons/question_form.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def steward_new(request: CitizenRequest, pk: int) -> HttpResponse:
    enterprise, holder = access.enterprise_to_ask_about(request.user, pk)
    people = holder.citizens(now())
    form = StewardForm(sent(request), assembly=holder, people=people)
    ask = lambda: form.propose(enterprise, request.user)  # noqa: E731
    note = _("A steward says in public what the enterprise makes and uses, and sends its loads.")
    context = {"thing": enterprise, "title": _("Appoint a steward"), "note": note}
    return question(request, form, ask, "commons/question_form.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def passing_new(request: CitizenRequest, pk: int) -> HttpResponse:
    enterprise, holder = access.enterprise_to_ask_about(request.user, pk)
    form = PassingForm(sent(request))
    ask = lambda: form.propose(enterprise, request.user)  # noqa: E731
    places = by_name(Assembly.objects.founded().exclude(pk=holder.pk))[:500]
    note = _("Handed over, it passes once both assemblies have decided so. Closed, it makes and sends nothing more.")
    context = {"thing": enterprise, "title": _("Hand it over, or close it"), "note": note, "places": places}
    return question(request, form, ask, "commons/question_form.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance_new(request: CitizenRequest, pk: int) -> HttpResponse:
    passing = access.passing_to_accept(request.user, pk)
    form = ReasonsForm(sent(request))
    ask = lambda: passing.propose_acceptance(by=request.user, **form.said("reasons"))  # noqa: E731
    note = _("It passes once both assemblies have decided so.")
    context = {"thing": passing.enterprise, "title": _("Take it over"), "note": note}
    return question(request, form, ask, "commons/question_form.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def discharge_new(request: CitizenRequest, pk: int) -> HttpResponse:
    stewardship = access.stewardship_to_end(request.user, pk)
    still_in_force(stewardship)
    form = ReasonsForm(sent(request))
    ask = lambda: stewardship.propose_discharge(by=request.user, **form.said("reasons"))  # noqa: E731
    note = _("When it carries, the stewardship ends at that moment.")
    context = {"thing": stewardship.enterprise, "title": _("Discharge the steward"), "note": note}
    return question(request, form, ask, "commons/question_form.html", context)


def still_in_force(stewardship: Stewardship) -> None:
    if not stewardship.is_in_force(now()):
        raise Refusal(14, _("This stewardship is not in force."), status=CONFLICT)


# ---- acts of a steward ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def stewardship_ending(request: CitizenRequest, pk: int) -> HttpResponse:
    """Laying it down cannot be undone: it is asked once more."""
    stewardship = access.stewardship_to_lay_down(request.user, pk)
    if request.method != "POST":
        still_in_force(stewardship)
    form = SheetForm(sent(request))
    address = stewardship.enterprise.get_absolute_url()
    if form.is_bound and form.go(request, lambda: stewardship.lay_down(by=request.user), elsewhere=address):
        messages.success(request, _("You have laid it down."))
        return redirect(address)
    return answer(request, "commons/stewardship_ending.html", {"stewardship": stewardship}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def harvest_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Report what was made or used. It stands for good: what was wrong is corrected beside it."""
    enterprise = access.enterprise_to_report(request.user, pk)
    wrong = report_to_correct(request, enterprise)
    initial: dict[str, Any] = {"day": timezone.localdate(now()), "kind": Harvest.Kind.MADE}
    if wrong:
        initial |= {"good": wrong.good.name, "kind": wrong.kind, "day": wrong.day, "corrects": wrong.pk}
    form = HarvestForm(sent(request), enterprise=enterprise, initial=initial)
    if form.is_bound and (address := form.go(request, lambda: form.report(enterprise, request.user))):
        messages.success(request, _("It is reported."))
        return redirect(address)
    context = {"enterprise": enterprise, "wrong": wrong, "goods": Good.objects.all()[:500]}
    return answer(request, "commons/harvest_form.html", context, form)


def report_to_correct(request: HttpRequest, enterprise: Enterprise) -> Harvest | None:
    asked = request.GET.get("corrects", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    return enterprise.harvests.filter(pk=int(asked), correction=None).select_related("good").first()
