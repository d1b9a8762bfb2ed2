"""Who gave what to whom, and what that says of how assemblies depend on one another (article 15).

A flow is what arrived. Flows of different goods are never added, and what two assemblies gave each other is shown side
by side and never set off against each other (article 13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from assemblies.models import Assembly

from .models import Delivery, Good, Need, Receipt, Surplus


@dataclass(frozen=True)
class Flow:
    """So much of one good from one assembly to another, in so many loads."""

    giver: Assembly
    receiver: Assembly
    good: Good
    quantity: Decimal
    loads: int


@dataclass(frozen=True)
class Period:
    """From the first day until before the last; the moments are those of the server's time zone."""

    begins: date
    ends: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        first, last = (
            timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (self.begins, self.ends)
        )
        return first, last

    @property
    def last_day(self) -> date:
        return self.ends - timedelta(days=1)


def received(period: Period | None = None) -> QuerySet[Any]:
    """What arrived in a time, each with its two ends and its good."""
    rows = Receipt.objects.filter(quantity__gt=0)
    if period:
        first, last = period.moments
        rows = rows.filter(said_at__gte=first, said_at__lt=last)
    return rows.annotate(
        giver=F("delivery__allotment__surplus__assembly"),
        receiver=F("delivery__allotment__need__assembly"),
        good=F("delivery__allotment__plan__good"),
    )


def flows(rows: QuerySet[Any]) -> list[Flow]:
    """The receipts as flows, the largest first within each good."""
    sums = list(
        rows.order_by()
        .values("giver", "receiver", "good")
        .annotate(total=Sum("quantity"), n=Count("pk", distinct=True))
    )
    places = Assembly.objects.in_bulk({row[end] for row in sums for end in ("giver", "receiver")})
    goods = Good.objects.in_bulk({row["good"] for row in sums})
    found = [
        Flow(places[row["giver"]], places[row["receiver"]], goods[row["good"]], row["total"], row["n"]) for row in sums
    ]
    return sorted(found, key=lambda f: (f.good.name, -f.quantity, f.giver.name, f.receiver.name))


def between(one: Assembly, other: Assembly, period: Period | None = None) -> tuple[list[Flow], list[Flow]]:
    """What the one gave the other, and what it got: two lists that are not to be subtracted."""
    ends = Q(giver=one.pk, receiver=other.pk) | Q(giver=other.pk, receiver=one.pk)
    found = flows(received(period).filter(ends))
    return [f for f in found if f.giver == one], [f for f in found if f.giver == other]


@dataclass
class Dependence:
    """How one assembly stands in a good and a time: what it needs, what it has itself, and what came from whom."""

    assembly: Assembly
    needed: Decimal = Decimal(0)
    essential: Decimal = Decimal(0)
    own: Decimal = Decimal(0)
    sources: dict[Assembly, Decimal] = field(default_factory=dict)
    offered: Decimal = Decimal(0)
    given: Decimal = Decimal(0)

    @property
    def received(self) -> Decimal:
        return sum(self.sources.values(), Decimal(0))

    @property
    def largest(self) -> tuple[Assembly, Decimal] | None:
        """The single source from which most came."""
        return max(self.sources.items(), key=lambda pair: (pair[1], -pair[0].pk), default=None)

    def per_cent(self, quantity: Decimal, of: Decimal) -> int | None:
        """A share of a need in whole per cent, at most 100; None where nothing is needed."""
        return min(100, int(100 * quantity / of)) if of else None

    @property
    def own_share(self) -> int | None:
        return self.per_cent(self.own, self.needed)

    @property
    def largest_share(self) -> int | None:
        """How much of the essential need the largest source met, in per cent."""
        return self.per_cent(self.largest[1], self.essential) if self.largest else None

    def leans(self, per_mille: int) -> bool:
        """More than that share of an essential need came from one source."""
        return self.largest is not None and self.essential > 0 and 1000 * self.largest[1] > per_mille * self.essential

    @property
    def withdraws(self) -> bool:
        """It said that it had something to share beyond its own essential need, and sent none of it."""
        return self.offered > 0 and self.given == 0


def dependences(places: Iterable[Assembly], good: Good, period: Period, at: datetime) -> list[Dependence]:
    """How each of those assemblies stands in that good and time, as far as was said and had arrived by `at`."""
    found = {place.pk: Dependence(place) for place in places}
    overlapping = {"good": good, "begins__lt": period.ends, "ends__gt": period.begins, "assembly__in": list(found)}
    for need in Need.objects.standing(at).filter(**overlapping):
        one = found[need.assembly_id]
        one.needed += need.quantity
        one.essential += need.essential
    for surplus in Surplus.objects.standing(at).filter(**overlapping):
        found[surplus.assembly_id].offered += surplus.quantity
    for one in found.values():
        one.own = min(one.needed, one.offered)
        one.offered = max(one.offered - one.essential, Decimal(0))
    arrived = received(period).filter(good=good.pk)
    for flow in flows(arrived.filter(receiver__in=list(found))):
        found[flow.receiver.pk].sources[flow.giver] = flow.quantity
    first, last = period.moments
    sent = (
        Delivery.objects.filter(allotment__plan__good=good, sent_at__gte=first, sent_at__lt=last)
        .values("allotment__surplus__assembly")
        .annotate(total=Sum("quantity"))
        .order_by()
    )
    for row in sent.filter(allotment__surplus__assembly__in=list(found)):
        found[row["allotment__surplus__assembly"]].given = row["total"]
    return sorted(found.values(), key=lambda one: one.assembly.name)


def cut_off(places: Iterable[Assembly], days: int, at: datetime) -> list[Assembly]:
    """Those that for so many days neither gave nor received anything at all."""
    since = at - timedelta(days=days)
    busy: dict[int, bool] = defaultdict(bool)
    for giver, receiver in received().filter(said_at__gt=since, said_at__lte=at).values_list("giver", "receiver"):
        busy[giver] = busy[receiver] = True
    return [place for place in places if not busy[place.pk] and (place.founded_at or at) <= since]
