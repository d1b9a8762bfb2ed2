"""What a mandate promises: a question that names everything, an end that is always known, clauses one can ask."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assemblies.clock import now
from assemblies.refusal import Refusal
from mandates.models import Clause, Mandate, Question
from mandates.models.mandate import amount, term_in_words
from tests.cast import DAY, Cast, call, carry, clock, recall_carried, vote


def test_the_question_names_delegate_confederation_term_and_every_clause(cast: Cast):
    mandate = cast.propose_mandate(
        cast.abiego,
        cast.bilal,
        cast.terms(cast.abiego, limit=Decimal("12.500"), place=cast.loarre),
        cast.terms(cast.abiego, power="inform", limit=None, unit="", instruction="Say what flour costs"),
        reasons="Nobody grows wheat here.",
    )
    text = mandate.proposal.text
    for words in (
        "Nobody grows wheat here.",
        "Bilal is our delegate to the council of Hoya de Huesca",
        "1. procure: Buy flour with the neighbours, at most 12.5 kg, only in Loarre, under “Bread”",
        "2. inform: Say what flour costs, under “Bread”",
    ):
        assert words in text
    assert mandate.proposal.effect == "question"


def test_its_end_is_unknown_before_it_carried_and_then_always_known(cast: Cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    assert mandate.end(now()) is None
    assert not mandate.stands(now())
    carry(mandate.proposal)
    assert mandate.end(now()) == ("expired", mandate.valid_until)
    assert mandate.stands(now())


def test_issued_ahead_of_its_first_day_it_stands_and_is_not_yet_in_force(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal, valid_from=now() + 60 * DAY, valid_until=now() + 120 * DAY)
    assert mandate.stands(now())
    assert not mandate.is_in_force(now())
    assert not mandate.clauses.in_force(now()).exists()
    clock.at(mandate.valid_from)
    assert mandate.is_in_force(now())
    mandate.resign(by=cast.bilal)
    assert not mandate.stands(now())


def test_lists_ask_of_a_moment(cast: Cast):
    before = now()
    mandate = cast.mandate(cast.abiego, cast.bilal)
    during = now()
    recall_carried(mandate)
    assert not Mandate.objects.in_force(before).exists()
    assert Mandate.objects.in_force(during).contains(mandate)
    assert not Mandate.objects.in_force(now()).exists()
    assert Mandate.objects.issued(now()).contains(mandate)
    assert not Mandate.objects.issued(before).exists()


def test_clauses_carry_their_limit_of_the_moment(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    clause = mandate.clauses.get()
    narrowing = mandate.propose_narrowing(by=cast.ana, reasons="Less.", limits={clause: Decimal(30)})
    (decision,) = carry(narrowing.proposal)
    (then,) = Clause.objects.with_limit(decision.closes_at - timedelta(minutes=1))
    (today,) = Clause.objects.with_limit(now())
    assert (then.limit_now, today.limit_now) == (100, 30)


def test_endings_are_found_until_they_are_noted(cast: Cast):
    one, other = cast.mandate(cast.abiego, cast.bilal), cast.mandate(cast.loarre, cast.chen)
    one.resign(by=cast.bilal, reason="Tired.")
    assert list(Mandate.objects.ended_unnoted(now())) == []
    clock.at(other.valid_until + DAY)
    assert list(Mandate.objects.ended_unnoted(now())) == [other]


def test_a_resignation_says_who_when_and_why(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    ending = mandate.resign(by=cast.bilal, reason="I am moving to the sea.")
    assert (ending.kind, ending.by, ending.reason) == ("resigned", cast.bilal, "I am moving to the sea.")
    assert mandate.end(now()) == ("resigned", ending.effective_at)
    with pytest.raises(Refusal):
        mandate.resign(by=cast.bilal)


def test_one_delegate_may_hold_several_mandates_each_with_its_own_end(cast: Cast):
    first = cast.mandate(cast.abiego, cast.bilal)
    second = cast.mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, power="inform", limit=None, unit=""))
    recall_carried(first)
    assert [seat.mandates for seat in cast.comarca.seats(now())] == [[second]]


def test_questions_of_this_floor_are_decisions_like_any_other(cast: Cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    decision = call(mandate.proposal)
    vote(decision)
    assert Question.objects.get(pk=decision.pk).turnout() == 3


@pytest.mark.parametrize(
    ("quantity", "words"), [("40.000", "40"), ("3.500", "3.5"), ("0.001", "0.001"), ("100", "100")]
)
def test_quantities_are_written_without_idle_zeros(quantity: str, words: str):
    assert amount(Decimal(quantity)) == words


def test_a_clause_reads_as_it_was_voted_on(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    assert term_in_words(mandate.clauses.get()) in mandate.proposal.text
