"""Article 6: a task exists only while a clause in force covers it; a council has no vote and no policy."""

from decimal import Decimal

from django.db import connection, models

from assemblies.clock import now
from assemblies.models import Ballot, Decision, Policy, PolicyVersion, Proposal
from councils.models import Action, Attachment, Council, Task, used
from mandates.models import Mandate, Power
from tests.cast import DAY, Cast, carry, citizen_of, recall_carried
from tests.constitution.bench import (
    CORRECTED,
    Attempt,
    Corrected,
    Staged,
    everything_holds,
    goes_through,
    insert,
    kept,
    refused,
    sql,
    tried,
    twisted,
)

# ---- a task ----


def a_task(cast: Cast) -> Staged:
    mandate = cast.mandate(cast.abiego, cast.bilal)
    return {
        "task": {
            "council_id": cast.comarca.pk,
            "title": "Flour",
            "purpose": "Bread",
            "power": "procure",
            "place_id": None,
            "unit": "kg",
            "opened_by_id": cast.bilal.pk,
        },
        "attachment": {
            "clause_id": mandate.clauses.get().pk,
            "by_id": cast.bilal.pk,
            "quantity": Decimal(80),
        },
        "attached": True,
    }


def set_up(row: Staged) -> None:
    insert("councils_task", row["task"])
    if row["attached"]:
        ((task,),) = sql("SELECT max(id) FROM councils_task")
        insert("councils_attachment", row["attachment"] | {"task_id": task})
    everything_holds()


def task(**other):
    return lambda cast, row: {"task": row["task"] | other}


def attachment(**other):
    return lambda cast, row: {"attachment": row["attachment"] | other}


def in_another_council(cast: Cast, row: Staged) -> Staged:
    return {"task": row["task"] | {"council_id": cast.region.pk}}


def of_another_delegate(cast: Cast, row: Staged) -> Staged:
    clause = cast.mandate(cast.loarre, cast.chen).clauses.get()
    return {"attachment": row["attachment"] | {"clause_id": clause.pk}}


def in_one_place(cast: Cast, row: Staged) -> Staged:
    mandate = cast.mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, place=cast.abiego))
    return {"attachment": row["attachment"] | {"clause_id": mandate.clauses.get().pk}}


def in_the_wrong_place(cast: Cast, row: Staged) -> Staged:
    return in_one_place(cast, row) | {"task": row["task"] | {"place_id": cast.loarre.pk}}


def undecided(cast: Cast, row: Staged) -> Staged:
    clause = cast.propose_mandate(cast.abiego, cast.bilal).clauses.get()
    return {"attachment": row["attachment"] | {"clause_id": clause.pk}}


def the_mandate(row: Staged) -> Mandate:
    return Mandate.objects.get(clauses=row["attachment"]["clause_id"])


def recalled(cast: Cast, row: Staged) -> Staged:
    recall_carried(the_mandate(row), close=False)
    return {}


def resigned(cast: Cast, row: Staged) -> Staged:
    the_mandate(row).resign(by=cast.bilal)
    return {}


def struck(cast: Cast, row: Staged) -> Staged:
    mandate = the_mandate(row)
    carry(mandate.propose_narrowing(by=cast.ana, reasons="No.", struck=mandate.clauses.all()).proposal, close=False)
    return {}


def lowered(cast: Cast, row: Staged) -> Staged:
    mandate = the_mandate(row)
    limits = {mandate.clauses.get(): Decimal(50)}
    carry(mandate.propose_narrowing(by=cast.ana, reasons="Less.", limits=limits).proposal, close=False)
    return {}


def repealed(cast: Cast, row: Staged) -> Staged:
    policy = cast.policy(cast.abiego)
    carry(cast.abiego.propose("No bread", "", by=cast.ana, effect="repeal", policy=policy), close=False)
    return {}


def left(cast: Cast, row: Staged) -> Staged:
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    return {}


TASKS = twisted(
    a_task,
    set_up,
    set_up_a_task_that_rests_on_nothing=(6, lambda cast, row: {"attached": False}),
    set_up_a_task_in_the_name_of_another_than_its_delegate=(
        6,
        lambda cast, row: {"task": row["task"] | {"opened_by_id": cast.ana.pk}},
    ),
    attach_a_clause_in_another_council=(6, in_another_council),
    attach_a_clause_of_another_delegate=(6, of_another_delegate),
    attach_a_clause_as_somebody_else=(6, lambda cast, row: {"attachment": row["attachment"] | {"by_id": cast.ana.pk}}),
    attach_a_clause_as_a_technician=(
        6,
        lambda cast, row: {"attachment": row["attachment"] | {"by_id": cast.technician.pk}},
    ),
    use_a_power_that_the_clause_does_not_give=(6, task(power="distribute")),
    use_a_power_that_nobody_knows=("task_power", task(power="legislate")),
    go_beyond_the_limit=(6, attachment(quantity=Decimal("100.001"))),
    leave_open_how_much=(6, attachment(quantity=None)),
    count_in_another_unit=(6, task(unit="sacks")),
    count_less_than_nothing=("attachment_quantity", attachment(quantity=Decimal(-5))),
    go_everywhere_on_a_clause_for_one_place=(6, in_one_place),
    go_to_another_place_than_the_clauses=(6, in_the_wrong_place),
    attach_a_clause_that_has_not_been_decided=(8, undecided),
    attach_a_clause_of_one_recalled_before_anyone_noted_it=(8, recalled),
    attach_a_clause_of_one_who_resigned=(8, resigned),
    attach_a_clause_of_one_who_left_the_assembly=(8, left),
    attach_a_struck_clause=(8, struck),
    attach_a_clause_whose_policy_was_repealed=(8, repealed),
    go_beyond_a_limit_that_was_lowered=(6, lowered),
    set_up_a_task_without_a_title=("task_has_a_title", task(title="")),
)


def a_joining(cast: Cast) -> Staged:
    """Chen joins a task of Bilal's."""
    theirs = cast.task(cast.mandate(cast.abiego, cast.bilal))
    clause = cast.mandate(cast.loarre, cast.chen).clauses.get()
    return {"task_id": theirs.pk, "clause_id": clause.pk, "by_id": cast.chen.pk, "quantity": Decimal(10)}


def join(row: Staged) -> None:
    insert("councils_attachment", row)


JOININGS = twisted(
    a_joining,
    join,
    join_twice_on_one_clause=("attachment_once", lambda cast, row: (join(row), {})[1]),
    join_for_another_delegate=(6, lambda cast, row: {"by_id": cast.bilal.pk}),
)

# ---- an action ----


def an_action(cast: Cast) -> Staged:
    task = cast.task(cast.mandate(cast.abiego, cast.bilal))
    return {
        "task_id": task.pk,
        "attachment_id": task.attachments.get().pk,
        "by_id": cast.bilal.pk,
        "what": "Bought flour",
        "quantity": Decimal(60),
        "unit": "kg",
        "evidence": "",
        "done_at": now(),
    }


def log(row: Staged) -> None:
    insert("councils_action", row)


def under_another_task(cast: Cast, row: Staged) -> Staged:
    return {"task_id": cast.task(cast.mandate(cast.abiego, cast.ana)).pk}


def of_the_attachment(row: Staged) -> Staged:
    return {"attachment": {"clause_id": Attachment.objects.get(pk=row["attachment_id"]).clause_id}}


def when(happens):
    return lambda cast, row: (happens(cast, of_the_attachment(row)), {"done_at": now()})[1]


ACTIONS = twisted(
    an_action,
    log,
    log_beyond_the_limit=(6, lambda cast, row: {"quantity": Decimal("100.001")}),
    log_twice_what_fits_once=(6, lambda cast, row: (log(row), {})[1]),
    log_less_than_nothing=("action_quantity_has_a_unit", lambda cast, row: {"quantity": Decimal(-60)}),
    log_without_saying_how_much=(10, lambda cast, row: {"quantity": None, "unit": ""}),
    log_in_another_unit=(10, lambda cast, row: {"unit": "sacks"}),
    log_in_anothers_name=(10, lambda cast, row: {"by_id": cast.ana.pk}),
    log_as_a_technician=(10, lambda cast, row: {"by_id": cast.technician.pk}),
    log_under_another_task=(6, under_another_task),
    log_what_will_be_done=(10, lambda cast, row: {"done_at": row["done_at"] + DAY}),
    log_what_was_done_before_the_mandate_began=(8, lambda cast, row: {"done_at": row["done_at"] - DAY / 2}),
    log_what_was_done_before_there_was_a_task=(10, lambda cast, row: {"done_at": row["done_at"] - 30 * DAY}),
    log_nothing=("action_says_what", lambda cast, row: {"what": ""}),
    log_after_a_recall_that_nobody_noted=(8, when(recalled)),
    log_after_resigning=(8, when(resigned)),
    log_after_leaving_the_assembly=(8, when(left)),
    log_under_a_struck_clause=(8, when(struck)),
    log_under_a_repealed_policy=(8, when(repealed)),
    log_beyond_a_limit_that_was_lowered=(6, when(lowered)),
)

# ---- when ----


def backdated(cast: Cast, row: Staged) -> None:
    set_up(row | {"task": row["task"] | {"opened_at": now() - 300 * DAY}})
    if now() - Task.objects.latest("pk").opened_at < DAY:
        raise Corrected("councils_task", "dated")


DATED = [Attempt("set up a task long ago", CORRECTED, a_task, backdated, lambda cast, row: set_up(row))]

# ---- by the objects ----


def delegated(cast: Cast) -> Staged:
    return {"mandate": cast.mandate(cast.abiego, cast.bilal)}


ACTS = [
    Attempt(
        "attach a task as one who is no delegate",
        6,
        delegated,
        lambda cast, s: cast.task(s["mandate"], by=cast.ana),
        lambda cast, s: cast.task(s["mandate"]),
    ),
    Attempt(
        "attach a task to nothing",
        6,
        delegated,
        lambda cast, s: cast.task(s["mandate"], clauses=[]),
        lambda cast, s: cast.task(s["mandate"]),
    ),
    Attempt(
        "attach a task beyond the limit",
        6,
        delegated,
        lambda cast, s: cast.task(s["mandate"], 101),
        lambda cast, s: cast.task(s["mandate"], 100),
    ),
    Attempt(
        "attach a task in another unit",
        6,
        delegated,
        lambda cast, s: cast.task(s["mandate"], unit="sacks"),
        lambda cast, s: cast.task(s["mandate"], unit="kg"),
    ),
    Attempt(
        "attach a task at another council",
        6,
        delegated,
        lambda cast, s: Council.objects.get(pk=cast.region.pk).attach_task(
            by=cast.bilal, title="Flour", purpose="", clauses=s["mandate"].clauses.all(), unit="kg"
        ),
        lambda cast, s: cast.task(s["mandate"]),
    ),
    Attempt(
        "log beyond the limit",
        6,
        lambda cast: {"attachment": cast.task(cast.mandate(cast.abiego, cast.bilal)).attachments.get()},
        lambda cast, s: s["attachment"].log_action(by=cast.bilal, what="Too much", quantity=Decimal(101)),
        lambda cast, s: s["attachment"].log_action(by=cast.bilal, what="All", quantity=Decimal(100)),
    ),
    Attempt(
        "log as one who is no delegate",
        10,
        lambda cast: {"attachment": cast.task(cast.mandate(cast.abiego, cast.bilal)).attachments.get()},
        lambda cast, s: s["attachment"].log_action(by=cast.ana, what="I too", quantity=Decimal(1)),
        lambda cast, s: s["attachment"].log_action(by=cast.bilal, what="Some", quantity=Decimal(1)),
    ),
]

ATTEMPTS = [
    *TASKS,
    *JOININGS,
    *ACTIONS,
    *DATED,
    *ACTS,
    *kept("councils_task", 10, lambda cast: cast.task(cast.mandate(cast.abiego, cast.bilal))),
    *kept("councils_attachment", 6, lambda cast: cast.task(cast.mandate(cast.abiego, cast.bilal))),
    *kept("councils_action", 10, lambda cast: log(an_action(cast))),
]

test_attempt = tried(ATTEMPTS)


def test_one_statement_cannot_overrun_a_limit_row_by_row(cast: Cast):
    row = an_action(cast)
    columns = "task_id, attachment_id, by_id, what, quantity, unit, evidence"
    values = "(%(task_id)s, %(attachment_id)s, %(by_id)s, %(what)s, {}, 'kg', '')"
    with refused(6):
        sql(f"INSERT INTO councils_action ({columns}) VALUES {values.format(60)}, {values.format(60)}", row)
    with refused(6):
        one = f"INSERT INTO councils_action ({columns}) VALUES {values.format(60)} RETURNING 1"
        sql(f"WITH a AS ({one}), b AS ({one}) SELECT * FROM a, b", row)
    with refused(6):
        sql(
            f"INSERT INTO councils_action ({columns}) SELECT %(task_id)s, %(attachment_id)s, %(by_id)s, %(what)s, 30,"
            " 'kg', '' FROM generate_series(1, 4)",
            row,
        )
    with refused(6), connection.cursor() as cursor, cursor.copy(f"COPY councils_action ({columns}) FROM STDIN") as copy:
        for _ in range(2):
            copy.write_row((row["task_id"], row["attachment_id"], row["by_id"], "Bought", 60, "kg", ""))
    with goes_through():
        sql(f"INSERT INTO councils_action ({columns}) VALUES {values.format(60)}, {values.format(40)}", row)


def test_two_tasks_share_the_limit_of_their_clause(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    first, second = (cast.task(mandate, 80).attachments.get() for _ in range(2))
    first.log_action(by=cast.bilal, what="Bought", quantity=Decimal(70))
    with refused(6):
        second.log_action(by=cast.bilal, what="Bought more", quantity=Decimal(40))
    second.log_action(by=cast.bilal, what="Bought the rest", quantity=Decimal(30))
    assert used(mandate.clauses.get()) == 100
    with refused(6):
        cast.task(mandate, 1)


def test_a_task_stands_while_one_clause_does_and_stops_by_itself_with_the_last(cast: Cast):
    ours, theirs = cast.mandate(cast.abiego, cast.bilal), cast.mandate(cast.loarre, cast.chen)
    task = cast.task(ours)
    task.attach(by=cast.chen, clause=theirs.clauses.get(), quantity=Decimal(10))
    ours.resign(by=cast.bilal)
    assert task.is_standing(now())
    theirs.resign(by=cast.chen)
    assert not task.is_standing(now())
    stopped_at, ends = task.stopped(now())
    assert stopped_at == theirs.end(now())[1]
    assert {why for _attachment, why in ends} == {"resigned"}


def test_a_task_goes_ahead_for_those_who_attached_and_for_no_one_else(cast: Cast):
    task = cast.task(cast.mandate(cast.abiego, cast.bilal))
    cast.mandate(cast.loarre, cast.chen)
    assert [a.clause.mandate.assembly for a in task.attachments.in_force(now())] == [cast.abiego]
    with refused(10):
        task.attachments.get().log_action(by=cast.chen, what="In Loarre's name", quantity=Decimal(1))


def test_nothing_in_a_council_can_hold_a_vote_or_a_policy():
    """Its tables point at no decision, proposal, ballot or policy, and none of its powers is to decide."""
    political = {Decision, Proposal, Ballot, Policy, PolicyVersion}
    for model in (Council, Task, Attachment, Action):
        own = [f for f in model._meta.local_fields if isinstance(f, models.ForeignKey)]
        assert not {field.related_model for field in own} & political, model
    assert Council._meta.proxy
    assert not {"legislate", "decide", "vote", "tax"} & set(Power.values)


def test_all_delegates_together_make_no_policy(cast: Cast):
    """What the whole council agrees on is still a proposal that each assembly adopts or does not."""
    for assembly, delegate in ((cast.abiego, cast.bilal), (cast.loarre, cast.chen), (cast.sietamo, cast.dolores)):
        cast.mandate(assembly, delegate)
    before = PolicyVersion.objects.count()
    for seat in cast.comarca.seats(now()):
        with refused(1):
            cast.abiego.propose("Common mill", "The mill is common.", by=seat.delegate).put_to_vote(by=seat.delegate)
    assert PolicyVersion.objects.count() == before
    carry(cast.abiego.propose("Common mill", "The mill is common.", by=citizen_of(cast.abiego)))
    assert PolicyVersion.objects.count() == before + 1


def test_a_seat_rests_on_mandates_in_force_and_on_nothing_else(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    cast.propose_mandate(cast.loarre, cast.chen)
    assert [seat.delegate for seat in cast.comarca.seats(now())] == [cast.bilal]
    assert cast.comarca.seats(mandate.valid_until) == []
    assert cast.region.seats(now()) == []
    mandate.resign(by=cast.bilal)
    assert cast.comarca.seats(now()) == []
