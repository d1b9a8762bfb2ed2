"""Works chosen within a limit: the official choice of thirteen real ballots, and small cases by hand."""

import csv
from fractions import Fraction

import pytest

from assemblies.counting import approval
from assemblies.counting.limit import equal_shares, greedy
from assemblies.counting.lot import LotNeeded
from assemblies.counting.profile import Profile
from tests.counting.real import beside, expected


def pabulib(path):
    """(projects, votes) of a .pb file: two lists of dicts."""
    sections = {}
    for row in csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"):
        if len(row) == 1 and row[0] in ("META", "PROJECTS", "VOTES"):
            section = sections[row[0]] = []
        else:
            section.append(row)
    return [[dict(zip(sections[s][0], row, strict=False)) for row in sections[s][1:]] for s in ("PROJECTS", "VOTES")]


def test_thirteen_real_participatory_ballots_score_and_choose_as_their_towns_published():
    folder = beside("approval-pb")
    cases = expected(folder / "expected.json")
    assert len(cases) == 13
    for case in cases:
        projects, votes = pabulib(folder / case["file"])
        number = {p["project_id"]: i for i, p in enumerate(projects)}
        official = {number[p["id"]]: p for p in case["projects"]}
        names = [p["project_id"] for p in projects]
        ballots = [([number[v] for v in vote["vote"].split(",")], 1) for vote in votes if vote["vote"]]
        profile = Profile.of(names, ballots)
        counted = approval.scores(profile).tolist()
        assert counted == [official[i]["votes"] for i in range(len(names))], case["file"]
        scores = [official[i]["score"] for i in range(len(names))]
        if case["vote_type"] in ("approval", "choose-1"):
            assert counted == scores
        costs, limit = [int(official[i]["cost"]) for i in range(len(names))], int(case["budget"])
        if case["rule"].startswith("equalshares"):
            chosen = equal_shares(profile, costs, limit, lot=min)
        else:
            least = int(case["threshold"]) if case["rule"] == "greedy-threshold" else 0
            chosen = greedy(scores, costs, limit, least=least, skip=case["rule"] != "greedy-no-skip", lot=min)
        assert set(chosen) == {i for i, p in official.items() if p["selected"]}, case["file"]


def test_greedy_skips_what_no_longer_fits_or_stops_there():
    assert greedy([9, 8, 7], [6, 5, 4], 10) == (0, 2)
    assert greedy([9, 8, 7], [6, 5, 4], 10, skip=False) == (0,)
    assert greedy([9, 8, 7], [6, 5, 4], 10, least=8) == (0,)


def test_equal_scores_need_a_lot():
    with pytest.raises(LotNeeded):
        greedy([5, 5], [1, 1], 1)
    assert greedy([5, 5], [1, 1], 1, lot=max) == (1,)


def test_equal_shares_gives_a_minority_its_part():
    works = ["mill", "well", "school"]
    profile = Profile.of(works, [([0, 1], 6), ([2], 4)])
    assert set(greedy(approval.scores(profile).tolist(), [50, 50, 40], 100, lot=min)) == {0, 1}
    assert set(equal_shares(profile, [50, 50, 40], 100, lot=min)) == {0, 2}


def test_costs_must_match_the_works():
    with pytest.raises(ValueError, match="2 works but 1 costs"):
        greedy([1, 2], [1], 5)
    with pytest.raises(ValueError, match="every cost 1 or more"):
        greedy([1], [0], Fraction(5))
