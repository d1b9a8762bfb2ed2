"""Tasks: all of them, one with what it rests on and what was done, setting one up, joining it, logging under it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import now
from assemblies.forms import SearchForm
from assemblies.models import Citizen
from assemblies.views.answers import answer, by_name, named, page_of, sent
from mandates.authority import chain
from mandates.models import Clause

from .. import access
from ..forms import ActionForm, AttachmentForm, TaskForm, TaskSearch
from ..models import Action, Attachment, Halt, Objection, Task, Variance, used_of
from ..models.task import AttachmentQuerySet


@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    form = TaskSearch(request.GET)
    at = now()
    page = page_of(request, searched(form, at).select_related("council", "place"))
    return answer(
        request, "councils/task_list.html", {"page_obj": page, "at": at, "assembly": form.value("assembly")}, form
    )


def searched(form: TaskSearch, at: datetime) -> QuerySet[Task]:
    found = named(Task.objects.with_state(at), form.words(), "title", "purpose")
    if state := form.value("state"):
        found = found.filter(Q(standing_now=state == "standing"))
    if power := form.value("power"):
        found = found.filter(power=power)
    if council := form.value("council"):
        found = found.filter(council=council)
    if assembly := form.value("assembly"):
        resting = Attachment.objects.filter(clause__mandate__assembly=assembly)
        found = found.filter(pk__in=resting.values("task"))
    return found.order_by("-opened_at", "-pk")


@require_safe
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return task_page(request, access.task(pk))


def task_page(request: HttpRequest, task: Task, join: AttachmentForm | None = None) -> HttpResponse:
    """The page of a task, with the sheet that was just sent, if one was."""
    search = SearchForm(request.GET)
    context = task_context(request, task, search)
    context["join"] = join or AttachmentForm(offered=context["joinable"])
    return answer(request, "councils/task_detail.html", context, join or search)


def task_context(request: HttpRequest, task: Task, search: SearchForm) -> dict[str, Any]:
    at = now()
    attachments = list(task.attachments.with_authority(at))
    using = used_of([attachment.clause for attachment in attachments])
    rests = [resting(attachment, using, at) for attachment in attachments]
    own = [one for one in attachments if one.clause.mandate.delegate_id == request.user.pk]
    mine = [one for one in own if one.force_now and one.halted_at is None]
    offered = access.clauses_to_offer(request.user, task.council, at).filter(power=task.power)
    actions = named(task.actions.select_related("by", "attachment__clause__mandate__assembly"), search.words(), "what")
    return {
        "task": task,
        "at": at,
        "rests": rests,
        "stopped": None if task.standing_now else task.stopped_at,
        "mine": mine,
        "own": own,
        "halted": [one for one in attachments if one.force_now and one.halted_at],
        "halts": Halt.objects.in_force(at).filter(task=task).select_related("assembly"),
        "variances": Variance.objects.filter(attachment__task=task).select_related(
            "by", "place", "attachment__task", "attachment__clause__mandate__assembly"
        ),
        "objections": task_objections(task, at),
        "may_object": may_object(request.user, attachments, at),
        "joinable": list(offered.exclude(pk__in=[one.clause_id for one in attachments])),
        "page_obj": page_of(request, actions, 15),
        "search": search,
    }


def task_objections(task: Task, at: datetime) -> QuerySet[Objection]:
    found = Objection.objects.filter(Q(task=task) | Q(action__task=task)).with_state(at)
    return found.select_related("by", "assembly", "action", "task", "mandate__delegate", "mandate__assembly")


def may_object(reader: Reader, attachments: list[Attachment], at: datetime) -> bool:
    """Whether the reader is a citizen of an assembly that mandates for the task."""
    citizenship = reader.citizenship(at) if isinstance(reader, Citizen) else None
    places = {attachment.clause.mandate.assembly_id for attachment in attachments}
    return citizenship is not None and citizenship.assembly_id in places


def resting(attachment: Attachment, using: dict[int, Any], at: datetime) -> dict[str, Any]:
    """One thing the task rests on: its clause, how much of the limit is used, and where the authority comes from."""
    clause: Clause = attachment.clause
    return {
        "attachment": attachment,
        "clause": clause,
        "mandate": clause.mandate,
        "used": using.get(clause.pk, 0),
        "chain": chain(clause.mandate, [clause], at),
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: CitizenRequest, slug: str) -> HttpResponse:
    council = access.council_to_act_in(request.user, slug)
    at = now()
    form = TaskForm(sent(request), offered=access.clauses_to_offer(request.user, council, at))

    def set_up() -> Task:
        return form.set_up(council, request.user)

    if form.is_bound and (address := form.go(request, set_up)):
        messages.success(request, _("The task stands, for the assemblies whose clauses it rests on."))
        return redirect(address)
    using = used_of(form.offered)
    context = {"council": council, "places": by_name(council.territory(at)), "using": using}
    return answer(request, "councils/task_form.html", context, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attachments(request: CitizenRequest, pk: int) -> HttpResponse:
    """Join a task by letting it rest on a clause of one's own."""
    task = access.task(pk)
    if request.method != "POST":
        return redirect(task)
    form = AttachmentForm(request.POST, offered=access.clauses_to_offer(request.user, task.council, now()))

    def attach() -> Attachment:
        return task.attach(by=request.user, **form.said("clause", "quantity"))

    if address := form.go(request, attach, elsewhere=task.get_absolute_url()):
        messages.success(request, _("The task now rests on your clause too."))
        return redirect(address)
    return task_page(request, task, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def action_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Log what was done. It stands for good: what was wrong is corrected by another entry."""
    door = access.task_to_log if request.method == "POST" else access.task_to_log_now
    task, mine = door(request.user, pk)
    initial = {"attachment": request.GET.get("attachment", ""), "meeting": request.GET.get("meeting", "")}
    form = ActionForm(sent(request), task=task, mine=my_choices(mine), initial=initial)

    def log() -> Action:
        return form.log(request.user)

    if form.is_bound and (address := form.go(request, log)):
        messages.success(request, _("It is in the log."))
        return redirect(address)
    using = used_of([one.clause for one in form.mine])
    rows = [{"clause": one.clause, "used": using.get(one.clause_id, 0)} for one in form.mine]
    return answer(request, "councils/action_form.html", {"task": task, "rows": rows}, form)


def my_choices(mine: AttachmentQuerySet) -> list[Attachment]:
    """The reader's attachments in force; when none is left, all of them, for the act to say why it refuses."""
    found = list(mine.with_authority(now()))
    return [one for one in found if one.force_now and one.halted_at is None] or found
