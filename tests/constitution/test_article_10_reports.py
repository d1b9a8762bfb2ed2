"""Article 10: reports fall due and lateness shows; after enough that were missed the recall goes to the assembly."""

from datetime import datetime, timedelta

from assemblies.clock import now
from assemblies.models import Decision, Entry, Proposal
from councils.models import Meeting
from mandates.models import Confederation, Mandate, Power, Recall, Report, report_days
from mandates.tasks import missed, put_missed_reports, reviews
from tests.cast import DAY, Cast, carry, citizen_of, clock, decide, founded, vote
from tests.constitution.bench import Attempt, Staged, goes_through, insert, kept, refused, sql, tried, twisted


def strict(cast: Cast) -> Confederation:
    """A confederation of Abiego where reports fall due every ten days, and two missed ones put the recall."""
    sierra = Confederation.objects.found(
        "Sierra", by=cast.ana, powers=Power.values, report_interval=10 * DAY, missed_reports=2, answering_period=5 * DAY
    )
    return founded(sierra, cast.abiego, cast.loarre)


def reported(cast: Cast) -> Mandate:
    return cast.mandate(cast.abiego, cast.bilal, confederation=strict(cast))


def days(mandate: Mandate, kind: str = "interval") -> list[datetime]:
    return [due.due_at for due in report_days(mandate, now()) if due.kind == kind]


# ---- giving a report ----


def a_report(cast: Cast) -> Staged:
    mandate = reported(cast)
    return {"mandate_id": mandate.pk, "due_at": days(mandate)[0], "by_id": cast.bilal.pk, "text": "Ten kilos."}


def give(row: Staged) -> None:
    insert("mandates_report", row)


def last_day(row: Staged) -> datetime:
    return days(Mandate.objects.get(pk=row["mandate_id"]), "final")[0]


REPORTS = twisted(
    a_report,
    give,
    report_for_the_delegate=(10, lambda cast, row: {"by_id": cast.ana.pk}),
    report_for_a_day_on_which_none_is_due=(10, lambda cast, row: {"due_at": now() + DAY}),
    report_before_what_it_tells_of=(10, lambda cast, row: {"due_at": last_day(row)}),
    give_a_report_twice=(10, lambda cast, row: (give(row), {})[1]),
    report_without_a_word=("23514", lambda cast, row: {"text": ""}),
)


def a_mandate(cast: Cast) -> Staged:
    return {"mandate": reported(cast)}


def file(cast: Cast, staged: Staged, **other) -> Report:
    mandate = staged["mandate"]
    terms = {"by": cast.bilal, "due_at": days(mandate)[0], "text": "Ten kilos."} | other
    return Report.objects.file(mandate, **terms)


ACTS = [
    Attempt("report for another", 10, a_mandate, lambda cast, s: file(cast, s, by=cast.ana), file),
    Attempt("report nothing", 10, a_mandate, lambda cast, s: file(cast, s, text=" "), file),
    Attempt("report far ahead", 10, a_mandate, lambda cast, s: file(cast, s, due_at=days(s["mandate"])[3]), file),
    Attempt("report again", 10, a_mandate, lambda cast, s: (file(cast, s), file(cast, s)), file),
]


# ---- what the assembly says ----


def a_review(cast: Cast) -> Staged:
    mandate = reported(cast)
    report = Report.objects.file(mandate, by=cast.bilal, due_at=days(mandate)[0], text="Ten kilos of it.")
    return {"report_id": report.pk, "verdict": "accept", "proposal_id": draft(cast, "Bilal. Ten kilos of it.").pk}


def draft(cast: Cast, text: str, assembly=None) -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "A report", text, by=citizen_of(assembly), effect="question")


def ask(row: Staged) -> None:
    insert("mandates_review", row)
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %s", [row["proposal_id"]])


def elsewhere(cast: Cast, row: Staged) -> Staged:
    return {"proposal_id": draft(cast, "Bilal. Ten kilos of it.", cast.loarre).pk}


REVIEWS = twisted(
    a_review,
    ask,
    have_another_assembly_accept_it=(10, elsewhere),
    burn_a_report=("23514", lambda cast, row: {"verdict": "burn"}),
    ask_about_a_report_that_nobody_reads=(10, lambda cast, row: {"proposal_id": draft(cast, "Bilal reported.").pk}),
)


# ---- the recall that the charter puts ----


def put(cast: Cast, staged: Staged) -> None:
    proposal = Proposal.objects.draft(cast.abiego, "Recall", "Bilal. Missed.", by=None, effect="question")
    row = {"mandate_id": staged["mandate"].pk, "proposal_id": proposal.pk, "grounds": "Missed.", "lapses_at": now()}
    insert("mandates_recall", row)
    proposal.offer(by=None)


def put_late(cast: Cast, staged: Staged) -> None:
    clock.travel(21 * DAY)
    put(cast, staged)


def unsaid(cast: Cast, staged: Staged) -> None:
    Proposal.objects.draft(cast.abiego, "Whose", "Nobody's.", by=None, effect="question").offer(by=None)


CHARTER = [
    Attempt("put a recall that no missed report puts", 10, a_mandate, put, put_late),
    Attempt("ask in nobodys name", 1, a_mandate, unsaid, put_late),
    Attempt(
        "adopt in nobodys name",
        1,
        a_mandate,
        lambda cast, s: Proposal.objects.draft(cast.abiego, "Bread", "Bread.", by=None, effect="policy"),
        put_late,
    ),
]


def a_charter(cast: Cast) -> Staged:
    log = sql("INSERT INTO assemblies_log (origin) VALUES ('confederation/plain') RETURNING id")[0][0]
    insert("mandates_confederation", {"name": "Plain", "slug": "plain", "log_id": log, "drafted_by_id": cast.ana.pk})
    ((number,),) = sql("SELECT id FROM mandates_confederation WHERE slug = 'plain'")
    return {
        "confederation_id": number,
        "text": "",
        "powers": ["inform"],
        "longest_term": DAY,
        "recall_per_mille": 100,
        "signing_period": DAY,
        "report_interval": DAY,
        "missed_reports": 1,
        "answering_period": DAY,
    }


CHARTERS = twisted(
    a_charter,
    lambda row: insert("mandates_charter", row),
    never_mind_missed_reports=("23514", lambda cast, row: {"missed_reports": 0}),
    leave_no_time_to_answer=("23514", lambda cast, row: {"answering_period": timedelta(hours=1)}),
)

# ---- meetings, after which reports fall due ----


def a_meeting(cast: Cast) -> Staged:
    mandate = cast.mandate(cast.abiego, cast.bilal)
    return {
        "confederation_id": mandate.confederation_id,
        "called_by_id": cast.bilal.pk,
        "at": now() + 3 * DAY,
        "place": "The square",
    }


MEETINGS = twisted(
    a_meeting,
    lambda row: insert("mandates_convocation", row),
    call_delegates_together_as_a_citizen=(4, lambda cast, row: {"called_by_id": cast.ana.pk}),
    call_them_for_this_afternoon=(10, lambda cast, row: {"at": now() + timedelta(hours=3)}),
    call_them_for_yesterday=(10, lambda cast, row: {"at": now() - DAY}),
    call_them_nowhere=("23514", lambda cast, row: {"place": ""}),
)


def called(cast: Cast) -> Staged:
    cast.mandate(cast.abiego, cast.bilal)
    return {"meeting": Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + 3 * DAY, place="The square")}


def call_off(cast: Cast, staged: Staged) -> None:
    sql("UPDATE mandates_convocation SET called_off_at = civic_now() WHERE id = %s", [staged["meeting"].pk])


def held(cast: Cast, staged: Staged) -> None:
    clock.travel(4 * DAY)
    call_off(cast, staged)


CALLED = [
    Attempt(
        "move a meeting",
        10,
        called,
        lambda cast, s: sql("UPDATE mandates_convocation SET at = at + interval '1 day'"),
        call_off,
    ),
    Attempt("call off what was held", 10, called, held, call_off),
    Attempt(
        "call off anothers meeting",
        10,
        called,
        lambda cast, s: s["meeting"].call_off(by=cast.ana),
        lambda cast, s: s["meeting"].call_off(by=cast.bilal),
    ),
]

ATTEMPTS = [
    *(REPORTS + ACTS + REVIEWS + CHARTER + CHARTERS + MEETINGS + CALLED),
    *kept("mandates_report", 10, lambda cast: give(a_report(cast))),
    *kept("mandates_review", 10, lambda cast: ask(a_review(cast))),
    *kept("mandates_convocation", 10, called, updates=True),
]

test_attempt = tried(ATTEMPTS)


def test_days_are_a_function_of_the_mandate_and_the_clock(cast: Cast):
    mandate = reported(cast)
    began = max(mandate.valid_from, mandate.proposal.decision.closes_at)
    first, second, *rest = days(mandate)
    assert (first, second) == (began + 10 * DAY, began + 20 * DAY)
    assert rest[-1] < mandate.valid_until
    assert days(mandate, "final") == [mandate.valid_until + 5 * DAY]
    mandate.resign(by=cast.bilal)
    (final,) = report_days(mandate, now())
    assert final.kind == "final"


def test_late_is_late_for_good_and_missed_is_counted(cast: Cast):
    mandate = reported(cast)
    first = days(mandate)[0]
    clock.travel(11 * DAY)
    assert sql("SELECT count(*) FROM missed_reports(%s, civic_now())", [mandate.pk]) == [(1,)]
    (due,) = [due for due in report_days(mandate, now()) if due.late(now())]
    assert due.due_at == first
    report = Report.objects.file(mandate, by=cast.bilal, due_at=first, text="The miller was ill.")
    assert Report.objects.with_state(now()).get(pk=report.pk).late
    assert sql("SELECT count(*) FROM missed_reports(%s, civic_now())", [mandate.pk]) == [(1,)]
    assert sql("SELECT report_owed_since(%s, civic_now())", [mandate.pk]) == [(None,)]
    # And before that day nothing was missed, whoever asks today.
    assert sql("SELECT count(*) FROM missed_reports(%s, %s)", [mandate.pk, first - DAY]) == [(0,)]


def test_the_recall_goes_to_the_assembly_once_and_by_itself(cast: Cast):
    mandate = reported(cast)
    clock.travel(19 * DAY)
    assert put_missed_reports() == 0
    clock.travel(DAY)
    assert missed.oldest_due(now()) == days(mandate)[1]
    assert put_missed_reports() == 1
    assert put_missed_reports() == 0
    recall = Recall.objects.get(mandate=mandate)
    assert (recall.opened_by, recall.needed, recall.proposal.author) == (None, 0, None)
    assert recall.decision.called_by is None
    assert Entry.objects.about(recall).filter(kind="recall.opened_by_charter").count() == 1
    assert mandate.is_in_force(now()), "citizens decide"
    # Refused by the assembly: the same two do not put it again, two more do.
    decide(recall.proposal, yes=0, no=4)
    assert put_missed_reports() == 0
    clock.travel(20 * DAY)
    assert put_missed_reports() == 1
    second = Recall.objects.filter(mandate=mandate).latest("pk")
    decide(second.proposal, yes=4)
    assert not mandate.is_in_force(now())


def test_nobody_keeps_the_charters_recall_from_its_vote(cast: Cast):
    mandate = reported(cast)
    clock.travel(21 * DAY)
    put_missed_reports()
    (recall,) = mandate.recalls.all()
    with refused(1):
        sql("UPDATE assemblies_proposal SET withdrawn_at = civic_now() WHERE id = %s", [recall.proposal_id])
    decision = Decision.objects.get(proposal=recall.proposal)
    vote(decision, yes=4)
    clock.at(decision.closes_at)
    assert not mandate.is_in_force(now()), "though no worker has counted"


def test_reports_given_in_time_put_nothing(cast: Cast):
    mandate = reported(cast)
    for _ in range(3):
        due = next(due for due in report_days(mandate, now()) if due.due_at > now())
        Report.objects.file(mandate, by=cast.bilal, due_at=due.due_at, text="As agreed.")
        clock.at(due.due_at + DAY / 2)
    assert put_missed_reports() == 0


def test_what_was_sent_back_is_owed_again(cast: Cast):
    mandate = reported(cast)
    day = days(mandate)[0]
    report = Report.objects.file(mandate, by=cast.bilal, due_at=day, text="All is well.")
    with refused(10):
        Report.objects.file(mandate, by=cast.bilal, due_at=day, text="Better than well.")
    carry(report.propose_review(by=cast.ana, verdict="send-back", reasons="Say how much.").proposal)
    assert Report.objects.with_state(now()).get(pk=report.pk).state_now == "sent-back"
    assert reviews.run() == 1
    assert Entry.objects.about(report).filter(kind="report.sent_back", log=mandate.confederation.log_id).count() == 1
    with goes_through():
        again = Report.objects.file(mandate, by=cast.bilal, due_at=day, text="Ten kilos.")
        carry(again.propose_review(by=cast.ana, verdict="accept").proposal)
        assert Report.objects.with_state(now()).get(pk=again.pk).state_now == "accepted"


def test_after_each_meeting_every_delegate_owes_a_report(cast: Cast):
    first = cast.mandate(cast.abiego, cast.bilal)
    second = cast.mandate(cast.loarre, cast.chen)
    meeting = Meeting.objects.call(cast.comarca, by=cast.chen, at=now() + 2 * DAY, place="The mill")
    for mandate in (first, second):
        assert days(mandate, "meeting") == [meeting.at + 14 * DAY]
    meeting.call_off(by=cast.chen)
    assert days(first, "meeting") == []
