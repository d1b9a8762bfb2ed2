"""Reports: all of them, one with what the assembly said to it, and the question about it."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, named, page_of, sent

from .. import access
from ..forms import ReportFilter, ReviewForm
from ..models import Report


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    form = ReportFilter(request.GET)
    found = Report.objects.with_state(now())
    if assembly := form.value("assembly"):
        found = found.filter(mandate__assembly=assembly)
    match form.value("state"):
        case "late":
            found = found.filter(Q(late=True))
        case "" | None:
            pass
        case state:
            found = found.filter(Q(state_now=state))
    related = found.select_related("mandate__delegate", "mandate__assembly", "mandate__confederation")
    rows = named(related, form.words(), "mandate__delegate__name", "mandate__assembly__name", "text")
    context = {"page_obj": page_of(request, rows.order_by("-filed_at", "-pk")), "assembly": assembly}
    return answer(request, "mandates/report_list.html", context, form)


@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = access.report(pk)
    return answer(request, "mandates/report_detail.html", report_context(request, report))


def report_context(request: HttpRequest, report: Report) -> dict[str, Any]:
    at = now()
    reviews = report.reviews.filter(proposal__offered_at__isnull=False).select_related("proposal")
    return {
        "report": report,
        "mandate": report.mandate,
        "at": at,
        "reviews": reviews.prefetch_related("proposal__decisions").order_by("-pk"),
        "citizen": access.is_citizen(request.user, report.assembly, at),
        "own": request.user == report.mandate.delegate,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def review_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Ask the assembly to accept a report, or to send it back."""
    report = access.report_to_review(request.user, pk)
    if report.before_the_assembly and request.method != "POST":
        sentence = _("A question about this report is before the assembly already.")
        raise Refusal(10, sentence, status=CONFLICT)
    form = ReviewForm(sent(request), initial={"verdict": request.GET.get("verdict", "")})

    def ask() -> Any:
        return report.propose_review(by=request.user, **form.said("verdict", "reasons"))

    if form.is_bound and (address := form.lay(request, ask)):
        return redirect(address)
    return answer(request, "mandates/review_form.html", {"report": report}, form)
