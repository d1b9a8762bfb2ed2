"""Meek: by hand on a small count, on many candidates, and at the edges."""

from fractions import Fraction

import pytest

from assemblies.counting import meek
from assemblies.counting.lot import LotNeeded
from assemblies.counting.profile import Profile
from tests.counting import plain


def test_a_count_by_hand_converges_to_its_exact_limit():
    # 61 A, 60 A>B, 30 C>D, 29 D>C for two seats. With keep k of A: B has 60(1-k), exhausted 61(1-k), and at the limit
    # 121k = q and 3q = 180 - 61(1-k), so k = 119/302.
    profile = Profile.of("ABCD", [([0], 61), ([0, 1], 60), ([2, 3], 30), ([3, 2], 29)])
    count = meek.count(profile, 2)
    assert count.stages[0].elected == (0,)
    assert count.stages[0].quota == 60_000_000_001
    keep = Fraction(count.stages[1].keep[0], meek.SCALE)
    assert abs(keep - Fraction(119, 302)) < Fraction(1, 10**7)
    assert count.elected == (0, 2)


def test_the_votes_of_the_elected_stay_near_the_quota_of_the_stage():
    profile = Profile.of("ABCDE", [([0, 1, 2], 40), ([0, 3], 20), ([1, 4], 11), ([2, 1], 14), ([3, 4], 9), ([4], 8)])
    count = meek.count(profile, 3)
    for earlier, stage in zip(count.stages, count.stages[1:], strict=False):
        if stage.action == "exclude":
            for c in earlier.elected:
                assert 0 <= stage.totals[c] - stage.quota < 2 * meek.OMEGA


def test_a_ballot_longer_than_sixty_four_bits_can_number_is_counted_the_same():
    size = 60
    ballots = [(tuple((start * 7 + step * 11) % size for step in range(size)), 5 + start % 4) for start in range(40)]
    count = meek.count(Profile.of([str(c) for c in range(size)], ballots), 14, lot=min)
    elected, stages = plain.meek(ballots, size, 14, min)
    assert list(count.elected) == elected
    assert [list(stage.totals) for stage in count.stages] == stages


def test_candidates_closer_than_the_surplus_still_to_be_moved_are_tied():
    # D and E get the same from A, B and C in different orders: ten thousand-millionths apart, by rounding alone.
    ballots = [([0, 1, 2, 3], 10), ([2, 1, 0, 4], 10), ([0], 75), ([1], 65), ([2], 34), ([5], 9), ([3], 1), ([4], 1)]
    profile = Profile.of("ABCDEF", ballots)
    with pytest.raises(LotNeeded) as refused:
        meek.count(profile, 4)
    assert refused.value.tied == (3, 4)
    count = meek.count(profile, 4, lot=min)
    stage = next(stage for stage in count.stages if stage.ties)
    assert stage.totals[3] - stage.totals[4] == 10
    assert stage.excluded == (3,)


def test_as_many_seats_as_candidates_elects_them_all():
    assert meek.count(Profile.of("ABC", [([0], 3), ([1], 2)]), 3).elected == (0, 1, 2)
    assert meek.count(Profile.of("ABC", [([0], 3), ([1], 2)], withdrawn=[0]), 2).elected == (1, 2)


@pytest.mark.parametrize(("ballots", "seats"), [([], 1), ([([0], 1)], 0)])
def test_nothing_to_count_is_refused(ballots, seats):
    with pytest.raises(ValueError):
        meek.count(Profile.of("AB", ballots), seats)
