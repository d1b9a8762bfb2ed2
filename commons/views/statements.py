"""What one assembly needs, can give, has and shares; and saying so, by a steward at once or by the assembly."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from assemblies.views.answers import answer, page_of, sent

from .. import access
from ..flows import flows, received
from ..forms import NeedForm, SurplusForm
from ..models import Allotment, Enterprise, Good, Need, Remit, Stewardship, Surplus


@require_safe
def assembly_commons(request: HttpRequest, slug: str) -> HttpResponse:
    assembly = access.assembly(slug)
    return answer(request, "commons/assembly_commons.html", assembly_context(request, assembly, now()))


def assembly_context(request: HttpRequest, assembly: Assembly, at: datetime) -> dict[str, Any]:
    said = {"assembly": assembly}
    related = ("assembly", "good", "by", "proposal", "stewardship__enterprise")
    needs = Need.objects.effective(at).filter(**said).select_related(*related)
    surpluses = Surplus.objects.effective(at).filter(**said).select_related(*related)
    standing_needs, standing = Need.objects.standing(at).filter(**said), Surplus.objects.standing(at).filter(**said)
    found = Allotment.objects.related().with_state(at)
    history = sorted([*needs, *surpluses], key=lambda one: (one.since, one.pk), reverse=True)
    return {
        "at": at,
        "assembly": assembly,
        "needs": standing_needs.select_related(*related).with_open(at, at).order_by("good__name", "begins"),
        "surpluses": standing.select_related(*related).with_left(at, at).order_by("good__name", "begins"),
        "page_obj": page_of(request, history, 20),
        "standing_now": {("need", pk) for pk in standing_needs.values_list("pk", flat=True)}
        | {("surplus", pk) for pk in standing.values_list("pk", flat=True)},
        "coming": found.filter(need__assembly=assembly).order_by("-pk")[:10],
        "going": found.filter(surplus__assembly=assembly).order_by("-pk")[:10],
        "enterprises": Enterprise.objects.of(assembly, at),
        "given": flows(received().filter(giver=assembly.pk)),
        "got": flows(received().filter(receiver=assembly.pk)),
        "citizen": isinstance(request.user, Citizen) and request.user.is_citizen_of(assembly, at),
        "speaks": remit_of(request.user, assembly, at),
    }


def remit_of(reader: Reader, assembly: Assembly, at: datetime) -> list[Good]:
    """The goods for which this reader may speak for that assembly now."""
    if not isinstance(reader, Citizen):
        return []
    mine = Stewardship.objects.in_force(at).filter(citizen=reader, proposal__assembly=assembly)
    return list(Good.objects.filter(pk__in=Remit.objects.filter(stewardship__in=mine).values("good")))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def need_new(request: CitizenRequest, slug: str) -> HttpResponse:
    return say(request, slug, NeedForm, _("Say what is needed"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def surplus_new(request: CitizenRequest, slug: str) -> HttpResponse:
    return say(request, slug, SurplusForm, _("Say what can be given"))


def say(request: CitizenRequest, slug: str, kind: type[SurplusForm], title: str) -> HttpResponse:
    """A steward says it at once, where the assembly has empowered them; any citizen lays it before the assembly."""
    assembly, at = access.assembly_to_ask(request.user, slug, 13), now()
    initial = {"first_day": timezone.localdate(at), "good": request.GET.get("good", "")[:60]}
    form = kind(sent(request), initial=initial)
    speaks = remit_of(request.user, assembly, at)
    if form.is_bound and request.POST.get("step") == "say":
        if address := form.go(request, lambda: form.state(assembly, request.user)):
            messages.success(request, _("It is said, and holds from now on."))
            return redirect(address)
    elif form.is_bound and (address := form.lay(request, lambda: form.propose(assembly, request.user))):
        return redirect(address)
    goods = Good.objects.all()[:500]
    context = {"assembly": assembly, "title": title, "speaks": speaks, "goods": goods}
    return answer(request, "commons/statement_form.html", context, form)
