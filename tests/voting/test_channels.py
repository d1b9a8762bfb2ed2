"""Device, paper and hands in one decision, and one vote a citizen (article 2)."""

import hashlib
import json

import pytest

from assemblies.clock import now
from assemblies.models import Ballot, Decision, Entry, HandCount, PaperCode, PaperCount, RollMark
from assemblies.refusal import Refusal
from tests.cast import Cast, call, citizen_of, travel_to
from tests.constitution.bench import sql
from tests.voting.hall import ask, called, rank, replaced, tellers


def water(cast: Cast):
    return called(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))


def voters(decision):
    return list(decision.electors().order_by("pk"))


def read(decision, paper, by, **vote):
    return PaperCount.objects.read(decision, by=by, number=paper.number, code=paper.code, **vote)


def test_device_paper_and_hands_in_one_decision(cast: Cast):
    """Ten citizens: three vote by device, three on paper, two by hand, two stay away."""
    decision = water(cast)
    first, second = tellers(cast.abiego)
    people = voters(decision)
    for voter, choice in zip(people[:3], ("yes", "yes", "no"), strict=True):
        decision.cast(by=voter, choice=choice)
    papers = PaperCode.objects.print(decision, by=first)
    assert len(papers) == len(people) - 3, "who has voted gets no paper"
    by_citizen = {paper.citizen: paper for paper in papers}
    for voter, choice in zip(people[3:6], ("yes", "abstain", "no"), strict=True):
        for teller in (first, second):
            read(decision, by_citizen[voter], teller, choice=choice)
    for voter in people[6:8]:
        RollMark.objects.mark_present(decision, voter, by=first)
    for teller in (first, second):
        HandCount.objects.enter(decision, by=teller, yes=2, no=0, abstain=0)
    assert decision.turnout() == 8
    travel_to(decision.closes_at)
    decision.close()
    assert (decision.yes, decision.no, decision.abstain, decision.voters) == (5, 2, 1, 8)
    assert decision.channels == {
        "device": {"yes": 2, "no": 1, "abstain": 0, "voters": 3},
        "paper": {"yes": 1, "no": 1, "abstain": 1, "voters": 3},
        "hands": {"yes": 2, "no": 0, "abstain": 0, "voters": 2},
    }
    assert decision.outcome == "carried"
    marks = dict(RollMark.objects.standing().filter(decision=decision).values_list("citizen__name", "channel"))
    assert sorted(marks.values()) == ["device"] * 3 + ["hands"] * 2 + ["paper"] * 3


def test_whoever_has_used_one_channel_finds_the_others_closed(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    by_device, on_paper, by_hand = voters(decision)[:3]
    papers = {paper.citizen: paper for paper in PaperCode.objects.print(decision, by=first)}
    decision.cast(by=by_device, choice="yes")
    read(decision, papers[on_paper], first, choice="yes")
    RollMark.objects.mark_present(decision, by_hand, by=first)

    for citizen in (on_paper, by_hand):
        with pytest.raises(Refusal, match="another channel"):
            decision.cast(by=citizen, choice="no")
    for citizen in (by_device, by_hand):
        with pytest.raises(Refusal, match="set aside"):
            read(decision, papers[citizen], second, choice="no")
    for citizen in (by_device, on_paper):
        with pytest.raises(Refusal, match="marked already"):
            RollMark.objects.mark_present(decision, citizen, by=second)
    decision.cast(by=by_device, choice="no")
    assert Ballot.objects.get(decision=decision).choice == "no", "a vote by device can be changed by device"
    assert decision.marks.count() == 3


def test_what_the_close_writes_into_the_record_is_what_the_row_says(cast: Cast):
    """Whoever closes may hold figures of their own in memory: the database freezes its own, and those are read back."""
    decision = water(cast)
    first, second = tellers(cast.abiego)
    for voter in voters(decision)[:3]:
        decision.cast(by=voter, choice="yes")
    RollMark.objects.mark_present(decision, voters(decision)[3], by=first)
    for teller in (first, second):
        HandCount.objects.enter(decision, by=teller, yes=0, no=1, abstain=0)
    travel_to(decision.closes_at)
    stale = Decision.objects.get(pk=decision.pk)
    stale.yes, stale.no, stale.abstain, stale.voters, stale.electorate = 0, 9, 0, 9, 99
    stale.channels, stale.outcome = {"paper": {"voters": 9}}, "lost"
    assert stale.close()
    assert not Decision.objects.get(pk=decision.pk).close(), "once"
    decision.refresh_from_db()
    figures = ("yes", "no", "abstain", "electorate", "outcome")
    assert [getattr(decision, name) for name in figures] == [3, 1, 0, 10, "carried"]
    said = json.loads(bytes(Entry.objects.get(kind="decision.closed", subject=f"decision/{decision.pk}").body))
    assert [said[name] for name in figures] == [getattr(decision, name) for name in figures]
    assert said["hands_voters"] == 1
    assert "paper_voters" not in said


# ---- hands ----


def test_more_hands_than_people_marked_as_present_are_refused(cast: Cast):
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    for voter in voters(decision)[:2]:
        RollMark.objects.mark_present(decision, voter, by=first)
    with pytest.raises(Refusal, match="3 hands are counted, but only 2 people"):
        HandCount.objects.enter(decision, by=first, yes=2, no=1, abstain=0)
    HandCount.objects.enter(decision, by=first, yes=1, no=1, abstain=0)


def test_hands_count_once_two_tellers_say_the_same_and_corrections_leave_a_trail(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    for voter in voters(decision)[:4]:
        RollMark.objects.mark_present(decision, voter, by=second)
    HandCount.objects.enter(decision, by=first, yes=3, no=1, abstain=0)
    assert HandCount.objects.agreed(decision) is None
    assert decision.turnout() == 0
    HandCount.objects.enter(decision, by=second, yes=2, no=1, abstain=0)
    assert HandCount.objects.agreed(decision) is None
    with pytest.raises(Refusal, match="Say what is corrected"):
        HandCount.objects.enter(decision, by=second, yes=3, no=1, abstain=0)
    HandCount.objects.enter(decision, by=second, yes=3, no=1, abstain=0, reason="One hand was behind the pillar.")
    assert HandCount.objects.agreed(decision).total == 4
    assert HandCount.objects.filter(decision=decision).count() == 3
    said = [bytes(entry.body).decode() for entry in Entry.objects.filter(kind="hands.counted")]
    assert any("behind the pillar" in body for body in said)
    assert not any('"yes"' in body for body in said), "no running tally in the record"


def test_hands_on_which_the_tellers_do_not_agree_by_the_close_are_not_counted(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    people = voters(decision)
    for voter in people[:2]:
        RollMark.objects.mark_present(decision, voter, by=first)
    for voter in people[2:5]:
        decision.cast(by=voter, choice="yes")
    HandCount.objects.enter(decision, by=first, yes=2, no=0, abstain=0)
    HandCount.objects.enter(decision, by=second, yes=0, no=2, abstain=0)
    travel_to(decision.closes_at)
    decision.close()
    assert (decision.yes, decision.no) == (3, 0)
    assert decision.channels["hands"]["voters"] == 0


def test_a_teller_who_is_replaced_does_not_block_the_count(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    for voter in voters(decision)[:2]:
        RollMark.objects.mark_present(decision, voter, by=first)
    HandCount.objects.enter(decision, by=first, yes=2, no=0, abstain=0)
    HandCount.objects.enter(decision, by=second, yes=1, no=0, abstain=0)
    (third,) = set(replaced(second, cast.abiego)) - {first}
    HandCount.objects.enter(decision, by=third, yes=2, no=0, abstain=0)
    assert HandCount.objects.agreed(decision) is None, "the last two by different tellers differ"
    HandCount.objects.enter(decision, by=first, yes=2, no=0, abstain=0, reason="As before, with the new teller.")
    assert HandCount.objects.agreed(decision).yes == 2


def test_what_a_replaced_teller_counted_holds_up_no_mark(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    marks = [RollMark.objects.mark_present(decision, voter, by=first) for voter in voters(decision)[:2]]
    HandCount.objects.enter(decision, by=second, yes=2, no=0, abstain=0)
    (third,) = set(replaced(second, cast.abiego)) - {first}
    for teller in (first, third):
        HandCount.objects.enter(decision, by=teller, yes=1, no=0, abstain=0)
    marks[0].withdraw(by=first, reason="She was only waving.")
    assert HandCount.objects.agreed(decision).total == 1


def test_a_mark_made_by_mistake_is_withdrawn_with_a_reason_and_the_person_votes_by_device(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    mistaken, other = voters(decision)[:2]
    mark = RollMark.objects.mark_present(decision, mistaken, by=first)
    RollMark.objects.mark_present(decision, other, by=first)
    with pytest.raises(Refusal, match="Say why"):
        mark.withdraw(by=second, reason="")
    mark.withdraw(by=second, reason="She stood beside the man who was meant.")
    decision.cast(by=mistaken, choice="yes")
    assert decision.marks.filter(citizen=mistaken).count() == 2


def test_nobody_is_unmarked_whose_hand_is_counted(cast: Cast):
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    marks = [RollMark.objects.mark_present(decision, voter, by=first) for voter in voters(decision)[:2]]
    HandCount.objects.enter(decision, by=first, yes=2, no=0, abstain=0)
    with pytest.raises(Refusal, match="correct the count first"):
        marks[0].withdraw(by=first, reason="To vote twice.")
    HandCount.objects.enter(decision, by=first, yes=1, no=0, abstain=0, reason="One was only waving.")
    marks[0].withdraw(by=first, reason="She was only waving.")


# ---- paper ----


def test_only_the_salted_hash_of_a_code_is_kept(cast: Cast):
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    paper = PaperCode.objects.print(decision, by=first, citizens=[cast.ana])[0]
    kept = PaperCode.objects.get(pk=paper.number)
    code = paper.code.replace("-", "")
    assert kept.digest == hashlib.sha256(bytes(kept.salt) + code.encode()).hexdigest()
    read(decision, paper, first, choice="yes")
    for table in ("assemblies_papercode", "assemblies_papercount", "assemblies_rollmark"):
        assert not sql(
            f"SELECT 1 FROM {table} t WHERE t::text LIKE %s OR t::text LIKE %s", [f"%{code}%", f"%{paper.code}%"]
        )
    assert not any(code.encode() in bytes(entry.body) for entry in Entry.objects.all())
    with pytest.raises(Refusal, match="paper already"):
        PaperCode.objects.print(decision, by=first, citizens=[cast.ana])


def test_a_paper_counts_once_two_tellers_read_the_same(cast: Cast):
    decision = water(cast)
    first, second = tellers(cast.abiego)
    paper = PaperCode.objects.print(decision, by=first, citizens=[cast.ana])[0]
    read(decision, paper, first, choice="yes")
    with pytest.raises(Refusal, match="You have read this paper"):
        read(decision, paper, first, choice="yes")
    assert decision.turnout() == 0
    read(decision, paper, second, choice="no")
    assert decision.turnout() == 0
    read(decision, paper, second, choice="yes", reason="The cross stands in the upper box.")
    assert decision.turnout() == 1
    assert PaperCount.objects.filter(code__decision=decision).count() == 3


def test_a_wrong_code_a_strange_number_and_a_paper_of_another_vote_are_refused(cast: Cast):
    asked = [cast.abiego.propose(title, "It is kept.", by=cast.ana) for title in ("Rain", "Snow")]
    decision, other = [call(proposal) for proposal in asked]
    travel_to(max(decision.opens_at, other.opens_at))
    first, _second = tellers(cast.abiego)
    paper = PaperCode.objects.print(decision, by=first, citizens=[cast.ana])[0]
    elsewhere = PaperCode.objects.print(other, by=first, citizens=[cast.ana])[0]
    for number, code in ((paper.number, "2222-2222-2222"), (10**6, paper.code), (elsewhere.number, elsewhere.code)):
        with pytest.raises(Refusal, match="No paper of this vote"):
            PaperCount.objects.read(decision, by=first, number=number, code=code, choice="yes")
    PaperCount.objects.read(decision, by=first, number=paper.number, code=paper.code.lower(), choice="yes")


def test_papers_rank_too(cast: Cast):
    decision = called(ask(cast.abiego))
    first, second = tellers(cast.abiego)
    rank(decision, [1, 2], [2, 1])
    on_paper = voters(decision)[2:4]
    papers = {paper.citizen: paper for paper in PaperCode.objects.print(decision, by=first, citizens=on_paper)}
    for voter in on_paper:
        for teller in (first, second):
            read(decision, papers[voter], teller, ranking=[2, 3])
    with pytest.raises(Refusal, match="twice"):
        read(decision, papers[on_paper[0]], first, ranking=[2, 2], reason="Again.")
    with pytest.raises(Refusal, match="Hands answer yes or no"):
        RollMark.objects.mark_present(decision, voters(decision)[5], by=first)
    travel_to(decision.closes_at)
    decision.close()
    assert decision.voters == 4
    assert decision.count.elected == [2]
    assert decision.channels["paper"]["voters"] == 2
    closing = Entry.objects.get(kind="decision.closed", subject=f"decision/{decision.pk}")
    assert bytes(closing.body).count(b'"paper_voters":2') == 1


# ---- who keeps them ----


def test_only_tellers_keep_paper_and_hands_and_only_while_the_vote_is_open(cast: Cast):
    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    first, second = tellers(cast.abiego)
    outsider = next(citizen for citizen in cast.neighbours(cast.abiego, 8) if citizen not in (first, second))
    paper = PaperCode.objects.print(decision, by=first, citizens=[cast.ana])[0]
    acts = [
        lambda by: RollMark.objects.mark_present(decision, cast.bilal, by=by),
        lambda by: HandCount.objects.enter(decision, by=by, yes=0, no=0, abstain=0),
        lambda by: read(decision, paper, by, choice="yes"),
    ]
    for act in acts:
        with pytest.raises(Refusal, match="not opened yet"):
            act(first)
    travel_to(decision.opens_at)
    for act in acts:
        with pytest.raises(Refusal, match="Only tellers of Abiego") as refused:
            act(outsider)
        assert refused.value.article == 16
        act(first)
    with pytest.raises(Refusal, match="printed by a teller or a facilitator"):
        PaperCode.objects.print(decision, by=outsider)
    travel_to(decision.closes_at)
    other = PaperCode.objects.filter(decision=decision).get()
    assert other.pk == paper.number
    with pytest.raises(Refusal, match="is closed"):
        read(decision, paper, second, choice="yes")
    with pytest.raises(Refusal, match="is closed"):
        HandCount.objects.enter(decision, by=second, yes=0, no=0, abstain=0)


def test_who_has_no_vote_is_not_marked(cast: Cast):
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    with pytest.raises(Refusal, match="has no vote"):
        RollMark.objects.mark_present(decision, cast.chen, by=first)
    assert citizen_of(cast.abiego) in decision.electors()
    assert now() < decision.closes_at
