"""Goods: all of them, one with all that was said of it, and naming a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.refusal import Refusal
from assemblies.views.answers import answer, named, page_of, sent

from .. import access
from ..forms import GoodForm, GoodSearch
from ..models import Good, Need, Plan, Surplus

SHOWN = 30


@require_safe
def good_list(request: HttpRequest) -> HttpResponse:
    form = GoodSearch(request.GET)
    found = named(Good.objects.all(), form.words(), "name")
    if kind := form.value("kind"):
        found = found.filter(kind=kind)
    at = now()
    may_name = isinstance(request.user, Citizen) and request.user.citizenship(at) is not None
    context = {"page_obj": page_of(request, found), "may_name": may_name}
    return answer(request, "commons/good_list.html", context, form)


@require_safe
def good_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who needs it and who can give some, as it stands now."""
    good, at = access.good(pk), now()
    needs = Need.objects.standing(at).filter(good=good).select_related("assembly", "good")
    surpluses = Surplus.objects.standing(at).filter(good=good).select_related("assembly", "good")
    context = {
        "good": good,
        "page_obj": page_of(
            request,
            needs.with_open(at, at).order_by("assembly__name", "begins"),
        ),
        "surpluses": surpluses.with_left(at, at).order_by("assembly__name", "begins")[:SHOWN],
        "plans": Plan.objects.filter(good=good).select_related("good", "task__council")[:SHOWN],
    }
    return answer(request, "commons/good_detail.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def good_new(request: CitizenRequest) -> HttpResponse:
    if request.user.citizenship(now()) is None:
        raise Refusal(14, _("Only citizens of an assembly name goods."))
    form = GoodForm(sent(request))
    if form.is_bound and (address := form.go(request, lambda: form.name_it(request.user))):
        messages.success(request, _("It has its name."))
        return redirect(address)
    return answer(request, "commons/good_form.html", {}, form)
