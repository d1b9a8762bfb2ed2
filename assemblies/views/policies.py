"""Policies: the list, and one with its versions and what changed between them."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .. import access
from ..clock import now
from ..differences import differences
from ..forms import PolicySearch, VersionsForm
from ..models import Policy, Subject
from .answers import answer, by_name, named, page_of
from .studies import study_of


def policy_list_context(request: HttpRequest, form: PolicySearch) -> dict[str, Any]:
    at = now()
    rows = Policy.objects.select_related("assembly").prefetch_related("versions")
    state, assembly = form.value("state"), form.value("assembly")
    if assembly:
        rows = rows.filter(assembly=assembly)
    if state == "repealed":
        rows = rows.exclude(pk__in=Policy.objects.in_force(at).values("pk"))
    elif state != "all":
        rows = rows.in_force(at)
    page = page_of(request, by_name(named(rows, form.words(), "title", "assembly__name"), "title"))
    return {"page_obj": page, "at": at, "assembly": assembly}


@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    form = PolicySearch(request.GET)
    return answer(request, "assemblies/policy_list.html", policy_list_context(request, form), form)


def policy_context(request: HttpRequest, policy: Policy, form: VersionsForm) -> dict[str, Any]:
    at = now()
    chosen = form.cleaned_data if form.is_valid() else {}
    moment = end_of_day(chosen["at"], policy, at) if chosen.get("at") else at
    versions = list(policy.versions.select_related("decision", "decision__proposal"))
    return {
        "form": form,
        "policy": policy,
        "assembly": policy.assembly,
        "at": at,
        "moment": moment,
        "past": chosen.get("at"),
        "version": policy.version(moment),
        "newest": next((version for version in versions if version.in_force_from <= at), None),
        "coming": [version for version in versions if version.in_force_from > at],
        "in_force": Policy.objects.in_force(at).filter(pk=policy.pk).exists(),
        "versions": versions,
        "comparison": comparison(versions, chosen.get("old"), chosen.get("new")),
        "standing": access.standing(request.user, policy.assembly, at),
        **study_of(Subject.of(policy)),
    }


def end_of_day(day, policy: Policy, at: datetime) -> datetime:
    """The last moment of that day on the clocks of the assembly; now, when the day is not over."""
    if day.year > 9000:
        return at
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(policy.assembly.time_zone))
    return min(at, end - timedelta(microseconds=1))


def comparison(versions: list, old: int | None, new: int | None) -> dict[str, Any] | None:
    """Two versions of a policy and what changed from one to the other; 404 when one is not there."""
    if old is None and new is None:
        return None
    numbered = {version.number: version for version in versions}
    if old not in numbered or new not in numbered:
        raise Http404
    before, after = numbered[old], numbered[new]
    return {"old": before, "new": after, "changes": differences(before.text, after.text)}


@require_safe
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    policy = access.policy(pk)
    form = VersionsForm(request.GET)
    return answer(request, "assemblies/policy_detail.html", policy_context(request, policy, form))
