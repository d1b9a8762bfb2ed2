"""The minutes of a session: the page, the download, and what the minute-taker writes beside the facts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..differences import Piece
from ..minutes import written
from ..models import MinuteNote, Motion, Session
from ..models.letter import address_of
from ..session_forms import NoteForm
from .answers import answer, by_name


def minutes_context(request: HttpRequest, session: Session, *, writes: bool = True) -> dict[str, Any]:
    """The minutes as they were adopted, byte for byte; or as they read now, until they are."""
    frozen = getattr(session, "minutes", None)
    said = json.loads(bytes(frozen.body)) if frozen else written(session)
    hall = access.in_hall(request.user, session, now())
    context: dict[str, Any] = {
        "session": session,
        "assembly": session.assembly,
        "minutes": _drawn(said),
        "frozen": frozen,
        "hall": hall,
        "phase": session.phase,
        "address": address_of(session),
        "corrections": [
            motion
            for motion in Motion.objects.filter(about=session, kind=Motion.Kind.CORRECTION)
            .select_related("session__assembly")
            .prefetch_related("shows")
            if motion.carried
        ],
    }
    if hall.citizen:
        context["stays"] = by_name(session.attendances.select_related("citizen"), "citizen__name")
    if writes and hall.minutes and frozen is None:
        notes = MinuteNote.objects.standing(session)

        def form(pk: int | None) -> NoteForm:
            text = notes[pk].text if pk in notes else ""
            return NoteForm(initial={"text": text}, auto_id=f"note_{pk or 0}_%s")

        for item, point in zip(session.agenda(), context["minutes"]["items"], strict=True):
            point["form"], point["pk"] = form(item.pk), item.pk
        context["whole_form"] = form(None)
    return context


def _drawn(said: Any, key: str = "") -> Any:
    """Plain values as a template draws them: moments as moments, changes as pieces."""
    if isinstance(said, dict):
        return {name: _drawn(value, name) for name, value in said.items()}
    if isinstance(said, list):
        return [Piece(*one) for one in said] if key == "changes" and _pieces(said) else [_drawn(one) for one in said]
    if key == "at" or key.endswith("_at"):
        return datetime.fromisoformat(said) if said else None
    return said


def _pieces(said: list) -> bool:
    return bool(said) and isinstance(said[0], list)


def _over(session: Session) -> None:
    if session.opened_at is None:
        raise Http404


@require_safe
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    _over(session)
    with timezone.override(session.assembly.time_zone):
        return answer(request, "assemblies/minutes.html", minutes_context(request, session))


@require_safe
def minutes_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as one page that needs nothing else: to be kept, printed, or sent."""
    session = access.session(pk)
    _over(session)
    with timezone.override(session.assembly.time_zone):
        words = render_to_string("assemblies/minutes_download.html", minutes_context(request, session, writes=False))
    response = HttpResponse(words)
    response["Content-Disposition"] = f'attachment; filename="minutes-{pk}.html"'
    return response


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def note_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session, hall = access.office_in_hall(request.user, pk)
    if not hall.minutes:
        raise Http404
    if request.method != "POST":
        return redirect("minutes", pk)
    form = NoteForm(request.POST)
    number = request.POST.get("item", "")
    item = None
    if number:
        item = session.items.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
        if item is None:
            raise Http404
    if form.acts(lambda: MinuteNote.objects.write(session, by=request.user, item=item, text=form.cleaned_data["text"])):
        messages.success(request, _("It stands in the minutes."))
        return redirect("minutes", pk)
    context = minutes_context(request, session) | {"form": form}
    return render(request, "assemblies/minutes.html", context, status=form.status)
