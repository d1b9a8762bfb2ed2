"""The sharing rule said plainly: every plan there is, and the best of them. For a handful of places and units."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from commons.sharing import Claim, Plan, Supply

Ways = Mapping[tuple[str, str], int | None]
Standing = tuple[tuple[Fraction, ...], tuple[Fraction, ...], int]


def after_its_own(claim: Claim, offer: int) -> tuple[int, int, int]:
    """What of its essential and its further need a place meets itself, and what of its offer is left to share."""
    own = min(claim.essential, claim.own + offer)
    rest = max(0, claim.own - claim.essential)
    offer -= max(0, claim.essential - claim.own) if claim.own < claim.essential else 0
    offer = max(0, offer)
    offer -= min(offer, max(0, claim.reserve - rest))
    return own, min(claim.further, max(0, rest - claim.reserve)), offer


def dealings(offer: int, most: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every way to deal no more than `offer` to receivers who may have at most so much."""
    return (deal for deal in product(*(range(min(offer, bound) + 1) for bound in most)) if sum(deal) <= offer)


def best(claims: Sequence[Claim], supplies: Sequence[Supply], metres: Mapping[tuple[str, str], int], ways: Ways):
    """The best standing (sorted essential shares, sorted further shares, minus the effort) among all plans."""
    offers = {supply.place: supply.available for supply in supplies}
    seen_to = {claim.place: after_its_own(claim, offers.get(claim.place, 0)) for claim in claims}
    plans: dict[tuple[int, ...], int] = {tuple(0 for _ in claims): 0}
    for supply in supplies:
        offer = seen_to[supply.place][2] if supply.place in seen_to else supply.available
        most = []
        for claim in claims:
            bound = offer if claim.place == supply.place else ways.get((supply.place, claim.place), 0)
            own = seen_to[claim.place]
            wanted = claim.essential - own[0] + claim.further - own[1]
            most.append(min(wanted, offer if bound is None else bound))
        effort = [metres[supply.place, claim.place] for claim in claims]
        further: dict[tuple[int, ...], int] = {}
        for had, carried in plans.items():
            for deal in dealings(offer, most):
                now = tuple(a + b for a, b in zip(had, deal, strict=True))
                cost = carried + sum(a * b for a, b in zip(deal, effort, strict=True))
                further[now] = min(cost, further.get(now, cost))
        plans = further
    return max(
        (*standing(claims, [seen_to[claim.place] for claim in claims], got), -cost)
        for got, cost in plans.items()
        if all(
            amount <= claim.essential - own[0] + claim.further - own[1]
            for amount, claim, own in zip(got, claims, (seen_to[claim.place] for claim in claims), strict=True)
        )
    )


def standing(claims: Sequence[Claim], seen_to: Sequence[tuple[int, int, int]], got: Sequence[int]):
    essential, further = [], []
    for claim, (own, more, _), amount in zip(claims, seen_to, got, strict=True):
        first = min(amount, claim.essential - own)
        essential.append(Fraction(own + first, claim.essential) if claim.essential else Fraction(1))
        further.append(Fraction(more + amount - first, claim.further) if claim.further else Fraction(1))
    return tuple(sorted(essential)), tuple(sorted(further))


def standing_of(plan: Plan, claims: Sequence[Claim]) -> Standing:
    shares = [plan.shares[claim.place] for claim in claims]
    return (
        tuple(sorted(share.essential_met for share in shares)),
        tuple(sorted(share.further_met for share in shares)),
        -plan.effort,
    )
