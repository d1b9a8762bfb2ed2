"""Seeing who leans on whom: the commons at a glance, flows and dependences, and what two assemblies gave each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Assembly
from assemblies.views.answers import answer, page_of, sent
from councils.models import Council

from .. import access
from ..drawing import Point, Ribbon, Spot, flow_map, sankey
from ..flows import Dependence, Flow, Period, between, cut_off, dependences, flows, received
from ..forms import FlowSearch, YardstickForm
from ..models import Enterprise, Good, Plan, Yardstick, loads, measures_of, set_yardstick
from ..templatetags.commons import words_of

YEAR = timedelta(days=365)
MOST_DRAWN, MOST_LISTED = 40, 100


@require_safe
def commons(request: HttpRequest) -> HttpResponse:
    at = now()
    context = {
        "at": at,
        "enterprises": Enterprise.objects.standing(at).count(),
        "goods": Good.objects.count(),
        "plans": Plan.objects.select_related("good", "task__council", "by")[:6],
        "plans_under_way": Plan.objects.standing(at).count(),
        "loads": loads()[:8],
        "arrived": received().count(),
        "good_names": Good.objects.all()[:40],
    }
    return answer(request, "commons/commons.html", context)


@require_safe
def interdependence(request: HttpRequest) -> HttpResponse:
    form = FlowSearch(request.GET)
    return answer(request, "commons/interdependence.html", seeing_context(request, form, now()), form)


def period_of(form: FlowSearch, at: datetime) -> Period:
    """The time looked at: as asked, else the year until today."""
    today = timezone.localdate(at)
    ends = (form.value("last_day") or today) + timedelta(days=1)
    begins = form.value("first_day") or ends - YEAR
    return Period(min(begins, ends - timedelta(days=1)), ends)


def seeing_context(
    request: HttpRequest, form: FlowSearch, at: datetime, outlines: Sequence[Sequence[Point]] = ()
) -> dict[str, Any]:
    council: Council | None = form.value("council")
    good: Good | None = form.value("good")
    period = period_of(form, at)
    places = list(council.territory(at) if council else Assembly.objects.founded())
    leaning, quiet = measures_of(council)
    rows = received(period).filter(receiver__in=[place.pk for place in places])
    found = flows(rows.filter(good=good.pk) if good else rows)
    standings = dependences(places, good, period, at) if good else []
    standings = [one for one in standings if one.needed or one.offered or one.sources]
    silent = cut_off(places, quiet, at)
    kinds = kinds_of(standings, silent, leaning)
    page = page_of(request, standings, 40)
    drawn = found[:MOST_DRAWN] if good else []
    return {
        "at": at,
        "council": council,
        "good": good,
        "period": period,
        "flows": found[:MOST_LISTED],
        "flows_count": len(found),
        "page_obj": page,
        "rows": [(one, kinds.get(one.assembly.pk, ())) for one in page],
        "silent": sorted(silent, key=lambda place: place.name)[:MOST_LISTED],
        "silent_count": len(silent),
        "leaning": [one for one in standings if one.leans(leaning)],
        "withdrawing": [one for one in standings if one.withdraws],
        "leaning_per_cent": f"{leaning / 10:g}",
        "quiet_days": quiet,
        "default": council is None or measures_are_default(council),
        "may_measure": council is not None
        and council.drafted_by_id == request.user.pk
        and not council.accessions.exists(),
        "figure": ribbons(drawn),
        "map": mapped(standings, drawn, kinds, outlines) if good else "",
        "drawn": len(drawn),
    }


def measures_are_default(council: Council) -> bool:
    return not Yardstick.objects.filter(confederation=council.pk).exists()


def kinds_of(standings: list[Dependence], silent: list[Assembly], leaning: int) -> dict[int, tuple[str, ...]]:
    """What is to be said of each assembly, in the order in which it weighs."""
    quiet = {place.pk for place in silent}
    return {
        one.assembly.pk: tuple(
            kind
            for kind, holds in (
                ("leaning", one.leans(leaning)),
                ("cut-off", one.assembly.pk in quiet),
                ("withdrawing", one.withdraws),
            )
            if holds
        )
        for one in standings
    }


def ribbons(found: list[Flow]) -> str:
    drawn = [Ribbon(f.giver.name, f.receiver.name, float(f.quantity), words(f), address(f)) for f in found]
    return sankey(drawn, title=_("What arrived, from whom and where"))


def words(flow: Flow) -> str:
    return _("%(giver)s to %(receiver)s: %(quantity)s of %(good)s") % {
        "giver": flow.giver,
        "receiver": flow.receiver,
        "quantity": words_of(flow.quantity, flow.good),
        "good": flow.good,
    }


def address(flow: Flow) -> str:
    return reverse("commons-with", args=[flow.giver.slug, flow.receiver.slug])


def mapped(
    standings: list[Dependence],
    found: list[Flow],
    kinds: dict[int, tuple[str, ...]],
    outlines: Sequence[Sequence[Point]],
) -> str:
    """The same flows over the places they join; those without coordinates stand in the tables alone."""
    at = {
        place.pk: (place.longitude, place.latitude)
        for place in {*(one.assembly for one in standings), *(f.giver for f in found), *(f.receiver for f in found)}
        if place.longitude is not None and place.latitude is not None
    }
    weight = {one.assembly.pk: one.received + one.given for one in standings}
    spots = [
        Spot(at[one.assembly.pk], one.assembly.name, spot_words(one, kinds), one.assembly.get_absolute_url(), kind)
        for one in sorted(standings, key=lambda one: (-weight[one.assembly.pk], one.assembly.name))
        if one.assembly.pk in at
        for kind in [next(iter(kinds.get(one.assembly.pk, ())), "")]
    ]
    curves = [
        (at[f.giver.pk], at[f.receiver.pk], float(f.quantity), words(f))
        for f in found
        if f.giver.pk in at and f.receiver.pk in at
    ]
    return flow_map(spots, curves, outlines=outlines, title=_("What arrived, on the map"))


def spot_words(one: Dependence, kinds: dict[int, tuple[str, ...]]) -> str:
    said = {"leaning": _("leaning"), "cut-off": _("cut off"), "withdrawing": _("withdrawing")}
    what = [str(said[kind]) for kind in kinds.get(one.assembly.pk, ())]
    return ", ".join([one.assembly.name, *what])


@require_safe
def between_two(request: HttpRequest, slug: str, other: str) -> HttpResponse:
    """What two assemblies gave each other: flows one way and the other, and never a difference."""
    one, two = access.assembly(slug), access.assembly(other)
    if one == two:
        raise Http404
    gave, got = between(one, two)
    ends = [one.pk, two.pk]
    related = loads().filter(allotment__surplus__assembly__in=ends, allotment__need__assembly__in=ends)
    context = {"one": one, "two": two, "gave": gave, "got": got, "page_obj": page_of(request, related)}
    return answer(request, "commons/between.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def yardstick_new(request: CitizenRequest, slug: str) -> HttpResponse:
    """The measures of a confederation that nobody has joined yet: assemblies join knowing them."""
    council = access.council_to_measure(request.user, slug)
    form = YardstickForm(sent(request))

    def write() -> Any:
        said = form.cleaned_data
        return set_yardstick(
            council,
            by=request.user,
            leaning_per_mille=int(said["leaning_per_cent"] * 10),
            quiet_days=said["quiet_days"],
        )

    if form.is_bound and form.go(request, write, elsewhere=council.get_absolute_url()):
        messages.success(request, _("The measures stand beside the charter."))
        return redirect(council)
    return answer(request, "commons/yardstick_form.html", {"council": council}, form)
