"""What a recall promises: its phases, its share, its time, and that the delegate is heard."""

import pytest

from assemblies.clock import now
from assemblies.refusal import CONFLICT, UNFIT, Refusal
from mandates.models import Mandate, Recall
from tests.cast import DAY, Cast, call, clock, decide, finish, travel_to, vote

Phase = Recall.Phase


@pytest.fixture
def mandate(cast: Cast) -> Mandate:
    return cast.mandate(cast.abiego, cast.bilal)


@pytest.fixture
def recall(cast: Cast, mandate: Mandate) -> Recall:
    return mandate.open_recall(by=cast.ana, grounds="The flour never came.")


def signed(cast: Cast, recall: Recall) -> Recall:
    for neighbour in cast.neighbours(cast.abiego, 2):
        recall.sign(by=neighbour)
    return recall


def test_opening_it_lays_its_question_before_the_assembly_and_signs_it(cast: Cast, recall: Recall):
    assert recall.proposal.offered_at is not None
    assert "The flour never came." in recall.proposal.text
    assert [signature.citizen for signature in recall.signatures.all()] == [cast.ana]
    assert recall.needed == 3
    assert recall.phase(now()) == Phase.GATHERING


def test_its_phases_follow_signatures_decision_and_clock(cast: Cast, recall: Recall):
    signed(cast, recall)
    decision = recall.decision
    assert recall.phase(now()) == Phase.CALLED
    assert recall.phase(decision.opens_at) == Phase.VOTING
    vote(decision)
    finish(decision, close=False)
    assert recall.phase(now()) == Phase.VOTING
    decision.close()
    assert recall.phase(now()) == Phase.CARRIED


def test_it_fails_when_it_does_not_carry(cast: Cast, mandate: Mandate, recall: Recall):
    decide(signed(cast, recall).proposal, 1, 3)
    assert recall.phase(now()) == Phase.FAILED
    assert mandate.is_in_force(now())


def test_it_lapses_when_too_few_sign_in_its_time(cast: Cast, recall: Recall):
    travel_to(recall.lapses_at)
    assert recall.phase(now()) == Phase.LAPSED
    assert list(Recall.objects.lapsed(now())) == [recall]
    with pytest.raises(Refusal) as late:
        recall.sign(by=cast.neighbours(cast.abiego, 1)[0])
    assert late.value.status == CONFLICT


def test_it_is_moot_when_the_mandate_ends_before(cast: Cast, mandate: Mandate, recall: Recall):
    mandate.resign(by=cast.bilal)
    assert recall.phase(now()) == Phase.MOOT


def test_lists_find_it_by_what_can_be_done(cast: Cast, recall: Recall):
    assert list(Recall.objects.gathering(now())) == [recall]
    assert list(Recall.objects.under_way(now())) == [recall]
    decision = signed(cast, recall).decision
    assert list(Recall.objects.gathering(now())) == []
    assert list(Recall.objects.under_way(now())) == [recall]
    vote(decision)
    finish(decision)
    assert list(Recall.objects.under_way(now())) == []


def test_the_phase_asked_of_many_is_the_phase_asked_of_one(cast: Cast, recall: Recall):
    other = cast.mandate(cast.loarre, cast.chen).open_recall(by=cast.chen, grounds="I was wrong.")
    signed(cast, recall)
    for moment in (now(), recall.decision.opens_at, recall.decision.closes_at, other.lapses_at):
        asked = {r.pk: r.phase_now for r in Recall.objects.with_phase(moment)}
        assert asked == {r.pk: r.phase(moment) for r in (recall, other)}


def test_the_delegate_is_heard_in_order_and_more_than_once(cast: Cast, recall: Recall):
    for text in ("The road was under snow.", "It still is."):
        recall.answer(by=cast.bilal, text=text)
    assert [statement.text for statement in recall.statements.all()] == ["The road was under snow.", "It still is."]
    with pytest.raises(Refusal) as empty:
        recall.answer(by=cast.bilal, text="  ")
    assert empty.value.status == UNFIT


def test_its_deliberation_runs_while_signatures_are_gathered(cast: Cast, recall: Recall):
    """Signed after a month, it opens under the notice alone."""
    clock.travel(30 * DAY)
    signed(cast, recall)
    assert recall.decision.opens_at - now() < cast.abiego.orders(now()).notice + DAY


def test_a_recall_whose_vote_missed_its_quorum_has_failed_and_another_may_follow(cast: Cast, recall: Recall):
    decide(signed(cast, recall).proposal, 1)
    assert recall.phase(now()) == Phase.FAILED
    again = recall.mandate.open_recall(by=cast.ana, grounds="Still no flour.")
    assert again.phase(now()) == Phase.GATHERING
    with pytest.raises(Refusal):
        call(again.proposal)
