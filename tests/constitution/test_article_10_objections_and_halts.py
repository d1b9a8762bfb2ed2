"""Article 10: any citizen of a mandating assembly objects, the delegate answers, the assembly halts its own part."""

from datetime import timedelta
from decimal import Decimal

from assemblies.clock import now
from assemblies.models import Entry, Proposal
from councils.models import Action, Attachment, Halt, Objection, Task, Variance
from councils.tasks import note_halts
from mandates.models import Report, report_days
from tests.cast import DAY, Cast, carry, citizen_of, clock, decide, lose
from tests.constitution.bench import Attempt, Staged, goes_through, insert, kept, refused, sql, tried, twisted

HOUR = timedelta(hours=1)


def a_task(cast: Cast) -> Staged:
    mandate = cast.mandate(cast.abiego, cast.bilal)
    task = cast.task(mandate)
    attachment = task.attachments.get()
    action = attachment.log_action(by=cast.bilal, what="Bought 40 kg", quantity=Decimal(40))
    return {"mandate": mandate, "task": task, "attachment": attachment, "action": action}


# ---- objecting ----


def an_objection(cast: Cast) -> Staged:
    staged = a_task(cast)
    return {
        "action_id": staged["action"].pk,
        "assembly_id": cast.abiego.pk,
        "mandate_id": staged["mandate"].pk,
        "by_id": cast.ana.pk,
        "grounds": "It was rye.",
        "answer_by": now(),
    }


def to_the_task(cast: Cast) -> Staged:
    row = an_objection(cast)
    return row | {"action_id": None, "task_id": Action.objects.get(pk=row["action_id"]).task_id}


def to_a_report(cast: Cast) -> Staged:
    row = an_objection(cast)
    mandate = Action.objects.get(pk=row["action_id"]).attachment.clause.mandate
    due = report_days(mandate, now())[0]
    report = Report.objects.file(mandate, by=cast.bilal, due_at=due.due_at, text="All is well.")
    return row | {"action_id": None, "report_id": report.pk}


def object_to(row: Staged) -> None:
    insert("councils_objection", row)


def twice(cast: Cast, row: Staged) -> Staged:
    object_to(row)
    return {}


def another_mandate(cast: Cast, row: Staged) -> Staged:
    return {"mandate_id": cast.mandate(cast.abiego, cast.ana).pk}


MADE = [
    *twisted(
        an_objection,
        object_to,
        object_from_elsewhere=(10, lambda cast, row: {"by_id": cast.chen.pk, "assembly_id": cast.loarre.pk}),
        object_in_the_name_of_an_assembly_that_is_not_ones_own=(10, lambda cast, row: {"by_id": cast.chen.pk}),
        have_another_delegate_answer=(10, another_mandate),
        object_to_an_action_twice=(10, twice),
        object_without_grounds=("23514", lambda cast, row: {"grounds": ""}),
        object_to_two_things_at_once=("23514", lambda cast, row: {"task_id": Action.objects.get().task_id}),
    ),
    *twisted(to_the_task, object_to, object_to_a_task_twice=(10, twice), ask_another=(10, another_mandate)),
    *twisted(
        to_a_report,
        object_to,
        object_to_a_report_twice=(10, twice),
        object_to_anothers_report=(10, lambda cast, row: {"by_id": cast.chen.pk, "assembly_id": cast.loarre.pk}),
        let_another_answer_for_a_report=(10, another_mandate),
    ),
]


# ---- answering, and accepting the answer ----


def objected(cast: Cast) -> Staged:
    staged = a_task(cast)
    return staged | {"objection": Objection.objects.make(staged["action"], by=cast.ana, grounds="It was rye.")}


def answered(cast: Cast) -> Staged:
    staged = objected(cast)
    staged["objection"].answer(by=cast.bilal, text="There was no wheat.")
    return staged


def reply(cast: Cast, staged: Staged, **other) -> None:
    row = {"objection_id": staged["objection"].pk, "by_id": cast.bilal.pk, "text": "There was none."}
    insert("councils_answer", row | other)


def accept(cast: Cast, staged: Staged, **other) -> None:
    insert("councils_settlement", {"objection_id": staged["objection"].pk, "by_id": cast.ana.pk} | other)


ANSWERED = [
    Attempt("answer for the delegate", 10, objected, lambda cast, s: reply(cast, s, by_id=cast.ana.pk), reply),
    Attempt("answer with silence", "23514", objected, lambda cast, s: reply(cast, s, text=""), reply),
    Attempt("accept an answer for another", 10, answered, lambda cast, s: accept(cast, s, by_id=cast.bilal.pk), accept),
    Attempt(
        "accept an answer that was not given",
        10,
        objected,
        accept,
        lambda cast, s: (reply(cast, s), accept(cast, s)),
    ),
    Attempt(
        "say in anothers name that it is settled",
        10,
        answered,
        lambda cast, s: s["objection"].settle(by=cast.bilal),
        lambda cast, s: s["objection"].settle(by=cast.ana),
    ),
]


# ---- halting ----


def question(cast: Cast, text: str = "Flour for the ovens. It was rye.", assembly=None) -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "Halt", text, by=citizen_of(assembly), effect="question")


def a_halt(cast: Cast) -> Staged:
    staged = answered(cast)
    return {
        "objection_id": staged["objection"].pk,
        "task_id": staged["task"].pk,
        "assembly_id": cast.abiego.pk,
        "proposal_id": question(cast).pk,
    }


def ask_to_halt(row: Staged) -> None:
    insert("councils_halt", row)
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %s", [row["proposal_id"]])


def for_loarre(cast: Cast, row: Staged) -> Staged:
    return {"assembly_id": cast.loarre.pk, "proposal_id": question(cast, assembly=cast.loarre).pk}


def another_task(cast: Cast, row: Staged) -> Staged:
    mandate = Objection.objects.get(pk=row["objection_id"]).mandate
    return {"task_id": cast.task(mandate, 5, title="Salt").pk}


def unanswered(cast: Cast, row: Staged) -> Staged:
    action = Action.objects.get()
    return {"objection_id": Objection.objects.make(action, by=citizen_of(cast.abiego), grounds="It was rye.").pk}


def also_a_review(cast: Cast, row: Staged) -> Staged:
    """A question that accepts a report and halts a task in one breath."""
    halted = to_a_report_of(cast)
    insert("mandates_review", {"report_id": halted, "verdict": "accept", "proposal_id": row["proposal_id"]})
    return {}


def also_a_review_afterwards(cast: Cast, row: Staged) -> Staged:
    insert("councils_halt", row)
    insert(
        "mandates_review", {"report_id": to_a_report_of(cast), "verdict": "accept", "proposal_id": row["proposal_id"]}
    )
    sql(
        "UPDATE assemblies_proposal SET text = text || ' Bilal. All is well.', offered_at = civic_now() WHERE id = %s",
        [row["proposal_id"]],
    )
    return {}


def to_a_report_of(cast: Cast) -> int:
    mandate = Objection.objects.latest("pk").mandate
    due = report_days(mandate, now())[0]
    return Report.objects.file(mandate, by=cast.bilal, due_at=due.due_at, text="All is well.").pk


def settled(cast: Cast, row: Staged) -> Staged:
    Objection.objects.get(pk=row["objection_id"]).settle(by=cast.ana)
    return {}


HALTS = twisted(
    a_halt,
    ask_to_halt,
    halt_anothers_part=(10, for_loarre),
    halt_a_task_that_nobody_objected_to=(10, another_task),
    halt_before_the_delegate_had_time_to_answer=(10, unanswered),
    halt_though_the_answer_was_accepted=(10, settled),
    halt_without_saying_why=(10, lambda cast, row: {"proposal_id": question(cast, "Flour for the ovens.").pk}),
    decide_two_things_at_once=(10, also_a_review),
    decide_two_things_at_once_the_other_way=(10, also_a_review_afterwards),
)


def halted(cast: Cast) -> Staged:
    staged = answered(cast)
    halt = staged["objection"].propose_halt(by=cast.ana, task=staged["task"])
    carry(halt.proposal)
    return staged | {"halt": halt}


def a_resumption(cast: Cast) -> Staged:
    staged = halted(cast)
    return {"halt_id": staged["halt"].pk, "proposal_id": question(cast).pk}


def ask_to_go_on(row: Staged) -> None:
    insert("councils_resumption", row)
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %s", [row["proposal_id"]])


def ended(cast: Cast, row: Staged) -> Staged:
    carry(Halt.objects.get(pk=row["halt_id"]).propose_resumption(by=cast.ana).proposal)
    return {}


RESUMED = twisted(
    a_resumption,
    ask_to_go_on,
    end_a_halt_from_elsewhere=(10, lambda cast, row: {"proposal_id": question(cast, assembly=cast.loarre).pk}),
    end_what_has_ended=(10, ended),
    go_on_without_naming_the_task=(10, lambda cast, row: {"proposal_id": question(cast, "On with it.").pk}),
)


def log_raw(cast: Cast, staged: Staged, **other) -> None:
    row = {
        "task_id": staged["task"].pk,
        "attachment_id": staged["attachment"].pk,
        "by_id": cast.bilal.pk,
        "what": "Bought more",
        "quantity": Decimal(1),
        "unit": "kg",
        "evidence": "",
    }
    insert("councils_action", row | other)


def go_on(cast: Cast, staged: Staged) -> None:
    carry(staged["halt"].propose_resumption(by=cast.ana).proposal)
    log_raw(cast, staged)


def join(cast: Cast, staged: Staged) -> None:
    """Another delegate of the same assembly lets the halted task rest on a clause of theirs."""
    mandate = cast.mandate(cast.abiego, cast.ana)
    row = {"task_id": staged["task"].pk, "clause_id": mandate.clauses.get().pk, "by_id": cast.ana.pk, "quantity": 5}
    insert("councils_attachment", row)


def join_after(cast: Cast, staged: Staged) -> None:
    carry(staged["halt"].propose_resumption(by=cast.ana).proposal)
    join(cast, staged)


BLOCKED = [
    Attempt("act under a clause that is halted", 10, halted, log_raw, go_on),
    Attempt("let another clause of the same assembly carry it", 10, halted, join, join_after),
    Attempt(
        "log by the act what is halted",
        10,
        halted,
        lambda cast, s: s["attachment"].log_action(by=cast.bilal, what="More", quantity=Decimal(1)),
        go_on,
    ),
]

# ---- what went beyond a clause ----


def elapsed(cast: Cast) -> Staged:
    staged = a_task(cast)
    clock.travel(3 * DAY)
    return {
        "attachment_id": staged["attachment"].pk,
        "by_id": cast.bilal.pk,
        "what": "A sack nobody weighed",
        "unit": "",
        "evidence": "",
        "done_at": now() - 2 * DAY,
        "kinds": [],
    }


def tell(row: Staged) -> None:
    insert("councils_variance", row)


TOLD = twisted(
    elapsed,
    tell,
    tell_for_the_delegate=(10, lambda cast, row: {"by_id": cast.ana.pk}),
    tell_what_could_have_been_logged=(10, lambda cast, row: {"quantity": Decimal(1), "unit": "kg"}),
    tell_what_was_done_this_morning=(10, lambda cast, row: {"done_at": now() - HOUR}),
    tell_what_was_done_before_there_was_a_task=(10, lambda cast, row: {"done_at": now() - 90 * DAY}),
    count_it_otherwise=(10, lambda cast, row: {"quantity": Decimal(200), "unit": "sacks"}),
    tell_nothing=("23514", lambda cast, row: {"what": ""}),
    count_nothing_in_kilos=("23514", lambda cast, row: {"unit": "kg"}),
)


def placed(cast: Cast) -> Staged:
    terms = cast.terms(cast.abiego, place=cast.abiego)
    mandate = cast.mandate(cast.abiego, cast.bilal, terms)
    task = cast.task(mandate, place=cast.abiego)
    return {"task": task, "attachment": task.attachments.get()}


WHERE = [
    Attempt(
        "act outside the place of the clause",
        6,
        placed,
        lambda cast, s: log_raw(cast, s, place_id=cast.loarre.pk),
        lambda cast, s: log_raw(cast, s, place_id=cast.abiego.pk),
    ),
    Attempt(
        "log by the act what was done elsewhere",
        6,
        placed,
        lambda cast, s: s["attachment"].log_action(by=cast.bilal, what="x", quantity=Decimal(1), place=cast.loarre),
        log_raw,
    ),
]

ATTEMPTS = [
    *(MADE + ANSWERED + HALTS + RESUMED + BLOCKED + TOLD + WHERE),
    *kept("councils_objection", 10, objected),
    *kept("councils_answer", 10, answered),
    *kept("councils_settlement", 10, lambda cast: accept(cast, answered(cast))),
    *kept("councils_halt", 10, lambda cast: ask_to_halt(a_halt(cast))),
    *kept("councils_resumption", 10, lambda cast: ask_to_go_on(a_resumption(cast))),
    *kept("councils_variance", 10, lambda cast: tell(elapsed(cast))),
]

test_attempt = tried(ATTEMPTS)


def test_a_halt_bites_at_the_close_though_nobody_has_counted(cast: Cast):
    staged = answered(cast)
    halt = staged["objection"].propose_halt(by=cast.ana, task=staged["task"])
    (decision,) = carry(halt.proposal, close=False)
    assert decision.closed_at is None
    with refused(10):
        log_raw(cast, staged)
    assert not halt.is_in_force(decision.closes_at - DAY / 24)
    assert halt.is_in_force(decision.closes_at)
    assert Task.objects.with_state(now()).get(pk=staged["task"].pk).halted_now
    assert Attachment.objects.in_force(now()).count() == 1, "the mandate itself stands"
    decision.close()
    assert note_halts() == 1
    assert Entry.objects.about(halt).filter(kind="halt.carried", log=cast.comarca.log_id).count() == 1


def test_a_halt_that_did_not_carry_halts_nothing(cast: Cast):
    staged = answered(cast)
    halt = staged["objection"].propose_halt(by=cast.ana, task=staged["task"])
    lose(halt.proposal)
    with goes_through():
        log_raw(cast, staged)
    assert note_halts() == 0


def test_each_assembly_halts_its_own_part_and_the_others_go_on(cast: Cast):
    staged = halted(cast)
    loarre = cast.mandate(cast.loarre, cast.chen)
    other = staged["task"].attach(by=cast.chen, clause=loarre.clauses.get(), quantity=Decimal(20))
    with goes_through():
        other.log_action(by=cast.chen, what="Bought 5 kg", quantity=Decimal(5))
    with refused(10):
        log_raw(cast, staged)
    assert not Task.objects.with_state(now()).get(pk=staged["task"].pk).halted_now


def test_a_halt_ends_by_decision_and_can_be_asked_for_again(cast: Cast):
    staged = halted(cast)
    decide(staged["halt"].propose_resumption(by=cast.ana).proposal, yes=4)
    with goes_through():
        log_raw(cast, staged)
    again = staged["objection"].propose_halt(by=cast.ana, task=staged["task"])
    carry(again.proposal)
    with refused(10):
        log_raw(cast, staged)


def test_silence_puts_it_to_the_assembly_when_the_term_is_over(cast: Cast):
    staged = objected(cast)
    objection = staged["objection"]
    assert objection.answer_by == objection.made_at + 14 * DAY
    with refused(10):
        objection.propose_halt(by=cast.ana, task=staged["task"])
    clock.travel(14 * DAY)
    assert Objection.objects.with_state(now()).get(pk=objection.pk).state_now == "unanswered"
    with goes_through():
        vote_on = objection.propose_halt(by=cast.ana, task=staged["task"])
        carry(vote_on.proposal)


def test_the_database_says_in_what_it_went_beyond(cast: Cast):
    staged = a_task(cast)
    clock.travel(3 * DAY)

    def told(**other) -> list[str]:
        terms = {"by": cast.bilal, "what": "Bought", "done_at": now() - 2 * DAY} | other
        return Variance.objects.tell(staged["attachment"], **terms).kinds

    assert told() == ["no-quantity"]
    assert told(quantity=Decimal(100)) == ["over-limit"]
    with refused(6):  # what was told counts: 40 logged and 100 told leave nothing of 100
        staged["attachment"].log_action(by=cast.bilal, what="More", quantity=Decimal(1))
    staged["mandate"].resign(by=cast.bilal)
    clock.travel(3 * DAY)
    assert told(quantity=Decimal(1)) == ["over-limit", "after-end"]
    assert told(quantity=Decimal(1), done_at=now() - 4 * DAY) == ["over-limit", "late"]


def test_what_was_done_elsewhere_is_flagged(cast: Cast):
    staged = placed(cast)
    clock.travel(3 * DAY)
    told = Variance.objects.tell(
        staged["attachment"],
        by=cast.bilal,
        what="Bought in Loarre",
        quantity=Decimal(5),
        place=cast.loarre,
        done_at=now() - 2 * DAY,
    )
    assert told.kinds == ["outside"]
