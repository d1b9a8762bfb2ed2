"""The desk of an assembly's office-holders."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import ActForm
from .answers import answer, page_of, sent


@access.signed_in
@require_safe
def assembly_desk(request: access.CitizenRequest, slug: str) -> HttpResponse:
    return answer(request, "assemblies/assembly_desk.html", desk_context(request, slug))


def desk_context(request: access.CitizenRequest, slug: str) -> dict[str, Any]:
    """What waits for the officers; `unaided` are the proposals that no facilitator puts to the vote."""
    assembly, standing = access.desk(request.user, slug)
    at = now()
    waiting = assembly.proposals.waiting().select_related("author", "assembly").prefetch_related("decisions")
    decisions = assembly.decisions.select_related("proposal", "assembly")
    context: dict[str, Any] = {
        "assembly": assembly,
        "standing": standing,
        "at": at,
        "unaided": set(),
        "page_obj": page_of(request, waiting.order_by("offered_at")),
        "votes": [
            *decisions.due_to_close(at).order_by("closes_at"),
            *decisions.open(at).order_by("closes_at"),
            *decisions.coming(at).order_by("opens_at"),
        ],
        "offices": assembly.offices.in_force(at).select_related("citizen").order_by("kind", "valid_until"),
    }
    if standing.keeps_roll:
        context |= {"applications": assembly.applications.waiting().select_related("citizen")}
    return context


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def office_ending(request: access.CitizenRequest, pk: int) -> HttpResponse:
    office = access.office(request.user, pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: office.lay_down(by=request.user)):
        messages.success(request, _("The office is laid down; the next lot fills it."))
        return redirect(office.assembly)
    context = {"office": office, "assembly": office.assembly, "submit": _("Lay it down")}
    context |= {"cancel": office.assembly.get_absolute_url()}
    return answer(request, "assemblies/office_ending.html", context, form)
