"""The short rein: reports given, late and accepted, a meeting, an objection answered, another that ended in a halt."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from assemblies.clock import now
from councils.models import Attachment, Council, Meeting, Objection, Variance
from councils.tasks import halts
from councils.views.supervision import draft
from mandates.models import Mandate, Report, report_days
from mandates.models.report import moment_of
from mandates.tasks import reviews

from .town import Telling, note
from .world import World
from .year import Story

EVERY = 14  # days: how often somebody writes a report that falls due
SOON = timedelta(days=EVERY + 1)
MET, MEETS = 40, 6  # days: since the council met, and until it meets again


def stories(world: World) -> list[Story]:
    return [
        reports(world),
        late(world),
        accepted(world),
        meeting(world),
        answered(world),
        halted(world),
        beyond(world),
    ]


def reports(world: World) -> Telling:
    """Everywhere delegates report before the day, all but one."""
    days = 350
    while days > 0:
        yield world.year.ago(days, 21)
        at = now()
        running = Mandate.objects.filter(valid_until__gt=at - SOON, proposal__offered_at__isnull=False)
        due = running.annotate(due=moment_of("report_next_due", "pk", at)).filter(due__lte=at + SOON)
        oven = world.mandates.get("oven") if days < 60 else None
        for mandate in due.exclude(pk=oven.pk if oven else 0).select_related("delegate", "assembly", "confederation"):
            for one in report_days(mandate, at):
                if one.report is None and one.opens_at <= at < one.due_at <= at + SOON:
                    Report.objects.file(mandate, by=mandate.delegate, due_at=one.due_at, text=words(mandate))
        days -= EVERY


def words(mandate: Mandate) -> str:
    """What the log holds, and that there was nothing else."""
    return draft(mandate, now()).rstrip() + "\nnothing that was asked for was left."


def late(world: World) -> Telling:
    """The delegate whose recall is being voted on gave one report late, and owes another."""
    yield world.year.ago(18, 22)
    mandate = world.mandates["oven"]
    after = next(due for due in report_days(mandate, now()) if due.kind == "meeting")
    Report.objects.file(
        mandate,
        by=mandate.delegate,
        due_at=after.due_at,
        text="We met at the mill. I said that the flour had come and that the door would be written on. This is late,"
        " and I know it.",
    )


def accepted(world: World) -> Telling:
    """A report that its assembly read and accepted."""
    yield world.year.ago(50, 20)
    report = Report.objects.filter(mandate=world.mandates["marta"]).earliest("pk")
    review = report.propose_review(
        by=world.loarre.people[29],
        verdict="accept",
        reasons="Read aloud in the wash-house. It says what was done and what was not, and the hours agree with ours.",
    )
    yield now() + timedelta(days=4)
    yield from world.loarre.decide(review.proposal, yes=71, no=3, abstain=8)
    note(reviews)


def meeting(world: World) -> Telling:
    """The council met over two tasks, and meets again."""
    council = Council.objects.get(pk=world.hoya.pk)
    yield world.year.ago(MET + 6, 19)
    held = Meeting.objects.call(council, by=world.marta, at=world.year.ago(MET, 19), place="The mill of Siétamo")
    for name in ("autumn", "wood"):
        held.put_on_agenda(world.tasks[name], by=world.marta)
    yield held.at + timedelta(hours=2)
    for name in ("marta", "sotonera", "sietamo", "biscarrues", "next"):
        held.attend(by=world.mandates[name].delegate)
    resting = world.tasks["autumn"].attachments.get(clause__mandate=world.mandates["marta"])
    resting.log_action(
        by=world.marta,
        what="Agreed with La Sotonera on the Saturdays until December, and who brings the mortar.",
        quantity=Decimal(2),
        meeting=held,
    )
    yield world.year.ago(4, 19)
    coming = Meeting.objects.call(council, by=world.marta, at=world.year.ahead(MEETS), place="The school of Ayerbe")
    coming.put_on_agenda(world.tasks["wood"], by=world.marta)


def answered(world: World) -> Telling:
    """An objection whose answer was enough."""
    yield world.year.ago(41, 20)
    donkey = world.tasks["autumn"].actions.filter(what__contains="donkey").get()
    who = world.loarre.people[47]
    objection = Objection.objects.make(
        donkey,
        by=who,
        grounds="Thirty-one hours for stone that a tractor carries in three. The tractor was there, I saw it.",
    )
    yield world.year.ago(39, 20)
    objection.answer(
        by=world.marta,
        text="It was there, without a wheel. The hours are those of seven people on one Saturday; the donkey is not"
        " counted. I should have said so in the log.",
    )
    yield world.year.ago(38, 9)
    objection.settle(by=who)


def halted(world: World) -> Telling:
    """An objection whose answer was not enough: the assembly halted its part of a task."""
    riglos = world.riglos
    yield world.year.ago(31, 20)
    cut = world.tasks["fire"].actions.filter(what__startswith="Regrowth cut between the station").get()
    objection = Objection.objects.make(
        cut,
        by=riglos.people[23],
        grounds="The text says that the oaks stay. Between the station and the track eleven were cut, as thick as an"
        " arm. I counted the stumps.",
    )
    yield world.year.ago(29, 20)
    objection.answer(
        by=world.mandates["next"].delegate,
        text="Nine, not eleven, and they were shoots from old stumps. I took them for regrowth, which the clause lets"
        " us cut.",
    )
    yield world.year.ago(28, 20)
    halt = objection.propose_halt(
        by=riglos.people[31],
        task=world.tasks["fire"],
        reasons="Until somebody who knows trees has walked the line with us and marked what stays.",
    )
    yield now() + timedelta(days=7)
    yield from riglos.decide(halt.proposal, yes=57, no=22, abstain=9)
    note(halts)


def beyond(world: World) -> Telling:
    """Something that no clause covers, told afterwards."""
    yield world.year.ago(20, 21)
    resting = Attachment.objects.get(task=world.tasks["flour"], clause__mandate=world.mandates["oven"])
    Variance.objects.tell(
        resting,
        by=world.mandates["oven"].delegate,
        what="Two sacks fetched from Bolea in the dark, which nobody weighed.",
        done_at=world.year.ago(24, 18),
    )
