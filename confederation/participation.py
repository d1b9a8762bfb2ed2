"""What somebody took part in, shown to nobody but themselves.

It is read here and nowhere else: no rule, no list and no right asks for it, and nothing is added up (article 20).
"""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Attendance, CircleMember, CircleNote, Citizen, Proposal, SpeakingTurn, StudyPart
from assemblies.views.answers import answer
from commons.models import Stewardship
from councils.models import Action, Objection
from mandates.models import Mandate

SHOWN = 20  # of each kind, the newest


@signed_in
@require_safe
def participation(request: CitizenRequest) -> HttpResponse:
    there, spoke, wrote, *others = took_part(request.user)
    return answer(request, "townhall/participation.html", {"columns": [[wrote], [there, spoke, *others]]})


def took_part(citizen: Citizen) -> list[dict[str, Any]]:
    """Lists under what one did, the newest first: a moment, a title, and its page."""
    attended = Attendance.objects.filter(citizen=citizen).select_related("session__assembly").order_by("-came_at")
    spoke = SpeakingTurn.objects.filter(citizen=citizen, started_at__isnull=False)
    offered = Proposal.objects.offered().filter(author=citizen).order_by("-offered_at")
    parts = StudyPart.objects.filter(by=citizen).select_related("study__assembly", "study__proposal", "study__policy")
    notes = CircleNote.objects.filter(by=citizen).select_related("circle")
    objections = Objection.objects.filter(by=citizen).order_by("-made_at")
    offices = citizen.offices.filter(valid_from__lte=now()).select_related("assembly").order_by("-valid_from")
    mandates = Mandate.objects.issued(now()).filter(delegate=citizen).select_related("confederation", "assembly")
    actions = Action.objects.filter(by=citizen).select_related("task").order_by("-pk")
    kept = Stewardship.objects.filter(citizen=citizen).select_related("enterprise").order_by("-pk")
    circles = CircleMember.objects.filter(citizen=citizen).select_related("circle").order_by("-joined_at")
    wrote = [
        *((row.offered_at, row, row.get_absolute_url()) for row in offered[:SHOWN]),
        *((row.at, row.study, row.get_absolute_url()) for row in parts[:SHOWN]),
        *((row.at, row.circle, row.circle.get_absolute_url()) for row in notes[:SHOWN]),
        *((row.made_at, row, row.get_absolute_url()) for row in objections[:SHOWN]),
    ]
    held = [
        *((row.valid_from, f"{row.get_kind_display()}, {row.assembly}", "") for row in offices[:SHOWN]),
        *((row.valid_from, row, row.get_absolute_url()) for row in mandates.order_by("-valid_from")[:SHOWN]),
        *((None, row.enterprise, row.enterprise.get_absolute_url()) for row in kept[:SHOWN]),
    ]
    return [
        part(
            _("You were there"),
            [(row.came_at, row.session, row.session.get_absolute_url()) for row in attended[:SHOWN]],
        ),
        part(
            _("You spoke"),
            [
                (row.started_at, row.item, row.session.get_absolute_url())
                for row in spoke.select_related("item", "session").order_by("-started_at")[:SHOWN]
            ],
        ),
        part(_("You wrote"), wrote),
        part(_("You held an office"), held),
        part(_("You did"), [(row.done_at, row.task, row.task.get_absolute_url()) for row in actions[:SHOWN]]),
        part(
            _("You studied"),
            [(row.joined_at, row.circle, row.circle.get_absolute_url()) for row in circles[:SHOWN]],
        ),
    ]


def part(title: Any, rows: list[tuple[Any, Any, str]]) -> dict[str, Any]:
    dated = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0], reverse=True)
    newest = [*dated, *(row for row in rows if row[0] is None)][:SHOWN]
    return {"title": title, "rows": [{"at": at, "what": str(what), "url": url} for at, what, url in newest]}
