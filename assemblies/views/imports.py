"""Rolls from files: the dry run, its report line by line, and the entering as it goes on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..forms import ActForm, RollFileForm
from ..models import RollImport
from .answers import answer, page_of, sent


@access.signed_in
@require_safe
def roll_import_list(request: access.CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.roll_desk(request.user, slug)
    page = page_of(request, assembly.roll_imports.select_related("by").defer("report"))
    return answer(request, "assemblies/roll_import_list.html", {"assembly": assembly, "page_obj": page})


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def roll_import_new(request: access.CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.roll_desk(request.user, slug)
    form = RollFileForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.acts(
        lambda: RollImport.look_at(assembly, form.cleaned_data["file"], by=request.user)
    ):
        return redirect(form.result)
    return answer(request, "assemblies/roll_import_new.html", {"assembly": assembly}, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def roll_import_detail(request: access.CitizenRequest, pk: int) -> HttpResponse:
    roll_import = access.roll_import(request.user, pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: roll_import.confirm(by=request.user)):
        messages.success(request, _("A worker enters them now."))
        return redirect(roll_import)
    rows = roll_import.report
    if verdict := request.GET.get("verdict", ""):
        rows = [row for row in rows if row["verdict"] == verdict]
    context = progress(roll_import) | {"page_obj": page_of(request, rows, 50), "verdict": verdict}
    return answer(request, "assemblies/roll_import_detail.html", context, form)


@access.signed_in
@require_safe
def roll_import_progress(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """The moving part of the page alone, for the page to fetch; read as a page it is the whole one."""
    roll_import = access.roll_import(request.user, pk)
    if not request.htmx:
        return redirect(roll_import)
    return render(request, "assemblies/_progress.html", progress(roll_import))


def progress(roll_import: RollImport) -> dict[str, Any]:
    return {
        "roll_import": roll_import,
        "assembly": roll_import.assembly,
        "running": roll_import.confirmed_at is not None and roll_import.finished_at is None,
        "counts": {verdict: roll_import.count(verdict) for verdict in ("admit", "refused", "there", "wrong")},
    }
