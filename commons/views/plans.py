"""Plans: asking for one, watching it being worked out, what it means for whom, and why."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from assemblies.views.answers import answer, page_of, sent
from mandates.forms import SheetForm

from .. import access
from ..drawing import Ribbon, sankey
from ..explaining import Standing, standings
from ..forms import PlanForm
from ..models import Allotment, Good, Plan
from ..templatetags.commons import words_of

MOST_RIBBONS, MOST_STANDINGS = 60, 100


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    found = Plan.objects.select_related("good", "task__council", "by")
    return answer(request, "commons/plan_list.html", {"page_obj": page_of(request, found), "at": now()})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: CitizenRequest, pk: int) -> HttpResponse:
    task = access.task_to_plan(request.user, pk)
    form = PlanForm(sent(request), initial={"first_day": timezone.localdate(now())})
    if form.is_bound and (address := form.go(request, lambda: form.ask(task, request.user))):
        messages.success(request, _("A worker works it out now."))
        return redirect(address)
    return answer(request, "commons/plan_form.html", {"task": task, "goods": Good.objects.all()[:500]}, form)


@require_safe
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan(pk)
    return answer(request, "commons/plan_detail.html", plan_context(request, plan, now()))


def plan_context(request: HttpRequest, plan: Plan, at: datetime) -> dict[str, Any]:
    allotments = plan.allotments.related().with_state(at)
    drawn = list(allotments.counting(at).order_by("-quantity", "pk")[:MOST_RIBBONS])
    found = standings(plan)
    return {
        "at": at,
        "plan": plan,
        "running": plan.is_waiting,
        "gone_ahead": plan.has_gone_ahead(at),
        "may_cancel": plan.may_be_cancelled(at)
        and plan.task.attachments.in_force(at)
        .not_halted(at)
        .filter(clause__mandate__delegate=request.user.pk)
        .exists(),
        "figure": figure(plan, drawn),
        "page_obj": page_of(request, allotments.order_by("surplus__assembly__name", "need__assembly__name", "pk"), 30),
        "standings": found[:MOST_STANDINGS],
        "standings_count": len(found),
        "left_out": plan.left_out() if plan.finished_at else [],
        "halts": plan.halts(at),
    }


def figure(plan: Plan, allotments: list[Allotment]) -> str:
    """The plan as ribbons; the same pair of assemblies is one ribbon."""
    sums: dict[tuple[Assembly, Assembly], Any] = {}
    for one in allotments:
        ends = (one.giver, one.receiver)
        sums[ends] = sums.get(ends, 0) + one.quantity
    return sankey(
        [
            Ribbon(
                giver.name,
                receiver.name,
                float(quantity),
                _("%(giver)s to %(receiver)s: %(quantity)s")
                % {"giver": giver, "receiver": receiver, "quantity": words_of(quantity, plan.good)},
            )
            for (giver, receiver), quantity in sums.items()
        ],
        title=_("Who gives to whom under this plan"),
    )


@require_safe
def plan_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page alone, for the page to fetch; read as a page it is the whole one."""
    plan = access.plan(pk)
    if not getattr(request, "htmx", False):
        return redirect(plan)
    return render(request, "commons/_plan_progress.html", {"plan": plan, "running": plan.is_waiting})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def plan_cancellation(request: CitizenRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_cancel(request.user, pk)
    form = SheetForm(sent(request))
    if form.is_bound and form.go(request, lambda: plan.cancel(by=request.user), elsewhere=plan.get_absolute_url()):
        messages.success(request, _("The plan is cancelled."))
        return redirect(plan)
    return answer(request, "commons/plan_cancellation.html", {"plan": plan, "at": now()}, form)


@require_safe
def plan_part(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """What a plan means for one assembly, and why it comes out so."""
    plan, assembly, at = access.plan(pk), access.assembly(slug), now()
    mine = plan.allotments.related().with_state(at)
    standing: Standing | None = next((one for one in standings(plan) if one.assembly == assembly), None)
    found = mine.filter(Q(surplus__assembly=assembly) | Q(need__assembly=assembly))
    if standing is None and not found.exists():
        raise Http404
    reader = request.user
    context = {
        "at": at,
        "plan": plan,
        "assembly": assembly,
        "halts": plan.halts(at).filter(assembly=assembly),
        "may_object": isinstance(reader, Citizen) and reader.is_citizen_of(assembly, at),
        "standing": standing,
        "going": mine.filter(surplus__assembly=assembly),
        "coming": mine.filter(need__assembly=assembly),
        "gone_ahead": plan.has_gone_ahead(at),
    }
    return answer(request, "commons/plan_part.html", context)
