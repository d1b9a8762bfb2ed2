"""What holds of every plan, whoever asks, and that HiGHS finds the same best by linear programs."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons.sharing import Claim, GreatCircle, Supply, share, smallest_share
from commons.sharing.rule import _Work
from tests.commons import highs

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def questions(draw, most=4000):
    """Two to twelve places of very different sizes on a map of some hundred kilometres."""
    count = draw(st.integers(2, 12))
    names = [f"place {chr(97 + i)}" for i in range(count)]
    size = st.one_of(st.integers(0, 12), st.integers(0, most))
    claims = [
        Claim(name, draw(size), draw(size), draw(st.one_of(st.just(0), size)), draw(st.integers(0, 9)))
        for name in names
    ]
    supplies = [Supply(name, draw(size)) for name in names[: draw(st.integers(1, count))]]
    degrees = st.integers(-100, 100).map(lambda hundredths: hundredths / 100)
    globe = GreatCircle({name: (draw(degrees), draw(degrees)) for name in names})
    return claims, supplies, globe, draw(st.sampled_from([40_000, 90_000, 160_000, None]))


def planned(question, **more):
    claims, supplies, distances, reach = question
    return share(claims, supplies, distances, reach=reach, **more)


def arcs(question):
    """The network as rows of numbers: supply, ways, need and have."""
    claims, supplies, distances, reach = question
    work = _Work.of(claims, supplies, "", None, None)
    ways = work.ways(distances, reach, None)
    return work, ways


@SOME
@given(questions())
def test_nothing_is_lost_and_nothing_appears(question):
    claims, supplies, _, reach = question
    plan = planned(question)
    offers = {supply.place: supply.available for supply in supplies}
    sent, came = defaultdict(int), defaultdict(int)
    for allotment in plan.allotments:
        assert allotment.amount > 0
        assert allotment.giver != allotment.receiver
        assert reach is None or allotment.metres <= reach
        sent[allotment.giver] += allotment.amount
        came[allotment.receiver] += allotment.amount
    for claim in claims:
        s = plan.shares[claim.place]
        assert (s.given, s.received) == (sent[claim.place], came[claim.place])
        assert s.essential_own + s.essential_received <= claim.essential
        assert s.further_own + s.further_received <= claim.further
        held = claim.own + offers.get(claim.place, 0)
        assert held == s.essential_own + s.further_own + s.reserve + s.given + s.left + s.kept
        # What it does not offer never leaves it.
        assert s.given + s.left <= offers.get(claim.place, 0)


@SOME
@given(questions())
def test_local_first(question):
    """Who gives or keeps a reserve has what is essential to it, and who gives has its reserve."""
    claims, supplies, *_ = question
    plan = planned(question)
    offers = {supply.place: supply.available for supply in supplies}
    for claim in claims:
        s = plan.shares[claim.place]
        assert s.essential_own == min(claim.essential, claim.own + offers.get(claim.place, 0))
        if s.given or s.left or s.reserve:
            assert s.essential_own == claim.essential
        if s.given or s.left:
            assert s.reserve == claim.reserve


@SOME
@given(questions())
def test_nobody_is_below_the_floor(question):
    """The exact floor, as near as whole units come to it."""
    claims = question[0]
    floor = smallest_share(*question[:3], reach=question[3])
    plan = planned(question)
    needs = [claim.essential for claim in claims if claim.essential]
    assert plan.smallest_share <= floor
    assert plan.smallest_share >= min((Fraction(floor * need // 1, need) for need in needs), default=1)


@SOME
@given(questions())
def test_no_transfer_raises_a_lower_one(question):
    """Moving one unit, by whatever chain of givers, to somebody lower would put somebody else as low or lower."""
    plan = planned(question)
    _, ways = arcs(question)
    work, _ = arcs(question)
    carried = {(a.giver, a.receiver): a.amount for a in plan.allotments}
    reach = defaultdict(set)  # giver to receivers
    for g, r in zip(ways.tail.tolist(), ways.head.tolist(), strict=True):
        reach[work.receivers[r]].add(work.givers[g])
    fed = defaultdict(set)
    for giver, receiver in carried:
        fed[giver].add(receiver)
    for s in plan.shares.values():
        if s.essential_met == 1:
            continue
        # All who would have to give way, one unit each, if this place had one more.
        seen, queue = {s.place}, [s.place]
        while queue:
            for giver in reach[queue.pop()]:
                assert not plan.shares[giver].left
                assert not (
                    giver != s.place and plan.shares[giver].further_own > 0 and _shared_home(plan, question, giver)
                )
                for other in fed[giver] - seen:
                    seen.add(other)
                    queue.append(other)
        for other in seen - {s.place}:
            o = plan.shares[other]
            assert not o.further_received
            if o.essential_received:
                assert Fraction(o.essential_own + o.essential_received - 1, o.essential) <= s.essential_met


def _shared_home(plan, question, place):
    """Whether a place serves its own further need from its offer rather than from what it keeps."""
    [claim] = [claim for claim in question[0] if claim.place == place]
    kept = max(0, claim.own - claim.essential - claim.reserve)
    return plan.shares[place].further_own > min(claim.further, kept)


@SOME
@given(questions(), st.data())
def test_more_supply_never_lowers_the_minimum(question, data):
    claims, supplies, distances, reach = question
    which = data.draw(st.integers(0, len(supplies) - 1))
    more = [*supplies]
    more[which] = replace(more[which], available=more[which].available + data.draw(st.integers(1, 500)))
    assert planned((claims, more, distances, reach)).smallest_share >= planned(question).smallest_share
    assert smallest_share(claims, more, distances, reach=reach) >= smallest_share(
        claims, supplies, distances, reach=reach
    )


@SOME
@given(questions(), st.randoms(use_true_random=False))
def test_names_and_their_order_change_nothing(question, random):
    claims, supplies, globe, reach = question
    plan = planned(question)
    assert planned((random.sample(claims, len(claims)), supplies[::-1], globe, reach)) == plan
    new = {claim.place: name for name, claim in zip(random.sample("ABCDEFGHIJKL", len(claims)), claims, strict=True)}
    renamed = share(
        [replace(claim, place=new[claim.place]) for claim in claims],
        [replace(supply, place=new[supply.place]) for supply in supplies],
        GreatCircle({new[place]: where for place, where in globe.coordinates.items()}),
        reach=reach,
    )
    for measure in ("essential_met", "further_met"):
        before, after = (sorted(getattr(s, measure) for s in p.shares.values()) for p in (plan, renamed))
        assert before == after
    assert renamed.effort == plan.effort


@SOME
@given(questions(), st.integers(2, 1000))
def test_scale_changes_nothing(question, factor):
    """In grams or in kilograms, the floor is the same, and so is the plan where all comes out even."""
    claims, supplies, globe, reach = question
    larger = [
        Claim(c.place, c.essential * factor, c.further * factor, c.own * factor, c.reserve * factor) for c in claims
    ]
    more = [Supply(s.place, s.available * factor) for s in supplies]
    floor = smallest_share(claims, supplies, globe, reach=reach)
    assert smallest_share(larger, more, globe, reach=reach) == floor
    plan, scaled = planned(question), planned((larger, more, globe, reach))
    assert scaled.smallest_share >= plan.smallest_share
    if plan.smallest_share == 1:
        assert [s.essential_met for s in scaled.shares.values()] == [s.essential_met for s in plan.shares.values()]


@SOME
@given(questions())
def test_a_level_says_who_binds_whom(question):
    """Nobody at a level can be served by a giver who has something left, and all that its givers give goes to it."""
    plan = planned(question)
    for level in plan.levels:
        assert level.share < 1
        met = [getattr(plan.shares[place], f"{level.need}_met") for place in level.places]
        assert min(met) == level.share
        for giver in level.givers:
            assert plan.shares[giver].left == 0
        assert all(getattr(plan.shares[place], f"{level.need}_met") > level.share for place in level.above)
    bound = {(place, level.need) for level in plan.levels for place in (*level.places, *level.above)}
    assert len(bound) == sum(len(level.places) + len(level.above) for level in plan.levels)


@pytest.mark.parametrize("seed", range(6))
def test_highs_finds_the_same_floor_and_the_same_least_transport(seed):
    random = np.random.default_rng(seed)
    names = [f"place {i}" for i in range(60)]
    need = np.exp(random.normal(7, 1.2, 60)).astype(int) * 1000
    grown = (need * np.exp(random.normal(-0.6, 1, 60))).astype(int)
    globe = GreatCircle({name: tuple(random.uniform(-0.4, 0.4, 2)) for name in names})
    claims = [Claim(name, int(n), int(n) // 3, own=int(n) // 50) for name, n in zip(names, need, strict=True)]
    supplies = [Supply(name, int(n)) for name, n in zip(names, grown, strict=True)]
    question = claims, supplies, globe, [20_000, 35_000][seed % 2]
    work, ways = arcs(question)
    floor = highs.largest_minimum(work.supply, ways.tail, ways.head, ways.most, work.essential, work.essential_own)
    assert float(smallest_share(*question[:3], reach=question[3])) == pytest.approx(floor, abs=1e-7)
    plan = planned(question)
    assert float(plan.smallest_share) == pytest.approx(floor, abs=1e-4)
    kept = {name: max(0, c.own - c.essential - c.reserve) for name, c in zip(names, claims, strict=True)}
    assert not any(kept.values())
    amount = [plan.shares[place].received + plan.shares[place].further_own for place in work.receivers]
    effort = highs.least_transport(work.supply, ways.tail, ways.head, ways.most, ways.metres, amount)
    assert plan.effort == pytest.approx(effort, rel=1e-9)
