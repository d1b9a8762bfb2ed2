"""What a decision promises: its phases, its figures, its rules, its turnout."""

import hashlib
from datetime import timedelta

import pytest
from django.db import connection

from assemblies.clock import now
from assemblies.counting.majority import Quorum, Tally
from assemblies.models import Ballot, Decision, Rules
from assemblies.models.ballot import commitments
from assemblies.refusal import CONFLICT, UNFIT, Refusal
from tests.cast import DAY, MINUTE, Cast, call, carry, citizen_of, clock, decide, finish, found, travel_to, vote

Phase = Decision.Phase


def asked(cast: Cast, **times) -> Decision:
    return call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana), **times)


def test_it_is_called_for_the_earliest_day_and_the_shortest_time_unless_told_otherwise(cast: Cast):
    orders = cast.abiego.orders(now())
    decision = asked(cast)
    assert timedelta(0) <= decision.opens_at - decision.proposal.offered_at - orders.deliberation < MINUTE
    assert decision.closes_at - decision.opens_at == orders.voting_period
    opens_at = now() + 20 * DAY
    assert asked(cast, opens_at=opens_at).closes_at == opens_at + orders.voting_period
    assert asked(cast, opens_at=opens_at, closes_at=opens_at + 9 * DAY).closes_at == opens_at + 9 * DAY


def test_what_has_long_been_deliberated_needs_its_notice_alone(cast: Cast):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    clock.travel(30 * DAY)
    decision = call(proposal)
    assert timedelta(0) <= decision.opens_at - now() - timedelta(days=2) + MINUTE < 2 * MINUTE


def test_it_is_coming_then_open_then_being_counted_then_closed(cast: Cast):
    decision = asked(cast)
    assert decision.phase(now()) == Phase.COMING
    assert decision.phase(decision.opens_at) == Phase.OPEN
    assert decision.phase(decision.closes_at - MINUTE) == Phase.OPEN
    assert decision.phase(decision.closes_at) == Phase.COUNTING
    vote(decision)
    finish(decision)
    assert decision.phase(now()) == Phase.CLOSED


def test_lists_find_it_by_its_phase_whatever_has_been_noted(cast: Cast):
    decision = asked(cast)
    named = {"coming": Decision.objects.coming, "open": Decision.objects.open, "over": Decision.objects.over}

    def found_in(at) -> list[str]:
        return [name for name, ask in named.items() if ask(at).contains(decision)]

    assert found_in(now()) == ["coming"]
    assert found_in(decision.opens_at) == ["open"]
    assert found_in(decision.closes_at) == ["over"]
    assert Decision.objects.due_to_open(decision.opens_at).contains(decision)
    assert not Decision.objects.due_to_open(decision.opens_at - MINUTE).contains(decision)
    assert Decision.objects.due_to_close(decision.closes_at).contains(decision)


def test_turnout_is_all_that_shows_before_the_close(cast: Cast):
    decision = asked(cast)
    vote(decision, 2, 1, 1)
    assert decision.turnout() == 4
    assert decision.tally is None
    assert not decision.carried
    finish(decision)
    assert decision.turnout() == 4
    assert decision.tally == Tally(yes=2, no=1, abstain=1, electorate=10)


def test_rules_are_shown_only_once_they_are_copied(cast: Cast):
    decision = asked(cast)
    assert decision.rule is None
    assert decision.quorum is None
    travel_to(decision.opens_at)
    decision.open()
    assert decision.rule.code == "simple"
    assert decision.quorum == Quorum(per_mille=200)


def test_the_size_of_the_electorate_is_the_rolls_until_it_opens(cast: Cast):
    decision = asked(cast)
    assert decision.electorate_size(now()) == 10
    cast.ana.citizenship(now()).end(by=cast.ana, reason="left")
    assert decision.electorate_size(now()) == 9
    travel_to(decision.opens_at)
    decision.open()
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    assert decision.electorate_size(now()) == 9


def test_a_vote_is_changed_in_its_place_and_says_when(cast: Cast):
    decision = asked(cast)
    travel_to(decision.opens_at)
    first = decision.cast(by=cast.ana, choice="yes")
    again = decision.cast(by=cast.ana, choice="no")
    assert first.pk == again.pk
    ballot = decision.ballot_of(cast.ana)
    assert (ballot.choice, ballot.cast_at < ballot.changed_at) == ("no", True)
    assert decision.ballot_of(cast.bilal) is None


def test_opening_and_closing_say_whether_it_was_this_call(cast: Cast):
    decision = asked(cast)
    travel_to(decision.opens_at)
    assert decision.open() is True
    assert decision.open() is False
    travel_to(decision.closes_at)
    assert decision.close() is True
    assert decision.close() is False


def test_a_decision_that_nobody_opened_is_opened_as_it_is_closed(cast: Cast):
    decision = asked(cast)
    finish(decision)
    assert decision.outcome == "quorum_missed"
    assert decision.electorate == 10


def test_each_refusal_says_what_kind_it_is(cast: Cast):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    for times, status in (
        ({"opens_at": now() + DAY}, UNFIT),
        ({"closes_at": now() + 7 * DAY + MINUTE}, CONFLICT),
    ):
        with pytest.raises(Refusal) as refusal:
            call(proposal, **times)
        assert (refusal.value.article, refusal.value.status) == (20, status)
    decision = call(proposal)
    with pytest.raises(Refusal) as early:
        decision.cast(by=cast.ana, choice="yes")
    assert (early.value.article, early.value.status) == (3, CONFLICT)


@pytest.mark.parametrize(
    ("rules", "votes", "expected"),
    [
        (Rules(quorum_per_mille=0), (0, 0, 0), "lost"),
        (Rules(quorum_per_mille=0), (1, 0, 0), "carried"),
        (Rules(quorum_per_mille=0), (2, 2, 3), "tied"),
        (Rules(quorum_per_mille=0), (0, 0, 3), "lost"),
        (Rules(quorum_per_mille=500), (2, 0, 1), "quorum_missed"),
        (Rules(quorum_per_mille=500), (2, 0, 2), "carried"),
        (Rules(quorum_per_mille=0, quorum_number=5), (4, 0, 0), "quorum_missed"),
        (Rules(quorum_per_mille=0, quorum_number=5), (4, 0, 1), "carried"),
        (Rules(quorum_per_mille=0, majority="two-thirds"), (4, 2, 0), "carried"),
        (Rules(quorum_per_mille=0, majority="two-thirds"), (3, 2, 0), "lost"),
        (Rules(quorum_per_mille=0, majority="absolute-of-roll"), (4, 0, 0), "lost"),
        (Rules(quorum_per_mille=0, majority="absolute-of-roll"), (5, 3, 0), "carried"),
    ],
)
def test_it_comes_out_as_the_orders_of_its_assembly_say(db, rules: Rules, votes: tuple, expected: str):
    """Eight citizens."""
    ibieca = found("Ibieca", "ibieca", 8, rules)
    assert decide(ibieca.propose("Water", "Rain.", by=citizen_of(ibieca)), *votes).outcome == expected


def test_the_commitments_published_at_the_close_can_be_opened_by_their_voters_alone(cast: Cast):
    (decision,) = carry(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    published = commitments(decision)
    ballot = Ballot.objects.filter(decision=decision).first()
    mine = hashlib.sha256(f"{ballot.salt}:{ballot.voter_id}:{ballot.choice}".encode()).hexdigest()
    assert mine in published
    guessed = {
        hashlib.sha256(f"{ballot.voter_id}:{choice}".encode()).hexdigest() for choice in ("yes", "no", "abstain")
    }
    assert not guessed & set(published)
    assert published == sorted(published)


def test_what_counts_may_be_worked_on_by_several_processes_of_the_database(cast: Cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proparallel <> 's'"
            " AND proname IN ('decision_count', 'channel_count', 'decision_profile', 'papers_agreed', 'hands_agreed',"
            " 'said', 'may_be_read')"
        )
        assert cursor.fetchall() == []
