"""What a task promises: that it says what covers it, how much is left, and why it stopped."""

from decimal import Decimal

import pytest

from assemblies.clock import now
from assemblies.models import Entry
from assemblies.refusal import Refusal
from councils.models import Task, used
from tests.cast import Cast, carry, recall_carried


@pytest.fixture
def mandate(cast: Cast):
    return cast.mandate(cast.abiego, cast.bilal)


def test_it_takes_its_power_from_its_clauses(cast: Cast, mandate):
    task = cast.task(mandate)
    assert (task.power, task.unit, task.opened_by) == ("procure", "kg", cast.bilal)
    assert Task.objects.standing(now()).contains(task)


def test_clauses_of_two_powers_make_no_task(cast: Cast):
    mandate = cast.mandate(
        cast.abiego, cast.bilal, cast.terms(cast.abiego), cast.terms(cast.abiego, power="inform", limit=None, unit="")
    )
    with pytest.raises(Refusal):
        cast.task(mandate, clauses=mandate.clauses.all())


def test_it_says_of_each_clause_why_it_does_not_cover_it(cast: Cast, mandate):
    task = cast.task(mandate)
    theirs = cast.mandate(
        cast.loarre,
        cast.chen,
        cast.terms(cast.loarre),
        cast.terms(cast.loarre, power="inform", limit=None, unit=""),
        cast.terms(cast.loarre, place=cast.loarre),
        cast.terms(cast.loarre, unit="sacks"),
        cast.terms(cast.loarre, limit=None, unit=""),
    )
    fits, power, place, unit, unlimited = theirs.clauses.all()
    assert task.uncovered(fits, now(), Decimal(100)) is None
    assert task.uncovered(unlimited, now()) is None
    for clause, quantity, words in (
        (fits, Decimal(101), "The limit leaves 100 kg"),
        (fits, None, "Say how much"),
        (power, None, "gives the power to inform"),
        (place, Decimal(1), "holds only in Loarre"),
        (unit, Decimal(1), "limited in sacks"),
    ):
        refusal = task.uncovered(clause, now(), quantity)
        assert words in str(refusal)
        assert refusal.article == 6


def test_what_is_logged_counts_against_the_clause_and_what_is_attached_does_not(cast: Cast, mandate):
    clause = mandate.clauses.get()
    attachment = cast.task(mandate, 80).attachments.get()
    assert used(clause) == 0
    attachment.log_action(by=cast.bilal, what="Bought", quantity=Decimal("12.5"))
    assert used(clause) == Decimal("12.5")
    cast.task(mandate, Decimal("87.5"))
    with pytest.raises(Refusal):
        cast.task(mandate, Decimal("87.501"))


def test_a_clause_without_a_limit_logs_what_was_done_and_counts_it_if_told(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, power="inform", limit=None, unit=""))
    attachment = cast.task(mandate, None, unit="").attachments.get()
    action = attachment.log_action(by=cast.bilal, what="Told the neighbours")
    assert (action.quantity, action.unit) == (None, "")


def test_it_says_since_when_and_why_it_stands_still(cast: Cast, mandate):
    task = cast.task(mandate)
    assert task.stopped(now()) is None
    recall = recall_carried(mandate, close=False)
    since, ends = task.stopped(now())
    assert since == recall.decision.closes_at
    assert [why for _attachment, why in ends] == ["recalled"]


def test_a_repealed_policy_stops_it_at_the_close_of_that_vote(cast: Cast, mandate):
    task = cast.task(mandate)
    repeal = cast.abiego.propose("No bread", "", by=cast.ana, effect="repeal", policy=cast.policy(cast.abiego))
    (decision,) = carry(repeal, close=False)
    since, ends = task.stopped(now())
    assert since == decision.closes_at
    assert "policy repealed" in ends[0][1]
    assert mandate.is_in_force(now())


def test_an_action_is_public_dated_and_in_the_record(cast: Cast, mandate):
    attachment = cast.task(mandate).attachments.get()
    action = attachment.log_action(
        by=cast.bilal, what="Bought flour", quantity=Decimal(40), evidence="https://mill.example/receipt/7"
    )
    assert action.unit == "kg"
    assert action.done_at <= action.logged_at
    assert [entry.kind for entry in Entry.objects.about(action)] == ["action.logged"]
    assert list(attachment.task.actions.all()) == [action]
