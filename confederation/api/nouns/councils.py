"""Floor 3: what delegates do together, and what is held against it."""

from datetime import datetime

from django.db.models import Q, QuerySet
from rest_framework import serializers

from assemblies.access import Reader
from assemblies.clock import holds
from councils.models import Action, AgendaItem, Attachment, Halt, Meeting, Objection, Relay, Task, Variance
from councils.models.meeting import Attendance
from councils.models.objection import Answer
from mandates.models import Power

from ..noun import Filter, Link, Many, Moment, Noun, Number, Person, Said, named, of, one_of, whether
from .assemblies import BOOLEAN, CHOICE, IN_ASSEMBLY
from .mandates import IN_CONFEDERATION, IN_FORCE, NULL

UNDER = {"task": of("task", "Under the task of that number.")}
OF_GIVER = named("attachment__clause__mandate__assembly__slug", "For the assembly of that slug.")
QUANTITY = {
    "quantity": "How much of it, where that is counted.",
    "unit": "In what that is counted.",
}

TASKS = Noun(
    "tasks",
    "Task",
    Task,
    "What delegates coordinate together, for those assemblies whose clauses are attached and for no one else.",
    {
        "council": Link("At which council.", "confederations"),
        "title": "What it is called.",
        "purpose": "What it is for.",
        "power": "By what kind of coordination.",
        "place": Link("Where alone it is done.", "assemblies"),
        "unit": "In what is counted what is done.",
        "opened_by": Person("Who set it up.", numbered=True),
        "opened_at": "When it was set up.",
        "standing": Said("Whether a clause in force carries it at that moment.", BOOLEAN, "standing_now"),
        "stopped_at": Said(
            "Since when nothing carries it, where nothing does.",
            Moment,
            lambda row, _at: None if row.standing_now else row.stopped_at,
            NULL,
        ),
        "halted": Said("Whether every assembly that still carries it has halted its part.", BOOLEAN, "halted_now"),
    },
    lambda _reader, at: Task.objects.filter(opened_at__lte=at).with_state(at),
    {
        "council": named("council__slug", "At the council of that slug."),
        "assembly": Filter(
            serializers.CharField(required=False, max_length=150, help_text="Resting on a clause of that assembly."),
            lambda rows, value, _at: rows.filter(
                pk__in=Attachment.objects.filter(clause__mandate__assembly__slug=value).values("task")
            ),
        ),
        "power": one_of(Power.values, "power", "Of that power."),
        "standing": whether("standing_now", "Only those standing at that moment, or only the others."),
    },
    order=("-opened_at", "id"),
    timed=True,
)


def _attachments(_reader: Reader, at: datetime) -> QuerySet:
    rows: QuerySet = Attachment.objects.filter(attached_at__lte=at)
    return rows.annotate(force_now=holds("clause_in_force", "clause", at=at))


ATTACHMENTS = Noun(
    "attachments",
    "Attachment",
    Attachment,
    "That a task rests on a clause of a mandate.",
    {
        "task": Link("Which task.", "tasks"),
        "mandate": Link("Under which mandate.", "mandates", "clause__mandate"),
        "clause": Said("The number of the clause.", serializers.IntegerField, "clause_id"),
        "by": Person("Who attached it.", numbered=True),
        "quantity": "How much of the limit it is to use, where that is said.",
        "attached_at": "When.",
        "in_force": Said("Whether the clause is in force at that moment.", BOOLEAN, "force_now"),
    },
    _attachments,
    {
        **UNDER,
        **IN_FORCE,
        "mandate": of("clause__mandate", "Under the mandate of that number."),
        "assembly": named("clause__mandate__assembly__slug", "For the assembly of that slug."),
    },
    order=("-id", "attached_at"),
    timed=True,
    page=False,
)

ACTIONS = Noun(
    "actions",
    "Action",
    Action,
    "One thing that was done under a task. What was logged is never rewritten.",
    {
        "task": Link("Under which task.", "tasks"),
        "attachment": Link("On what it rests.", "attachments"),
        "mandate": Link("Under which mandate.", "mandates", "attachment__clause__mandate"),
        "by": Person("Who did it.", numbered=True),
        "what": "What was done.",
        **QUANTITY,
        "evidence": "Where one can see for oneself.",
        "place": Link("Where it was done, when that is said.", "assemblies"),
        "meeting": Link("The meeting that it is a note of.", "meetings"),
        "done_at": "When it was done.",
        "logged_at": "When it was logged.",
    },
    lambda _reader, _at: Action.objects.all(),
    {
        **UNDER,
        "assembly": OF_GIVER,
        "council": named("task__council__slug", "At the council of that slug."),
        "meeting": of("meeting", "Notes of the meeting of that number."),
    },
    order=("-logged_at", "done_at", "id"),
)

VARIANCES = Noun(
    "variances",
    "Variance",
    Variance,
    "What was done and no clause covered, told afterwards and flagged. It makes nothing right.",
    {
        "task": Link("Under which task.", "tasks", "attachment__task"),
        "attachment": Link("Beside what it was done.", "attachments"),
        "by": Person("Who did it.", numbered=True),
        "what": "What was done.",
        **QUANTITY,
        "place": Link("Where it was done, when that is said.", "assemblies"),
        "evidence": "Where one can see for oneself.",
        "kinds": "In what it went beyond the clause.",
        "done_at": "When it was done.",
        "told_at": "When it was told.",
    },
    lambda _reader, _at: Variance.objects.all(),
    {"task": of("attachment__task", "Under the task of that number."), "assembly": OF_GIVER},
    order=("-told_at", "id"),
)


OBJECTIONS = Noun(
    "objections",
    "Objection",
    Objection,
    "What a citizen holds against something done in their assembly's name, and what the delegate answered.",
    {
        "assembly": Link("Of which assembly.", "assemblies"),
        "mandate": Link("Whose delegate answers.", "mandates"),
        "by": Person("Who objects."),
        "action": Link("The action that it is about.", "actions"),
        "task": Link("The task that it is about.", "tasks"),
        "report": Link("The report that it is about.", "reports"),
        "grounds": "What they hold against it.",
        "made_at": "When it was made.",
        "answer_by": "Until when the delegate has time to answer.",
        "state": Said("Where it stands at that moment.", CHOICE, "state_now", {"choices": Objection.State.values}),
        "answers": Many(
            "What the delegate answered.",
            "Answer",
            Answer,
            {"by": Person("Who.", numbered=True), "text": "What.", "made_at": "When."},
        ),
    },
    lambda _reader, at: Objection.objects.filter(made_at__lte=at).with_state(at),
    {
        **IN_ASSEMBLY,
        "mandate": of("mandate", "To the delegate of the mandate of that number."),
        "task": Filter(
            Number(required=False, help_text="About the task of that number, or what was done under it."),
            lambda rows, value, _at: rows.filter(Q(task=value) | Q(action__task=value)),
        ),
        "state": one_of(Objection.State.values, "state_now", "Where they stand at that moment."),
    },
    order=("-made_at", "answer_by", "id"),
    parts=("answers__by",),
    timed=True,
)

HALTS = Noun(
    "halts",
    "Halt",
    Halt,
    "That an assembly stops its own part of a task, by its own decision.",
    {
        "assembly": Link("Which assembly.", "assemblies"),
        "task": Link("Which task.", "tasks"),
        "objection": Link("The objection that it began with.", "objections"),
        "proposal": Link("The question before the assembly.", "proposals"),
        "in_force": Said("Whether it is in force at that moment.", BOOLEAN, "force_now"),
    },
    lambda _reader, at: Halt.objects.filter(proposal__offered_at__lte=at).annotate(
        force_now=holds("halt_in_force", "pk", at=at)
    ),
    {**IN_ASSEMBLY, **UNDER, **IN_FORCE},
    timed=True,
    page=False,
)

MEETINGS = Noun(
    "meetings",
    "Meeting",
    Meeting,
    "When delegates meet over their tasks. Nothing is voted on there.",
    {
        "council": Link("Of which council.", "confederations", "confederation"),
        "at": "When they meet.",
        "place": "Where they meet.",
        "called_by": Person("Who called it.", numbered=True),
        "called_at": "When it was called.",
        "called_off_at": "When it was called off.",
        "agenda": Many(
            "What is before it.",
            "Matter",
            AgendaItem,
            {
                "task": Link("Which task, where it is one.", "tasks"),
                "relay": Link("Which text that it relayed, where it is one.", "relays"),
                "put_at": "When it was put there.",
            },
        ),
        "attendances": Many(
            "Who said that they were there.",
            "Attendance",
            Attendance,
            {"delegate": Person("Who.", numbered=True), "noted_at": "When they said so."},
        ),
    },
    lambda _reader, _at: Meeting.objects.all(),
    {"council": IN_CONFEDERATION["confederation"]},
    order=("-at", "id"),
    parts=("agenda__task", "agenda__relay", "attendances__delegate"),
)

RELAYS = Noun(
    "relays",
    "Relay",
    Relay,
    "That a council handed a shared text on, to the letter.",
    {
        "text": Link("Which text.", "texts", "shared"),
        "action": Link("What was logged of it.", "actions"),
        "digest": "The SHA-256 of the text that was handed on.",
    },
    lambda _reader, _at: Relay.objects.all(),
    {"text": of("shared", "Of the text of that number.")},
    page=False,
)
