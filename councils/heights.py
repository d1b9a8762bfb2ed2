"""What may be done at each height: the ceilings of the charters, from the assemblies up to the widest council."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mandates.models import Accession, Charter, Power

from .models import Council


@dataclass(frozen=True)
class Level:
    """All councils at one depth beneath the same widest one; of several, the most that any of them may."""

    name: str
    note: str
    powers: frozenset[str]
    longest_term: timedelta | None
    limits: tuple[str, ...] = ()
    url: str = ""
    decides: bool = False

    @property
    def held(self) -> list[bool]:
        """Of each power, in their order, whether it can be given at this height; and last, whether policy is made."""
        return [*(power in self.powers for power in Power.values), self.decides]


def heights(at: datetime, around: Council | None = None) -> list[Level]:
    """From the widest council down to the assemblies; empty where nothing has been drafted.

    With `around` what lies above that council and within it. Else, where several trees stand side by side, the one
    with the most confederations in it.
    """
    charters = {charter.confederation_id: charter for charter in Charter.objects.all()}
    councils = [council for council in Council.objects.order_by("name", "pk") if council.pk in charters]
    within: dict[int | None, list[Council]] = {}
    for council in councils:
        within.setdefault(council.within_id, []).append(council)
    if around is not None:
        known = {council.pk: council for council in councils}
        above = [[known[outer.pk]] for outer in reversed(around.wider()) if outer.pk in known]
        rows = [*above, *tree(known[around.pk], within)] if around.pk in known else []
    else:
        trees = (tree(root, within) for root in within.get(None, []))
        rows = max(trees, key=lambda rows: sum(map(len, rows)), default=[])
    if not rows:
        return []
    joined = Accession.objects.in_force(at).order_by().values_list("confederation")
    members = dict(joined.annotate(Count("assembly", distinct=True)))
    levels = [level(row, charters) for row in rows]
    n = sum(members.get(council.pk, 0) for row in rows for council in row)
    below = ngettext("%(n)d assembly", "%(n)d assemblies", n) % {"n": n}
    return [*levels, Level(_("The assemblies"), below, frozenset(Power.values), None, decides=True)]


def tree(root: Council, within: dict[int | None, list[Council]]) -> list[list[Council]]:
    """The councils of one tree by their depth."""
    rows, row = [], [root]
    while row:
        rows.append(row)
        row = [inner for outer in row for inner in within.get(outer.pk, [])]
    return rows


def level(row: list[Council], charters: dict[int, Charter]) -> Level:
    own = [charters[council.pk] for council in row]
    powers = frozenset(power for charter in own for power in charter.powers)
    limits = tuple(dict.fromkeys(line for charter in own for line in charter.limits_in_words()))
    longest = max(charter.longest_term for charter in own)
    days = ngettext("terms up to %(n)d day", "terms up to %(n)d days", longest.days) % {"n": longest.days}
    if len(row) == 1:
        return Level(row[0].name, days, powers, longest, limits, row[0].get_absolute_url())
    name = ngettext("%(n)d confederation", "%(n)d confederations", len(row)) % {"n": len(row)}
    return Level(name, days, powers, longest, limits)
