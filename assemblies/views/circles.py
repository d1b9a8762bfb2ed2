"""Study circles: calling one, coming in and leaving, when it meets, and what it brings back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import ActForm
from ..models import Circle, CircleNote, Citizen, Part, Study
from ..models.circle import FEWEST, MOST
from ..session_forms import CircleMeetingForm, CircleNoteForm
from .answers import answer, by_name, page_of, sent

# The steps of one evening: how long each takes, what is done, and which part of the study is on the table.
GUIDE = [
    (10, gettext_lazy("Arrive: each says in one sentence what brought them. Choose who keeps the time."), None),
    (15, gettext_lazy("Read what is asked, aloud. Does everybody hear the same question?"), Part.ASKED),
    (20, gettext_lazy("Read what we know and where from. What is a fact here, and what is a guess?"), Part.KNOWN),
    (20, gettext_lazy("Say the case for it so strongly that those against it would nod."), Part.FOR),
    (20, gettext_lazy("Say the case against it so strongly that those for it would nod."), Part.AGAINST),
    (20, gettext_lazy("Take the questions in turn; each speaks once before anybody speaks twice."), Part.QUESTIONS),
    (15, gettext_lazy("Write down together what you found, what you did not, and whom to ask."), Part.UNKNOWN),
]


def circles_of(study: Study | None) -> dict[str, Any]:
    """The circles over a study and what they brought back, for the pages of its thing."""
    if study is None:
        return {"circles": [], "notes": []}
    notes = CircleNote.objects.filter(circle__study=study)
    return {
        "circles": study.circles.with_people()[:5],
        "notes": notes.select_related("circle", "by")[:5],
        "few": FEWEST,
        "many": MOST,
    }


def people_in_words(people: int) -> str:
    """How many are in a circle, and what that means."""
    if people < FEWEST:
        more = FEWEST - people
        return ngettext(
            "It takes five: %(n)d more is wanted. Fewer may meet, and their notes say how few they were.",
            "It takes five: %(n)d more are wanted. Fewer may meet, and their notes say how few they were.",
            more,
        ) % {"n": more}
    if people >= MOST:
        return _("It is full with twelve. Call another one, so that everybody speaks.")
    return ngettext("There is room for %(n)d more.", "There is room for %(n)d more.", MOST - people) % {
        "n": MOST - people
    }


def circle_context(request: HttpRequest, circle: Circle) -> dict[str, Any]:
    at, reader = now(), request.user
    inside = isinstance(reader, Citizen) and circle.has(reader)
    said = circle.study.said()
    return {
        "circle": circle,
        "study": circle.study,
        "subject": circle.study.subject,
        "assembly": circle.study.assembly,
        "at": at,
        "standing": access.standing(reader, circle.study.assembly, at),
        "inside": inside,
        "full": circle.people >= MOST,
        "room": people_in_words(circle.people),
        "members": by_name(circle.members.standing().select_related("citizen"), "citizen__name") if inside else [],
        "meetings": circle.meetings.all(),
        "page_obj": page_of(request, circle.notes.select_related("by"), 5),
        "guide": [{"minutes": n, "words": words, "said": said.get(part) if part else None} for n, words, part in GUIDE],
    }


@require_safe
def circle_detail(request: HttpRequest, pk: int) -> HttpResponse:
    circle = access.circle(pk)
    with timezone.override(circle.study.assembly.time_zone):
        return answer(request, "assemblies/circle.html", circle_context(request, circle))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def circle_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    study = access.study(pk)
    with timezone.override(study.assembly.time_zone):
        form = CircleMeetingForm(sent(request))
        if request.method == "POST" and form.acts(lambda: form.call(study, by=request.user)):
            messages.success(request, _("The circle is called. Tell your neighbours: it takes five."))
            return redirect(form.result)
        context = {"study": study, "subject": study.subject, "assembly": study.assembly}
        context |= {"standing": access.standing(request.user, study.assembly, now())}
        return answer(request, "assemblies/circle_form.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def circle_members(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Come into a circle; its address read as a page is that of the circle."""
    return _deed(request, pk, "join", _("You are in the circle."))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def circle_leaving(request: access.CitizenRequest, pk: int) -> HttpResponse:
    return _deed(request, pk, "leave", _("You have left the circle."))


def _deed(request: access.CitizenRequest, pk: int, deed: str, done: str) -> HttpResponse:
    circle = access.circle(pk)
    form = ActForm(sent(request))
    if request.method != "POST":
        return redirect(circle)
    if form.acts(lambda: getattr(circle, deed)(by=request.user)):
        messages.success(request, done)
        return redirect(circle)
    return answer(request, "assemblies/circle.html", circle_context(request, circle), form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def circle_meeting_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    circle = access.circle(pk)
    with timezone.override(circle.study.assembly.time_zone):
        form = CircleMeetingForm(sent(request))
        if request.method == "POST" and form.acts(lambda: circle.meet(by=request.user, **form.cleaned_data)):
            messages.success(request, _("It stands on the page of the circle."))
            return redirect(circle)
        context = {"circle": circle, "subject": circle.study.subject, "assembly": circle.study.assembly}
        return answer(request, "assemblies/circle_meeting_form.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def circle_note_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    circle = access.circle(pk)
    form = CircleNoteForm(sent(request))
    if request.method == "POST" and form.acts(lambda: circle.note(by=request.user, **form.cleaned_data)):
        messages.success(request, _("What the circle found is brought back."))
        return redirect(circle)
    context = {"circle": circle, "subject": circle.study.subject, "assembly": circle.study.assembly}
    return answer(request, "assemblies/circle_note_form.html", context, form)
