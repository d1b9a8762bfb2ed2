"""Shared texts on their way: all of them, one with who adopted it and since when, and the relay by a delegate."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import now
from assemblies.differences import differences
from assemblies.models import Citizen
from assemblies.views.answers import answer, named, page_of, sent
from mandates import access as mandates_access
from mandates.models import Adoption, Fate, SharedText, shares

from .. import access
from ..forms import RelayForm, TextSearch
from ..models import Relay, able_to_relay


@require_safe
def text_list(request: HttpRequest) -> HttpResponse:
    form = TextSearch(request.GET)
    at = now()
    found = named(SharedText.objects.known_to(request.user).with_counts(at), form.words(), "title", "text")
    if confederation := form.value("confederation"):
        found = found.filter(confederation=confederation)
    page = page_of(request, found.select_related("confederation", "assembly").order_by("-pk"))
    relayed = set(Relay.objects.filter(shared__in=[shared.pk for shared in page]).values_list("shared", flat=True))
    context = {"page_obj": page, "relayed": relayed, "at": at}
    return answer(request, "councils/text_list.html", context, form)


@require_safe
def text_detail(request: HttpRequest, pk: int) -> HttpResponse:
    shared = mandates_access.text(request.user, pk)
    return answer(request, "councils/text_detail.html", text_context(request, shared))


def text_context(request: HttpRequest, shared: SharedText) -> dict[str, Any]:
    """The text, its lineage, what each assembly made of it, and how far it reaches."""
    at = now()
    fates = sorted(shared.adoptions.fates(at), key=lambda fate: fate.adoption.assembly.name)
    bound = [fate.adoption.assembly_id for fate in fates if fate.state == "bound"]
    members = set(shared.confederation.territory(at).values_list("pk", flat=True))
    return {
        "shared": shared,
        "at": at,
        "offered": shared.offered_at,
        "relay": Relay.objects.filter(shared=shared).select_related("action__task", "action__by").first(),
        "reach": shares(shared.confederation, bound, at),
        "page_obj": page_of(request, fates),
        "silent": len(members - {fate.adoption.assembly_id for fate in fates}),
        "ancestors": shared.ancestors(),
        "amendments": SharedText.objects.known_to(request.user).filter(amends=shared).select_related("assembly"),
        "changes": differences(shared.amends.text, shared.text) if shared.amends else [],
        **reader_context(request.user, shared, fates, at),
    }


def reader_context(reader: Reader, shared: SharedText, fates: list[Fate], at: datetime) -> dict[str, Any]:
    """What the reader may do from here: ask their own assembly, or relay the text as a delegate."""
    if not isinstance(reader, Citizen):
        return {}
    citizenship = reader.citizenship(at)
    home = citizenship.assembly if citizenship else None
    own: Adoption | None = next(
        (fate.adoption for fate in fates if home and fate.adoption.assembly_id == home.pk), None
    )
    return {
        "home": home,
        "belongs": home is not None and shared.confederation.has(home, at),
        "own": Fate(own, at) if own else None,
        "own_policy": shared.policy_of(home, at) if home else None,
        "may_relay": able_to_relay(reader, shared, at).exists() and not Relay.objects.filter(shared=shared).exists(),
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def relay_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Hand the text on to every assembly, under a task to inform. It cannot be taken back: it is asked once more."""
    shared, able = access.text_to_relay(request.user, pk)
    form = RelayForm(sent(request), able=able)

    def relay() -> Relay:
        return Relay.objects.relay(shared, form.cleaned_data["attachment"], by=request.user)

    if form.is_bound and (address := form.go(request, relay, elsewhere=shared.get_absolute_url())):
        messages.success(request, _("The text is relayed to every assembly, as it is."))
        return redirect(address)
    return answer(request, "councils/relay_form.html", {"shared": shared}, form)
