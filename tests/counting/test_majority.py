"""Yes, no, abstain: each threshold at its edge, the quorum at its edge, and what is always true."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assemblies.counting.majority import OUTCOMES, THRESHOLDS, Quorum, SimpleMajority, Tally, outcome
from tests.counting.real import beside


@pytest.mark.parametrize(
    ("code", "votes", "carried"),
    [
        ("simple", (1, 0, 99, 100), True),
        ("simple", (50, 50, 0, 100), False),
        ("simple", (51, 49, 0, 100), True),
        ("two-thirds", (2, 1, 7, 10), True),
        ("two-thirds", (199, 100, 0, 300), False),
        ("two-thirds", (137, 82, 0, 219), False),  # Arlington 2019, article 15: 62.6 %
        ("two-thirds", (0, 0, 5, 10), False),
        ("three-quarters", (3, 1, 0, 4), True),
        ("three-quarters", (299, 100, 0, 400), False),
        ("absolute-of-roll", (50, 0, 0, 100), False),
        ("absolute-of-roll", (51, 49, 0, 100), True),
        ("absolute-of-roll", (1, 0, 0, 1), True),
        ("absolute-of-present", (5, 0, 5, 100), False),
        ("absolute-of-present", (6, 0, 5, 100), True),
        ("absolute-of-present", (6, 0, 0, 100, 12), False),
        ("absolute-of-present", (7, 0, 0, 100, 12), True),
        ("absolute-of-present", (6, 5, 0, 100, 3), True),  # more voted than were counted: the voters were there
        ("consent", (9, 0, 1, 10), True),
        ("consent", (9, 1, 0, 10), False),
        ("consent", (0, 0, 10, 10), False),
    ],
)
def test_a_threshold_carries_exactly_from_its_edge(code, votes, carried):
    assert THRESHOLDS[code].carried(Tally(*votes)) is carried


def test_a_tie_has_its_own_word_and_does_not_carry():
    assert outcome(Tally(5, 5, 0, 10), THRESHOLDS["simple"]) == "tied"
    assert outcome(Tally(0, 0, 10, 10), THRESHOLDS["simple"]) == "lost"
    assert outcome(Tally(5, 5, 0, 10), THRESHOLDS["two-thirds"]) == "lost"
    assert outcome(Tally(5, 5, 0, 10), THRESHOLDS["absolute-of-roll"]) == "lost"


def test_a_missed_quorum_outweighs_unanimity_and_a_met_one_does_not_help_a_minority():
    tenth = Quorum(per_mille=100)
    assert outcome(Tally(9, 0, 0, 100), THRESHOLDS["simple"], tenth) == "quorum_missed"
    assert outcome(Tally(9, 0, 1, 100), THRESHOLDS["simple"], tenth) == "carried"
    assert outcome(Tally(1, 9, 0, 100), THRESHOLDS["simple"], tenth) == "lost"


def test_a_quorum_may_be_a_share_a_number_or_both():
    assert Quorum(per_mille=333).needed(10) == 4
    assert Quorum(number=7).needed(10) == 7
    assert Quorum(per_mille=1000, number=3).needed(10) == 10
    assert Quorum(number=3).missed(Tally(2, 0, 0, 10))
    assert Quorum(number=3).met(Tally(2, 0, 1, 10))
    assert Quorum(per_mille=500).missed(Tally(4, 0, 0, 9))
    assert Quorum(per_mille=500).met(Tally(5, 0, 0, 9))


@pytest.mark.parametrize("code", THRESHOLDS)
def test_nobody_decides_nothing(code):
    assert outcome(Tally(0, 0, 0, 0), THRESHOLDS[code]) == "lost"
    assert outcome(Tally(0, 0, 0, 0), THRESHOLDS[code], Quorum(per_mille=1000)) == "lost"
    assert outcome(Tally(0, 0, 0, 0), THRESHOLDS[code], Quorum(number=1)) == "quorum_missed"


@pytest.mark.parametrize(
    ("votes", "error"),
    [
        ((-1, 0, 0, 10), ValueError),
        ((5, 5, 1, 10), ValueError),
        ((1, 1, 1, 10, 11), ValueError),
        ((1.0, 1, 1, 10), TypeError),
        ((True, 1, 1, 10), TypeError),
    ],
)
def test_an_impossible_tally_is_refused(votes, error):
    with pytest.raises(error):
        Tally(*votes)


@pytest.mark.parametrize("arguments", [{"per_mille": 1001}, {"per_mille": -1}, {"number": -1}])
def test_an_impossible_quorum_is_refused(arguments):
    with pytest.raises(ValueError, match="must be"):
        Quorum(**arguments)


@st.composite
def tallies(draw):
    yes, no, abstain = (draw(st.integers(0, 60)) for _ in range(3))
    electorate = yes + no + abstain + draw(st.integers(0, 60))
    return Tally(yes, no, abstain, electorate, draw(st.none() | st.integers(0, electorate)))


@given(tallies(), st.sampled_from(sorted(THRESHOLDS)))
def test_needed_is_the_first_number_of_yes_votes_that_carries(tally, code):
    threshold = THRESHOLDS[code]
    roomy = tally.electorate + 500 if code != "absolute-of-roll" else tally.electorate
    carrying = [
        yes
        for yes in range(roomy - tally.no - tally.abstain + 1)
        if threshold.carried(Tally(yes, tally.no, tally.abstain, roomy, tally.present))
    ]
    needed = threshold.needed(tally)
    if needed is None:
        assert not carrying
    else:
        assert not carrying or carrying == list(range(needed, carrying[-1] + 1))
        assert (not carrying) == (needed > roomy - tally.no - tally.abstain)


@given(tallies(), st.sampled_from(sorted(THRESHOLDS)), st.integers(0, 1000), st.integers(0, 200))
def test_an_outcome_is_one_of_four_and_agrees_with_its_parts(tally, code, per_mille, number):
    threshold, quorum = THRESHOLDS[code], Quorum(per_mille, number)
    result = outcome(tally, threshold, quorum)
    assert result in OUTCOMES
    assert (result == "quorum_missed") == (tally.voters < quorum.needed(tally.electorate))
    assert (result == "carried") == (quorum.met(tally) and threshold.carried(tally))
    assert threshold.carried(tally) <= (tally.yes > 0)


@given(tallies())
def test_the_simple_majority_is_neutral_between_yes_and_no(tally):
    mirrored = Tally(tally.no, tally.yes, tally.abstain, tally.electorate, tally.present)
    both = {outcome(tally, SimpleMajority()), outcome(mirrored, SimpleMajority())}
    assert both in ({"carried", "lost"}, {"tied"}, {"lost"})


def test_arlington_passed_and_failed_its_twenty_nine_votes_of_2019_by_these_rules():
    with (beside("town-meeting") / "arlington-2019-votes.csv").open(encoding="utf-8", newline="") as votes:
        rows = list(csv.DictReader(votes))
    assert len(rows) == 29
    for row in rows:
        cast = [int(row[column]) for column in ("votes_for", "against", "abstain")]
        threshold = THRESHOLDS["two-thirds" if row["threshold_inferred"] == "2/3" else "simple"]
        assert (outcome(Tally(*cast, sum(cast)), threshold) == "carried") == (row["status"] == "Pass"), row["title"]
