"""What the sharing rule promises, on cases whose answer is known."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from commons.sharing import (
    ESSENTIAL,
    Cancelled,
    Claim,
    GreatCircle,
    Supply,
    Table,
    TooManyWays,
    great_circle,
    share,
    smallest_share,
)
from commons.sharing.leximin import leximin
from commons.sharing.ways import Ways

GOODS = Path(__file__).resolve().parent.parent / "data/goods"
TRANSPORT = json.loads((GOODS / "transport-instances.json").read_text())
ESTATES = json.loads((GOODS / "claims-and-maxmin.json").read_text())


def anywhere(giver: str, receiver: str) -> int:
    return 1000


def met(plan, *places):
    return [plan.shares[place].essential_met for place in places]


@pytest.mark.parametrize("name", TRANSPORT)
def test_textbook_transports_are_as_cheap_as_published(name):
    case = TRANSPORT[name]
    cost = {
        (f"plant {i}", f"town {j}"): round(c * 1000) for i, row in enumerate(case["cost"]) for j, c in enumerate(row)
    }
    plan = share(
        [Claim(f"town {j}", demand) for j, demand in enumerate(case["demand"])],
        [Supply(f"plant {i}", supply) for i, supply in enumerate(case["supply"])],
        lambda giver, receiver: cost[giver, receiver],
        allowed=cost.keys(),
    )
    assert plan.smallest_share == 1
    assert plan.effort == round(case["published_optimum"] * 1000)


@pytest.mark.parametrize("case", ESTATES["talmud_three_wives"]["cases"], ids=lambda case: str(case["estate"]))
def test_equal_shares_of_need_are_the_proportional_division_of_an_estate(case):
    fine = 6  # The answers are whole sixths.
    plan = share(
        [Claim(str(claim), claim * fine) for claim in case["claims"]],
        [Supply("estate", case["estate"] * fine)],
        anywhere,
    )
    got = [Fraction(plan.shares[str(claim)].received, fine) for claim in case["claims"]]
    assert got == [Fraction(amount) for amount in case["proportional"]]


def equal_awards(capacity, demands, fine):
    """The core of the rule with equal weights and a bound for each: nobody gets more than another who wants more."""
    claims = np.array([int(Fraction(demand) * fine) for demand in demands])
    count = len(claims)
    ways = Ways(np.zeros(count, int), np.arange(count), np.zeros(count, int), np.full(count, 2**62))
    weight = np.full(count, claims.max())
    found = leximin(np.array([capacity * fine]), ways, weight, np.zeros(count, int), np.arange(count), most=claims)
    return [Fraction(int(amount), fine) for amount in found.amount]


@pytest.mark.parametrize("case", ESTATES["talmud_three_wives"]["cases"], ids=lambda case: str(case["estate"]))
def test_with_equal_weights_it_is_the_rule_of_equal_awards(case):
    assert equal_awards(case["estate"], case["claims"], 6) == [Fraction(a) for a in case["equal_awards_maxmin"]]


def test_keshavs_maxmin_example():
    [case] = ESTATES["maxmin"]
    assert equal_awards(case["capacity"], case["demands"], 10) == [Fraction(amount) for amount in case["maxmin"]]


def test_a_place_feeds_itself_before_it_gives():
    plan = share(
        [Claim("Abiego", 100, own=40), Claim("Loarre", 100, own=0)],
        [Supply("Abiego", 80)],
        anywhere,
    )
    assert met(plan, "Abiego", "Loarre") == [1, Fraction(1, 5)]
    assert plan.shares["Abiego"].given == 20


def test_a_reserve_stays_where_it_is():
    claims = [Claim("Abiego", 100, own=110, reserve=30), Claim("Loarre", 100)]
    plan = share(claims, [Supply("Abiego", 50)], anywhere)
    assert plan.shares["Abiego"].reserve == 30
    assert plan.shares["Abiego"].given == 30


def test_what_is_not_offered_is_not_taken():
    plan = share([Claim("Abiego", 10, own=100), Claim("Loarre", 100)], [], anywhere)
    assert met(plan, "Abiego", "Loarre") == [1, 0]
    assert plan.shares["Abiego"].kept == 90
    assert plan.allotments == ()


def test_the_lowest_is_raised_before_anybody_has_the_rest():
    claims = [Claim("Abiego", 100, own=50), Claim("Loarre", 100), Claim("Siétamo", 100, own=90)]
    plan = share(claims, [Supply("Ayerbe", 60)], anywhere)
    assert met(plan, "Abiego", "Loarre", "Siétamo") == [Fraction(55, 100), Fraction(55, 100), Fraction(90, 100)]
    [level] = plan.levels
    assert (level.places, level.above, level.givers) == (("Abiego", "Loarre"), ("Siétamo",), ("Ayerbe",))
    assert level.missing == 90


def test_further_need_waits_for_what_is_essential_to_others():
    claims = [Claim("Abiego", 10, further=50, own=10), Claim("Loarre", 100)]
    plan = share(claims, [Supply("Abiego", 90)], anywhere)
    assert plan.shares["Loarre"].essential_met == Fraction(9, 10)
    assert plan.shares["Abiego"].further_met == 0
    plan = share(claims, [Supply("Abiego", 120)], anywhere)
    assert plan.shares["Loarre"].essential_met == 1
    assert plan.shares["Abiego"].further_own == 20


def test_a_town_is_not_worth_more_than_a_village():
    claims = [Claim("Huesca", 50_000), Claim("Loarre", 300)]
    plan = share(claims, [Supply("Ayerbe", 25_150)], anywhere)
    assert met(plan, "Huesca", "Loarre") == [Fraction(1, 2), Fraction(1, 2)]


def test_a_good_that_spoils_travels_no_farther_than_it_keeps():
    metres = Table(["Ayerbe", "Loarre", "Abiego"], [[0, 8_000, 70_000], [8_000, 0, 65_000], [70_000, 65_000, 0]])
    claims = [Claim("Loarre", 10), Claim("Abiego", 10)]
    plan = share(claims, [Supply("Ayerbe", 30)], metres, reach=30_000)
    assert met(plan, "Loarre", "Abiego") == [1, 0]
    assert plan.shares["Ayerbe"].left == 20
    assert plan.spare["Abiego"].giver == "Ayerbe"
    assert plan.spare["Abiego"].metres == 70_000


def test_what_may_travel_between_two_places_is_a_bound():
    claims = [Claim("Loarre", 10), Claim("Abiego", 10)]
    plan = share(
        claims, [Supply("Ayerbe", 30)], anywhere, allowed={("Ayerbe", "Loarre"): 3, ("Ayerbe", "Abiego"): None}
    )
    assert met(plan, "Loarre", "Abiego") == [Fraction(3, 10), 1]
    assert plan.level_of("Loarre").full == ("Ayerbe",)


def test_pieces_are_not_cut_and_a_small_place_is_not_rounded_away():
    """One piece is all that a hamlet needs, and a thousandth of what the town does: it comes first."""
    claims = [Claim("town", 1000), Claim("hamlet A", 1), Claim("hamlet B", 1)]
    plan = share(claims, [Supply("workshop", 450)], anywhere)
    assert [plan.shares[place].received for place in ("town", "hamlet A", "hamlet B")] == [448, 1, 1]


def test_an_odd_piece_goes_where_it_is_carried_least_and_then_by_the_lot():
    claims = [Claim("Abiego", 2), Claim("Loarre", 2), Claim("Siétamo", 2)]
    far = {"Abiego": 9, "Loarre": 7, "Siétamo": 7}
    winners = set()
    for lot in "abcdefgh":
        plan = share(claims, [Supply("Ayerbe", 4)], lambda giver, receiver: far[receiver], lot=lot)
        [winner] = [allotment.receiver for allotment in plan.allotments if allotment.amount == 2]
        assert plan == share(claims[::-1], [Supply("Ayerbe", 4)], lambda giver, receiver: far[receiver], lot=lot)
        winners.add(winner)
    assert winners == {"Loarre", "Siétamo"}


def test_no_way_but_a_longer_one_serves_both():
    """The nearest giver is left to the one who can lean on nobody else."""
    claims = [Claim("Abiego", 10), Claim("Loarre", 10)]
    metres = {("near", "Abiego"): 1, ("near", "Loarre"): 5, ("far", "Abiego"): 100}
    plan = share(claims, [Supply("near", 10), Supply("far", 10)], lambda g, r: metres[g, r], allowed=metres.keys())
    assert plan.smallest_share == 1
    assert [(a.giver, a.receiver) for a in plan.allotments] == [("far", "Abiego"), ("near", "Loarre")]


def test_the_smallest_share_is_an_exact_fraction():
    claims = [Claim("Abiego", 7), Claim("Loarre", 11, own=1)]
    assert smallest_share(claims, [Supply("Ayerbe", 5)], anywhere) == Fraction(1, 3)
    assert smallest_share(claims, [Supply("Ayerbe", 500)], anywhere) == 1
    assert smallest_share(claims, [], anywhere) == 0


def test_distances_are_those_of_the_globe():
    huesca, teruel = (42.1318, -0.4078), (40.3456, -1.1065)
    assert abs(great_circle(huesca, teruel) - 206_900) < 1_000
    assert great_circle(huesca, huesca) == 0
    assert great_circle((0, 0), (0, 180)) == round(np.pi * 6_371_008.8)
    globe = GreatCircle({"Huesca": huesca, "Teruel": teruel, "Quito": (-0.18, -78.47)})
    assert globe("Huesca", "Teruel") == globe("Teruel", "Huesca") == great_circle(huesca, teruel)


@pytest.mark.parametrize("reach", [0, 30_000, 400_000, None])
def test_all_kinds_of_distances_answer_alike(reach):
    random = np.random.default_rng(5)
    names = [f"place {i}" for i in range(30)]
    globe = GreatCircle(
        {n: (float(a), float(b)) for n, (a, b) in zip(names, random.uniform(-2, 2, (30, 2)), strict=True)}
    )
    table = Table(names, [[globe(a, b) for b in names] for a in names])
    claims = [Claim(name, int(random.integers(0, 900)), int(random.integers(0, 300))) for name in names]
    supplies = [Supply(name, int(random.integers(0, 1200))) for name in names[:20]]
    plans = [share(claims, supplies, way, reach=reach) for way in (globe, table, globe.__call__)]
    assert plans[0] == plans[1] == plans[2]
    assert all(allotment.metres <= (reach or 10**9) for allotment in plans[0].allotments)


def test_progress_is_told_and_the_work_can_be_given_up():
    claims = [Claim("Abiego", 100, further=5), Claim("Loarre", 10), Claim("Siétamo", 10, own=9)]
    supplies = [Supply("Ayerbe", 20), Supply("Huesca", 3)]
    told = []
    share(claims, supplies, anywhere, progress=lambda stage, done: told.append((stage, done)))
    assert list(dict.fromkeys(stage for stage, _ in told)) == [
        "distances",
        ESSENTIAL,
        "further",
        "transport",
        "reasons",
    ]
    assert all(0 <= done <= 1 for _, done in told)
    with pytest.raises(Cancelled):
        share(claims, supplies, anywhere, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("nonsense", "error"),
    [
        (lambda: Claim("Abiego", -1), ValueError),
        (lambda: Claim("Abiego", 1.5), TypeError),
        (lambda: Claim("Abiego", True), TypeError),
        (lambda: Supply("Abiego", 2**60), ValueError),
        (lambda: share([Claim("Abiego", 1), Claim("Abiego", 2)], [], anywhere), ValueError),
        (lambda: share([Claim("Abiego", 1)], [Supply("Loarre", 1)], lambda a, b: -1), ValueError),
        (lambda: Table(["Abiego"], [[0.5]]), ValueError),
        (lambda: Table(["Abiego"], [[0, 1]]), ValueError),
    ],
)
def test_nonsense_is_refused(nonsense, error):
    with pytest.raises(error):
        nonsense()


def test_more_pairs_than_can_be_planned_are_refused_with_advice():
    claims = [Claim(f"town {i}", 1) for i in range(2_100)]
    supplies = [Supply(f"farm {i}", 2) for i in range(2_100)]
    globe = GreatCircle({thing.place: (0.0, 0.0) for thing in (*claims, *supplies)})
    for distances in (globe, globe.__call__):
        with pytest.raises(TooManyWays, match="bound on the distance"):
            share(claims, supplies, distances)


def test_nobody_and_nothing():
    plan = share([], [], anywhere)
    assert (plan.allotments, plan.levels, plan.smallest_share, plan.effort) == ((), (), 1, 0)
    plan = share([Claim("Abiego", 0)], [Supply("Loarre", 5)], anywhere)
    assert met(plan, "Abiego") == [1]
    assert plan.shares["Loarre"].left == 5
