"""Shared texts as an assembly meets them: offering one to all, and adopting one word for word."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.views.answers import answer, sent

from .. import access
from ..forms import AdoptionForm, SharedTextForm
from ..models import Adoption, SharedText


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def text_new(request: CitizenRequest, slug: str) -> HttpResponse:
    """Lay the question whether to offer a text; `?amends=` begins with the words of an earlier one."""
    assembly = access.assembly_to_ask(request.user, slug, 11)
    before = access.text_to_amend(request.GET.get("amends", ""))
    initial: dict[str, Any] = {"confederation": request.GET.get("confederation", "")}
    if before is not None:
        initial = {
            "confederation": before.confederation.slug,
            "amends": before.pk,
            "title": before.title,
            "text": before.text,
            "notice": before.notice.days,
        }
    form = SharedTextForm(sent(request), assembly=assembly, at=now(), initial=initial)

    def offer() -> SharedText:
        return form.offer(assembly, request.user)

    if form.is_bound and (address := form.lay(request, offer)):
        return redirect(address)
    return answer(request, "mandates/text_form.html", {"assembly": assembly, "before": before}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def adoption_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Lay the question whether the reader's own assembly adopts it."""
    shared, assembly = access.text_to_adopt(request.user, pk)
    form = AdoptionForm(sent(request))

    def ask() -> Adoption:
        return shared.propose_adoption(assembly, by=request.user, **form.said("reservation"))

    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    return answer(request, "mandates/adoption_form.html", {"shared": shared, "assembly": assembly}, form)
