"""Studies: what one needs to judge a question, read by anyone and written by citizens."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import StudyForm
from ..models import HINTS, Office, Part, Proposal, Study, Subject
from ..models.study import missing
from .answers import answer, page_of, sent
from .circles import circles_of


def study_of(subject: Subject) -> dict[str, Any]:
    """What the pages of a thing show of its study: the parts in their order, and what is still missing for a vote."""
    at = now()
    study = Study.objects.of(subject)
    said = study.said() if study else {}
    wanted = missing(subject.proposal, at) if subject.proposal else []
    parts = [
        {"part": part, "label": part.label, "hint": HINTS[part], "said": said.get(part), "wanted": part in wanted}
        for part in Part
    ]
    found = {"study": study, "subject": subject, "parts": parts, "missing": wanted, "written": len(said)}
    return {"studied": found | circles_of(study)}


def study_page(request: HttpRequest, subject: Subject) -> HttpResponse:
    """The study; `?part=` opens the form of one part for whoever is signed in."""
    part = request.POST.get("part") or request.GET.get("part", "")
    if part and part not in Part.values:
        raise Http404
    context = study_of(subject) | {"assembly": subject.assembly, "at": now()}
    context["standing"] = access.standing(request.user, subject.assembly, now())
    if not part:
        return answer(request, "assemblies/study.html", context)
    return study_form(request, subject, Part(part), context)


@access.signed_in
def study_form(request: access.CitizenRequest, subject: Subject, part: Part, context: dict[str, Any]) -> HttpResponse:
    standing = next(one["said"] for one in context["studied"]["parts"] if one["part"] == part)
    form = StudyForm(sent(request), initial={"part": part, "text": standing.text if standing else ""})
    form.fields["text"].label = str(part.label)[:1].upper() + str(part.label)[1:]
    form.fields["text"].help_text = HINTS[part]
    if request.method == "POST" and form.acts(
        lambda: Study.objects.write(subject, part=part, text=form.cleaned_data["text"], by=request.user)
    ):
        messages.success(request, _("It stands in the study."))
        return redirect(f"{subject.url}#{part}")
    return answer(request, "assemblies/study_form.html", context | {"part": part}, form)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_study(request: HttpRequest, pk: int) -> HttpResponse:
    return study_page(request, Subject.of(access.studied(pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def policy_study(request: HttpRequest, pk: int) -> HttpResponse:
    return study_page(request, Subject.of(access.policy(pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def office_study(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    if kind not in Office.Kind.values:
        raise Http404
    return study_page(request, Subject(access.assembly(slug), office=kind))


@require_safe
def study_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was ever written in it, newest first."""
    study = access.study(pk)
    page = page_of(request, study.parts.select_related("by"), 10)
    context = {"study": study, "subject": study.subject, "assembly": study.assembly, "page_obj": page}
    return answer(request, "assemblies/study_detail.html", context)


def studied(proposal: Proposal) -> dict[str, Any]:
    """What the page of a proposal shows; a draft has no study."""
    return study_of(Subject.of(proposal)) if proposal.offered_at else {}
