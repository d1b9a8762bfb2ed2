"""The same rules written down as slowly and plainly as their texts: what the quick counters are held against.

Ballots are pairs (ranking, weight); every ballot is counted by itself, with Python's integers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, permutations

Ballots = Sequence[tuple[Sequence[int], int]]
FIVE = 10**5
NINE = 10**9


def _chosen(tied: list[int], history: list[list[int]], pick: Callable[[list[int]], int], lot: Callable) -> int:
    for totals in reversed(history):
        mark = pick([totals[c] for c in tied])
        tied = [c for c in tied if totals[c] == mark]
    return tied[0] if len(tied) == 1 else lot(tied)


def scottish(ballots: Ballots, size: int, seats: int, lot: Callable) -> tuple[list[int], list[list[int]]]:
    """(elected, totals after each stage) by SSI 2011/399 rules 46-52, paper by paper."""
    papers = [[list(ranking), FIVE, ranking[0]] for ranking, weight in ballots for _ in range(weight)]
    quota = (len(papers) // (seats + 1) + 1) * FIVE
    continuing, elected, waiting, stages = set(range(size)), [], [], []
    totals = [sum(value for _, value, holder in papers if holder == c) for c in range(size)]
    while True:
        stages.append(list(totals))
        reached = sorted((c for c in continuing if totals[c] >= quota), key=lambda c: (-totals[c], c))
        elected += reached
        continuing -= set(reached)
        waiting += [c for c in reached if totals[c] > quota]
        if len(elected) + len(continuing) <= seats:
            return elected + sorted(continuing, key=lambda c: (-totals[c], c)), stages
        if len(elected) == seats:
            return elected, stages
        if waiting:
            most = max(totals[c] for c in waiting)
            source = _chosen([c for c in sorted(waiting) if totals[c] == most], stages, max, lot)
            waiting.remove(source)
            surplus, left = totals[source] - quota, quota
        else:
            fewest = min(totals[c] for c in continuing)
            source = _chosen([c for c in sorted(continuing) if totals[c] == fewest], stages, min, lot)
            continuing.remove(source)
            surplus, left = None, 0
        total = totals[source]
        totals[source] = left
        for paper in papers:
            if paper[2] == source:
                if surplus is not None:
                    paper[1] = surplus * paper[1] // total
                paper[2] = next((c for c in paper[0] if c in continuing), None)
                if paper[2] is not None:
                    totals[paper[2]] += paper[1]


def meek(ballots: Ballots, size: int, seats: int, lot: Callable) -> tuple[list[int], list[list[int]]]:
    """(elected, votes after each round) by the Reference Meek Rule, ballot by ballot."""
    keep = [NINE] * size
    hopeful, elected, stages = set(range(size)), [], []
    while not stages or (len(elected) < seats < len(elected) + len(hopeful)):
        earlier = None
        while True:
            votes = [0] * size
            for ranking, weight in ballots:
                left = NINE
                for c in ranking:
                    kept = -(-left * keep[c] // NINE)
                    votes[c] += kept * weight
                    left -= kept
            quota = sum(votes) // (seats + 1) + 1
            reached = sorted((c for c in hopeful if votes[c] >= quota), key=lambda c: (-votes[c], c))
            elected += reached
            hopeful -= set(reached)
            surplus = max(0, sum(votes[c] - quota for c in elected))
            if reached or surplus < NINE // 10**6 or (earlier is not None and surplus >= earlier):
                break
            earlier = surplus
            for c in elected:
                kept = -(-keep[c] * quota // NINE)
                keep[c] = -(-kept * NINE // votes[c])
        if not reached and len(elected) + len(hopeful) > seats:
            lowest = min(votes[c] for c in hopeful)
            out = _chosen([c for c in sorted(hopeful) if votes[c] <= lowest + surplus], stages, min, lot)
            hopeful.remove(out)
            keep[out] = 0
        stages.append(votes)
    if len(elected) < seats:
        elected += sorted(hopeful, key=lambda c: (-votes[c], c))
    return elected, stages


def irv(ballots: Ballots, size: int, lot: Callable) -> tuple[int, list[list[int]]]:
    """(the winner, totals after each stage) of instant runoff."""
    continuing, stages = set(range(size)), []
    while True:
        totals = [0] * size
        for ranking, weight in ballots:
            first = next((c for c in ranking if c in continuing), None)
            if first is not None:
                totals[first] += weight
        stages.append(totals)
        leader = max(sorted(continuing), key=lambda c: totals[c])
        if 2 * totals[leader] > sum(totals) or len(continuing) == 1:
            return leader, stages
        fewest = min(totals[c] for c in continuing)
        continuing.remove(_chosen([c for c in sorted(continuing) if totals[c] == fewest], stages, min, lot))


def above(levels: Sequence[Sequence[int]], i: int, j: int) -> bool:
    """Whether a ballot of levels ranks i strictly above j; those left out stand together at the bottom."""
    place = {c: n for n, level in enumerate(levels) for c in level}
    return place.get(i, len(levels)) < place.get(j, len(levels))


def strongest(d: Sequence[Sequence[int]], margins: bool) -> list[list[int]]:
    """The strength of the strongest path from i to j, over all paths there are."""
    size = len(d)
    link = [
        [(d[i][j] - d[j][i] if margins else d[i][j]) if d[i][j] > d[j][i] else 0 for j in range(size)]
        for i in range(size)
    ]
    best = [[0] * size for _ in range(size)]
    for length in range(2, size + 1):
        for path in permutations(range(size), length):
            strength = min(link[a][b] for a, b in pairwise(path))
            best[path[0]][path[-1]] = max(best[path[0]][path[-1]], strength)
    return best
