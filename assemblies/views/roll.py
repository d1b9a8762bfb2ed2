"""The roll: who stands on it, who asks to, and how a citizenship ends."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import AnswerForm, ApplicationForm, EndingForm, SearchForm
from ..models import Application, Citizenship, apply
from .answers import answer, by_name, named, page_of, sent

LATELY = timedelta(days=90)


@access.signed_in
@require_safe
def assembly_roll(request: access.CitizenRequest, slug: str) -> HttpResponse:
    assembly, standing = access.roll(request.user, slug)
    at = now()
    form = SearchForm(request.GET)
    rows = assembly.citizenships.in_force(at).select_related("citizen")
    context = {
        "assembly": assembly,
        "standing": standing,
        "count": rows.count(),
        "page_obj": page_of(request, by_name(named(rows, form.words(), "citizen__name"), "citizen__name"), 50),
    }
    if standing.keeps_roll:
        lately = assembly.citizenships.select_related("citizen", "admitted_by", "ended_by")
        context |= {
            "applications": assembly.applications.waiting().select_related("citizen"),
            "begun": lately.filter(valid_from__gt=at - LATELY, admitted_by__isnull=False)[:10],
            "ended": lately.filter(valid_until__gt=at - LATELY).order_by("-valid_until")[:10],
        }
    return answer(request, "assemblies/assembly_roll.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def application_new(request: access.CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.assembly(slug)
    form = ApplicationForm(sent(request))
    if request.method == "POST" and form.acts(lambda: apply(request.user, assembly, form.cleaned_data["statement"])):
        messages.success(request, _("Your application is before the office that keeps the roll."))
        return redirect("application", form.result.pk)
    context = {"assembly": assembly, "citizenship": request.user.citizenship(now())}
    return answer(request, "assemblies/application_new.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def application_detail(request: access.CitizenRequest, pk: int) -> HttpResponse:
    application, keeps = access.application(request.user, pk)
    form = AnswerForm(sent(request))
    if request.method == "POST" and form.acts(lambda: _answer(form, application, request.user)):
        admitted = application.admitted
        messages.success(request, _("Admitted to the roll.") if admitted else _("The application is declined."))
        return redirect("application", application.pk)
    elsewhere = application.citizen.citizenship(now()) if keeps else None
    context = {"application": application, "assembly": application.assembly, "keeps": keeps, "elsewhere": elsewhere}
    return answer(request, "assemblies/application_detail.html", context, form)


def _answer(form: AnswerForm, application: Application, by) -> None:
    if form.cleaned_data["answer"] == "admit":
        application.admit(by=by)
    else:
        application.decline(by=by, reason=form.cleaned_data["reason"])


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def citizenship_ending(request: access.CitizenRequest, pk: int) -> HttpResponse:
    citizenship = access.citizenship(request.user, pk)
    own, slug = citizenship.citizen == request.user, citizenship.assembly.slug
    form = EndingForm(sent(request), own=own)
    if request.method == "POST" and form.acts(
        lambda: citizenship.end(by=request.user, reason=form.cleaned_data.get("reason", Citizenship.Reason.LEFT))
    ):
        messages.success(request, _("The citizenship has ended."))
        return redirect("assembly" if own else "assembly-roll", slug)
    context = {"citizenship": citizenship, "assembly": citizenship.assembly, "own": own}
    context |= {"submit": _("End it"), "cancel": resolve_url("account") if own else resolve_url("assembly-roll", slug)}
    return answer(request, "assemblies/citizenship_ending.html", context, form)
