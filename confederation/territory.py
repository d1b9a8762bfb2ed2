"""The map of the first page: where something is being decided."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Count
from django.urls import NoReverseMatch
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from assemblies.models import Assembly, Decision
from mandates.models import Confederation

from .figures import Area, Link, Mark, Point, read_topology, territory_map

SHAPES = settings.BASE_DIR / "confederation/demo/region/aragon.topojson"
MOST_MARKS = 200


def open_votes_map(at: datetime) -> str:
    """The region with a mark for each assembly that votes now or soon; empty where its shapes are not known."""
    try:
        shapes = read_topology(SHAPES)
    except (OSError, ValueError, KeyError):
        return ""
    places = Assembly.objects.founded().filter(code__in=shapes.objects["municipalities"])
    found = dict(places.values_list("code", "pk"))
    if not found:
        return ""
    area_of = {key: area.properties["comarca"] for key, area in shapes.objects["municipalities"].items()}
    settled = {area_of[code] for code in found if code}
    marks = tuple(_marks(at))
    active = {area_of[code] for _lon, _lat, code, *_rest in marks if code in area_of}
    names = {key: shapes.objects["comarcas"][key].properties["name"] for key in sorted(settled)}
    councils = council_addresses(names.values())
    areas = tuple(
        (key, name, councils.get(slugify(name), ""), "active" if key in active else "some")
        for key, name in names.items()
    )
    return draw(areas, marks, get_language() or "")


def _marks(at: datetime) -> list[tuple[float, float, str, str, str, str]]:
    """Longitude, latitude, code, address, words and kind of each place that votes now (or, hollow, soon)."""
    marks: dict[int, tuple[float, float, str, str, str, str]] = {}
    for kind, decisions in (("wait", Decision.objects.coming(at)), ("", Decision.objects.open(at))):
        counted = decisions.order_by().values("assembly").annotate(n=Count("pk")).values_list("assembly", "n")
        counts = dict(counted[:MOST_MARKS])
        for place in Assembly.objects.filter(pk__in=counts, longitude__isnull=False, latitude__isnull=False):
            n = counts[place.pk]
            if kind:
                words = ngettext("%(place)s: %(n)d vote to come", "%(place)s: %(n)d votes to come", n)
            else:
                words = ngettext("%(place)s: %(n)d open vote", "%(place)s: %(n)d open votes", n)
            words %= {"place": place, "n": n}
            address = place.get_absolute_url()
            at_place = (place.longitude or 0.0, place.latitude or 0.0)
            marks[place.pk] = (*at_place, place.code or "", address, words, kind)
    return list(marks.values())


@lru_cache(maxsize=16)
def draw(areas: tuple, marks: tuple, language: str) -> str:
    """The drawing itself, which takes some 40 ms: kept for as long as nothing on it changes."""
    return territory_map(
        read_topology(SHAPES),
        links={key: Link(url, name, css) for key, name, url, css in areas},
        marks=[Mark((lon, lat), Link(url, words, kind)) for lon, lat, _code, url, words, kind in marks],
        labels=True,
        title=_("Map of the assemblies that vote"),
    )


def council_addresses(names: Iterable[str]) -> dict[str, str]:
    """Where the council of each area has its page, by slug; areas without one are left out."""
    found = Confederation.objects.filter(slug__in=[slugify(name) for name in names])
    try:
        return {confederation.slug: confederation.get_absolute_url() for confederation in found}
    except NoReverseMatch:
        return {}


def outlines(confederation: Confederation | None) -> list[list[Point]]:
    """The borders of a confederation's own area, or of all areas; none where the shapes know nothing of it."""
    try:
        shapes = read_topology(SHAPES)
    except (OSError, ValueError, KeyError):
        return []
    wanted = [
        area
        for area in shapes.objects["comarcas"].values()
        if confederation is None or confederation.within_id is None or slug_of(area) == confederation.slug
    ]
    if not Assembly.objects.filter(code__in=shapes.objects["municipalities"]).exists():
        return []
    return [
        [point for arc in ring for point in (shapes.arcs[arc] if arc >= 0 else shapes.arcs[~arc][::-1])]
        for area in wanted
        for ring in area.rings
    ]


def slug_of(area: Area) -> str:
    return slugify(area.properties["name"].split(" / ")[0])
