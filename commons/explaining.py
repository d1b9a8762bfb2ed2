"""Why a plan comes out as it does, for each assembly in sentences: from the facts that were kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from django.utils.translation import ngettext

from assemblies.models import Assembly

from .models import Good, Plan
from .sharing import Reason, sentence
from .templatetags.commons import words_of


@dataclass(frozen=True)
class Standing:
    """How one assembly stands under a plan."""

    assembly: Assembly
    essential: Decimal
    further: Decimal
    own: Decimal
    received: Decimal
    given: Decimal
    left: Decimal
    essential_met: Fraction
    further_met: Fraction
    sentences: list[str]

    @property
    def essential_per_cent(self) -> int | None:
        """Rounded down, so that what is not whole never reads as whole; None where nothing is essential."""
        return int(100 * self.essential_met) if self.essential else None

    @property
    def further_per_cent(self) -> int | None:
        return int(100 * self.further_met) if self.further else None


def standings(plan: Plan) -> list[Standing]:
    """Every assembly of a plan that is worked out, those who lack most first."""
    found: dict[str, dict[str, Any]] = plan.findings.get("places", {})
    assemblies = Assembly.objects.in_bulk([int(pk) for pk in found])
    slugs = {name for one in found.values() for said in one["reasons"] for name in said["places"]}
    names = dict(Assembly.objects.filter(slug__in=slugs).values_list("slug", "name"))
    names |= {assembly.slug: assembly.name for assembly in assemblies.values()}
    rows = [standing(plan.good, assemblies[int(pk)], one, names) for pk, one in found.items()]
    return sorted(rows, key=lambda one: (one.essential_met, one.further_met, one.assembly.name))


def standing(good: Good, assembly: Assembly, one: dict[str, Any], names: dict[str, str]) -> Standing:
    quantity = lambda grains: grains * good.grain  # noqa: E731
    amount = lambda grains: words_of(quantity(grains), good)  # noqa: E731
    say = partial(sentence, amount=amount, name=lambda slug: names.get(slug, slug), plural=ngettext)
    return Standing(
        assembly,
        **{name: quantity(one[name]) for name in ("essential", "further", "own", "received", "given", "left")},
        essential_met=Fraction(*one["essential_met"]),
        further_met=Fraction(*one["further_met"]),
        sentences=[
            say(
                Reason(
                    said["kind"],
                    assembly.slug,
                    said["need"],
                    None if said["share"] is None else Fraction(*said["share"]),
                    said["others"],
                    tuple(said["places"]),
                    said["amount"],
                    said["metres"],
                )
            )
            for said in one["reasons"]
        ],
    )
