"""Profiles: what they refuse, and what withdrawing does to a ranking."""

import numpy as np
import pytest

from assemblies.counting import approval
from assemblies.counting.profile import BadBallot, Profile
from tests.counting.wire import sent


@pytest.mark.parametrize(
    ("ballots", "index", "reason"),
    [
        ([([0], 1), ([2], 1)], 1, "no candidate number 3 among 2"),
        ([([0], 1), ([-1], 1)], 1, "no candidate number 0 among 2"),
        ([([0, 1], 1), ([1, 0, 1], 1)], 1, "named twice"),
        ([([0], 0)], 0, "whole number of 1 or more, not 0"),
        ([([0], 1), ([1], -3)], 1, "whole number of 1 or more, not -3"),
        ([([0], 1), ([1], 1.5)], 1, "whole number of 1 or more, not 1.5"),
        ([([0], 2**63)], 0, "whole number of 1 or more"),
    ],
)
def test_a_bad_ballot_is_named_by_its_place(ballots, index, reason):
    with pytest.raises(BadBallot, match=reason) as refused:
        Profile.of("AB", ballots)
    assert refused.value.index == index


def test_a_preference_that_is_not_a_whole_number_is_refused():
    with pytest.raises(TypeError):
        Profile.of("AB", [([0.5], 1)])


def test_arrays_as_postgresql_sends_them_are_checked_too():
    with pytest.raises(BadBallot, match="named twice") as refused:
        Profile.sent("AB", sent([1], [2, 2]), [1, 2], [1, 1])
    assert refused.value.index == 1
    with pytest.raises(BadBallot, match="no candidate number 0"):
        Profile.sent("AB", sent([0]), [1], [1])
    with pytest.raises(ValueError, match="2 rankings but 1 weights"):
        Profile.sent("AB", sent([1], [2]), [1, 1], [1])
    for lengths in ([1], [2, 2], [0, 2], []):
        with pytest.raises(ValueError, match="not those of these lengths"):
            Profile.sent("AB", sent([1], [2]), lengths, [1] * len(lengths))
    assert Profile.sent("AB", b"", [], []).valid == 0


def test_the_most_frequent_ranking_comes_first_and_equals_by_their_numbers():
    rows = [([1], 2), ([0, 1], 2), ([1, 0], 5), ([0], 2)]
    ordered = Profile.of("AB", rows).in_order()
    assert [(levels, n) for levels, n in ordered.ballots()] == [
        (((1,), (0,)), 5),
        (((0,),), 2),
        (((0,), (1,)), 2),
        (((1,),), 2),
    ]


def test_there_must_be_candidates_and_the_withdrawn_must_be_among_them():
    with pytest.raises(ValueError, match="between 1 and"):
        Profile.of("", [])
    with pytest.raises(ValueError, match="not on the list"):
        Profile.of("AB", [], withdrawn=[2])


def test_blank_ballots_are_counted_apart():
    profile = Profile.of("AB", [([], 4), ([1], 2), ([], 1)])
    assert (profile.valid, profile.blank, list(profile.ballots())) == (2, 5, [(((1,),), 2)])


def test_withdrawing_moves_those_below_up_and_keeps_equals_equal():
    levels = [([[0, 1, 2], [3]], 1), ([[1], [0, 3]], 2), ([[1]], 3), ([[1, 0], [2]], 4)]
    profile = Profile.of_levels("ABCD", levels, withdrawn=[1])
    assert list(profile.ballots()) == [(((0, 2), (3,)), 1), (((0, 3),), 2), (((0,), (2,)), 4)]
    assert (profile.blank, profile.standing) == (3, [0, 2, 3])


def test_an_empty_place_is_refused():
    with pytest.raises(BadBallot, match="empty place"):
        Profile.of_levels("AB", [([[0], []], 1)])


def test_the_last_column_is_always_padding():
    profile = Profile.of("ABC", [([2, 1, 0], 1), ([1], 1)])
    assert profile.rankings.tolist() == [[2, 1, 0, -1], [1, -1, -1, -1]]
    assert profile.rankings.dtype == np.int16


def test_approval_counts_every_name_once_and_refuses_too_many():
    profile = Profile.of("ABC", [([0, 1], 4), ([1], 3), ([2, 0, 1], 1)])
    result = approval.count(profile, 2)
    assert (result.scores, result.elected) == ((5, 8, 1), (1, 0))
    with pytest.raises(BadBallot, match="3 approvals where 2 are allowed") as refused:
        approval.count(profile, 1, most=2)
    assert refused.value.index == 2


def test_approval_draws_lots_among_equals_at_the_last_seat_only():
    profile = Profile.of("ABCD", [([0], 5), ([1], 5), ([2], 3), ([3], 3)])
    assert approval.count(profile, 2).elected == (0, 1)
    result = approval.count(profile, 3, lot=max)
    assert (result.elected, result.ties[0].tied) == ((0, 1, 3), (2, 3))
    assert approval.count(profile, 9, lot=max).elected == (0, 1, 2, 3)
