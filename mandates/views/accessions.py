"""Joining a confederation and leaving it: each a question before the assembly concerned."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, sent

from .. import access
from ..forms import AccessionForm, DepartureForm
from ..models import Accession, Departure, propose_accession


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def accession_new(request: CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.assembly_to_ask(request.user, slug, 12)
    initial = {"confederation": request.GET.get("confederation", "")}
    form = AccessionForm(sent(request), assembly=assembly, at=now(), initial=initial)

    def ask() -> Accession:
        return propose_accession(assembly, by=request.user, **form.said("confederation", "reasons"))

    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    return answer(request, "mandates/accession_form.html", {"assembly": assembly}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def departure_new(request: CitizenRequest, pk: int) -> HttpResponse:
    accession = access.accession_to_end(request.user, pk)
    if not Accession.objects.in_force(now()).filter(pk=accession.pk).exists():
        raise Refusal(12, _("The assembly is not a member."), status=CONFLICT)
    form = DepartureForm(sent(request))

    def ask() -> Departure:
        return form.leave(accession, request.user)

    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    context = {"accession": accession, "assembly": accession.assembly}
    return answer(request, "mandates/departure_form.html", context, form)
