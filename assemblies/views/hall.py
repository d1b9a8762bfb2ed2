"""In the hall: the door, the console of whoever leads the session, the acts of an evening, and the projector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access, live
from ..clock import now
from ..differences import differences
from ..forms import ActForm
from ..models import AgendaItem, Attendance, Decision, Motion, Session, SpeakingTurn, queue
from ..session_forms import (
    ComeForm,
    DoorSearch,
    MotionForm,
    OpenVoteForm,
    PointAnswerForm,
    ShowForm,
    StepForm,
    TurnForm,
    WhyForm,
)
from ..verdict import choice_in_words, outcome_in_words
from .answers import answer, by_name, named, page_of, sent
from .sessions import STOP_POLLING, hall_context, pending, phone_context, version_of, vote_now

# ---- the door ----


def door_context(request: access.CitizenRequest, session: Session) -> dict[str, Any]:
    at = now()
    search = DoorSearch(request.GET, session=session)
    words, scanned = search.words(), search.value("code")
    inside = session.attendances.at(at).select_related("citizen")
    looked_for = session.assembly.citizens(at).exclude(pk__in=inside.values("citizen"))
    return {
        "session": session,
        "assembly": session.assembly,
        "at": at,
        "search": search,
        "words": words,
        "found": by_name(named(looked_for, words, "name"))[:10] if words else None,
        "scanned": scanned,
        "already": inside.filter(citizen=scanned).first() if scanned else None,
        "is_citizen": scanned.is_citizen_of(session.assembly, at) if scanned else False,
        "page_obj": page_of(request, by_name(inside, "citizen__name"), 50),
        "present": session.present(at).count(),
        "quorum": session.quorum(at),
        "roll": session.assembly.citizens(at).count(),
        "doors_open": session.doors_open(at),
        "late": ComeForm(session=session)["said_at"],
    }


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Look for whoever stands at the desk, by the code they show or by name, and check them in."""
    session, hall = access.door(request.user, pk)
    with timezone.override(session.assembly.time_zone):
        form = ComeForm(sent(request), session=session)
        if request.method == "POST" and form.acts(lambda: form.check_in(by=request.user)):
            messages.success(request, _("%(name)s is checked in.") % {"name": form.cleaned_data["citizen"]})
            return redirect("session-door", pk)
        context = door_context(request, session) | {"hall": hall, "come": form}
        if request.method != "POST":
            return answer(request, "assemblies/session_door.html", context, context["search"])
        return render(request, "assemblies/session_door.html", context | {"form": form}, status=form.status)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_ending(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Somebody leaves: they say so themselves, or the door notes it."""
    found = Attendance.objects.select_related("citizen", "session__assembly")
    stay = get_object_or_404(found, pk=pk)
    if request.method != "POST":
        return redirect(stay.session)
    hall = access.in_hall(request.user, stay.session, now())
    if stay.citizen != request.user and not hall.door:
        raise Http404
    stay.leave(by=request.user)
    messages.success(request, _("%(name)s has left the hall.") % {"name": stay.citizen})
    return redirect(*(("session-door", stay.session_id) if stay.citizen != request.user else (stay.session,)))


# ---- the console ----


def console_context(session: Session, hall: access.InHall, version: str) -> dict[str, Any]:
    context = hall_context(session, version)
    vote = context["vote"]
    return context | {
        "hall": hall,
        "turnout": vote.turnout() if vote else 0,
        "vote_phase": vote.phase(context["at"]) if vote else "",
        "result": result_of(vote),
        "next": next((turn for turn in context["queue"] if turn.called_at is None), None),
    }


def result_of(vote: Decision | None) -> str:
    if vote is None or not vote.closed_at:
        return ""
    return choice_in_words(vote) if vote.is_choice else outcome_in_words(vote)


@access.signed_in
@require_safe
def console(request: access.CitizenRequest, pk: int) -> HttpResponse:
    version = version_of(pk)
    session, hall = access.office_in_hall(request.user, pk)
    context = console_context(session, hall, version) | {"vote_form": OpenVoteForm()}
    return answer(request, "assemblies/session_console.html", context)


@access.signed_in
@require_safe
def console_live(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """The part of the console that follows the hall; the forms in which somebody writes are not in it."""
    version = version_of(pk)
    session, hall = access.office_in_hall(request.user, pk)
    context = console_context(session, hall, version)
    version = f"{version}-{context['turnout']}"
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    over = session.closed_at is not None
    return render(request, "assemblies/_console.html", context, status=STOP_POLLING if over else 200)


def _back(request: access.CitizenRequest, session: Session) -> HttpResponse:
    """Where a button was pressed: on the console, or on one's own phone."""
    if access.in_hall(request.user, session, now()).offices and request.POST.get("from") != "phone":
        return redirect("session-console", session.pk)
    return redirect(session)


def _done(request: access.CitizenRequest, session: Session, form: ActForm, do: Callable[[], Any]) -> HttpResponse:
    """Do what a button says, and go back; what refuses it is said on its own page, with its article."""
    done = form.acts(do)
    if not done and form.refused is None:
        raise Http404
    if request.htmx:
        return render(
            request,
            "assemblies/_hall.html",
            phone_context(request, session.pk, live.fresh(session.pk)) | {"form": form},
            status=form.status,
        )
    if form.refused is not None:
        raise form.refused
    return _back(request, session)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_opening(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session, _hall = access.office_in_hall(request.user, pk)
    if request.method != "POST":
        return redirect("session-console", pk)
    return _done(request, session, ActForm(request.POST), lambda: session.open(by=request.user))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_closing(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session, _hall = access.office_in_hall(request.user, pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: session.close(by=request.user)):
        messages.success(request, _("The session is closed. Its minutes stand here, to be completed."))
        return redirect("minutes", pk)
    context: dict[str, Any] = {"session": session, "assembly": session.assembly, "submit": _("Close the session")}
    context |= {"left": [item for item in session.agenda() if item.ended_at is None]}
    return answer(request, "assemblies/session_closing.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_takeover(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session, _hall = access.office_in_hall(request.user, pk)
    form = WhyForm(sent(request))
    if request.method == "POST" and form.acts(lambda: session.take_over(by=request.user, **form.cleaned_data)):
        messages.success(request, _("You lead the session from now on."))
        return redirect("session-console", pk)
    context: dict[str, Any] = {"session": session, "assembly": session.assembly, "submit": _("Take it over")}
    return answer(request, "assemblies/session_takeover.html", context, form)


def _item(pk: int) -> AgendaItem:
    return get_object_or_404(AgendaItem.objects.select_related("session__assembly", "proposal"), pk=pk)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Begin a point, or end it."""
    item = _item(pk)
    if request.method != "POST":
        return redirect(item.session)
    form = StepForm(request.POST, steps={"start": item.start, "end": item.end})
    return _done(request, item.session, form, lambda: form.take(by=request.user))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def item_decision(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Open the vote on the proposal of a point, among those who are in the hall."""
    item = _item(pk)
    session, _hall = access.office_in_hall(request.user, item.session_id)
    form = OpenVoteForm(sent(request))
    if request.method == "POST" and form.acts(lambda: item.put_to_vote(by=request.user, **form.cleaned_data)):
        messages.success(request, _("The vote is open."))
        return redirect("session-console", item.session_id)
    at = now()
    context: dict[str, Any] = {"session": session, "assembly": session.assembly}
    context |= {"item": item, "proposal": item.proposal, "submit": _("Open the vote")}
    context |= {"present": session.present(at).count(), "quorum": session.quorum(at)}
    return answer(request, "assemblies/item_decision.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def decision_ending(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Close a vote in session, once everybody has voted and the tellers have counted."""
    decision = access.decision(pk)
    if decision.item is None:
        raise Http404
    session, _hall = access.office_in_hall(request.user, decision.item.session_id)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: decision.end(by=request.user)):
        messages.success(request, _("The vote is closed: %(result)s") % {"result": result_of(decision)})
        return redirect("session-console", session.pk)
    from .tellers import channels, papers_context

    context: dict[str, Any] = {"session": session, "assembly": session.assembly, "decision": decision}
    context |= {"channels": channels(decision), "papers": papers_context(decision), "submit": _("Close the vote")}
    context |= {"turnout": decision.turnout(), "electorate": decision.electorate or 0}
    return answer(request, "assemblies/decision_ending.html", context, form)


# ---- speakers and motions ----


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def turn_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    if request.method != "POST":
        return redirect(session)
    form = TurnForm(request.POST, session=session)

    def raised() -> SpeakingTurn:
        said = form.cleaned_data
        whose = said["citizen"] or request.user
        return SpeakingTurn.objects.raise_hand(session, whose, by=request.user, side=said["side"], reply=said["reply"])

    return _done(request, session, form, raised)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def turn(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """One step of a turn: called, begun, ended, or the hand taken down."""
    found = get_object_or_404(SpeakingTurn.objects.select_related("session__assembly", "citizen"), pk=pk)
    if request.method != "POST":
        return redirect(found.session)
    steps = {"call": found.call, "begin": found.begin, "end": found.end, "withdraw": found.withdraw}
    form = StepForm(request.POST, steps=steps)
    return _done(request, found.session, form, lambda: form.take(by=request.user))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def motion_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    session = access.session(pk)
    hall = access.in_hall(request.user, session, now())
    initial = {"text": session.current().proposal.text} if _wording(request, session) else {}  # type: ignore[union-attr]
    initial |= {"kind": request.GET.get("kind", ""), "mover": request.user.pk}
    form = MotionForm(sent(request), session=session, reader=request.user, desk=hall.door, initial=initial)
    if request.method == "POST" and form.acts(lambda: form.move(by=request.user)):
        messages.success(request, _("It is moved."))
        return redirect("session-console" if hall.offices else "session", pk)
    context: dict[str, Any] = {"session": session, "assembly": session.assembly, "hall": hall}
    context |= {"running": session.running, "inside": session.present(now()).filter(pk=request.user.pk).exists()}
    context |= {"submit": _("Move it"), "cancel": session.get_absolute_url()}
    return answer(request, "assemblies/motion_new.html", context, form)


def _wording(request: HttpRequest, session: Session) -> bool:
    item = session.current()
    return request.GET.get("kind") == Motion.Kind.WORDING and item is not None and item.proposal is not None


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def motion(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """A motion: enter the hands on it, answer it, or take it back."""
    rows = Motion.objects.select_related("session__assembly", "mover", "item__proposal", "takes", "about__assembly")
    found = get_object_or_404(rows.prefetch_related("shows__by"), pk=pk)
    hall = access.in_hall(request.user, found.session, now())
    with timezone.override(found.session.assembly.time_zone):
        back = "withdraw" in request.POST
        point = found.kind == Motion.Kind.POINT
        form: Any = ActForm(sent(request)) if back else (PointAnswerForm if point else ShowForm)(sent(request))

        def done() -> Any:
            if back:
                return found.withdraw(by=request.user)
            if point:
                return found.answer_point(by=request.user, answer=form.cleaned_data["answer"])
            return form.enter(found, by=request.user)

        if request.method == "POST" and form.acts(done):
            messages.success(request, _("It is entered."))
            return redirect("session-console" if hall.offices else "session", found.session_id)
        context = {"motion": found, "session": found.session, "assembly": found.session.assembly, "hall": hall}
        context |= {"changes": changes_of(found), "first": found.before() if found.pending else None}
        return answer(request, "assemblies/motion_detail.html", context, form)


def changes_of(found: Motion) -> list:
    """What other words would change in the proposal."""
    if found.kind != Motion.Kind.WORDING or found.item is None or found.item.proposal is None:
        return []
    return differences(found.item.proposal.text, found.text)


# ---- the projector ----


def screen_context(session: Session, version: str) -> dict[str, Any]:
    """What the hall sees on the wall. Never a running result: the turnout while a vote is open, the result after it."""
    at = now()
    vote = vote_now(session)
    agenda = session.agenda()
    waiting = pending(session) if session.running else []
    moved = next((one for one in waiting if one.kind != Motion.Kind.POINT), None)
    open_ = vote is not None and vote.phase(at) == Decision.Phase.OPEN
    current = next((item for item in agenda if item.under_way), None)
    shown = vote is not None and (open_ or (current is not None and vote.item_id == current.pk))
    turnout = vote.turnout() if vote is not None and open_ else 0
    return {
        "session": session,
        "assembly": session.assembly,
        "at": at,
        "phase": session.phase,
        "agenda": agenda,
        "current": current,
        "vote": vote if shown else None,
        "open": open_,
        "turnout": turnout,
        "result": result_of(vote) if shown else "",
        "motion": moved,
        "changes": changes_of(moved) if moved else [],
        "queue": queue(session)[:6] if session.running else [],
        "speaking": session.turns.filter(started_at__isnull=False, ended_at=None).select_related("citizen").first(),
        "present": session.present(at).count(),
        "quorum": session.quorum(at),
        "version": f"{version}-{turnout}",
    }


@require_safe
def projector(request: HttpRequest, pk: int) -> HttpResponse:
    version = version_of(pk)
    return render(request, "assemblies/projector.html", screen_context(access.session(pk), version))


@require_safe
def projector_live(request: HttpRequest, pk: int) -> HttpResponse:
    version = version_of(pk)
    session = access.session(pk)
    context = screen_context(session, version)
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    over = session.closed_at is not None
    return render(request, "assemblies/_screen.html", context, status=STOP_POLLING if over else 200)
