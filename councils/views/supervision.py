"""Supervision: what was done against what was mandated, for a council and for one delegate over all terms."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.forms import ReadForm
from assemblies.views.answers import answer, page_of, sent
from mandates.models import Clause, Mandate, Report, amount, report_days, supervised
from mandates.models.mandate import MandateQuerySet, day_in_words

from .. import access
from ..drift import FIGURES, Reading, in_office, readings
from ..models import Action, Halt, Objection, Variance, used_of
from ..supervision_forms import ReportForm, VarianceForm

Rows = list[dict[str, Any]]


@require_safe
def supervision(request: HttpRequest, slug: str) -> HttpResponse:
    council = access.council(slug)
    at = now()
    mandates = Mandate.objects.issued(at).filter(confederation=council)
    ended = request.GET.get("ended") == "1"
    mandates = mandates.exclude(pk__in=Mandate.objects.in_force(at)) if ended else mandates.in_force(at)
    page = page_of(request, related(mandates, at).order_by("delegate__name", "assembly__name", "pk"), 15)
    actions = Action.objects.filter(task__council=council)
    context = {
        "council": council,
        "at": at,
        "ended": ended,
        "page_obj": page,
        "rows": against_clauses(list(page), at),
        "variances": told(Variance.objects.filter(attachment__task__council=council))[:10],
        "unreported": unreported(actions)[:10],
        "unreported_count": unreported(actions).count(),
        "halts": Halt.objects.in_force(at).filter(task__council=council).select_related("task", "assembly"),
        "objections": open_objections(council.pk, at)[:10],
    }
    return answer(request, "councils/supervision.html", context, ReadForm(request.GET))


def related(mandates: MandateQuerySet, at: datetime) -> QuerySet[Mandate]:
    found = supervised(mandates.with_end(at), at).annotate(
        late_reports=Count("reports", filter=Q(reports__filed_at__gt=F("reports__due_at")), distinct=True),
        given=Count("reports", distinct=True),
    )
    return found.select_related("delegate", "assembly", "confederation__charter", "proposal")


def against_clauses(mandates: list[Mandate], at: datetime) -> Rows:
    """Each mandate with its clauses: how much of each limit is used, how often something was done, and when last."""
    clauses = list(Clause.objects.filter(mandate__in=mandates).with_limit(at).select_related("policy", "place"))
    using = used_of(clauses)
    logged = Action.objects.filter(attachment__clause__in=clauses).order_by().values("attachment__clause")
    done: dict[int, Any] = {
        row["attachment__clause"]: row
        for row in logged.annotate(actions=Count("pk"), last=Max("done_at"), bare=Count("pk", filter=~reported()))
    }
    beyond = dict(
        Variance.objects.filter(attachment__clause__in=clauses)
        .order_by()
        .values_list("attachment__clause")
        .annotate(Count("pk"))
    )
    rows: dict[int, Rows] = {mandate.pk: [] for mandate in mandates}
    for clause in clauses:
        row: dict[str, Any] = done.get(clause.pk, {})
        rows[clause.mandate_id].append(
            {
                "clause": clause,
                "used": using.get(clause.pk, 0),
                "actions": row.get("actions", 0),
                "last": row.get("last"),
                "bare": row.get("bare", 0),
                "beyond": beyond.get(clause.pk, 0),
            }
        )
    return [{"mandate": mandate, "clauses": rows[mandate.pk]} for mandate in mandates]


def reported() -> Exists:
    """Whether a report given under the same mandate since then tells of an action."""
    return Exists(
        Report.objects.filter(mandate=OuterRef("attachment__clause__mandate"), filed_at__gte=OuterRef("logged_at"))
    )


def unreported(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Actions that no report has been given for yet, the oldest first."""
    found = actions.filter(~reported()).select_related("task", "by", "attachment__clause__mandate__assembly")
    return found.order_by("logged_at", "pk")


def told(variances: QuerySet[Variance]) -> QuerySet[Variance]:
    return variances.select_related("by", "place", "attachment__task", "attachment__clause__mandate__assembly")


def open_objections(council: int, at: datetime) -> QuerySet[Objection]:
    found = Objection.objects.filter(mandate__confederation=council).with_state(at)
    return about(found.exclude(Q(state_now=Objection.State.SETTLED)))


def about(objections: QuerySet[Objection]) -> QuerySet[Objection]:
    return objections.select_related(
        "by", "assembly", "action__task", "task", "report__mandate__delegate", "report__mandate__assembly",
        "mandate__delegate", "mandate__assembly", "mandate__confederation",
    )  # fmt: skip


@require_safe
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """One delegate over all terms, at every council."""
    person = access.delegate(pk)
    at = now()
    mandates = list(related(Mandate.objects.issued(at).filter(delegate=person), at).order_by("-valid_from", "-pk"))
    actions = Action.objects.filter(attachment__clause__mandate__delegate=person)
    context = {
        "person": person,
        "at": at,
        "mandates": mandates,
        "rows": against_clauses(mandates, at),
        "days": days_in_office(mandates, at),
        "missed": sum(mandate.missed for mandate in mandates),  # type: ignore[attr-defined]
        "reports": Report.objects.filter(mandate__in=mandates).with_state(at).select_related("mandate__assembly")[:15],
        "variances": told(Variance.objects.filter(by=person)),
        "unreported": unreported(actions)[:10],
        "unreported_count": unreported(actions).count(),
        "objections": about(Objection.objects.filter(mandate__in=mandates).with_state(at))[:15],
    }
    return answer(request, "councils/delegate.html", context)


def days_in_office(mandates: list[Mandate], at: datetime) -> int:
    """Whole days on which at least one of those mandates was in force."""
    return int(in_office([(m.valid_from, min(m.ends_at, at)) for m in mandates if m.ends_at and m.valid_from < at]))


@require_safe
def drift(request: HttpRequest, slug: str) -> HttpResponse:
    """Figures that tell whether administration is turning into rule."""
    council = access.council(slug)
    at = now()
    context = {"council": council, "at": at, "readings": readings(council, at)}
    return answer(request, "councils/drift.html", context)


@require_safe
def drift_figure(request: HttpRequest, slug: str, figure: str) -> HttpResponse:
    """One figure with all the rows it is made of."""
    council = access.council(slug)
    if figure not in FIGURES:
        raise Http404
    at = now()
    reading = Reading(FIGURES[figure], FIGURES[figure].rows(council, at))
    context = {"council": council, "at": at, "reading": reading, "page_obj": page_of(request, reading.rows, 50)}
    return answer(request, "councils/drift_figure.html", context)


# ---- a report, drafted from the log ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Give a report. Its draft is what the log holds since the last one."""
    mandate = access.mandate_to_report(request.user, pk)
    at = now()
    dues = [due for due in report_days(mandate, at) if due.opens_at <= at and due.report is None]
    form = ReportForm(sent(request), dues=dues, initial={"text": draft(mandate, at) if dues else ""})

    def file() -> Report:
        return form.file(mandate, request.user)

    if form.is_bound and (address := form.go(request, file)):
        messages.success(request, _("The report is given. Any citizen can ask the assembly to accept it."))
        return redirect(address)
    coming = next((due for due in report_days(mandate, at) if due.due_at > at and due.report is None), None)
    context = {"mandate": mandate, "dues": dues, "coming": coming}
    return answer(request, "councils/report_form.html", context, form)


def draft(mandate: Mandate, at: datetime) -> str:
    """What was done since the last report, clause by clause, in the words of the log."""
    last = mandate.reports.order_by("-filed_at").first()
    since = last.filed_at if last else mandate.valid_from
    lines = [_("Since %(day)s, under my mandate:") % {"day": day_in_words(since)}, ""]
    clauses = list(mandate.clauses.with_limit(at))
    using = used_of(clauses)
    for clause in clauses:
        lines.append(f"{clause.number}. {clause.get_power_display()}: {clause.instruction}")
        if clause.limit_now is not None:
            lines.append(
                "   "
                + _("Used %(used)s of %(limit)s %(unit)s.")
                % {
                    "used": amount(using.get(clause.pk, Decimal(0))),
                    "limit": amount(clause.limit_now),
                    "unit": clause.unit,
                }
            )
        done = Action.objects.filter(attachment__clause=clause, logged_at__gt=since).order_by("done_at")
        beyond = Variance.objects.filter(attachment__clause=clause, told_at__gt=since).order_by("done_at")
        lines += [f"   - {day_in_words(one.done_at)}: {with_quantity(one)}" for one in done]
        lines += [
            f"   - {day_in_words(one.done_at)}: {with_quantity(one)} [{', '.join(one.kind_words)}]" for one in beyond
        ]
        if not done and not beyond:
            lines.append("   - " + _("Nothing was done."))
    lines += ["", _("Not done, and why:"), ""]
    return "\n".join(lines)


def with_quantity(told: Action | Variance) -> str:
    what = " ".join(told.what.split())
    return f"{what} ({amount(told.quantity)} {told.unit})" if told.quantity is not None else what


# ---- what was done beyond a clause ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def variance_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Tell what was done beyond a clause, or after its end. It is flagged, and makes nothing right."""
    task, mine = access.task_to_log(request.user, pk)
    form = VarianceForm(sent(request), task=task, mine=mine.with_authority(now()))

    def tell() -> Variance:
        return form.tell(request.user)

    if form.is_bound and (address := form.go(request, tell)):
        messages.success(request, _("It stands in public, and flagged."))
        return redirect(address)
    return answer(request, "councils/variance_form.html", {"task": task, "places": task.council.territory(now())}, form)
