"""Rights over data: what is held on people and why, one's own in a file, and having one's account erased."""

from __future__ import annotations

from itertools import groupby

from allauth.account.decorators import reauthentication_required
from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.forms import ActForm
from assemblies.views.answers import answer, sent

from .held import BESIDE, all_about, erase, held


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Every field that is kept on a person, why, and how long: for anyone, before they sign up as well."""
    groups = [(reason, list(rows)) for reason, rows in groupby(held(), key=lambda one: one.reason)]
    beside = [(str(apps.get_model(label)._meta.verbose_name).capitalize(), why, until) for label, why, until in BESIDE]
    return answer(request, "townhall/kept.html", {"groups": groups, "beside": beside})


@signed_in
@reauthentication_required
@never_cache
@require_safe
def own_data(request: CitizenRequest) -> JsonResponse:
    """Everything held on whoever asks, for whoever has just given their password."""
    answer = JsonResponse(all_about(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="own-data.json"'
    return answer


class ErasureForm(ActForm):
    sure = forms.BooleanField(label=gettext_lazy("I want my account erased, for good"))


@signed_in
@reauthentication_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_erasure(request: CitizenRequest) -> HttpResponse:
    form = ErasureForm(sent(request))
    if form.is_bound and form.acts(lambda: erase(request.user, by=request.user)):
        logout(request)
        messages.success(request, _("Your account is erased. Nobody can sign in with it any more."))
        return redirect("home")
    return answer(request, "townhall/own_erasure.html", {}, form)
