"""The fairest amounts: raise the lowest share as far as the ways and supplies let it, then the next lowest, and so on.

The amounts that givers can bring to receivers form a polymatroid (Megiddo 1974). On one, the amounts whose sorted
shares are greatest in the lexicographic order are found by decomposition (Fujishige 1980; in whole numbers Groenevelt
1991): pour what a set of receivers can have together as if each could draw on all of it, ask by a maximum flow whether
the ways carry that, and where they do not, let the minimum cut part those who lean on too little from the rest; then
the same for either part. The parts of one round share no giver, so one maximum flow serves them all.

Whole units are dealt in one order, which also says who has an odd one: to whom stands lowest; among equals to whom it
raises most; then by `rank`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from commons.sharing.ways import Integers, Ways

MET = -1
SOURCE, SINK = 0, 1
FINER_THAN_ANY_DIFFERENCE = 112  # bits: two fractions with denominators below 2^51 differ by more than 2^-102


@dataclass(frozen=True)
class Fairest:
    """What each receiver gets, and which receivers and givers belong together: MET, or the number of their set.

    All that the givers of a set have goes to its receivers. `left` is what each giver of MET has for those who are met.
    """

    amount: Integers
    receivers: Integers
    givers: Integers
    left: Integers


def leximin(
    supply: Integers,
    ways: Ways,
    need: Integers,
    have: Integers,
    rank: Integers,
    *,
    least: Integers | None = None,
    most: Integers | None = None,
    after_each_round: Callable[[float], None] = lambda done: None,
) -> Fairest:
    """The amounts with the greatest sorted vector of (have + amount - least) / need.

    Between `least`, which must be within what the ways can carry, and `most` (by default what completes the need).
    `after_each_round` is told which part of the receivers is settled.
    """
    receivers = len(need)
    least = np.zeros(receivers, np.int64) if least is None else least
    most = least + np.maximum(need - have, 0) if most is None else most
    left, forced, target = supply.copy(), np.zeros(receivers, np.int64), most.copy()
    usable = np.ones(len(ways.tail), bool)
    unsettled = most > 0
    receiver_set = np.where(unsettled, 0, MET)
    giver_set = np.full(len(supply), 0 if unsettled.any() else MET)
    sets, everything = 1, True
    while unsettled.any():
        arcs = np.flatnonzero(usable)
        arcs = arcs[unsettled[ways.head[arcs]]]
        supplied = left if everything else np.where(giver_set >= 0, left, 0)
        reached, got = _cut(supplied, ways.tail[arcs], ways.head[arcs], ways.most[arcs], target - forced, unsettled)
        short = np.zeros(sets, bool)
        np.logical_or.at(short, receiver_set[unsettled], (got < target - forced)[unsettled])
        unsettled &= short[receiver_set]
        open_giver = giver_set >= 0
        open_giver[open_giver] = short[giver_set[open_giver]]
        if not short.any():
            if everything:
                receiver_set[:], giver_set[:] = MET, MET
            break
        # The cut: what is reached could have more, the rest leans on too little. No flow comes back across it, and what
        # crosses it is all that its way bears.
        giver_reached, receiver_reached = reached[2 : 2 + len(supply)], reached[2 + len(supply) :]
        across = usable & (giver_reached[ways.tail] != receiver_reached[ways.head]) & unsettled[ways.head]
        full = np.flatnonzero(across & giver_reached[ways.tail])
        np.subtract.at(left, ways.tail[full], ways.most[full])
        np.add.at(forced, ways.head[full], ways.most[full])
        usable &= ~across
        if everything:  # The first cut parts those whose need can be met from those who must share.
            receiver_set[receiver_reached | ~unsettled], giver_set[giver_reached] = MET, MET
            unsettled &= ~receiver_reached
            everything = False
        else:
            numbers = sets + np.cumsum(short) - 1
            split = unsettled & receiver_reached
            receiver_set[split] = numbers[receiver_set[split]]
            parted = giver_reached & open_giver
            giver_set[parted] = numbers[giver_set[parted]]
            sets += int(short.sum())
        who = np.flatnonzero(unsettled)
        target[who] = _pour(
            _sums(left, giver_set, sets),
            receiver_set[who],
            np.maximum(least[who], forced[who]),
            most[who],
            need[who],
            (have - least)[who],
            rank[who],
            forced[who],
        )
        after_each_round(1 - len(who) / receivers)
    return Fairest(target, receiver_set, giver_set, left)


def largest_minimum(supply: Integers, ways: Ways, need: Integers, have: Integers) -> Fraction:
    """The largest share, at most 1, that all receivers can reach together if units could be cut as finely as one likes.

    Newton's method on the cuts (Dinkelbach 1967; for flows Gallo, Grigoriadis and Tarjan 1989): each cut that does not
    carry a share says exactly which share it carries. The flows are counted in fractions of a unit as fine as 63 bits
    allow: no answer is below the exact one, nor above it by more than some such fractions for each receiver.
    """
    who = np.flatnonzero(need > 0)
    every = np.zeros(len(need), bool)
    every[who] = True
    size = max(1, int(supply.sum()), int(need.sum()) + int(have.sum()))
    fine = 1 << max(0, 61 - size.bit_length())
    finely = (need * fine).astype(np.longdouble)
    share = _first_bound(supply, ways, need, have, who)
    while True:
        wanted = np.floor(finely * share.numerator / share.denominator).astype(np.int64) - have * fine
        np.maximum(wanted, 0, out=wanted)
        most = np.where(ways.most < size, ways.most, size) * fine
        arcs = np.flatnonzero(every[ways.head])
        reached, got = _cut(supply * fine, ways.tail[arcs], ways.head[arcs], most[arcs], wanted, every)
        if (got >= wanted)[every].all():
            return share
        givers, receivers = reached[2 : 2 + len(supply)], reached[2 + len(supply) :]
        across = givers[ways.tail] & ~receivers[ways.head] & every[ways.head]
        carried = int(supply[~givers].sum()) + int(ways.most[across].sum())
        lacking = np.flatnonzero(every & ~receivers & (wanted > 0))
        lower = water_level(carried, need[lacking], have[lacking])
        if lower >= share:
            return share
        # Who has enough at one share is in no cut at a lower one: the cuts are nested.
        share, every = lower, every & ~receivers


def _first_bound(supply: Integers, ways: Ways, need: Integers, have: Integers, who: Integers) -> Fraction:
    """What no share can exceed: a cut around each receiver, to whom all in reach give, and one around all of them."""
    if not len(who):
        return Fraction(1)
    within_reach = np.bincount(ways.head, np.minimum(ways.most, supply[ways.tail]), minlength=len(need))
    lowest = who[np.argmin((have + within_reach)[who] / need[who])]
    ways_to_it = np.flatnonzero(ways.head == lowest)
    arriving = sum(np.minimum(ways.most, supply[ways.tail])[ways_to_it].tolist())
    alone = Fraction(int(have[lowest]) + arriving, int(need[lowest]))
    return min(Fraction(1), alone, water_level(int(supply.sum()), need[who], have[who]))


def water_level(total: int, need: Integers, have: Integers) -> Fraction:
    """The share to which `total` raises all who stand below it."""
    order = np.argsort(have / need, kind="stable")
    weight, held = np.cumsum(need[order]), np.cumsum(have[order])
    level = (total + held) / weight
    following = np.append((have / need)[order][1:], np.inf)
    last = int(np.argmax(level <= following))
    return Fraction(total + int(held[last]), int(weight[last]))


def _cut(
    supply: Integers, tail: Integers, head: Integers, most: Integers, wanted: Integers, who: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Integers]:
    """A maximum flow: which nodes could still be reached from the source, and what each receiver gets."""
    # Loaded here: pages that show a plan need no solver, and every process that serves them would carry it.
    from ortools.graph.python.max_flow import SimpleMaxFlow

    receivers = np.flatnonzero(who & (wanted > 0))
    givers = np.flatnonzero(supply > 0)
    first = 2 + len(supply)
    flow = SimpleMaxFlow()
    use = (supply[tail] > 0) & (wanted[head] > 0)
    tail, head, most = tail[use], head[use], most[use]
    # Pushed from the end that has less: what cannot arrive has to be pushed back, which takes twice as long.
    backwards = int(wanted[receivers].sum()) < int(supply[givers].sum())
    arcs = (
        np.concatenate([np.full(len(givers), SOURCE), tail + 2, receivers + first]).astype(np.int32),
        np.concatenate([givers + 2, head + first, np.full(len(receivers), SINK)]).astype(np.int32),
    )
    # One more than wanted: only a way's own bound may ever be what holds the flow up.
    most = np.concatenate([supply[givers], np.minimum(most, wanted[head] + 1), wanted[receivers]])
    flow.add_arcs_with_capacity(*(reversed(arcs) if backwards else arcs), most)
    reached = np.zeros(first + len(wanted), bool)
    got = np.zeros(len(wanted), np.int64)
    if len(givers) and len(receivers):
        status = flow.solve(SINK, SOURCE) if backwards else flow.solve(SOURCE, SINK)
        if status != flow.OPTIMAL:
            raise ArithmeticError(f"the maximum flow was not found: {status}")
        ends = np.arange(len(givers) + len(tail), len(givers) + len(tail) + len(receivers), dtype=np.int32)
        got[receivers] = flow.flows(ends)
        reached[flow.get_sink_side_min_cut() if backwards else flow.get_source_side_min_cut()] = True
    else:
        reached[givers + 2] = True
    # Who wants no more than nothing was left out; it lacks nothing.
    reached[first:] |= wanted <= 0
    return reached, got


def _sums(values: Integers, sets: Integers, count: int) -> Integers:
    sums = np.zeros(count, np.int64)
    use = sets >= 0
    np.add.at(sums, sets[use], values[use])
    return sums


def _pour(
    total: Integers,
    sets: Integers,
    least: Integers,
    most: Integers,
    need: Integers,
    have: Integers,
    rank: Integers,
    forced: Integers,
) -> Integers:
    """Deal each set's total among its receivers in the one order of units, as if nothing stood between them."""
    order = np.argsort(sets, kind="stable")
    sets, least, most, need, have = sets[order], least[order], most[order], np.maximum(need[order], 1), have[order]
    names, starts, where = np.unique(sets, return_index=True, return_inverse=True)
    budget = total[names] + np.add.reduceat(forced[order], starts)

    def dealt(level: NDArray[np.float64]) -> Integers:
        units = np.ceil(level[where] * need).astype(np.int64) - have
        return np.clip(units, least, most)

    low, high = np.zeros(len(names)), np.ones(len(names))
    for _ in range(56):
        middle = (low + high) / 2
        fits = np.add.reduceat(dealt(middle), starts) <= budget
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    # A little lower than floating point found, nobody has more than the exact order deals; the rest is dealt exactly.
    amount = dealt(low * (1 - 2.0**-46))
    rest = budget - np.add.reduceat(amount, starts)
    ends = np.append(starts[1:], len(order))
    amounts, needs, haves, mosts, ranks = (a.tolist() for a in (amount, need, have, most, rank[order]))

    def next_unit(j: int) -> tuple[int, int, int, int]:
        return ((haves[j] + amounts[j]) << FINER_THAN_ANY_DIFFERENCE) // needs[j], needs[j], ranks[j], j

    for s in np.flatnonzero(rest):
        queue = [next_unit(j) for j in range(starts[s], ends[s]) if amounts[j] < mosts[j]]
        heapq.heapify(queue)
        for _ in range(int(rest[s])):
            j = queue[0][-1]
            amounts[j] += 1
            if amounts[j] < mosts[j]:
                heapq.heapreplace(queue, next_unit(j))
            else:
                heapq.heappop(queue)
    result = np.empty(len(order), np.int64)
    result[order] = amounts
    return result
