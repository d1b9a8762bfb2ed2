"""Instant runoff: the mayor of Minneapolis in 2017, and ties."""

import csv
from collections import Counter

import pytest

from assemblies.counting import irv
from assemblies.counting.profile import Profile
from tests.counting.real import SHIPPED, ballots, expected

MAYOR = SHIPPED / "irv"
ROUNDS = expected(MAYOR / "2017_minneapolis_mayor_expected.json")


def test_minneapolis_elects_its_mayor_and_matches_every_published_round():
    profile = ballots(MAYOR / "2017_minneapolis_mayor.blt").profile
    count = irv.count(profile, lot=min)
    assert count.valid == ROUNDS["ballots_with_a_ranking"]
    assert [count.candidates[c] for c in count.elected] == [ROUNDS["winner"]]
    assert count.stages[-1].totals[profile.candidates.index("Raymond Dehn")] == 34_970
    matched = 0
    gone = set()
    for stage in count.stages:
        gone |= {count.candidates[c] for c in stage.excluded}
        totals = {name: votes for name, votes in zip(count.candidates, stage.totals, strict=True) if name not in gone}
        for official in ROUNDS["rounds"]:
            if set(official["tally"]) == set(totals):  # Minneapolis excludes in batches: these stages have a round
                assert official["tally"] == totals
                matched += 1
    # Undeclared write-ins go first in the city's order although five have fewer votes: round 2 has no stage of ours.
    assert matched == len(ROUNDS["rounds"]) - 1


def test_the_blt_holds_the_same_ballots_as_the_published_record():
    file = ballots(MAYOR / "2017_minneapolis_mayor.blt").profile
    named, cleaned = Counter(), Counter()
    for levels, weight in file.ballots():
        named[tuple(file.candidates[level[0]] for level in levels)] += weight
    with (MAYOR / "2017_minneapolis_mayor_raw.csv").open(encoding="utf-8", newline="") as raw:
        for row in csv.DictReader(raw):
            ranking, skipped = [], 0
            for mark in (row["rank1"], row["rank2"], row["rank3"]):
                skipped = skipped + 1 if mark == "undervote" else 0
                if skipped == 2:
                    break
                if mark not in ("undervote", "overvote", *ranking):
                    ranking.append(mark)
            cleaned[tuple(ranking)] += int(row["count"])
    assert cleaned.pop(()) == ROUNDS["blank_after_cleaning"]
    assert cleaned == named


def test_more_than_half_of_the_votes_in_play_wins_though_it_is_less_than_half_of_all():
    profile = Profile.of("ABC", [([0], 4), ([1], 3), ([2], 2)])
    count = irv.count(profile)
    assert count.elected == (0,)
    assert count.stages[-1].exhausted == 2
    assert len(count.stages) == 2


def test_exactly_half_is_not_enough():
    count = irv.count(Profile.of("ABC", [([0], 4), ([1], 3), ([2, 1], 1)]))
    assert len(count.stages) == 3
    assert count.elected == (0,)


def test_nobody_voting_elects_nobody():
    with pytest.raises(ValueError, match="valid ballot"):
        irv.count(Profile.of("AB", [([], 3)]))
    with pytest.raises(ValueError, match="candidate standing"):
        irv.count(Profile.of("A", [([0], 3)], withdrawn=[0]))
