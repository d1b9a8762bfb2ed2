"""Choosing among options: what a ballot may say, how it is counted, and that anyone can count again (article 2)."""

import json

import pytest
from django.core.management import call_command

from assemblies.counting import formats
from assemblies.models import Choice, Count, Entry, Method, Option, PaperCode, Proposal
from assemblies.refusal import Refusal
from assemblies.sweeps import run_all
from tests.cast import Cast, citizen_of, travel_to
from tests.constitution.bench import everything_holds
from tests.voting.hall import TREES, ask, called, rank, tellers

RANKED = [Method.IRV, Method.SCOTTISH_STV, Method.MEEK, Method.SCHULZE]


def closed(decision):
    travel_to(decision.closes_at)
    decision.close()
    everything_holds()
    return decision


@pytest.mark.parametrize("method", RANKED)
def test_the_olive_wins_by_every_ranked_method_and_a_recount_says_the_same(cast: Cast, method: str):
    decision = called(ask(cast.abiego, method))
    rank(decision, [3, 1], [3, 2], [3], [1, 3], [2, 3], [4, 5, 3])
    closed(decision)
    count = Count.objects.get(decision=decision)
    assert decision.outcome == "carried"
    assert (decision.yes, decision.no, decision.voters) == (None, None, 6)
    assert [option["name"] for option in count.chosen()] == ["Olive"]
    assert count.again().as_dict() == count.result
    assert count.rule == method


def test_several_are_chosen_by_the_single_transferable_vote(cast: Cast):
    decision = called(ask(cast.abiego, seats=2))
    rank(decision, [1, 2], [1, 2], [1, 2], [1, 2], [3, 4], [3, 4], [3], [5, 3])
    count = closed(decision).count
    assert count.elected == [1, 3]
    assert count.others()[0] == 5, "a surplus that nobody needs moves nowhere: who has a vote is nearer"
    assert len(count.elected) + len(count.others()) == len(TREES)


def test_an_approval_vote_names_as_many_as_it_may_in_any_order(cast: Cast):
    decision = called(ask(cast.abiego, Method.APPROVAL, most=2))
    people = list(decision.electors().order_by("pk"))
    assert decision.cast(by=people[0], ranking=[5, 2]).ranking == [2, 5]
    with pytest.raises(Refusal, match="You named 3 options; they may be 2 at most") as refused:
        decision.cast(by=people[1], ranking=[1, 2, 3])
    assert refused.value.status == 422
    for voter in people[1:4]:
        decision.cast(by=voter, ranking=[2])
    assert closed(decision).count.elected == [2]


@pytest.mark.parametrize(
    ("ballot", "sentence"),
    [
        ({"ranking": []}, "Your ballot is empty"),
        ({}, "Your ballot is empty"),
        ({"choice": "yes"}, "Your ballot is empty"),
        ({"choice": "yes", "ranking": [1]}, "Your ballot is empty"),
        ({"ranking": [1, 1]}, "You named “Almond” twice"),
        ({"ranking": [1, 6]}, "no option number 6"),
        ({"ranking": [0]}, "no option number 0"),
    ],
)
def test_a_ballot_that_is_no_answer_is_refused_in_a_sentence_and_nothing_is_lost(cast: Cast, ballot, sentence):
    decision = called(ask(cast.abiego))
    decision.cast(by=cast.ana, ranking=[2, 1])
    with pytest.raises(Refusal, match=sentence) as refused:
        decision.cast(by=cast.ana, **ballot)
    assert refused.value.status == 422
    assert decision.ballot_of(cast.ana).ranking == [2, 1]
    decision.cast(by=cast.ana, ranking=[3])
    assert decision.ballots.count() == 1


def test_a_yes_or_no_question_takes_no_ranking(cast: Cast):
    decision = called(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    for ballot in ({"ranking": [1]}, {"choice": "yes", "ranking": [1]}, {}):
        with pytest.raises(Refusal, match="in favour, against, or abstain"):
            decision.cast(by=cast.ana, **ballot)


def test_a_choice_that_too_few_make_is_not_made_and_is_put_again(cast: Cast):
    proposal = ask(cast.abiego)
    decision = called(proposal)
    rank(decision, [1])
    closed(decision)
    assert decision.outcome == "quorum_missed"
    assert decision.counted is None
    assert proposal.phase(decision.closes_at) == Proposal.Phase.WAITING
    again = called(Proposal.objects.get(pk=proposal.pk))
    rank(again, [1], [1], [2])
    assert closed(again).count.elected == [1]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"titles": ("Fig",)}, "between 2 and"),
        ({"titles": ("Fig", "Olive"), "seats": 3}, "between 3 and"),
        ({"method": "yes-no"}, "Say how the assembly"),
        ({"method": "borda"}, "Say how the assembly"),
        ({"method": "irv", "seats": 2}, "one option is chosen"),
        ({"method": "irv", "most": 2}, "Only approvals are limited"),
        ({"method": "approval", "most": 9}, "Only approvals are limited"),
        ({"titles": ("Fig", "fig")}, "Two options are called"),
        ({"titles": ("Fig", " ")}, "needs a title"),
    ],
)
def test_a_question_that_cannot_be_counted_is_refused(cast: Cast, wrong, sentence):
    with pytest.raises(Refusal, match=sentence):
        ask(cast.abiego, **wrong)
    assert not Option.objects.filter(proposal__assembly=cast.abiego).exists()


def test_the_options_of_a_draft_can_be_rewritten_until_it_is_offered(cast: Cast):
    draft = Proposal.objects.draft_choice(
        cast.abiego,
        "Trees",
        "Which?",
        by=cast.ana,
        options=[Choice("Fig"), Choice("Olive")],
        method=Method.IRV,
    )
    Option.objects.rewrite(draft, [Choice("Fig"), Choice("Plum"), Choice("Pear")], by=cast.ana)
    assert [str(option) for option in draft.options.all()] == ["Fig", "Plum", "Pear"]
    with pytest.raises(Refusal, match="Only its author"):
        Option.objects.rewrite(draft, [Choice("Fig"), Choice("Oak")], by=cast.bilal)
    draft.offer(by=cast.ana)
    with pytest.raises(Refusal, match="stand as they are"):
        Option.objects.rewrite(draft, [Choice("Fig"), Choice("Oak")], by=cast.ana)
    assert b'"options":["Fig","Plum","Pear"]' in bytes(Entry.objects.about(draft).get().body)


def test_the_count_is_counted_again_from_its_published_ballots_and_seed(cast: Cast, tmp_path, capsys):
    """With the BLT file, the rule and the seed anyone gets the same stages."""
    decision = called(ask(cast.abiego, seats=2))
    rank(decision, [1, 2], [2, 1], [3, 1], [4], [5, 4], [4, 5])
    count = closed(decision).count
    file = tmp_path / "count.blt"
    file.write_text(formats.write(count.ballot_file(), "blt"))
    call_command("count", str(file), rule=count.rule, seats=count.seats, seed=count.seed, json=True)
    printed = json.loads(capsys.readouterr().out)
    assert {key: printed[key] for key in count.result} == count.result
    assert printed["seed"] == count.seed


def test_the_count_holds_papers_and_devices_alike_and_sleeping_workers_change_nothing(cast: Cast):
    decision = called(ask(cast.abiego))
    first, second = tellers(cast.abiego)
    rank(decision, [1], [2])
    voter = list(decision.electors().order_by("pk"))[4]
    (paper,) = PaperCode.objects.print(decision, by=first, citizens=[voter])
    from assemblies.models import PaperCount

    for teller in (first, second):
        PaperCount.objects.read(decision, by=teller, number=paper.number, code=paper.code, ranking=[2, 1])
    travel_to(decision.closes_at)
    for _ in range(2):
        run_all()
    decision.refresh_from_db()
    assert decision.count.elected == [2]
    assert Count.objects.filter(decision=decision).count() == 1
    assert citizen_of(cast.abiego)
