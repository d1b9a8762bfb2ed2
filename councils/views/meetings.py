"""Meetings of delegates: called, with an agenda of tasks and texts, attended, noted. Nothing is voted on in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.forms import ActForm
from assemblies.models import Citizen
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, page_of, sent

from .. import access
from ..models import Attachment, Meeting, Relay, Task, is_seated
from ..supervision_forms import AgendaForm, AttendanceForm, CallingOffForm, MeetingForm


@require_safe
def meeting_list(request: HttpRequest, slug: str) -> HttpResponse:
    council = access.council(slug)
    at = now()
    context = {
        "council": council,
        "at": at,
        "page_obj": page_of(request, Meeting.objects.filter(confederation=council.pk).order_by("-at", "-pk")),
        "seated": isinstance(request.user, Citizen) and is_seated(request.user, council, at),
    }
    return answer(request, "councils/meeting_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: CitizenRequest, slug: str) -> HttpResponse:
    council = access.council_to_call(request.user, slug)
    form = MeetingForm(sent(request))

    def call() -> Meeting:
        return form.call(council, request.user)

    if form.is_bound and (address := form.go(request, call)):
        messages.success(request, _("The meeting is called. Put tasks and relayed texts on its agenda."))
        return redirect(address)
    return answer(request, "councils/meeting_form.html", {"council": council}, form)


@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return meeting_page(request, access.meeting(pk))


def meeting_page(
    request: HttpRequest, meeting: Meeting, put: AgendaForm | None = None, failed: ActForm | None = None
) -> HttpResponse:
    """The page of a meeting, with the sheet that was just sent, if one was."""
    at = now()
    council = meeting.council
    seats = meeting.seats()
    there = {attendance.delegate_id for attendance in meeting.attendances.all()}
    reader = request.user.pk
    mine = Attachment.objects.in_force(at).not_halted(at).filter(clause__mandate__delegate=reader)
    context = {
        "meeting": meeting,
        "council": council,
        "at": at,
        "held": meeting.called_off_at is None and meeting.at <= at,
        "agenda": meeting.agenda.select_related("task__council", "task__place", "relay__shared", "relay__action"),
        "loggable": set(mine.values_list("task", flat=True)) if reader else set(),
        "notes": meeting.notes.select_related("task", "by", "attachment__clause__mandate__assembly"),
        "seats": [(seat, seat.delegate.pk in there) for seat in seats],
        "may_attend": reader in {seat.delegate.pk for seat in seats} and reader not in there,
        "seated": isinstance(request.user, Citizen) and is_seated(request.user, council, at),
        "put": put or AgendaForm(tasks=puttable(meeting), texts=talkable(meeting)),
    }
    return answer(request, "councils/meeting_detail.html", context, put or failed)


def puttable(meeting: Meeting):
    """Tasks of the council that are not on the agenda yet."""
    found = Task.objects.filter(council=meeting.confederation_id).exclude(
        pk__in=meeting.agenda.filter(task__isnull=False).values("task")
    )
    return found.standing(now()).order_by("-opened_at")


def talkable(meeting: Meeting):
    """Texts that the council has relayed and that are not on the agenda yet."""
    found = Relay.objects.filter(shared__confederation=meeting.confederation_id).select_related("shared")
    return found.exclude(pk__in=meeting.agenda.filter(relay__isnull=False).values("relay")).order_by("-pk")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def agenda(request: CitizenRequest, pk: int) -> HttpResponse:
    """Put a task or a relayed text on the agenda."""
    meeting = access.meeting(pk)
    if request.method != "POST":
        return redirect(meeting)
    council = meeting.confederation_id
    form = AgendaForm(
        request.POST,
        tasks=Task.objects.filter(council=council),
        texts=Relay.objects.filter(shared__confederation=council),
    )

    def put() -> None:
        form.put(meeting, request.user)

    if address := form.go(request, put, elsewhere=meeting.get_absolute_url()):
        return redirect(address)
    return meeting_page(request, meeting, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attendances(request: CitizenRequest, pk: int) -> HttpResponse:
    """Say that one was there."""
    meeting = access.meeting(pk)
    if request.method != "POST":
        return redirect(meeting)
    form = AttendanceForm(request.POST)

    def attend() -> None:
        meeting.attend(by=request.user)

    if address := form.go(request, attend, elsewhere=meeting.get_absolute_url()):
        messages.success(request, _("It is noted that you were there."))
        return redirect(address)
    return meeting_page(request, meeting, failed=form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def calling_off(request: CitizenRequest, pk: int) -> HttpResponse:
    """Call a meeting off; it is asked once more."""
    meeting = access.meeting_to_call_off(request.user, pk)
    if request.method != "POST" and (meeting.called_off_at is not None or meeting.at <= now()):
        raise Refusal(10, _("What has been held or called off stays so."), status=CONFLICT)
    form = CallingOffForm(sent(request))

    def call_off() -> None:
        meeting.call_off(by=request.user)

    if form.is_bound and (address := form.go(request, call_off, elsewhere=meeting.get_absolute_url())):
        messages.success(request, _("The meeting is called off."))
        return redirect(address)
    return answer(request, "councils/calling_off.html", {"meeting": meeting}, form)
