"""Scottish transferable vote: twenty real wards, and the tie rules at their edges."""

import pytest

from assemblies.counting import meek, scottish
from assemblies.counting.lot import LotNeeded
from assemblies.counting.profile import Profile
from tests.counting.real import SHIPPED, ballots, expected

WARDS = SHIPPED / "scottish-stv"
CASES = {case["file"]: case for case in expected(WARDS / "expected.json")}
STAGED = {case["file"]: case for case in expected(WARDS / "stages-3-wards.json")}


@pytest.mark.parametrize("name", CASES)
def test_a_real_ward_elects_its_official_winners_at_their_official_stages(name):
    case, file = CASES[name], ballots(WARDS / "blt" / name)
    count = scottish.count(file.profile, file.seats)
    assert (count.valid, count.quota, count.seats) == (case["valid"], case["quota"] * scottish.SCALE, case["seats"])
    assert {c + 1 for c in count.elected} == set(case["winners"])
    assert len(count.stages) == case["n_stages"]
    for number, (status, stage) in case.get("official_status", {}).items():
        candidate = int(number) - 1
        assert (candidate in count.elected) == (status == "Elected")
        if status == "Elected":
            assert candidate in count.stages[stage - 1].elected
        if status == "Excluded":  # the official table names the stage before the one in which the ballots move
            assert count.stages[stage].excluded == (candidate,)


@pytest.mark.parametrize("name", STAGED)
def test_every_stage_of_a_real_ward_matches_the_official_table_to_the_fifth_decimal(name):
    file = ballots(WARDS / "blt" / name)
    count = scottish.count(file.profile, file.seats)
    elected = []
    for mine, official in zip(count.stages, STAGED[name]["stages"], strict=True):
        assert [count.decimal(votes) for votes in mine.totals] == official["official_totals"]
        assert count.decimal(mine.exhausted + mine.lost) == official["nontransferable_and_rounding"]
        assert mine.action == official["action"]
        assert [c + 1 for c in mine.moved] == ([official["candidate"]] if official["candidate"] else [])
        elected += [c + 1 for c in mine.elected]
        assert elected == official["elected_so_far"]


def test_rules_are_not_interchangeable_oban_elects_somebody_else_by_meek():
    file = ballots(WARDS / "blt" / "argyll_bute_2022_ward4.blt")
    assert {c + 1 for c in scottish.count(file.profile, file.seats).elected} == {4, 5, 6, 8}
    assert {c + 1 for c in meek.count(file.profile, file.seats).elected} == {4, 5, 8, 10}


def test_equals_at_every_stage_go_to_the_lot_and_the_lot_decides():
    profile = Profile.of("ABC", [([0, 1, 2], 3), ([1, 0, 2], 2), ([2, 1, 0], 2)])
    with pytest.raises(LotNeeded) as refused:
        scottish.count(profile, 1)
    assert refused.value.tied == (1, 2)
    without_b, without_c = scottish.count(profile, 1, lot=min), scottish.count(profile, 1, lot=max)
    assert (without_b.elected, without_c.elected) == ((0,), (1,))
    assert without_b.ties[0].by_lot
    assert (without_b.ties[0].tied, without_b.ties[0].chosen) == ((1, 2), 1)


def test_equals_for_exclusion_are_told_apart_by_the_latest_stage_at_which_they_differed():
    # Stage 1: A 10, B 6, C 5, D 1. D's ballot makes C equal to B; B had more before, so C goes.
    profile = Profile.of("ABCD", [([0], 10), ([1], 6), ([2, 1], 5), ([3, 2], 1)])
    count = scottish.count(profile, 1)
    assert [stage.excluded for stage in count.stages[1:3]] == [(3,), (2,)]
    assert (count.ties[0].tied, count.ties[0].chosen, count.ties[0].stage) == ((1, 2), 2, 1)


def test_equal_surpluses_are_told_apart_the_other_way_round():
    # A's surplus, half a vote a ballot, lifts B from 12 and C from 11 to 21.5 each; B had more before, so B is first.
    profile = Profile.of("ABCDE", [([0, 1], 19), ([0, 2], 21), ([1], 12), ([2], 11), ([3], 17), ([4], 16)])
    count = scottish.count(profile, 4)
    assert count.quota == 20 * scottish.SCALE
    assert count.stages[1].totals[1:3] == (2150000, 2150000)
    assert [stage.moved for stage in count.stages[1:3]] == [(0,), (1,)]
    assert (count.ties[0].tied, count.ties[0].chosen, count.ties[0].stage) == ((1, 2), 1, 1)


def test_the_last_vacancies_are_filled_without_a_further_transfer():
    profile = Profile.of("ABC", [([0], 5), ([1], 3), ([2], 1)])
    everyone = scottish.count(profile, 3)
    assert everyone.elected == (0, 1, 2)
    assert len(everyone.stages) == 1
    assert scottish.count(profile, 5).elected == (0, 1, 2)


def test_votes_are_conserved_and_the_remainders_are_shown():
    profile = Profile.of("ABCD", [([0, 1], 5), ([0, 2], 2), ([0], 3), ([3], 2)])
    count = scottish.count(profile, 2)
    assert [stage.action for stage in count.stages][:2] == ["first", "surplus"]
    after = count.stages[1]
    assert after.transfers == (-500000, 250000, 100000, 0)
    assert (after.exhausted, after.lost) == (150000, 0)
    thirds = scottish.count(Profile.of("ABC", [([0, 1], 7), ([1], 1), ([2], 1)]), 2)
    assert thirds.quota == 4 * scottish.SCALE
    assert thirds.stages[1].transfers[1] == 7 * 42857
    assert thirds.stages[1].lost == 300000 - 7 * 42857


def test_a_withdrawn_candidate_takes_no_votes_and_no_seat():
    profile = Profile.of("ABC", [([0, 1], 5), ([0], 2), ([2], 3)], withdrawn=[0])
    count = scottish.count(profile, 1)
    assert (count.valid, count.blank, count.elected) == (8, 2, (1,))


@pytest.mark.parametrize(
    ("profile", "seats", "reason"),
    [
        (Profile.of("AB", []), 1, "valid ballots"),
        (Profile.of("AB", [([], 4)]), 1, "valid ballots"),
        (Profile.of("AB", [([0], 1)]), 0, "at least one seat"),
        (Profile.of_levels("AB", [([[0, 1]], 1)]), 1, "equal preferences"),
        (Profile.of("AB", [([0], 922_337_204)]), 1, "valid ballots"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_a_reason(profile, seats, reason):
    with pytest.raises(ValueError, match=reason):
        scottish.count(profile, seats)


def test_the_largest_electorate_it_accepts_is_still_exact():
    half = scottish.MOST_BALLOTS // 2
    count = scottish.count(Profile.of("ABC", [([0, 1], half), ([2], 3)]), 2)
    surplus = count.stages[0].totals[0] - count.quota
    assert count.stages[1].transfers[1] == half * (surplus * scottish.SCALE // count.stages[0].totals[0])
