"""Sessions: the list, the page of one that phones follow, calling and moving one, and what is printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access, live
from ..appointment import calendar
from ..clock import now
from ..door import code
from ..forms import AssemblyChoice, SearchForm
from ..models import AgendaItem, Citizen, Decision, Motion, Session, queue
from ..models.letter import address_of
from ..qr import qr
from ..session_forms import PointForm, ReschedulingForm, SessionForm, WhyForm
from .answers import answer, page_of, sent
from .decisions import hall_vote_context

STOP_POLLING = 286


class SessionSearch(SearchForm):
    assembly = AssemblyChoice()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = _("Assembly")


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    form = SessionSearch(request.GET)
    rows = Session.objects.select_related("assembly", "cancellation", "minutes")
    if assembly := form.value("assembly"):
        rows = rows.filter(assembly=assembly)
    for word in form.words().split():
        rows = rows.filter(assembly__name__icontains=word)
    context = {"page_obj": page_of(request, rows.order_by("-begins_at", "-pk")), "assembly": assembly}
    return answer(request, "assemblies/session_list.html", context, form)


def version_of(pk: int) -> str:
    """The version of a hall, asked for before anything that is shown of it: what is read then is never older."""
    try:
        return live.version(pk)
    except Session.DoesNotExist as error:
        raise Http404 from error


def hall_context(session: Session, version: str) -> dict[str, Any]:
    """What the pages of a session show of its hall."""
    at = now()
    turns = queue(session) if session.running else []
    agenda = session.agenda()
    return {
        "session": session,
        "assembly": session.assembly,
        "at": at,
        "phase": session.phase,
        "agenda": agenda,
        "current": next((item for item in agenda if item.under_way), None),
        "version": version,
        "queue": turns,
        "speaking": session.turns.filter(started_at__isnull=False, ended_at=None).select_related("citizen").first(),
        "present": session.present(at).count(),
        "quorum": session.quorum(at),
        "motions": pending(session) if session.running else [],
        "doors_open": session.doors_open(at),
        "vote": vote_now(session),
    }


def hall_now(pk: int, version: str) -> dict[str, Any]:
    """What is the same for everybody, drawn once a version; and of everybody what a phone asks of its own reader.

    So whoever asks about a hall in which something happened costs the database its reader, and nothing else.
    """

    def draw() -> dict[str, Any]:
        session = access.session(pk)
        context = hall_context(session, version)
        vote, at = context["vote"], context["at"]
        return {
            "session": session,
            "stays": dict(session.attendances.filter(left_at=None).values_list("citizen", "pk")),
            "hands": dict(session.turns.waiting().values_list("citizen", "pk")),
            "html": render_to_string("assemblies/_hall_now.html", context),
            "phase": str(context["phase"]),
            "doors_open": context["doors_open"],
            "under_way": context["current"] is not None,
            "speaking": context["speaking"] is not None,
            "vote": vote,
            "question": question(vote, at),
        }

    return live.shared(pk, version, f"now-{get_language()}", draw)


def phone_context(request: HttpRequest, pk: int, version: str) -> dict[str, Any]:
    """What one phone shows: the hall, and its own reader's place and hand in it, as numbers."""
    shown = hall_now(pk, version)
    session = shown["session"]
    context: dict[str, Any] = {
        "session": session,
        "assembly": session.assembly,
        "version": version,
        "pause": live.pause(),
        "now": shown,
        "phase": shown["phase"],
        "doors_open": shown["doors_open"],
        "question": shown["question"],
    }
    if isinstance(request.user, Citizen) and (session.running or shown["doors_open"]):
        context["stay"] = shown["stays"].get(request.user.pk)
        context["mine"] = shown["hands"].get(request.user.pk)
    return context


def pending(session: Session) -> list:
    """Motions that wait, in the order in which they are voted."""
    found = session.motions.filter(withdrawn_at=None, answered_at=None, shows=None)
    found = found.select_related("mover", "takes", "about__assembly", "item__proposal").prefetch_related("shows")
    order = {kind: n for n, kind in enumerate(Motion.Kind.values)}
    rows = [motion for motion in found if motion.item is None or motion.item.ended_at is None]
    return sorted(rows, key=lambda motion: (order[motion.kind], motion.pk))


def vote_now(session: Session) -> Decision | None:
    """The last vote of the session: the one that is open, or the one whose result is shown."""
    votes = Decision.objects.filter(item__session=session)
    votes = votes.select_related("assembly", "proposal__author", "item__session__assembly")
    return votes.order_by("-pk").first()


def question(vote: Decision | None, at: datetime) -> str:
    """A word for what a phone asks its reader: it changes when a vote opens or closes, and not when a hand goes up."""
    return f"{vote.pk}-{vote.phase(at)}" if vote else "0"


def with_vote(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The vote beside it, while the session is open."""
    vote = context["now"]["vote"]
    if vote is None or not context["session"].running:
        return context
    return context | {"voting": hall_vote_context(request, vote)}


@require_safe
def session_detail(request: HttpRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    context = with_vote(request, phone_context(request, pk, live.fresh(pk)))
    at = now()
    context |= {"at": at, "agenda": session.agenda(), "hall": access.in_hall(request.user, session, at)}
    return answer(request, "assemblies/session_detail.html", context)


@require_safe
def session_live(request: HttpRequest, pk: int) -> HttpResponse:
    """What has changed since the phone's version: nothing (204), the hall, and the question where that is another.

    A phone that slept asks with an old version and has everything; a session that closed stops the asking.
    """
    version = version_of(pk)
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    context = phone_context(request, pk, version)
    context["swaps"] = request.GET.get("q") != context["question"]
    if context["swaps"]:
        context = with_vote(request, context)
    over = context["session"].closed_at is not None
    return render(request, "assemblies/_hall_live.html", context, status=STOP_POLLING if over else 200)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: access.CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.assembly(slug)
    at = now()
    with timezone.override(assembly.time_zone):
        form = SessionForm(sent(request), assembly=assembly)
        if request.method == "POST" and form.acts(lambda: form.call(by=request.user)):
            messages.success(request, _("The session is called. Everybody on the roll gets a letter."))
            return redirect(form.result)
        context = {"assembly": assembly, "earliest": at + assembly.orders(at).notice}
        context |= {"standing": access.standing(request.user, assembly, at)}
        return answer(request, "assemblies/session_new.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_rescheduling(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    with timezone.override(session.assembly.time_zone):
        now_so = {"place": session.place, "begins_at": session.begins_at, "ends_at": session.ends_at}
        form = ReschedulingForm(sent(request), initial=now_so)
        if request.method == "POST" and form.acts(lambda: session.reschedule(by=request.user, **form.cleaned_data)):
            messages.success(request, _("The session is moved. Everybody on the roll gets a letter."))
            return redirect(session)
        context = {"session": session, "assembly": session.assembly}
        return answer(request, "assemblies/session_rescheduling.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_cancellation(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    form = WhyForm(sent(request))
    if request.method == "POST" and form.acts(lambda: session.cancel(by=request.user, **form.cleaned_data)):
        messages.success(request, _("The session is called off. Everybody on the roll gets a letter."))
        return redirect(session)
    context: dict[str, Any] = {"session": session, "assembly": session.assembly}
    context |= {"submit": _("Call it off"), "cancel": session.get_absolute_url()}
    return answer(request, "assemblies/session_cancellation.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    form = PointForm(sent(request), session=session)
    if request.method == "POST" and form.acts(lambda: form.add(by=request.user)):
        item: AgendaItem = form.result
        messages.success(request, _("“%(item)s” is on the agenda.") % {"item": item})
        return redirect(session)
    context = {"session": session, "assembly": session.assembly, "cancel": session.get_absolute_url()}
    return answer(request, "assemblies/item_new.html", context, form)


@require_safe
def session_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """What is printed and hung on the board: A4, with the way to the page."""
    session = access.session(pk)
    context = {"session": session, "assembly": session.assembly, "agenda": session.agenda(), "phase": session.phase}
    address = address_of(session)
    return answer(request, "assemblies/session_notice.html", context | {"qr": qr(address), "address": address})


@require_safe
def session_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    response = HttpResponse(calendar(access.session(pk)), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{pk}.ics"'
    return response


@access.signed_in
@require_safe
def session_code(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """A citizen's own code for the door, to be scanned or read out. It is theirs alone."""
    session = access.session(pk)
    if not access.in_hall(request.user, session, now()).citizen:
        raise Http404
    own = code(session.pk, request.user.pk)
    door = f"{address_of(session)}door/?code={own}"
    context = {"session": session, "assembly": session.assembly, "code": own, "qr": qr(door)}
    response = answer(request, "assemblies/session_code.html", context)
    response["Cache-Control"] = "no-store"
    return response
