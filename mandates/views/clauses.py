"""A sheet with rows of clauses under it: who or what is bound above, to what below."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assemblies.models import Assembly
from assemblies.refusal import UNFIT

from ..forms import BindingForm, ClauseRows, rows_after
from ..models import Accession

Sheet = TypeVar("Sheet", bound=BindingForm)


def sheet_with_clauses(
    request: HttpRequest,
    sheet: type[Sheet],
    assembly: Assembly,
    at: datetime,
    *,
    acting: Collection[str],
    initial: dict[str, Any],
) -> tuple[Sheet, Any]:
    """The sheet with its rows. A step that is not `acting` only changes the sheet, and leaves its errors for later."""
    step = request.POST.get("step", "")
    policies = assembly.policies_in_force(at).order_by("title")
    rows: dict[str, Any] = {
        "prefix": "clauses",
        "form_kwargs": {"policies": {str(policy.pk): policy for policy in policies}},
    }
    if request.method == "POST" and step in acting:
        return sheet(request.POST, assembly=assembly, at=at), ClauseRows(request.POST, **rows)
    if request.method == "POST":
        typed = sheet(assembly=assembly, at=at, initial=request.POST.dict())
        return typed, ClauseRows(initial=rows_after(request.POST, step), **rows)
    initial = initial | {"confederation": request.GET.get("confederation", "")}
    return sheet(assembly=assembly, at=at, initial=initial), ClauseRows(**rows)


def are_filled_in(form: BindingForm, clauses: Any) -> bool:
    """Whether both can be acted upon; both are looked at, so that all that is wrong is said at once."""
    return form.is_bound and all([form.is_valid(), clauses.is_valid()])


def draw(request: HttpRequest, template: str, form: BindingForm, clauses: Any, at: datetime) -> HttpResponse:
    fellows = Accession.objects.in_force(at).filter(confederation__in=form.joined).values("assembly")
    context = {
        "form": form,
        "clauses": clauses,
        "assembly": form.assembly,
        "places": Assembly.objects.filter(pk__in=fellows).order_by("name"),
    }
    status = UNFIT if clauses.is_bound and not clauses.is_valid() else form.status
    return render(request, template, context, status=status)
