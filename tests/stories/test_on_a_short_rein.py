"""Two delegates on a short rein: one who does not report, and one who does not answer."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Entry, Letter
from assemblies.sweeps import run_all
from councils.models import Halt, Meeting, Objection, Task
from mandates.models import Recall, Report, report_days, supervised
from mandates.models.mandate import Mandate
from tests.cast import DAY, Cast, clock, decide, finish, vote
from tests.constitution.bench import goes_through, refused
from tests.constitution.test_article_10_reports import strict


def letters(citizen, word: str) -> int:
    return Letter.objects.filter(citizen=citizen, about__startswith=f"{word}/").count()


def test_a_delegate_is_recalled_after_missed_reports(cast: Cast, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path
    # Abiego sends Bilal where reports fall due every ten days, and two missed ones put the recall.
    mandate = cast.mandate(cast.abiego, cast.bilal, confederation=strict(cast))
    task = cast.task(mandate)
    part = task.attachments.get()
    part.log_action(by=cast.bilal, what="Bought 10 kg", quantity=Decimal(10))
    clock.travel(4 * DAY)
    run_all()
    assert letters(cast.bilal, "report-due") == 1

    # He gives the first, drafted from the log, and the assembly accepts it.
    home = Client()
    home.force_login(cast.bilal)
    desk = home.get(reverse("report-new", args=[mandate.pk]))
    form = desk.context["form"]
    sent = {"due_at": form.initial["due_at"], "text": form.initial["text"] + "The rest: not yet."}
    assert home.post(reverse("report-new", args=[mandate.pk]), sent).status_code == 302
    report = Report.objects.get(mandate=mandate)
    assert "Bought 10 kg" in report.text
    decide(report.propose_review(by=cast.ana, verdict="accept").proposal, yes=4)
    assert Report.objects.with_state(now()).get(pk=report.pk).state_now == "accepted"

    # Then he falls silent. The lateness shows to everyone, and is counted.
    clock.at(report_days(mandate, now())[2].due_at + DAY / 2)
    run_all()
    (seen,) = supervised(Mandate.objects.filter(pk=mandate.pk), now())
    assert seen.missed == 2
    page = Client().get(reverse("supervision", args=[mandate.confederation.slug])).content.decode()
    assert "2 missed" in " ".join(page.split())
    assert letters(cast.bilal, "report-late") == 1

    # Nobody had to do anything: the question is before the assembly, and called.
    (recall,) = Recall.objects.filter(mandate=mandate)
    assert recall.opened_by is None
    assert letters(cast.bilal, "recall-opened") == 1
    recall.answer(by=cast.bilal, text="I was in hospital.")
    assert mandate.is_in_force(now())
    vote(recall.decision, yes=5, no=2)
    finish(recall.decision, close=False)
    assert not mandate.is_in_force(now())
    with refused(8):
        part.log_action(by=cast.bilal, what="One more sack", quantity=Decimal(1))
    run_all()
    assert mandate.ending.kind == "recalled"
    kinds = set(Entry.objects.filter(log=cast.abiego.log_id).values_list("kind", flat=True))
    assert {"recall.opened_by_charter", "recall.put_to_vote", "mandate.recalled", "report.review_proposed"} <= kinds


def test_an_objection_unanswered_ends_in_a_halt(cast: Cast, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path
    # Abiego and Loarre buy flour together; the delegates meet over it.
    ours, theirs = cast.mandate(cast.abiego, cast.bilal), cast.mandate(cast.loarre, cast.chen)
    task = cast.task(ours)
    our_part = task.attachments.get()
    their_part = task.attach(by=cast.chen, clause=theirs.clauses.get(), quantity=Decimal(50))
    meeting = Meeting.objects.call(cast.comarca, by=cast.chen, at=now() + 2 * DAY, place="The mill")
    meeting.put_on_agenda(task, by=cast.bilal)
    run_all()
    assert letters(cast.bilal, "meeting") == 1
    clock.travel(2 * DAY + DAY / 24)
    meeting.attend(by=cast.bilal)
    note = our_part.log_action(by=cast.bilal, what="Took rye", quantity=Decimal(30), meeting=meeting)
    assert list(meeting.notes.all()) == [note]

    # Ana objects; a citizen of Loarre may too, for it is one task; Dolores of Siétamo may not.
    objection = Objection.objects.make(note, by=cast.ana, grounds="The policy says wheat.")
    with goes_through():
        Objection.objects.make(task, by=cast.chen, grounds="Our part was wheat.")
    with refused(10):
        Objection.objects.make(note, by=cast.dolores, grounds="Rye!")
    run_all()
    assert letters(cast.bilal, "objection") == 1

    # Fourteen days, and no answer: whoever objected and the delegate are told, and it goes to the assembly.
    with refused(10):
        objection.propose_halt(by=cast.ana, task=task)
    clock.at(objection.answer_by)
    run_all()
    assert letters(cast.ana, "objection-unanswered") == letters(cast.bilal, "objection-unanswered") == 1
    halt = objection.propose_halt(by=cast.neighbours(cast.abiego, 1)[0], task=task, reasons="Wheat was asked for.")
    decide(halt.proposal, yes=4, close=False)

    # It bites at the close, for Abiego's part; Loarre goes on.
    with refused(10):
        our_part.log_action(by=cast.bilal, what="More rye", quantity=Decimal(1))
    with goes_through():
        their_part.log_action(by=cast.chen, what="Wheat", quantity=Decimal(5))
    assert Task.objects.with_state(now()).get(pk=task.pk).standing_now
    run_all()
    assert letters(cast.bilal, "halt") == 1

    # Bilal answers at last, and the assembly lets him go on.
    objection.answer(by=cast.bilal, text="There was no wheat. There is now.")
    decide(halt.propose_resumption(by=cast.ana).proposal, yes=4)
    run_all()
    assert not Halt.objects.in_force(now()).exists()
    with goes_through():
        our_part.log_action(by=cast.bilal, what="Wheat", quantity=Decimal(5))
    kinds = set(Entry.objects.filter(log=cast.comarca.log_id).values_list("kind", flat=True))
    assert {"meeting.called", "meeting.attended", "halt.carried", "halt.ended"} <= kinds
