"""What holds for every count: it agrees with its plain transcription, votes are conserved, names do not matter."""

from collections import Counter
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assemblies.counting import approval, irv, meek, schulze, scottish
from assemblies.counting.lot import SeededLot
from assemblies.counting.profile import Profile
from assemblies.counting.rules import RULES
from tests.counting import plain
from tests.counting.wire import sent

NAMES = "ABCDEF"


@st.composite
def elections(draw, most=6, weights=9):
    """(number of candidates, seats, grouped strict ballots with at least one preference)."""
    size = draw(st.integers(2, most))
    ranking = st.permutations(range(size)).flatmap(lambda p: st.integers(1, size).map(lambda n: tuple(p[:n])))
    ballots = draw(st.lists(st.tuples(ranking, st.integers(1, weights)), min_size=1, max_size=12))
    return size, draw(st.integers(1, size)), ballots


@st.composite
def levelled(draw):
    """(number of candidates, ballots that may rank candidates equal)."""
    size = draw(st.integers(2, 5))
    ballots = []
    for _ in range(draw(st.integers(1, 8))):
        order = draw(st.permutations(range(size)))[: draw(st.integers(1, size))]
        cuts = draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
        levels = []
        for candidate, joined in zip(order, cuts, strict=True):
            if joined and levels:
                levels[-1].append(candidate)
            else:
                levels.append([candidate])
        ballots.append((levels, draw(st.integers(1, 9))))
    return size, ballots


@given(elections())
def test_scottish_agrees_with_a_count_paper_by_paper(election):
    size, seats, ballots = election
    count = scottish.count(Profile.of(NAMES[:size], ballots), seats, lot=min)
    elected, stages = plain.scottish(ballots, size, seats, min)
    assert [list(stage.totals) for stage in count.stages] == stages
    assert list(count.elected) == elected


@given(elections())
def test_meek_agrees_with_a_count_ballot_by_ballot(election):
    size, seats, ballots = election
    count = meek.count(Profile.of(NAMES[:size], ballots), seats, lot=min)
    elected, stages = plain.meek(ballots, size, seats, min)
    assert [list(stage.totals) for stage in count.stages] == stages
    assert list(count.elected) == elected


@given(elections())
def test_instant_runoff_agrees_with_a_recount_from_scratch_at_every_stage(election):
    size, _, ballots = election
    count = irv.count(Profile.of(NAMES[:size], ballots), lot=min)
    winner, stages = plain.irv(ballots, size, min)
    assert [list(stage.totals) for stage in count.stages] == stages
    assert count.elected == (winner,)


@given(elections())
def test_votes_are_conserved_and_no_loss_is_ever_taken_back(election):
    size, seats, ballots = election
    profile = Profile.of(NAMES[:size], ballots)
    for count in (scottish.count(profile, seats, min), meek.count(profile, seats, min), irv.count(profile, min)):
        exhausted = lost = 0
        previous = (0,) * size
        for number, stage in enumerate(count.stages):
            assert sum(stage.totals) + stage.exhausted + stage.lost == count.valid * count.scale
            assert min(stage.totals) >= 0
            assert tuple(p + t for p, t in zip(previous, stage.transfers, strict=True)) == stage.totals
            if count.rule != "meek":
                assert stage.exhausted >= exhausted
                assert stage.lost >= lost
                losing = [c for c, change in enumerate(stage.transfers) if change < 0]
                assert set(losing) <= set(stage.moved), "only those whose ballots move lose votes"
            assert number == 0 or stage.moved or count.rule == "meek"
            exhausted, lost, previous = stage.exhausted, stage.lost, stage.totals
        assert len(set(count.elected)) == len(count.elected) == min(count.seats, size)


@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_and_their_grouping_do_not_matter(election, random):
    size, seats, ballots = election
    singles = [(ranking, 1) for ranking, weight in ballots for _ in range(weight)]
    random.shuffle(singles)
    grouped = list(Counter({r: 0 for r, _ in singles} | Counter(r for r, _ in singles)).items())
    for rule, count in RULES.items():
        lot = SeededLot("the same seed", size)
        wanted = 1 if rule == "irv" else seats
        results = [count(Profile.of(NAMES[:size], b), wanted, lot).as_dict() for b in (ballots, singles, grouped)]
        assert results[0] == results[1] == results[2]


@given(elections(), st.randoms(use_true_random=False))
def test_renaming_the_candidates_renames_the_elected(election, random):
    size, seats, ballots = election
    names = list(range(size))
    random.shuffle(names)
    renamed = [(tuple(names[c] for c in ranking), weight) for ranking, weight in ballots]
    place = {new: old for old, new in enumerate(names)}
    for rule, count in RULES.items():
        wanted = 1 if rule == "irv" else seats
        before = count(Profile.of(NAMES[:size], ballots), wanted, min)
        after = count(Profile.of(NAMES[:size], renamed), wanted, lambda tied: min(tied, key=place.__getitem__))
        assert {names[c] for c in before.elected} == set(after.elected)


@given(elections())
def test_arrays_as_postgresql_sends_them_and_rankings_are_the_same_profile(election):
    size, _, ballots = election
    one = Profile.of(NAMES[:size], ballots)
    arrays = sent(*([c + 1 for c in ranking] for ranking, _ in ballots))
    other = Profile.sent(NAMES[:size], arrays, [len(r) for r, _ in ballots], [w for _, w in ballots])
    assert np.array_equal(one.rankings, other.rankings)
    assert np.array_equal(one.weights, other.weights)


@given(levelled())
def test_the_pairwise_matrix_is_what_each_ballot_says(election):
    size, ballots = election
    d = schulze.pairwise(Profile.of_levels(NAMES[:size], ballots))
    for i, j in combinations(range(size), 2):
        assert d[i, j] == sum(weight for levels, weight in ballots if plain.above(levels, i, j))
        assert d[j, i] == sum(weight for levels, weight in ballots if plain.above(levels, j, i))
    for strength in ("winning-votes", "margins"):
        paths = schulze.strongest_paths(d, strength)
        assert paths.tolist() == plain.strongest(d.tolist(), strength == "margins")


@given(levelled())
def test_schulze_elects_from_the_smith_set_and_always_the_condorcet_winner(election):
    size, ballots = election
    for strength in ("winning-votes", "margins"):
        result = schulze.count(Profile.of_levels(NAMES[:size], ballots), strength=strength, lot=max)
        d = np.array(result.pairwise)
        outside = [c for c in range(size) if c not in result.smith]
        assert all(d[i, j] > d[j, i] for i in result.smith for j in outside)
        assert set(result.winners) <= set(result.smith)
        if result.condorcet_winner is not None:
            assert result.winners == result.smith == (result.condorcet_winner,)
        assert sorted(c for group in result.ranking for c in group) == list(range(size))


@given(elections(), st.data())
def test_one_more_ballot_for_a_winner_alone_does_not_unseat_it(election, data):
    """Approval and Schulze are monotone in this sense; the transferable vote is not, and does not promise it."""
    size, _, ballots = election
    profile = Profile.of(NAMES[:size], ballots)
    winner = data.draw(st.sampled_from(schulze.count(profile, lot=min).winners))
    more = Profile.of(NAMES[:size], [*ballots, ((winner,), 1)])
    assert winner in schulze.count(more, lot=min).winners
    approved = approval.count(profile, lot=min).elected[0]
    assert approval.count(Profile.of(NAMES[:size], [*ballots, ((approved,), 1)]), lot=min).elected == (approved,)


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_large_random_counts_agree_too(seats, seed):
    random = np.random.default_rng(seed)
    size = 8
    ballots = [
        (tuple(random.permutation(size)[: random.integers(1, size + 1)].tolist()), int(random.integers(1, 40)))
        for _ in range(120)
    ]
    profile = Profile.of([str(c) for c in range(size)], ballots)
    count, (elected, stages) = scottish.count(profile, seats, min), plain.scottish(ballots, size, seats, min)
    assert (list(count.elected), [list(s.totals) for s in count.stages]) == (elected, stages)
    count, (elected, stages) = meek.count(profile, seats, min), plain.meek(ballots, size, seats, min)
    assert (list(count.elected), [list(s.totals) for s in count.stages]) == (elected, stages)
