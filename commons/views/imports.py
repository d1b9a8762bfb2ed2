"""Needs and surpluses from a file: the dry run, its report line by line, and saying what it found fit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assemblies.access import CitizenRequest, signed_in
from assemblies.forms import ActForm
from assemblies.views.answers import answer, page_of, sent

from .. import access
from ..forms import StatementFileForm
from ..models import StatementImport


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.import_desk(request.user, slug)
    form = StatementFileForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.acts(
        lambda: StatementImport.look_at(assembly, form.cleaned_data["file"], by=request.user)
    ):
        return redirect(form.result)
    return answer(request, "commons/statement_import_new.html", {"assembly": assembly}, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: CitizenRequest, pk: int) -> HttpResponse:
    found = access.statement_import(request.user, pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: found.enter(by=request.user)):
        n = form.result
        messages.success(request, ngettext("%(n)d line is said.", "%(n)d lines are said.", n) % {"n": n})
        return redirect(found)
    counts = {verdict: found.count(verdict) for verdict in ("say", "said", "refused", "wrong")}
    context = {"found": found, "counts": counts, "page_obj": page_of(request, found.report, 50)}
    return answer(request, "commons/statement_import_detail.html", context, form)
