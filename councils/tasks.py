"""The sweeps of floor 3: they note halts that have carried, and tell those whom supervision concerns."""

from datetime import datetime

from celery import shared_task
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from assemblies.clock import now
from assemblies.models import Citizen, Office, Told, record
from assemblies.models.letter import address_of
from assemblies.sweeps import Sweep
from assemblies.tasks import SOON, tell, untold
from mandates.models import Mandate
from mandates.models.mandate import day_in_words
from mandates.tasks import carried, recently

from .models import Answer, Attachment, Halt, Meeting, Objection, Relay, Resumption, Task


def delegates_of(task: Task, assembly: int) -> QuerySet[Citizen]:
    """The delegates whose clauses carry that assembly's part of the task."""
    resting = Attachment.objects.filter(task=task, clause__mandate__assembly=assembly)
    return Citizen.objects.filter(pk__in=resting.values("clause__mandate__delegate"))


def note_halt(halt: Halt) -> None:
    at: datetime = halt.carried_at  # type: ignore[attr-defined]
    record(
        "halt.carried",
        halt,
        log=halt.task.council.log_id,
        at=at,
        task=halt.task_id,
        assembly=halt.assembly.slug,
        proposal=halt.proposal_id,
    )
    tell(
        f"halt/{halt.pk}",
        recently(delegates_of(halt.task, halt.assembly_id), at),
        _("%(assembly)s has halted its part of a task: %(task)s") % {"assembly": halt.assembly, "task": halt.task},
        _("Nothing more is done under these clauses until the assembly decides so.\n%(address)s")
        % {"address": address_of(halt.task)},
    )


def note_resumption(resumption: Resumption) -> None:
    halt, at = resumption.halt, resumption.carried_at  # type: ignore[attr-defined]
    record(
        "halt.ended",
        halt,
        log=halt.task.council.log_id,
        at=at,
        task=halt.task_id,
        assembly=halt.assembly.slug,
        proposal=resumption.proposal_id,
    )
    tell(
        f"halt-ended/{resumption.pk}",
        recently(delegates_of(halt.task, halt.assembly_id), at),
        _("%(assembly)s goes on with its part of a task: %(task)s") % {"assembly": halt.assembly, "task": halt.task},
        _("The halt has ended.\n%(address)s") % {"address": address_of(halt.task)},
    )


def tell_of_objection(objection: Objection) -> None:
    tell(
        f"objection/{objection.pk}",
        Citizen.objects.filter(pk=objection.mandate.delegate_id),
        _("An objection concerns you: %(about)s") % {"about": objection.about},
        _("You are asked to answer in public until %(day)s:\n%(address)s")
        % {"day": day_in_words(objection.answer_by), "address": address_of(objection)},
    )


def tell_of_answer(answer: Answer) -> None:
    objection = answer.objection
    tell(
        f"answer/{answer.pk}",
        Citizen.objects.filter(pk=objection.by_id),
        _("Your objection was answered"),
        _("Read the answer. If it is not enough, any citizen can put it to the assembly:\n%(address)s")
        % {"address": address_of(objection)},
    )


def unanswered(at: datetime) -> QuerySet[Objection]:
    late = Objection.objects.filter(answer_by__lte=at).exclude(pk__in=Answer.objects.values("objection"))
    return untold(late, "objection-unanswered", at, "answer_by")


def tell_of_silence(objection: Objection) -> None:
    tell(
        f"objection-unanswered/{objection.pk}",
        Citizen.objects.filter(Q(pk=objection.by_id) | Q(pk=objection.mandate.delegate_id)),
        _("An objection was not answered in time"),
        _("Any citizen of %(assembly)s can now put it to the assembly to halt its part of the task:\n%(address)s")
        % {"assembly": objection.assembly, "address": address_of(objection)},
    )


def called(at: datetime) -> QuerySet[Meeting]:
    """Meetings that are to come, and whose delegates have not been told."""
    return untold(Meeting.objects.filter(at__gt=at, called_off_at=None), "meeting", at, "called_at")


def tell_of_meeting(meeting: Meeting) -> None:
    seated = Mandate.objects.in_force(meeting.called_at).filter(confederation=meeting.confederation_id)
    tell(
        f"meeting/{meeting.pk}",
        Citizen.objects.filter(pk__in=seated.values("delegate")),
        _("The council of %(council)s meets on %(day)s")
        % {"council": meeting.confederation, "day": day_in_words(meeting.at)},
        _("%(place)s. The agenda stands here; after the meeting you owe your assembly a report.\n%(address)s")
        % {"place": meeting.place, "address": address_of(meeting)},
    )


def called_off(at: datetime) -> QuerySet[Meeting]:
    """Meetings called off of which the delegates had been told."""
    told = [f"meeting/{pk}" for pk in Meeting.objects.filter(called_off_at__gt=at - SOON).values_list("pk", flat=True)]
    known = [about.split("/")[1] for about in Told.objects.filter(about__in=told).values_list("about", flat=True)]
    return untold(Meeting.objects.filter(pk__in=known), "meeting-off", at, "called_off_at")


def tell_called_off(meeting: Meeting) -> None:
    seated = Mandate.objects.in_force(meeting.called_at).filter(confederation=meeting.confederation_id)
    tell(
        f"meeting-off/{meeting.pk}",
        Citizen.objects.filter(pk__in=seated.values("delegate")),
        _("The council of %(council)s does not meet on %(day)s")
        % {"council": meeting.confederation, "day": day_in_words(meeting.at)},
        _("The meeting was called off. No report falls due for it.\n%(address)s") % {"address": address_of(meeting)},
    )


def tell_of_relay(relay: Relay) -> None:
    """Write to the facilitators of every assembly: a text lies before it, to be taken up or left."""
    at, shared = now(), relay.shared
    territory = shared.confederation.territory(at)
    offices = Office.objects.in_force(at).filter(assembly__in=territory, kind=Office.Kind.FACILITATOR)
    tell(
        f"text-relayed/{relay.pk}",
        Citizen.objects.filter(pk__in=offices.values("citizen")),
        _("A text was relayed to your assembly: %(title)s") % {"title": shared},
        _("Any citizen can ask the assembly to adopt it. It binds nobody that does not.\n%(address)s")
        % {"address": address_of(shared)},
    )


halts = Sweep("note halts", lambda at: carried(Halt.objects.all(), "halt", at), "carried_at", note_halt)
resumptions = Sweep(
    "note ends of halts", lambda at: carried(Resumption.objects.all(), "halt-ended", at), "carried_at", note_resumption
)
objections = Sweep(
    "tell of objections",
    lambda at: untold(Objection.objects.all(), "objection", at, "made_at"),
    "made_at",
    tell_of_objection,
)
answers = Sweep(
    "tell of answers", lambda at: untold(Answer.objects.all(), "answer", at, "made_at"), "made_at", tell_of_answer
)
silences = Sweep("tell of unanswered objections", unanswered, "answer_by", tell_of_silence)
meetings = Sweep("tell of meetings", called, "called_at", tell_of_meeting)
cancelled = Sweep("tell of meetings called off", called_off, "called_off_at", tell_called_off)
relays = Sweep(
    "tell of relayed texts",
    lambda at: untold(Relay.objects.all(), "text-relayed", at, "action__logged_at"),
    "action__logged_at",
    tell_of_relay,
)


@shared_task
def note_halts() -> int:
    return halts.run() + resumptions.run()


@shared_task
def tell_of_supervision() -> int:
    return sum(sweep.run() for sweep in (objections, answers, silences, meetings, cancelled))


@shared_task
def tell_of_relays() -> int:
    return relays.run()
