"""Article 8: authority is a function of rows and time; at its end it is gone though every worker sleeps."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assemblies.clock import now
from assemblies.tasks import closing
from mandates.models import Ending, Mandate
from mandates.tasks import endings
from tests.cast import DAY, MINUTE, Cast, accession, admitted, carry, clock, recall_carried
from tests.constitution.bench import Attempt, Staged, goes_through, insert, kept, refused, sql, tried, twisted

SECOND = timedelta(seconds=1)


def issued(cast: Cast, **other) -> Mandate:
    return cast.mandate(cast.abiego, cast.bilal, **other)


# ---- what is written about an ending ----


def an_expiry(cast: Cast) -> Staged:
    mandate = issued(cast)
    clock.at(mandate.valid_until)
    return {
        "mandate_id": mandate.pk,
        "kind": "expired",
        "effective_at": mandate.valid_until,
        "by_id": None,
        "reason": "",
    }


def note(row: Staged) -> None:
    insert("mandates_ending", row)


def another(cast: Cast, row: Staged) -> Staged:
    """One of Chen's, in force."""
    return {"mandate_id": cast.mandate(cast.loarre, cast.chen).pk}


EXPIRIES = twisted(
    an_expiry,
    note,
    note_a_recall_that_never_was=(8, lambda cast, row: {"kind": "recalled"}),
    note_a_withdrawal_that_never_was=(8, lambda cast, row: {"kind": "withdrawn"}),
    note_a_departure_that_never_was=(8, lambda cast, row: {"kind": "departed"}),
    note_that_citizenship_was_lost=(8, lambda cast, row: {"kind": "citizenship_lost"}),
    note_that_it_was_fulfilled=(8, lambda cast, row: {"kind": "fulfilled"}),
    note_a_kind_that_nobody_knows=(8, lambda cast, row: {"kind": "expelled"}),
    note_that_it_ended_earlier=(8, lambda cast, row: {"effective_at": row["effective_at"] - DAY}),
    note_that_it_ends_later=(8, lambda cast, row: {"effective_at": row["effective_at"] + DAY}),
    note_the_end_of_one_in_force=(8, another),
    note_an_expiry_in_somebodys_name=(8, lambda cast, row: {"by_id": cast.bilal.pk}),
    note_it_twice=("23505", lambda cast, row: (note(row), {})[1]),
    resign_after_the_end=(8, lambda cast, row: {"kind": "resigned", "by_id": cast.bilal.pk}),
)


def a_resignation(cast: Cast) -> Staged:
    return {
        "mandate_id": issued(cast).pk,
        "kind": "resigned",
        "effective_at": now(),
        "by_id": cast.bilal.pk,
        "reason": "Tired.",
    }


def undecided(cast: Cast, row: Staged) -> Staged:
    return {"mandate_id": cast.propose_mandate(cast.abiego, cast.bilal).pk}


RESIGNATIONS = twisted(
    a_resignation,
    note,
    resign_for_another=(4, lambda cast, row: {"by_id": cast.ana.pk}),
    resign_for_another_as_a_technician=(4, lambda cast, row: {"by_id": cast.technician.pk}),
    resign_for_another_as_nobody=(4, lambda cast, row: {"by_id": None}),
    resign_what_was_never_issued=(8, undecided),
    expire_one_in_force=(8, lambda cast, row: {"kind": "expired", "by_id": None}),
    recall_one_in_force=(8, lambda cast, row: {"kind": "recalled", "by_id": None}),
)

# ---- acting after the end ----


def a_running_task(cast: Cast) -> Staged:
    mandate = issued(cast)
    task = cast.task(mandate)
    return {
        "mandate": mandate,
        "task_id": task.pk,
        "attachment_id": task.attachments.get().pk,
        "clause_id": mandate.clauses.get().pk,
    }


def log(row: Staged) -> None:
    sql(
        "INSERT INTO councils_action (task_id, attachment_id, by_id, what, quantity, unit, evidence)"
        " SELECT a.task_id, a.id, a.by_id, 'Bought flour', 10, 'kg', '' FROM councils_attachment a"
        " WHERE a.id = %(attachment_id)s",
        {"attachment_id": row["attachment_id"]},
    )


def attach(row: Staged) -> None:
    sql(
        "WITH t AS (INSERT INTO councils_task (council_id, title, purpose, power, unit, opened_by_id)"
        " SELECT council_id, 'More', '', power, unit, opened_by_id FROM councils_task WHERE id = %(task_id)s"
        " RETURNING id, opened_by_id) SELECT id FROM t",
        {"task_id": row["task_id"]},
    )
    sql(
        "INSERT INTO councils_attachment (task_id, clause_id, by_id, quantity)"
        " SELECT max(t.id), %(clause_id)s, max(t.opened_by_id), 10 FROM councils_task t",
        {"clause_id": row["clause_id"]},
    )


def at_the_end(cast: Cast, row: Staged) -> Staged:
    clock.at(row["mandate"].valid_until)
    return {}


def a_second_after(cast: Cast, row: Staged) -> Staged:
    clock.at(row["mandate"].valid_until + SECOND)
    return {}


ACTIONS = twisted(
    a_running_task,
    log,
    log_an_action_at_the_very_end=(8, at_the_end),
    log_an_action_a_second_after_the_end=(8, a_second_after),
    log_an_action_and_say_that_it_was_done_before=(8, a_second_after),
)
ATTACHMENTS = twisted(
    a_running_task,
    attach,
    attach_a_task_at_the_very_end=(8, at_the_end),
    attach_a_task_a_second_after_the_end=(8, a_second_after),
)

ACTS = [
    Attempt(
        "act on after the end",
        8,
        a_running_task,
        lambda cast, s: (at_the_end(cast, s), cast.task(s["mandate"])),
        lambda cast, s: cast.task(s["mandate"]),
    ),
    Attempt(
        "recall what has expired",
        7,
        a_running_task,
        lambda cast, s: (at_the_end(cast, s), s["mandate"].open_recall(by=cast.ana, grounds="Late.")),
        lambda cast, s: s["mandate"].open_recall(by=cast.ana, grounds="Late."),
    ),
    Attempt(
        "narrow what has expired",
        8,
        a_running_task,
        lambda cast, s: (
            at_the_end(cast, s),
            s["mandate"].propose_narrowing(by=cast.ana, reasons="Late.", withdraws=True),
        ),
        lambda cast, s: s["mandate"].propose_narrowing(by=cast.ana, reasons="Late.", withdraws=True),
    ),
]

ATTEMPTS = [
    *EXPIRIES,
    *RESIGNATIONS,
    *ACTIONS,
    *ATTACHMENTS,
    *ACTS,
    *kept("mandates_ending", 8, lambda cast: note(a_resignation(cast))),
]

test_attempt = tried(ATTEMPTS)


def test_at_valid_until_it_is_gone_and_a_moment_before_it_is_there(cast: Cast):
    mandate = issued(cast)
    clause = mandate.clauses.get()
    for moment, there in (
        (mandate.valid_until - timedelta(microseconds=1), True),
        (mandate.valid_until, False),
        (mandate.valid_until + DAY, False),
    ):
        assert mandate.is_in_force(moment) is there
        assert clause.is_in_force(moment) is there
        assert bool(cast.comarca.seats(moment)) is there
    assert mandate.end(now()) == ("expired", mandate.valid_until)


def test_a_task_stops_with_the_mandate_and_says_since_when_and_why(cast: Cast):
    mandate = issued(cast)
    task = cast.task(mandate)
    clock.at(mandate.valid_until + DAY)
    stopped_at, ends = task.stopped(now())
    assert stopped_at == mandate.valid_until
    assert [why for _attachment, why in ends] == ["expired"]
    assert Ending.objects.count() == 0


def test_workers_only_note_what_has_happened(cast: Cast):
    mandate = issued(cast)
    clock.at(mandate.valid_until + 3 * DAY)
    assert not mandate.is_in_force(now())
    assert list(Mandate.objects.ended_unnoted(now())) == [mandate]
    assert endings.run() == 1
    assert endings.run() == 0
    ending = mandate.ending
    assert (ending.kind, ending.effective_at, ending.by) == ("expired", mandate.valid_until, None)
    assert ending.recorded_at > ending.effective_at
    assert not mandate.is_in_force(now())


def settle() -> None:
    """What the workers write down, in the order of the floors."""
    closing.run()
    endings.run()


@pytest.mark.parametrize("kind", ["recalled", "withdrawn", "citizenship_lost", "departed", "expired", "resigned"])
def test_each_way_to_end_is_in_effect_before_and_after_it_is_noted(cast: Cast, kind: str):
    mandate = issued(cast)
    if kind == "recalled":
        recall_carried(mandate, close=False)
    elif kind == "withdrawn":
        proposal = mandate.propose_narrowing(by=cast.ana, reasons="Enough.", withdraws=True).proposal
        carry(proposal, close=False)
    elif kind == "citizenship_lost":
        admitted(cast.bilal, cast.loarre)
    elif kind == "departed":
        carry(accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="We go.").proposal, close=False)
    elif kind == "expired":
        clock.at(mandate.valid_until)
    else:
        mandate.resign(by=cast.bilal)
    before = mandate.end(now())
    assert before[0] == kind
    assert not mandate.is_in_force(now())
    settle()
    assert mandate.end(now()) == before
    assert (mandate.ending.kind, mandate.ending.effective_at) == before
    clock.travel(2 * DAY)
    assert mandate.end(now()) == before


def test_the_first_of_several_ends_is_the_end(cast: Cast):
    mandate = issued(cast)
    recall_carried(mandate, close=False)
    recalled = mandate.end(now())
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    clock.at(mandate.valid_until + DAY)
    assert mandate.end(now()) == recalled
    settle()
    assert mandate.ending.kind == "recalled"


def test_a_recall_carried_while_an_expiry_was_never_noted_does_not_bring_the_mandate_back(cast: Cast):
    mandate = issued(cast)
    clock.at(mandate.valid_until + MINUTE)
    with refused(7):
        mandate.open_recall(by=cast.ana, grounds="Late.")
    assert endings.run() == 1
    assert mandate.ending.kind == "expired"


def test_any_past_moment_can_be_asked(cast: Cast):
    mandate = issued(cast)
    during = now()
    task = cast.task(mandate, 10)
    mandate.resign(by=cast.bilal)
    clock.travel(30 * DAY)
    assert Mandate.objects.in_force(during).contains(mandate)
    assert not Mandate.objects.in_force(now()).contains(mandate)
    assert task.is_standing(during + MINUTE) is False
    with goes_through():
        cast.task(issued(cast), 10)


def test_a_quantity_logged_before_the_end_stays_logged(cast: Cast):
    mandate = issued(cast)
    attachment = cast.task(mandate).attachments.get()
    clock.at(mandate.valid_until - MINUTE)
    attachment.log_action(by=cast.bilal, what="The last sack", quantity=Decimal(1))
    clock.at(mandate.valid_until)
    with refused(8):
        attachment.log_action(by=cast.bilal, what="One sack too late", quantity=Decimal(1))
    assert attachment.actions.count() == 1
