"""Mandates: the list, one mandate, and the questions that issue, narrow or withdraw one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import holds, now
from assemblies.models import Assembly, Citizen
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, named, page_of, sent
from assemblies.views.studies import studied

from .. import access
from ..authority import allowed, chain, may_not
from ..forms import MandateFilter, MandateForm, NarrowingForm, ResignationForm
from ..models import Mandate, Recall, report_days
from .clauses import are_filled_in, draw, sheet_with_clauses


@require_safe
def mandate_list(request: HttpRequest) -> HttpResponse:
    form = MandateFilter(request.GET)
    at = now()
    context = {"page_obj": page_of(request, searched(form, request.user, at)), "at": at}
    return answer(request, "mandates/mandate_list.html", context | {"assembly": form.value("assembly")}, form)


def searched(form: MandateFilter, reader: Reader, at: datetime) -> QuerySet[Mandate]:
    """The mandates that the reader may know of and looks for, newest question first."""
    found = Mandate.objects.known_to(reader)
    if assembly := form.value("assembly"):
        found = found.filter(assembly=assembly)
    if confederation := form.value("confederation"):
        found = found.filter(confederation=confederation)
    match form.value("state"):
        case "in-force":
            found = found.in_force(at)
        case "ended":
            found = found.issued(at).with_end(at).filter(Q(ends_at__lte=at))
        case "asked":
            found = found.before_the_assembly(at)
    # Of an election, those who were elected; the others stand on its own page.
    found = found.exclude(Q(candidacy__isnull=False) & ~Q(holds("mandate_issued", "pk", at=at)))
    related = found.with_end(at).select_related("delegate", "assembly", "confederation", "proposal")
    rows = named(related, form.words(), "delegate__name", "assembly__name")
    return rows.order_by("-proposal__offered_at", "-pk")


@require_safe
def mandate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    mandate = access.mandate(request.user, pk)
    return answer(request, "mandates/mandate_detail.html", mandate_context(request, mandate))


def mandate_context(request: HttpRequest, mandate: Mandate) -> dict[str, Any]:
    """All that this floor knows of one mandate."""
    at = now()
    return {
        "at": at,
        "decision": mandate.decision,
        "behind": behind(mandate, at),
        "fellow": fellow(request.user, mandate, at),
        "ending": getattr(mandate, "ending", None),
        "narrowings": narrowings(mandate),
        "days": report_days(mandate, at) if mandate.ends_at else [],
        "recalls": mandate.recalls.with_phase(at).select_related("proposal").order_by("-opened_at"),
        **mandate_card(request.user, mandate, at),
        **studied(mandate.proposal),  # the study of a mandate is that of the question by which it is issued
    }


def mandate_card(reader: Reader, mandate: Mandate, at: datetime) -> dict[str, Any]:
    """What a mandate allows, where that comes from, and the recall under way: what `_mandate_card.html` draws."""
    clauses = mandate_clauses(mandate, at)
    may = allowed(mandate, clauses)
    under_way = mandate.recalls.with_phase(at).filter(Q(phase_now__in=Recall.UNDER_WAY))
    return {
        "mandate": mandate,
        "clauses": clauses,
        "may": may,
        "may_not": may_not(may),
        "chain": chain(mandate, clauses, at),
        "recall": under_way.first(),
        "citizen": access.is_citizen(reader, mandate.assembly, at),
        "own": reader == mandate.delegate,
        "stands": mandate.ends_at is not None and mandate.ends_at > at,
    }


def behind(mandate: Mandate, at: datetime) -> list[Mandate]:
    """The mandates that the same seat at a wider council rests on, ended early or not; none elsewhere."""
    if mandate.part_id is None:
        return []
    return list(Mandate.objects.behind(mandate, at).select_related("assembly").order_by("assembly__name"))


def fellow(reader: Reader, mandate: Mandate, at: datetime) -> Assembly | None:
    """The reader's assembly, where it could stand behind this seat too, by its own decision."""
    citizenship = reader.citizenship(at) if isinstance(reader, Citizen) else None
    if citizenship is None or mandate.part is None or mandate.valid_until <= at:
        return None
    given = mandate.assembly_id == citizenship.assembly_id or any(
        one.assembly_id == citizenship.assembly_id and one.binds_now for one in behind(mandate, at)
    )
    return None if given or not mandate.part.has(citizenship.assembly, at) else citizenship.assembly


def mandate_clauses(mandate: Mandate, at: datetime) -> list:
    found = mandate.clauses.with_limit(at).select_related("policy", "place")
    return list(found.prefetch_related("policy__versions"))


def narrowings(mandate: Mandate) -> list[dict[str, Any]]:
    """What was asked about this mandate since: the narrowing with its latest decision, newest first."""
    found = mandate.narrowings.filter(proposal__offered_at__isnull=False).select_related("proposal")
    found = found.prefetch_related("proposal__decisions", "clauses__clause")
    return [{"narrowing": narrowing, "decision": narrowing.proposal.decision} for narrowing in found.order_by("-pk")]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mandate_new(request: CitizenRequest, slug: str) -> HttpResponse:
    """Draft the question. Nothing is written before its text has been seen and is offered."""
    assembly = access.assembly_to_ask(request.user, slug, 4)
    at = now()
    initial: dict[str, Any] = {"valid_from": timezone.localdate(at)}
    if wanted := request.GET.get("delegate", ""):
        initial["delegate"] = wanted[:18]
    form, clauses = sheet_with_clauses(request, MandateForm, assembly, at, acting=("show", "offer"), initial=initial)
    if are_filled_in(form, clauses):
        address = form.lay(request, lambda: form.propose(request.user, clauses.terms()))
        if address:
            return redirect(address)
    return draw(request, "mandates/mandate_form.html", form, clauses, at)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def narrowing_new(request: CitizenRequest, pk: int) -> HttpResponse:
    mandate = access.mandate_to_narrow(request.user, pk)
    if not mandate.stands(now()):
        raise Refusal(8, _("This mandate is not in force."), status=CONFLICT)
    form = NarrowingForm(sent(request), mandate=mandate, at=now())
    if form.is_bound and (address := form.lay(request, lambda: form.propose(request.user))):
        return redirect(address)
    return answer(request, "mandates/narrowing_form.html", {"mandate": mandate}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resignation(request: CitizenRequest, pk: int) -> HttpResponse:
    """Laying a mandate down cannot be undone: it is asked once more."""
    mandate = access.mandate_to_lay_down(request.user, pk)
    if request.method != "POST" and not mandate.stands(now()):
        raise Refusal(8, _("This mandate is not in force."), status=CONFLICT)
    form = ResignationForm(sent(request))

    def resign() -> None:
        mandate.resign(by=request.user, reason=form.cleaned_data["reason"])

    if form.is_bound and (address := form.go(request, resign, elsewhere=mandate.get_absolute_url())):
        messages.success(request, _("You have laid this mandate down. It has ended."))
        return redirect(address)
    return answer(request, "mandates/resignation.html", {"mandate": mandate}, form)
