"""Flows drawn by the server as SVG strings, from plain data and with the standard library alone.

Colours come from civic.css by class; widths, shapes and numbers say the same without any, in print and to those who see
none. Each figure stands beside a table with the same facts (docs/LOOK.md). Texts are escaped here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]


@dataclass(frozen=True)
class Ribbon:
    """One flow: from whom, to whom, how much as a number and in words, and where it leads."""

    giver: str
    receiver: str
    amount: float
    words: str
    url: str = ""


def linked(url: str, title: str, shape: str) -> str:
    inside = f"<title>{escape(title)}</title>{shape}"
    return f'<a href="{escape(url)}">{inside}</a>' if url else f"<g>{inside}</g>"


def sankey(ribbons: Sequence[Ribbon], *, title: str, width: int = 720, pad: int = 14, label: int = 190) -> str:
    """Givers on the left, receivers on the right, a ribbon as wide as its flow; nothing where nothing flows.

    The two columns are separate, so that places which give to each other are no problem.
    """
    given: dict[str, float] = defaultdict(float)
    taken: dict[str, float] = defaultdict(float)
    for ribbon in ribbons:
        given[ribbon.giver] += ribbon.amount
        taken[ribbon.receiver] += ribbon.amount
    total = sum(given.values())
    if not total:
        return ""
    rows = max(len(given), len(taken))
    height = max(120, rows * 34)
    scale = (height - pad * (rows - 1) - 2) / total

    def column(amounts: dict[str, float], order: list[str]) -> dict[str, float]:
        y = (height - total * scale - pad * (len(amounts) - 1)) / 2
        tops = {}
        for name in order:
            tops[name] = y
            y += amounts[name] * scale + pad
        return tops

    left = column(given, sorted(given, key=lambda name: (-given[name], name)))
    middles = {
        name: sum(left[r.giver] * r.amount for r in ribbons if r.receiver == name) / taken[name] for name in taken
    }
    right = column(taken, sorted(taken, key=lambda name: (middles[name], name)))
    x0, x1 = label, width - label
    middle = (x0 + x1) / 2
    out = [f'<svg class="fig flows" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(title)}">']
    start, end = dict(left), dict(right)
    arrivals = {}
    for ribbon in sorted(ribbons, key=lambda r: (right[r.receiver], left[r.giver])):
        arrivals[ribbon] = end[ribbon.receiver] + ribbon.amount * scale / 2
        end[ribbon.receiver] += ribbon.amount * scale
    for ribbon in sorted(ribbons, key=lambda r: (left[r.giver], right[r.receiver])):
        thick = ribbon.amount * scale
        y0, y1 = start[ribbon.giver] + thick / 2, arrivals[ribbon]
        start[ribbon.giver] += thick
        curve = f"M{x0 + 8:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1 - 8:.1f} {y1:.1f}"
        out.append(
            linked(ribbon.url, ribbon.words, f'<path class="flow" stroke-width="{max(1, thick):.1f}" d="{curve}"/>')
        )
    for tops, amounts, x, anchor, text in ((left, given, x0, "end", x0 - 8), (right, taken, x1 - 8, "start", x1 + 8)):
        for name, y in tops.items():
            tall = max(1, amounts[name] * scale)
            out.append(
                f'<rect class="node" x="{x:g}" y="{y:.1f}" width="8" height="{tall:.1f}"/>'
                f'<text x="{text:g}" y="{y + tall / 2 + 4:.1f}" text-anchor="{anchor}">{escape(shorten(name))}</text>'
            )
    return "".join(out) + "</svg>"


def shorten(words: str, most: int = 24) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip(" ,-") + "…"


@dataclass(frozen=True)
class Spot:
    """A place on the map: where (longitude, latitude), its name, its letter where something is to be said of it."""

    at: Point
    name: str
    words: str
    url: str
    kind: str = ""  # "", cut-off, leaning or withdrawing


# The shape tells the kinds apart where no colour does: a dot, a ring, a triangle, a square.
def shape_of(kind: str, x: float, y: float, size: float) -> str:
    if kind == "cut-off":
        return f'<circle class="spot ring" cx="{x:.1f}" cy="{y:.1f}" r="{size:g}"/>'
    if kind == "leaning":
        points = f"{x:.1f},{y - size:.1f} {x - size:.1f},{y + size * 0.8:.1f} {x + size:.1f},{y + size * 0.8:.1f}"
        return f'<polygon class="spot lean" points="{points}"/>'
    if kind == "withdrawing":
        corner = f'x="{x - size:.1f}" y="{y - size:.1f}"'
        return f'<rect class="spot away" {corner} width="{2 * size:g}" height="{2 * size:g}"/>'
    return f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="{size * 0.7:.1f}"/>'


def flow_map(
    spots: Sequence[Spot],
    ribbons: Iterable[tuple[Point, Point, float, str]],
    *,
    outlines: Iterable[Sequence[Point]] = (),
    title: str,
    width: int = 640,
    labels: int = 12,
) -> str:
    """The territory in layers: its outline, the flows as curves that bend to the right, the places above them.

    A curve is as thick as the root of its amount. Places are in degrees; nothing where no place is known.
    """
    if not spots:
        return ""
    outlines = [list(outline) for outline in outlines]
    around = [spot.at for spot in spots] + [point for outline in outlines for point in outline]
    west, east = min(p[0] for p in around), max(p[0] for p in around)
    south, north = min(p[1] for p in around), max(p[1] for p in around)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (width - 40) / max((east - west) * shrink, 0.01)
    height = (north - south) * scale + 40
    if height > 1.4 * width:
        scale *= 1.4 * width / height
        height = 1.4 * width
    height = max(height, 120)

    def project(point: Point) -> Point:
        return (point[0] - west) * shrink * scale + 20, (north - point[1]) * scale + 20

    out = [f'<svg class="fig flows" viewBox="0 0 {width} {height:.0f}" role="group" aria-label="{escape(title)}">']
    for outline in outlines:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in map(project, outline))
        out.append(f'<path class="outer" d="M{path}z"/>')
    drawn = list(ribbons)
    most = max((amount for _a, _b, amount, _w in drawn), default=1)
    for a, b, amount, words in drawn:
        (x0, y0), (x1, y1) = project(a), project(b)
        bend = ((x0 + x1) / 2 - (y1 - y0) * 0.18, (y0 + y1) / 2 + (x1 - x0) * 0.18)
        thick = 1 + 6 * math.sqrt(amount / most)
        curve = f"M{x0:.1f} {y0:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {x1:.1f} {y1:.1f}"
        out.append(linked("", words, f'<path class="flow" stroke-width="{thick:.1f}" d="{curve}"/>'))
        # Where it arrives: a short bar across the end, so that the direction is seen.
        angle = math.atan2(y1 - bend[1], x1 - bend[0])
        tip = 7 + thick / 2
        left, right = angle + 2.6, angle - 2.6
        head = (
            f"{x1:.1f},{y1:.1f} {x1 + tip * math.cos(left):.1f},{y1 + tip * math.sin(left):.1f} "
            f"{x1 + tip * math.cos(right):.1f},{y1 + tip * math.sin(right):.1f}"
        )
        out.append(f'<polygon class="head" points="{head}"/>')
    boxes: list[tuple[float, float, float, float]] = []
    for number, spot in enumerate(spots):
        x, y = project(spot.at)
        out.append(linked(spot.url, spot.words, shape_of(spot.kind, x, y, 6)))
        half = len(spot.name) * 3.2
        box = (x - half, y - 22, x + half, y - 8)
        if number < labels and not any(
            box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes
        ):
            boxes.append(box)
            side = min(max(x, half + 2), width - half - 2)
            out.append(
                f'<text x="{side:.0f}" y="{max(12, y - 10):.0f}" text-anchor="middle">{escape(spot.name)}</text>'
            )
    return "".join(out) + "</svg>"
