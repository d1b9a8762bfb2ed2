"""Choosing several works by approval within a limit: of hours, of loads, of money, of anything that is counted whole.

Sources: P. Faliszewski et al., "Participatory Budgeting: Data, Tools, and Analysis" (IJCAI 2023) for the greedy rules;
D. Peters, G. Pierczynski and P. Skowron, "Proportional Participatory Budgeting with Additive Utilities" (NeurIPS 2021)
for the method of equal shares, here with the cost as utility and completed by Add1.
Costs and limit are whole numbers of one unit; shares are Fractions. Equals go to the lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from assemblies.counting.lot import Lot, no_lot
from assemblies.counting.profile import Profile
from assemblies.counting.ties import settle


def _check(costs: Sequence[int], length: int, limit: int) -> None:
    if len(costs) != length:
        raise ValueError(f"{length} works but {len(costs)} costs")
    if limit < 0 or any(cost < 1 for cost in costs):
        raise ValueError("the limit must be 0 or more and every cost 1 or more")


def greedy(
    scores: Sequence[int], costs: Sequence[int], limit: int, *, least: int = 0, skip: bool = True, lot: Lot = no_lot
) -> tuple[int, ...]:
    """The works chosen, in order: by score from the highest, each that still fits under the limit.

    A work with fewer than `least` approvals is not considered. Without `skip` the first that does not fit ends the
    choice. Raises ValueError for costs that do not match, LotNeeded for equal scores without a lot.
    """
    _check(costs, len(scores), limit)
    left = [c for c, score in enumerate(scores) if score >= least]
    chosen: list[int] = []
    while left:
        high = max(scores[c] for c in left)
        work, _ = settle([c for c in left if scores[c] == high], (), highest=True, lot=lot)
        left.remove(work)
        if costs[work] <= limit:
            limit -= costs[work]
            chosen.append(work)
        elif not skip:
            break
    return tuple(chosen)


def equal_shares(profile: Profile, costs: Sequence[int], limit: int, lot: Lot = no_lot) -> tuple[int, ...]:
    """The works chosen by equal shares: every ballot gets the same part of the limit and pays for what it approves.

    A work is affordable at the rate r when its supporters, each paying min(what is left, r * cost), raise its cost;
    the one with the lowest rate is chosen, more approvals first among equals, then the lot. Add1: the part of each
    ballot is raised by one unit as long as the choice stays within the limit and leaves room for a further work.
    """
    _check(costs, len(profile.candidates), limit)
    groups = [(frozenset(c for level in levels for c in level), weight) for levels, weight in profile.ballots()]
    voters = profile.valid
    if not voters:
        raise ValueError("there must be at least one valid ballot")
    best = _shares(groups, costs, Fraction(limit, voters), lot)
    raised = 0
    while _room(best, costs, limit):
        raised += 1
        more = _shares(groups, costs, Fraction(limit, voters) + raised, lot)
        if sum(costs[c] for c in more) > limit:
            break
        best = more
        if len(best) == len(costs) or raised > max(costs):
            break
    return best


def _room(chosen: tuple[int, ...], costs: Sequence[int], limit: int) -> bool:
    rest = limit - sum(costs[c] for c in chosen)
    return any(cost <= rest for c, cost in enumerate(costs) if c not in chosen)


def _shares(
    groups: Sequence[tuple[frozenset[int], int]], costs: Sequence[int], part: Fraction, lot: Lot
) -> tuple[int, ...]:
    """One run of equal shares, where every ballot begins with `part`; equal ballots pay alike and go as a group."""
    purses = [part] * len(groups)
    supporters = [[g for g, (approved, _) in enumerate(groups) if c in approved] for c in range(len(costs))]
    approvals = [sum(groups[g][1] for g in backing) for backing in supporters]
    left, chosen = list(range(len(costs))), list[int]()
    while True:
        rates: dict[int, Fraction] = {}
        for c in left:
            rate = _rate([(purses[g], groups[g][1]) for g in supporters[c]], costs[c])
            if rate is not None:
                rates[c] = rate
        if not rates:
            return tuple(chosen)
        lowest = min(rates.values())
        level = [c for c in rates if rates[c] == lowest]
        most = max(approvals[c] for c in level)
        work, _ = settle([c for c in level if approvals[c] == most], (), highest=True, lot=lot)
        for g in supporters[work]:
            purses[g] -= min(purses[g], lowest * costs[work])
        left.remove(work)
        chosen.append(work)


def _rate(purses: list[tuple[Fraction, int]], cost: int) -> Fraction | None:
    """The lowest r for which the purses (amount, how many) raise the cost at min(amount, r * cost) each, or None."""
    missing, paying = Fraction(cost), sum(many for _, many in purses)
    for amount, many in sorted(purses):
        if amount * paying >= missing:
            return missing / paying / cost
        missing -= amount * many
        paying -= many
    return None
