"""The least transport: who brings what to whom, once it is settled how much everybody gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from commons.sharing.ways import Integers, Ways


@dataclass(frozen=True)
class Odd:
    """Units that any of several receivers could have, one each, and the shares would read the same; `units` in all."""

    receivers: Integers
    units: int


def odd_units(
    amount: Integers, need: Integers, have: Integers, least: Integers, who: Integers
) -> tuple[Integers, list[Odd]]:
    """What each receiver gets in any case, and the units that may go to one of them or another.

    Receivers with equal needs who stand on neighbouring numbers may change places: the sorted shares stay what they
    are. `who` are the indices of those who share what is short; have + amount - least is where each stands.
    """
    fixed, odd = amount.copy(), []
    stands = have + amount - least
    alike: dict[int, list[int]] = {}
    for j in who.tolist():
        alike.setdefault(int(need[j]), []).append(j)
    for receivers in alike.values():
        if len(receivers) == 1:
            continue
        group = np.array(receivers)
        group = group[np.argsort(stands[group], kind="stable")]
        # An unbroken run of numbers on which somebody stands.
        for run in np.split(group, np.flatnonzero(np.diff(stands[group]) > 1) + 1):
            first, last = int(stands[run[0]]), int(stands[run[-1]])
            for number in range(first, last):
                may = run[have[run] <= number]
                odd.append(Odd(may, int((stands[may] > number).sum())))
            fixed[run] -= stands[run] - np.maximum(first, have[run])
    return fixed, odd


def least_transport(
    supply: Integers, ways: Ways, fixed: Integers, odd: Sequence[Odd], drawn: Callable[[Integers], Integers]
) -> Integers:
    """What goes along each way, so that everybody gets what is theirs over the fewest metres (minimum cost flow).

    Of the plans with the fewest, the one in which the numbers `drawn` for the ways, each times what goes along it, come
    to the least. Raises ArithmeticError if the ways cannot bear what is fixed.
    """
    places, givers = len(fixed), len(supply)
    source, sink, first_giver, first_receiver, first_odd = 0, 1, 2, 2 + givers, 2 + givers + places
    claims = np.concatenate([np.zeros(0, np.int64), *(tie.receivers for tie in odd)])
    ties = np.repeat(np.arange(len(odd)), [len(tie.receivers) for tie in odd])
    units = np.array([tie.units for tie in odd], np.int64)
    at_most = fixed + np.bincount(claims, minlength=places)
    use = np.flatnonzero((supply[ways.tail] > 0) & (at_most[ways.head] > 0))
    total = int(fixed.sum() + units.sum())
    parts = [  # from, to, at most
        (ways.tail[use] + first_giver, ways.head[use] + first_receiver, np.minimum(ways.most[use], total)),
        (np.full(givers, source), np.arange(givers) + first_giver, supply),
        (np.arange(places) + first_receiver, np.full(places, sink), fixed),
        (claims + first_receiver, ties + first_odd, np.ones(len(claims), np.int64)),
        (np.arange(len(odd)) + first_odd, np.full(len(odd), sink), units),
    ]
    arcs = _Arcs(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    balance = np.zeros(first_odd + len(odd), np.int64)
    balance[source], balance[sink] = total, -total
    metres, numbers = np.zeros(len(arcs.tail), np.int64), np.zeros(len(arcs.tail), np.int64)
    metres[: len(use)] = ways.metres[use]
    carried = _cheapest(arcs, metres, balance)
    # Where another plan has as few metres, it differs only on ways whose prices in this one leave no difference.
    difference = metres + (price := _prices(arcs, metres, carried, len(balance)))[arcs.tail] - price[arcs.head]
    carried = np.where(difference < 0, arcs.most, 0)
    np.subtract.at(balance, arcs.tail, carried)
    np.add.at(balance, arcs.head, carried)
    open_arcs = np.flatnonzero(difference == 0)
    among = open_arcs[open_arcs < len(use)]
    numbers[among] = drawn(use[among])
    carried[open_arcs] = _cheapest(arcs.only(open_arcs), numbers[open_arcs], balance)
    along = np.zeros(len(ways.tail), np.int64)
    along[use] = carried[: len(use)]
    return along


@dataclass(frozen=True)
class _Arcs:
    tail: Integers
    head: Integers
    most: Integers

    def only(self, which: Integers) -> _Arcs:
        return _Arcs(self.tail[which], self.head[which], self.most[which])


def _cheapest(arcs: _Arcs, cost: Integers, balance: Integers) -> Integers:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # Only a plan in the making needs it.

    flow = SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.most, cost
    )
    flow.set_nodes_supplies(np.arange(len(balance), dtype=np.int32), balance)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the least transport was not found: {status}")
    found: Integers = flow.flows(numbers)
    return found


def _prices(arcs: _Arcs, cost: Integers, carried: Integers, nodes: int) -> Integers:
    """What one unit more at each node would save: the shortest ways in what is left of the arcs (Bellman and Ford)."""
    onward, back = carried < arcs.most, carried > 0
    tail = np.concatenate([arcs.tail[onward], arcs.head[back]])
    head = np.concatenate([arcs.head[onward], arcs.tail[back]])
    length = np.concatenate([cost[onward], -cost[back]])
    price = np.zeros(nodes, np.int64)
    for _ in range(nodes + 1):
        before = price.copy()
        np.minimum.at(price, head, price[tail] + length)
        if (price == before).all():
            return price
    raise ArithmeticError("the transport found is not the least")
