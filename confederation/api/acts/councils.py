"""Floor 3: tasks, what is done under them, and what is held against it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers

from assemblies.access import assembly as place_of
from assemblies.models import Citizen, Proposal
from assemblies.refusal import UNFIT, Refusal
from councils import access
from councils.models import Action, Attachment, Halt, Meeting, Objection, Relay, Task, Variance
from mandates.access import report as report_of
from mandates.models import Clause

from ..acting import Act, Of, maybe, moment, number, quantity, text
from ..nouns.assemblies import PROPOSALS
from ..nouns.councils import ACTIONS, ATTACHMENTS, HALTS, MEETINGS, OBJECTIONS, RELAYS, TASKS, VARIANCES
from ..nouns.mandates import TEXTS

NOT_SAID: dict[str, Any] = {"required": False, "default": None}


def clause(reader: Citizen, pk: int) -> Clause:
    """A clause that binds the reader; whether it is in force, the act says."""
    mine = Clause.objects.filter(mandate__delegate=reader)
    return get_object_or_404(mine.select_related("policy", "place", "mandate__assembly", "mandate__delegate"), pk=pk)


def attachment(reader: Citizen, pk: int) -> Attachment:
    """An attachment, for the delegate whose clause it is."""
    found = get_object_or_404(Attachment.objects.select_related("task__council", "clause__mandate__assembly"), pk=pk)
    access.task_to_log(reader, found.task_id)
    return found


def place(_reader: Citizen, slug: str) -> Any:
    return place_of(slug)


def task(_reader: Citizen, pk: int) -> Task:
    return access.task(pk)


def meeting(_reader: Citizen, pk: int) -> Meeting:
    return access.meeting(pk)


def relay(_reader: Citizen, pk: int) -> Relay:
    return get_object_or_404(Relay, pk=pk)


class ClauseForm(serializers.Serializer):
    """A clause that the task rests on."""

    clause = Of(clause, "Which clause of one's own, by its number.")
    quantity = quantity("How much of its limit the task is to use.", allow_null=True, **NOT_SAID)


PLACE = Of(place, "Where alone, by the slug of the assembly.", slug=True, **NOT_SAID)


def _set_up(by: Citizen, _key: Any, said: dict[str, Any]) -> Task:
    rows = said.pop("clauses")
    units = [row["clause"].unit for row in rows if row["clause"].unit]
    said["unit"] = said["unit"] or (units[0] if units else "")
    quantities = {row["clause"]: row["quantity"] for row in rows if row["quantity"] is not None}
    council = said.pop("council")
    return council.attach_task(by=by, clauses=[row["clause"] for row in rows], quantities=quantities, **said)


Act(
    "tasks",
    "Set up a task under clauses of one's own mandates. It exists only as far as they cover it.",
    _set_up,
    TASKS,
    {
        "council": Of(access.council_to_act_in, "At which council, by its slug.", slug=True),
        "title": text("What it is called.", 200),
        "purpose": maybe("What it is for.", 5000),
        "clauses": ClauseForm(many=True, help_text="What it rests on."),
        "place": PLACE,
        "unit": maybe("In what is counted what is done; as the first clause counts, unless given.", 30),
    },
    example={"council": "hoya", "title": "Flour for three ovens", "clauses": [{"clause": 4, "quantity": "20"}]},
)


def _attach(by: Citizen, _key: Any, said: dict[str, Any]) -> Attachment:
    return said["task"].attach(by=by, clause=said["clause"], quantity=said["quantity"])


Act(
    "attachments",
    "Let a task rest on one more clause of one's own.",
    _attach,
    ATTACHMENTS,
    {
        "task": Of(task, "Which task, by its number."),
        "clause": Of(clause, "Which clause, by its number."),
        "quantity": quantity("How much of its limit the task is to use.", allow_null=True, **NOT_SAID),
    },
    example={"task": 1, "clause": 4},
)

DONE = {
    "what": text("What was done.", 5000),
    "quantity": quantity("How much, where the clause counts.", allow_null=True, **NOT_SAID),
    "evidence": serializers.URLField(
        max_length=500, allow_blank=True, required=False, default="", help_text="Where one can see for oneself."
    ),
    "place": Of(place, "Where it was done, by the slug of the assembly.", slug=True, **NOT_SAID),
}


def _log(by: Citizen, _key: Any, said: dict[str, Any]) -> Action:
    return said.pop("attachment").log_action(by=by, **said)


Act(
    "actions",
    "Log what was done under a clause of one's own. It stands for good: what was wrong is corrected by another entry.",
    _log,
    ACTIONS,
    {
        "attachment": Of(attachment, "On what it rests, by its number."),
        **DONE,
        "done_at": moment("When it was done; now, unless given.", allow_null=True, **NOT_SAID),
        "meeting": Of(meeting, "The meeting that it is a note of, by its number.", **NOT_SAID),
    },
    example={"attachment": 1, "what": "Bought flour", "quantity": "5"},
)


def _tell(by: Citizen, _key: Any, said: dict[str, Any]) -> Variance:
    return Variance.objects.tell(said.pop("attachment"), by=by, **said)


Act(
    "variances",
    "Tell what was done beyond a clause of one's own, or after its end. It is flagged, and makes nothing right.",
    _tell,
    VARIANCES,
    {
        "attachment": Of(attachment, "Beside what it was done, by its number."),
        **DONE,
        "done_at": moment("When it was done: more than a day ago."),
    },
    example={"attachment": 1, "what": "Bought more flour", "quantity": "500", "done_at": "2026-03-01T10:00:00Z"},
)

# ---- objections and halts ----


def _object(by: Citizen, _key: Any, said: dict[str, Any]) -> Objection:
    about = [said[name] for name in ("action", "task", "report") if said[name] is not None]
    if len(about) != 1:
        raise Refusal(10, _("An objection is about one thing: an action, a task or a report."), status=UNFIT)
    return Objection.objects.make(about[0], by=by, grounds=said["grounds"])


Act(
    "objections",
    "Object to an action, a task or a report; any citizen of an assembly that mandates for it may.",
    _object,
    OBJECTIONS,
    {
        "action": Of(lambda _reader, pk: access.action(pk), "The action, by its number.", **NOT_SAID),
        "task": Of(task, "The task, by its number.", **NOT_SAID),
        "report": Of(lambda _reader, pk: report_of(pk), "The report, by its number.", **NOT_SAID),
        "grounds": text("What you hold against it, and why.", 5000),
    },
    example={"task": 1, "grounds": "The flour is not ours."},
)


def _answer(by: Citizen, pk: int, said: dict[str, Any]) -> Objection:
    found = access.objection(pk)
    found.answer(by=by, text=said["text"])
    return found


def _settle(by: Citizen, pk: int, _said: dict[str, Any]) -> Objection:
    found = access.objection_to_settle(by, pk)
    found.settle(by=by)
    return found


def _halt(by: Citizen, _key: Any, said: dict[str, Any]) -> Halt:
    return said["objection"].propose_halt(by=by, task=said["task"], reasons=said["reasons"])


Act(
    "answers",
    "Answer an objection in public, as the delegate whom it concerns.",
    _answer,
    OBJECTIONS,
    {"text": text("The answer.", 5000)},
    on=OBJECTIONS,
    example={"text": "It is ours since March."},
)
Act("settlements", "Accept the answer to an objection of one's own.", _settle, OBJECTIONS, on=OBJECTIONS)
Act(
    "halts",
    "Ask one's own assembly to halt its part of a task, where an objection to it was not answered or not settled.",
    _halt,
    HALTS,
    {
        "objection": Of(access.objection_to_put, "The objection that it begins with, by its number."),
        "task": Of(task, "Which task, by its number."),
        "reasons": maybe("Why.", 5000),
    },
    example={"objection": 1, "task": 1},
)


def _resumed(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    return access.halt_to_end(by, pk).propose_resumption(by=by, **said).proposal


Act(
    "resumptions",
    "Ask one's own assembly to end its halt. The answer is the question before it.",
    _resumed,
    PROPOSALS,
    {"reasons": maybe("Why.", 5000)},
    on=HALTS,
    example={"reasons": "It keeps after all."},
)

# ---- texts ----


def _relayed(by: Citizen, pk: int, said: dict[str, Any]) -> Relay:
    shared, able = access.text_to_relay(by, pk)
    return Relay.objects.relay(shared, get_object_or_404(able, pk=said["attachment"]), by=by)


Act(
    "relays",
    "Hand a shared text on to every assembly, to the letter, under a task to inform of one's own.",
    _relayed,
    RELAYS,
    {"attachment": number("The attachment of the task to one's clause, by its number.", 0, 2**63 - 1)},
    on=TEXTS,
    example={"attachment": 1},
)

# ---- meetings ----


def _call(by: Citizen, _key: Any, said: dict[str, Any]) -> Meeting:
    return Meeting.objects.call(said["council"], by=by, at=said["at"], place=said["place"])


def _put(by: Citizen, pk: int, said: dict[str, Any]) -> Meeting:
    found = access.meeting(pk)
    found.put_on_agenda(said["task"], by=by)
    return found


def _put_text(by: Citizen, pk: int, said: dict[str, Any]) -> Meeting:
    found = access.meeting(pk)
    found.put_text_on_agenda(said["relay"], by=by)
    return found


def _called_off(by: Citizen, pk: int, _said: dict[str, Any]) -> Meeting:
    found = access.meeting_to_call_off(by, pk)
    found.call_off(by=by)
    return found


def _attend(by: Citizen, pk: int, _said: dict[str, Any]) -> Meeting:
    found = access.meeting(pk)
    found.attend(by=by)
    return found


Act(
    "meetings",
    "Call the delegates of a council together, as one of them.",
    _call,
    MEETINGS,
    {
        "council": Of(access.council_to_call, "Of which council, by its slug.", slug=True),
        "at": moment("When they meet."),
        "place": text("Where they meet.", 200),
    },
    example={"council": "hoya", "at": "2026-05-01T18:00:00Z", "place": "The mill"},
)
Act(
    "agenda",
    "Put a task of the council on the agenda, before the meeting begins.",
    _put,
    MEETINGS,
    {"task": Of(task, "Which task, by its number.")},
    on=MEETINGS,
    example={"task": 1},
)
Act("attendances", "Say that one was there.", _attend, MEETINGS, on=MEETINGS)
Act(
    "texts",
    "Put a text that the council relayed on the agenda, before the meeting begins. Nobody there adopts it.",
    _put_text,
    MEETINGS,
    {"relay": Of(relay, "Which relay, by its number.")},
    on=MEETINGS,
    example={"relay": 1},
)
Act("cancellations", "Call a meeting off before it begins, as who called it.", _called_off, MEETINGS, on=MEETINGS)
