"""One of everything by which councils are held on a short rein: reports, objections, halts, meetings, lots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from assemblies.clock import now
from assemblies.models import Citizen, Drawing, Willingness
from councils.models import Action, Halt, Meeting, Objection, Task, Variance
from mandates.models import Mandate, Report, report_days
from tests.cast import DAY, Cast, carry, drawn

if TYPE_CHECKING:
    from tests.access.everything import Everything

HOUR = timedelta(hours=1)


@dataclass
class Oversight:
    """What stands under supervision in Abiego."""

    report: Report
    action: Action
    objection: Objection
    halt: Halt
    drawing: Drawing
    held: Meeting | None = None
    meeting: Meeting | None = None


def overseen(cast: Cast, task: Task, mandate: Mandate, recalled: Mandate, rosa: Citizen) -> Oversight:
    """Before anything is open for voting: a report, an objection that was answered, a task that was halted, a lot."""
    (last,) = [due for due in report_days(recalled, now()) if due.kind == "final"]
    report = Report.objects.file(recalled, by=rosa, due_at=last.due_at, text="Twenty kilos were bought, and no more.")
    attachment = task.attachments.get(clause__mandate=mandate)
    action = attachment.log_action(by=cast.bilal, what="Carried flour", quantity=2)
    objection = Objection.objects.make(task.actions.earliest("pk"), by=cast.ana, grounds="It was rye.")
    objection.answer(by=cast.bilal, text="The miller had no wheat.")
    salt = cast.task(mandate, 10, title="Salt for the ovens")
    halted = Objection.objects.make(salt, by=rosa, grounds="We have salt enough.")
    halted.answer(by=cast.bilal, text="It keeps.")
    halt = halted.propose_halt(by=cast.ana, task=salt)
    carry(halt.proposal)
    Variance.objects.tell(attachment, by=cast.bilal, what="A sack nobody weighed", done_at=now() - 25 * HOUR)
    willing = cast.neighbours(cast.abiego, 1)[0]
    Willingness.objects.declare(cast.abiego, "minute-taker", by=willing)
    (office,) = drawn(cast.abiego, "minute-taker")
    assert office.citizen == willing
    return Oversight(report, action, objection, halt, office.drawing)


def meetings(cast: Cast, found: Oversight, opens_at: datetime) -> None:
    """A meeting that will have been held when the next vote opens, and one that is still to come."""
    found.held = Meeting.objects.call(cast.comarca, by=cast.bilal, at=opens_at - HOUR, place="The square")
    found.meeting = Meeting.objects.call(cast.comarca, by=cast.bilal, at=opens_at + 10 * DAY, place="The mill")


def examples(town: Everything) -> dict[str, tuple]:
    cast, seen = town.cast, town.oversight
    slug, comarca = (cast.abiego.slug,), (cast.comarca.slug,)
    assert seen.held is not None
    assert seen.meeting is not None
    return {
        "willing": slug,
        "drawings": slug,
        "drawing": (seen.drawing.pk,),
        "drawing-recipe": (seen.drawing.pk,),
        "report": (seen.report.pk,),
        "review-new": (seen.report.pk,),
        "report-new": (town.mandate.pk,),
        "report-objection": (seen.report.pk,),
        "task-objection": (town.task.pk,),
        "action-objection": (seen.action.pk,),
        "variance-new": (town.task.pk,),
        "objection": (seen.objection.pk,),
        "answers": (seen.objection.pk,),
        "settlement": (seen.objection.pk,),
        "halt-new": (seen.objection.pk,),
        "resumption-new": (seen.halt.pk,),
        "meetings": comarca,
        "meeting-new": comarca,
        "meeting": (seen.held.pk,),
        "agenda": (seen.meeting.pk,),
        "attendances": (seen.held.pk,),
        "calling-off": (seen.meeting.pk,),
        "supervision": comarca,
        "drift": comarca,
        "drift-figure": (*comarca, "tasks"),
        "delegate": (cast.bilal.pk,),
    }


def bodies(town: Everything, once: dict[str, str]) -> dict[str, dict[str, Any]]:
    attachment = town.task.attachments.get(clause__mandate=town.mandate)
    (due, *_later) = [due for due in report_days(town.mandate, now()) if due.opens_at <= now() and due.report is None]
    show = {"step": "show", "seen": ""}
    return {
        "willing": {"kind": "teller", "ready": "yes"},
        "review-new": once | {"verdict": "accept", "reasons": ""} | show,
        "report-new": once | {"due_at": due.due_at.isoformat(), "text": "Five kilos were bought."},
        "report-objection": once | {"grounds": "It says nothing of the sacks."},
        "task-objection": once | {"grounds": "Nobody asked for flour."},
        "action-objection": once | {"grounds": "By donkey, we had said."},
        "variance-new": once
        | {
            "attachment": str(attachment.pk),
            "what": "Bought a sack whose weight nobody took",
            "quantity": "",
            "done_at": f"{now() - 2 * DAY:%Y-%m-%dT%H:%M}",
            "place": "",
            "evidence": "",
        },
        "answers": once | {"text": "It was rye because there was no wheat."},
        "settlement": dict(once),
        "halt-new": once | {"task": str(town.task.pk), "reasons": ""} | show,
        "resumption-new": once | {"reasons": ""} | show,
        "meeting-new": once | {"at": f"{now() + 5 * DAY:%Y-%m-%dT12:00}", "place": "The square"},
        "agenda": once | {"task": str(town.task.pk)},
        "attendances": dict(once),
        "calling-off": dict(once),
    }
