"""Figures drawn by the server as SVG strings, from plain data and with the standard library alone.

Colours come from civic.css by class, so a figure follows light, dark and print. Every figure stands beside a table
or list with the same facts, and the wide ones scroll in a region (docs/LOOK.md). Texts are escaped here.

Sources: the TopoJSON Format Specification 1.0 (delta-encoded, quantised arcs; ~i is arc i backwards);
D. Douglas and T. Peucker, 1973, for thinning lines; K. Sugiyama et al., 1981, for ordering layers by barycentre.
"""

import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path

Point = tuple[float, float]


# ---- a territory ----


@dataclass(frozen=True)
class Area:
    """One polygon or several, as rings of arc numbers; `properties` as the file gives them."""

    rings: list[list[int]]
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Topology:
    """Arcs in degrees (longitude, latitude), and for each object of the file its areas by id."""

    arcs: list[list[Point]]
    objects: dict[str, dict[str, Area]]

    def arcs_of(self, areas: Iterable[Area]) -> set[int]:
        return {arc if arc >= 0 else ~arc for area in areas for ring in area.rings for arc in ring}


@lru_cache(maxsize=4)
def read_topology(path: Path) -> Topology:
    """Read a TopoJSON file of polygons.

    Raises:
        OSError: when it cannot be read.
        ValueError, KeyError: when it is not such a file.
    """
    source = json.loads(path.read_text())
    (kx, ky), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    arcs = []
    for deltas in source["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * kx + tx, y * ky + ty))
        arcs.append(arc)
    objects: dict[str, dict[str, Area]] = {}
    for name, collection in source["objects"].items():
        areas = objects.setdefault(name, {})
        for shape in collection["geometries"]:
            polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
            rings = [ring for polygon in polygons for ring in polygon]
            areas[shape["id"]] = Area(rings, shape.get("properties", {}))
    return Topology(arcs, objects)


@dataclass(frozen=True)
class Projection:
    """Degrees to tenths of a unit of the drawing: equirectangular, true in its middle latitude."""

    west: float
    north: float
    shrink: float
    scale: float
    margin: float = 4

    @classmethod
    def around(cls, points: Collection[Point], width: float) -> tuple["Projection", float]:
        """The projection that fits the points into that width, and the height it takes."""
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        shrink = math.cos(math.radians((south + north) / 2))
        fitted = cls(west, north, shrink, (width - 2 * cls.margin) / ((east - west) * shrink))
        return fitted, (north - south) * fitted.scale + 2 * cls.margin

    def __call__(self, point: Point) -> tuple[int, int]:
        x = (point[0] - self.west) * self.shrink * self.scale + self.margin
        y = (self.north - point[1]) * self.scale + self.margin
        return round(x * 10), round(y * 10)


def thin(points: Sequence[tuple[int, int]], tolerance: float) -> list[tuple[int, int]]:
    """Leave out points nearer than `tolerance` to the line without them; the ends stay, so neighbours still meet."""
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        a, b = spans.pop()
        (x0, y0), (x1, y1) = points[a], points[b]
        dx, dy = x1 - x0, y1 - y0
        length = math.hypot(dx, dy)
        worst, at = tolerance, None
        for i in range(a + 1, b):
            x, y = points[i][0] - x0, points[i][1] - y0
            away = abs(dx * y - dy * x) / length if length else math.hypot(x, y)
            if away > worst:
                worst, at = away, i
        if at is not None:
            keep.add(at)
            spans += [(a, at), (at, b)]
    return [points[i] for i in sorted(keep)]


def tenths(number: int) -> str:
    """A whole number of tenths in as few characters as SVG allows: 12 is '1.2', 5 is '.5', -30 is '-3'."""
    whole, rest = divmod(abs(number), 10)
    digits = f"{whole or ''}.{rest}" if rest else str(whole)
    return f"-{digits}" if number < 0 else digits


def pen(points: Sequence[tuple[int, int]], close: bool = False) -> str:
    """Path data through the points, relative after the first; nothing where they all fall together."""
    parts = [f"M{tenths(points[0][0])} {tenths(points[0][1])}l"]
    for (x0, y0), (x, y) in pairwise(points):
        if (x, y) != (x0, y0):
            for number in (x - x0, y - y0):
                digits = tenths(number)
                parts.append(digits if digits[0] == "-" or parts[-1][-1] == "l" else f" {digits}")
    return "".join(parts) + ("z" if close else "") if len(parts) > 1 else ""


@dataclass(frozen=True)
class Link:
    """Where an area or a mark leads, and what it is called. `css` colours it: areas some, active; marks wait, stop."""

    url: str
    title: str
    css: str = ""


@dataclass(frozen=True)
class Mark:
    """A point on the map; `size` is its radius in units of the drawing."""

    at: Point
    link: Link
    size: float = 4


def territory_map(
    shapes: Topology,
    *,
    links: Mapping[str, Link] | None = None,
    marks: Iterable[Mark] = (),
    ties: Iterable[tuple[Point, Point]] = (),
    title: str = "",
    level: str = "comarcas",
    inner: str = "municipalities",
    ids: Collection[str] | None = None,
    labels: bool = False,
    width: int = 640,
    tolerance: float = 0.6,
) -> str:
    """A map whose areas are the objects of one `level`, each a link where `links` has its id.

    The borders of the `inner` level are drawn as one thin path, those of `level` as one thicker path. With `ids`
    only those areas are drawn, and the map is fitted to them. `ties` are lines between two places. With `labels` the
    linked areas carry their titles, the largest first, where there is room (small screens hide them).
    Lengths are in units of the drawing, places in degrees (longitude, latitude).
    """
    links = links or {}
    areas = {key: area for key, area in shapes.objects[level].items() if ids is None or key in ids}
    outer_arcs = shapes.arcs_of(areas.values())
    project, height = Projection.around([p for arc in outer_arcs for p in shapes.arcs[arc]], width)
    drawn: dict[int, list[tuple[int, int]]] = {}

    def line(arc: int) -> list[tuple[int, int]]:
        number = arc if arc >= 0 else ~arc
        if number not in drawn:
            drawn[number] = thin([project(p) for p in shapes.arcs[number]], tolerance * 10)
        return drawn[number] if arc >= 0 else drawn[number][::-1]

    def ring(arcs: list[int]) -> str:
        return pen([point for arc in arcs for point in line(arc)], close=True)

    out = [f'<svg class="fig map" viewBox="0 0 {width} {math.ceil(height)}" role="group" aria-label="{escape(title)}">']
    for key, area in areas.items():
        link = links.get(key)
        shape = "".join(ring(arcs) for arcs in area.rings)
        css = f"land {escape(link.css)}".strip() if link else "land"
        out.append(_linked(link, f'<path class="{css}" d="{shape}"/>'))
    if inner:
        inside = [a for a in shapes.objects[inner].values() if ids is None or a.properties.get("comarca") in ids]
        borders = sorted(shapes.arcs_of(inside) - outer_arcs)
        out.append(f'<path class="inner" d="{"".join(pen(line(arc)) for arc in borders)}"/>')
    out.append(f'<path class="outer" d="{"".join(pen(line(arc)) for arc in sorted(outer_arcs))}"/>')
    for a, b in ties:
        out.append(f'<path class="tie" d="{pen([project(a), project(b)])}"/>')
    for mark in marks:
        x, y = project(mark.at)
        css = f"mark {escape(mark.link.css)}".strip()
        circle = f'<circle class="{css}" cx="{tenths(x)}" cy="{tenths(y)}" r="{mark.size:g}"/>'
        out.append(_linked(mark.link, circle))
    if labels:
        outlines = {
            key: max(([p for arc in arcs for p in line(arc)] for arcs in area.rings), key=lambda o: abs(shoelace(o)[0]))
            for key, area in areas.items()
            if key in links
        }
        out += place_labels((links[key].title, outline) for key, outline in outlines.items())
    return "".join(out) + "</svg>"


def place_labels(
    named: Iterable[tuple[str, Sequence[tuple[int, int]]]], height: float = 14, letter: float = 6.2
) -> list[str]:
    """A text in the middle of each outline, the largest first, unless it would cover one already placed."""
    boxes: list[tuple[float, float, float, float]] = []
    out: list[str] = []
    for words, outline in sorted(named, key=lambda pair: -abs(shoelace(pair[1])[0])):
        _, x, y = shoelace(outline)
        half = len(words) * letter / 2
        box = (x - half, y - height / 2, x + half, y + height / 2)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes):
            boxes.append(box)
            out.append(f'<text x="{x:.0f}" y="{y + 4:.0f}" aria-hidden="true">{escape(words)}</text>')
    return out


def shoelace(outline: Sequence[tuple[int, int]]) -> tuple[float, float, float]:
    """Signed area and centre of gravity of an outline given in tenths, in whole units."""
    area = cx = cy = 0
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        area, cx, cy = area + cross, cx + (x0 + x1) * cross, cy + (y0 + y1) * cross
    if not area:
        return 0, outline[0][0] / 10, outline[0][1] / 10
    return area / 200, cx / area / 30, cy / area / 30


def _linked(link: Link | None, shape: str) -> str:
    if link is None:
        return shape
    title = f"<title>{escape(link.title)}</title>"
    return f'<a href="{escape(link.url)}">{title}{shape}</a>' if link.url else f"<g>{title}{shape}</g>"


# ---- layers: who delegates to whom ----


@dataclass(frozen=True)
class Node:
    """A body in the graph: its name, a line beneath, its level (0 at the bottom), and its address."""

    name: str
    note: str
    level: int
    url: str = ""


def layered(
    nodes: Mapping[str, Node],
    edges: Iterable[tuple[str, str, bool]],
    *,
    title: str = "",
    width: float = 960,
    row: float = 92,
    box: tuple[float, float] = (140, 46),
) -> str:
    """Bodies in layers, those who decide at the bottom; edges go from child to parent, thin where no seat is held.

    Layers are ordered by the mean place of their children, which keeps crossings few. A layer that needs more room
    than `width` widens the figure, which then scrolls.
    """
    edges = list(edges)
    levels: dict[int, list[str]] = defaultdict(list)
    for key, node in nodes.items():
        levels[node.level].append(key)
    children = defaultdict(list)
    for child, parent, _held in edges:
        children[parent].append(child)
    half = box[0] / 2 + 6
    room = max([width, *(len(keys) * 2 * half for keys in levels.values())])
    x: dict[str, float] = {}
    for level in sorted(levels):
        keys = levels[level]
        step = room / len(keys)
        wish = {}
        for place, key in enumerate(keys):
            placed = [x[child] for child in children[key] if child in x]
            wish[key] = sum(placed) / len(placed) if placed else step * (place + 0.5)
        keys.sort(key=wish.__getitem__)
        for place, key in enumerate(keys):
            x[key] = max(wish[key], x[keys[place - 1]] + 2 * half if place else half)
        for place, key in enumerate(reversed(keys)):
            x[key] = min(x[key], room - half - place * 2 * half)
    rank = {level: place for place, level in enumerate(sorted(levels, reverse=True))}
    y = {key: rank[node.level] * row + 10 for key, node in nodes.items()}
    height = (len(levels) - 1) * row + 20 + box[1] if levels else 0
    css = "fig wide" if room > width else "fig"
    size = f'viewBox="0 0 {room:g} {height:g}" width="{room:g}" height="{height:g}"'
    out = [f'<svg class="{css}" {size} role="group" aria-label="{escape(title)}">']
    for child, parent, held in edges:
        x0, y0, x1, y1 = x[child], y[child], x[parent], y[parent] + box[1]
        middle = (y0 + y1) / 2
        curve = f"M{x0:.1f} {y0:.1f}C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}"
        out.append(f'<path class="edge{" held" if held else ""}" d="{curve}"/>')
    for key, node in nodes.items():
        out.append(_body(node, x[key], y[key], box))
    return "".join(out) + "</svg>"


def _body(node: Node, x: float, y: float, box: tuple[float, float]) -> str:
    full = f"{node.name}, {node.note}" if node.note else node.name
    shape = (
        f'<rect class="box" x="{x - box[0] / 2:.1f}" y="{y:.1f}" width="{box[0]:g}" height="{box[1]:g}" rx="3"/>'
        f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle" font-weight="600">{escape(shorten(node.name))}</text>'
        f'<text class="sub" x="{x:.1f}" y="{y + 36:.1f}" text-anchor="middle">{escape(shorten(node.note, 24))}</text>'
    )
    return _linked(Link(node.url, full), shape)


def staircase(
    levels: Sequence[tuple[str, str, Sequence[bool], str]],
    columns: Sequence[str],
    *,
    title: str = "",
    width: float = 960,
    row: float = 64,
) -> str:
    """What is held at each height, the highest first: each level has a name, a note, a mark for each column, and an
    address. Columns held at most heights stand first, so that what is left narrows like stairs towards the top.
    """
    if not levels:
        return ""
    order = sorted(range(len(columns)), key=lambda n: (-sum(bool(held[n]) for _name, _note, held, _url in levels), n))
    left, top = 190.0, 34.0
    step = (width - left) / max(1, len(columns))
    height = top + row * len(levels)
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    out = [f'<svg class="fig" {size} role="group" aria-label="{escape(title)}">']
    for place, n in enumerate(order):
        x = left + step * (place + 0.5)
        out.append(f'<text class="sub" x="{x:.1f}" y="20" text-anchor="middle">{escape(columns[n])}</text>')
    for number, (name, note, held, url) in enumerate(levels):
        y = top + row * number
        words = (
            f'<text x="0" y="{y + 26:.1f}" font-weight="600">{escape(shorten(name, 28))}</text>'
            f'<text class="sub" x="0" y="{y + 44:.1f}">{escape(shorten(note, 34))}</text>'
        )
        out.append(_linked(Link(url, f"{name}, {note}"), words))
        for place, n in enumerate(order):
            css = "stair" if held[n] else "stair none"
            x = left + step * place
            out.append(
                f'<rect class="{css}" x="{x + 2:.1f}" y="{y + 4:.1f}" width="{step - 4:.1f}" height="{row - 8:.1f}"'
                f' rx="3"><title>{escape(f"{name}: {columns[n]}")}</title></rect>'
            )
    return "".join(out) + "</svg>"


def shorten(words: str, most: int = 18) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip(" ,-") + "…"
