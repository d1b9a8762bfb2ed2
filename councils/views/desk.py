"""The delegate's desk: what I am bound to, how long still, what stands under it, and the log within one tap."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Citizen
from mandates.models import Clause, Mandate, supervised

from ..models import Attachment, Meeting, Objection, Task, used_of


@signed_in
@require_safe
def desk(request: CitizenRequest) -> HttpResponse:
    return render(request, "councils/desk.html", desk_context(request.user, now()))


def desk_context(delegate: Citizen, at: datetime) -> dict[str, Any]:
    all_of_mine = Mandate.objects.known_to(delegate).filter(delegate=delegate).with_end(at)
    all_of_mine = all_of_mine.select_related("assembly", "delegate", "confederation", "proposal")
    standing = list(supervised(all_of_mine.filter(Q(ends_at__gt=at)), at).order_by(F("ends_at")))
    mandates = [mandate for mandate in standing if mandate.force_now]
    clauses = my_clauses(mandates, at)
    return {
        "at": at,
        "mandates": [
            {"mandate": mandate, "clauses": [row for row in clauses if row["clause"].mandate_id == mandate.pk]}
            for mandate in mandates
        ],
        "tasks": standing_tasks(delegate, at),
        "objections": waiting(delegate, at),
        "meetings": coming(mandates, at),
        "coming": [mandate for mandate in standing if not mandate.binds_now],
        "fallen": [mandate for mandate in standing if mandate.binds_now and not mandate.force_now],
        "asked": all_of_mine.filter(Q(ends_at=None), pk__in=Mandate.objects.before_the_assembly(at).values("pk")),
        "last": all_of_mine.filter(Q(ends_at__lte=at)).order_by(F("ends_at").desc()).first(),
    }


def waiting(delegate: Citizen, at: datetime) -> QuerySet[Objection]:
    """Objections that this delegate has not answered, the most pressing first."""
    found = Objection.objects.filter(mandate__delegate=delegate).with_state(at).filter(Q(answered_at=None))
    return found.select_related("by", "assembly", "mandate__delegate").order_by("answer_by")


def coming(mandates: list[Mandate], at: datetime) -> QuerySet[Meeting]:
    """Meetings to come at the councils where this delegate sits."""
    councils = {mandate.confederation_id for mandate in mandates}
    return Meeting.objects.filter(confederation__in=councils, at__gt=at, called_off_at=None).order_by("at")


def my_clauses(mandates: list[Mandate], at: datetime) -> list[dict[str, Any]]:
    found = list(
        Clause.objects.in_force(at).filter(mandate__in=mandates).with_limit(at).select_related("policy", "place")
    )
    using = used_of(found)
    return [{"clause": clause, "used": using.get(clause.pk, 0)} for clause in found]


def standing_tasks(delegate: Citizen, at: datetime) -> list[dict[str, Any]]:
    """Tasks that rest on clauses of this delegate in force, with those attachments."""
    found = Attachment.objects.in_force(at).filter(clause__mandate__delegate=delegate).with_authority(at)
    attachments = list(found.select_related("task__council", "task__place").order_by("-attached_at"))
    using = used_of([attachment.clause for attachment in attachments])
    rows: dict[Task, list[dict[str, Any]]] = {}
    for attachment in attachments:
        row = {
            "attachment": attachment,
            "clause": attachment.clause,
            "used": using.get(attachment.clause_id, 0),
            "halted": attachment.halted_at is not None,
        }
        rows.setdefault(attachment.task, []).append(row)
    return [
        {"task": task, "rests": rests, "halted": all(row["halted"] for row in rests)} for task, rests in rows.items()
    ]
