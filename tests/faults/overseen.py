"""What supervision leaves to the sweeps in the town whose workers have slept, and what must be true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from assemblies.models import Entry, Letter, Proposal, Told, address
from councils.models import Answer, Halt, Meeting, Objection, Resumption
from mandates.models import Mandate, Recall, Report, Review, report_days
from tests.cast import Cast, carry

if TYPE_CHECKING:
    from tests.faults.due import Town

DAY = timedelta(days=1)


@dataclass
class Overseen:
    """What is due of supervision: everything twice, so that a worker can be interrupted in the middle."""

    reviews: list[Review] = field(default_factory=list)
    halts: list[Halt] = field(default_factory=list)
    resumptions: list[Resumption] = field(default_factory=list)
    unanswered: list[Objection] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    called_off: list[Meeting] = field(default_factory=list)

    def questions(self) -> list[Proposal]:
        """What the assembly is still to vote on."""
        new = [halt for halt in self.halts if halt.proposal.decision is None]
        return [one.proposal for one in (*self.reviews, *new, *self.resumptions)]

    def meet(self, cast: Cast, delegate: Any, woken: datetime) -> None:
        """Two meetings to come, and two that were called off after the delegates had been told of them."""

        def call(days: int) -> Meeting:
            return Meeting.objects.call(cast.comarca, by=delegate, at=woken + days * DAY, place="The square")

        self.meetings = [call(days) for days in (3, 4)]
        self.called_off = [call(days) for days in (5, 6)]
        Told.objects.bulk_create(Told(about=f"meeting/{meeting.pk}") for meeting in self.called_off)
        for meeting in self.called_off:
            meeting.call_off(by=delegate)


def overseen(cast: Cast, reporting: list[Mandate], acting: list[Mandate], silent: list[Mandate]) -> Overseen:
    """Two reports before the assembly, two halts in force and two asked for, and two objections that nobody answers."""
    found = Overseen()
    for mandate in reporting:
        due = report_days(mandate, mandate.proposal.decision.closes_at)[0]
        report = Report.objects.file(mandate, by=mandate.delegate, due_at=due.due_at, text="All is well.")
        found.reviews.append(report.propose_review(by=cast.ana, verdict="accept"))
    for mandate in silent:
        task = cast.task(mandate, 10, title="Salt")
        found.unanswered.append(Objection.objects.make(task, by=cast.ana, grounds="We have salt."))
    in_force = []
    for mandate in acting:
        for title, standing in (("Wheat", in_force), ("Rye", found.halts)):
            task = cast.task(mandate, 10, title=title)
            objection = Objection.objects.make(task, by=cast.ana, grounds="It is dear.")
            objection.answer(by=mandate.delegate, text="It is not.")
            standing.append(objection.propose_halt(by=cast.ana, task=task))
    carry(*(halt.proposal for halt in in_force))
    found.resumptions = [halt.propose_resumption(by=cast.ana) for halt in in_force]
    found.halts += in_force
    return found


# ---- what must be true once the sweeps have done their work ----


def told(about: str, readers: set[int]) -> None:
    letters = Letter.objects.filter(about=about).values_list("citizen", flat=True)
    assert sorted(letters) == sorted(readers), about


def entered(kind: str, thing: Any, at: datetime, town: Town) -> None:
    found = Entry.objects.get(kind=kind, subject=address(thing))
    assert found.at == at
    assert found.recorded_at >= town.woken


def recalls_put(town: Town) -> None:
    for mandate in town.silent:
        recall = Recall.objects.get(mandate=mandate, opened_by=None)
        assert recall.proposal.decisions.count() == 1
        assert Entry.objects.get(kind="recall.opened_by_charter", subject=address(recall)).recorded_at >= town.woken


def reviews_noted(town: Town) -> None:
    for review in town.overseen.reviews:
        entered("report.accepted", review.report, review.proposal.decision.closes_at, town)
        told(f"report-reviewed/{review.pk}", {review.report.mandate.delegate_id})


def halts_noted(town: Town) -> None:
    for halt in town.overseen.halts:
        assert Entry.objects.filter(kind="halt.carried", subject=address(halt)).count() == 1
        resting = halt.task.attachments.get()
        told(f"halt/{halt.pk}", {resting.clause.mandate.delegate_id})


def ends_noted(town: Town) -> None:
    for resumption in town.overseen.resumptions:
        entered("halt.ended", resumption.halt, resumption.proposal.decision.closes_at, town)


def warned(word: str) -> Callable[[Town], None]:
    def check(town: Town) -> None:
        for mandate in town.silent:
            letters = Letter.objects.filter(about__startswith=f"{word}/{mandate.pk}/")
            assert [letter.citizen_id for letter in letters] == [mandate.delegate_id]

    return check


def objections_told(town: Town) -> None:
    for objection in Objection.objects.all():
        told(f"objection/{objection.pk}", {objection.mandate.delegate_id})


def answers_told(_town: Town) -> None:
    assert Answer.objects.count() == 4
    for answer in Answer.objects.all():
        told(f"answer/{answer.pk}", {answer.objection.by_id})


def silence_told(town: Town) -> None:
    for objection in town.overseen.unanswered:
        told(f"objection-unanswered/{objection.pk}", {objection.by_id, objection.mandate.delegate_id})


def meetings_told(town: Town) -> None:
    for word, meetings in (("meeting", town.overseen.meetings), ("meeting-off", town.overseen.called_off)):
        for meeting in meetings:
            seated = Mandate.objects.in_force(meeting.called_at).filter(confederation=meeting.confederation_id)
            told(f"{word}/{meeting.pk}", set(seated.values_list("delegate", flat=True)))


DONE_BY_OVERSIGHT: dict[str, Callable[[Town], None]] = {
    "put recalls for missed reports": recalls_put,
    "note reviews of reports": reviews_noted,
    "warn of reports": warned("report-due"),
    "tell of late reports": warned("report-late"),
    "note halts": halts_noted,
    "note ends of halts": ends_noted,
    "tell of objections": objections_told,
    "tell of answers": answers_told,
    "tell of unanswered objections": silence_told,
    "tell of meetings": meetings_told,
    "tell of meetings called off": meetings_told,
}
