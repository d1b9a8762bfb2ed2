"""Who can be reached from where: distances in whole metres, and the pairs of places between which a good may travel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commons.sharing.claims import TooManyWays

Integers = NDArray[np.int64]
Distances = Callable[[str, str], int]

EARTH = 6_371_008.8  # metres: the mean radius R1 of the WGS 84 ellipsoid
MOST_WAYS = 4_000_000
AS_MUCH_AS_THERE_IS = np.int64(2**62)


def great_circle(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres along the great circle between two places given as (latitude, longitude) in degrees, by haversines."""
    return int(_great_circles(*(np.array([value]) for value in (*a, *b)))[0])


def _great_circles(
    lat_a: NDArray[Any], lon_a: NDArray[Any], lat_b: NDArray[Any], lon_b: NDArray[Any]
) -> NDArray[np.int64]:
    p, q = np.radians(lat_a), np.radians(lat_b)
    h = np.sin((q - p) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    return np.rint(2 * EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1)))).astype(np.int64)


def _on_the_globe(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    lat, lon = np.radians(degrees).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


class GreatCircle:
    """Distances between places of known coordinates: a callable, and quick for many pairs at once."""

    def __init__(self, coordinates: Mapping[str, tuple[float, float]]) -> None:
        self.coordinates = dict(coordinates)

    def __call__(self, giver: str, receiver: str) -> int:
        return great_circle(self.coordinates[giver], self.coordinates[receiver])

    def between(self, givers: Sequence[str], receivers: Sequence[str]) -> Integers:
        """The metres between givers[i] and receivers[i]."""
        a, b = self._degrees(givers), self._degrees(receivers)
        return _great_circles(a[:, 0], a[:, 1], b[:, 0], b[:, 1])

    def ways(self, givers: Sequence[str], receivers: Sequence[str], reach: int | None) -> tuple[Integers, ...]:
        """All pairs within reach: indices of givers, indices of receivers, metres."""
        a, b = self._degrees(givers), self._degrees(receivers)
        if reach is None:
            _refuse_too_many(len(a) * len(b))
            tail, head = _all_pairs(len(a), len(b))
        else:
            # A degree of latitude is as long everywhere: only receivers in the band of that width are measured.
            band = np.degrees(reach / EARTH) + 1e-6
            order = np.argsort(b[:, 0], kind="stable")
            first = np.searchsorted(b[order, 0], a[:, 0] - band, "left")
            last = np.searchsorted(b[order, 0], a[:, 0] + band, "right")
            tails, heads, found = [], [], 0
            for g in range(len(a)):
                near = order[first[g] : last[g]]
                metres = _great_circles(a[g : g + 1, 0], a[g : g + 1, 1], b[near, 0], b[near, 1])
                near = near[metres <= reach]
                found += len(near)
                _refuse_too_many(found)
                tails.append(np.full(len(near), g, np.int64))
                heads.append(np.sort(near))
            tail = np.concatenate([*tails, np.zeros(0, np.int64)])
            head = np.concatenate([*heads, np.zeros(0, np.int64)])
        return tail, head, _great_circles(a[tail, 0], a[tail, 1], b[head, 0], b[head, 1])

    def nearest(self, lacking: Sequence[str], givers: Sequence[str]) -> Integers:
        """For each of those who lack, the index of the giver who is nearest in a straight line."""
        a, b = (_on_the_globe(self._degrees(places)) for places in (lacking, givers))
        parts = [np.argmax(part @ b.T, axis=1) for part in np.array_split(a, len(a) // 500 + 1)]
        return np.concatenate(parts).astype(np.int64)

    def _degrees(self, places: Sequence[str]) -> NDArray[np.float64]:
        return np.array([self.coordinates[place] for place in places], np.float64).reshape(len(places), 2)


class Table:
    """Distances read from a matrix: metres[i][j] is the way from places[i] to places[j]."""

    def __init__(self, places: Sequence[str], metres: Any) -> None:
        self.row = {place: i for i, place in enumerate(places)}
        self.metres = np.asarray(metres)
        if self.metres.shape != (len(self.row), len(self.row)) or not np.issubdtype(self.metres.dtype, np.integer):
            raise ValueError("the table of distances needs a row and a column of whole metres for each place")
        self.metres = self.metres.astype(np.int64)
        if (self.metres < 0).any():
            raise ValueError("no distance is below nothing")

    def __call__(self, giver: str, receiver: str) -> int:
        return int(self.metres[self.row[giver], self.row[receiver]])

    def between(self, givers: Sequence[str], receivers: Sequence[str]) -> Integers:
        rows = [self.row[place] for place in givers]
        return self.metres[rows, [self.row[place] for place in receivers]]


def _all_pairs(givers: int, receivers: int) -> tuple[Integers, Integers]:
    return np.repeat(np.arange(givers), receivers), np.tile(np.arange(receivers), givers)


def _refuse_too_many(count: int) -> None:
    if count > MOST_WAYS:
        raise TooManyWays(f"more than {MOST_WAYS:,} pairs of places: set a bound on the distance, or name the pairs")


def metres_between(distances: Distances, givers: Sequence[str], receivers: Sequence[str]) -> Integers:
    """The metres of each pair, whichever kind of distances was given."""
    if isinstance(distances, GreatCircle | Table):
        return distances.between(givers, receivers)
    return np.array([distances(*pair) for pair in zip(givers, receivers, strict=True)], np.int64)


def nearest(distances: Distances, lacking: Sequence[str], givers: Sequence[str]) -> Integers:
    """For each of those who lack, the index of the nearest giver; the first of several."""
    if isinstance(distances, GreatCircle):
        return distances.nearest(lacking, givers)
    found = [np.argmin(metres_between(distances, givers, [place] * len(givers))) for place in lacking]
    return np.array(found, np.int64)


@dataclass(frozen=True)
class Ways:
    """The arcs of the network: from giver `tail[i]` to receiver `head[i]`, over `metres[i]`, at most `most[i]`."""

    tail: Integers
    head: Integers
    metres: Integers
    most: Integers

    @classmethod
    def among(
        cls,
        givers: Sequence[str],
        receivers: Sequence[str],
        distances: Distances,
        *,
        reach: int | None = None,
        allowed: Mapping[tuple[str, str], int | None] | Collection[tuple[str, str]] | None = None,
    ) -> Ways:
        """The ways from givers to receivers that are short enough and allowed.

        From a place to itself there is always a way, of no length, that bears all.
        `allowed` names the pairs between which the good may travel, with the most that may (None: no bound).
        """
        row = {place: g for g, place in enumerate(givers)}
        home = {place: r for r, place in enumerate(receivers)}
        to_itself = np.array([home.get(place, -1) for place in givers], np.int64)
        most = None
        if allowed is not None:
            limits = allowed if isinstance(allowed, Mapping) else dict.fromkeys(allowed)
            pairs = sorted((row[a], home[b], limits[a, b]) for a, b in limits if a != b and a in row and b in home)
            _refuse_too_many(len(pairs))
            tail = np.array([pair[0] for pair in pairs], np.int64)
            head = np.array([pair[1] for pair in pairs], np.int64)
            if any(limit is not None and limit < 0 for _, _, limit in pairs):
                raise ValueError("no less than nothing can travel")
            most = np.array([AS_MUCH_AS_THERE_IS if limit is None else limit for _, _, limit in pairs], np.int64)
            metres = metres_between(distances, [givers[g] for g in tail], [receivers[r] for r in head])
        elif isinstance(distances, GreatCircle):
            tail, head, metres = distances.ways(givers, receivers, reach)
        else:
            _refuse_too_many(len(givers) * len(receivers))
            tail, head = _all_pairs(len(givers), len(receivers))
            abroad = to_itself[tail] != head
            tail, head = tail[abroad], head[abroad]
            metres = metres_between(distances, [givers[g] for g in tail], [receivers[r] for r in head])
        if (metres < 0).any():
            raise ValueError("no distance is below nothing")
        if most is None:
            most = np.full(len(tail), AS_MUCH_AS_THERE_IS)
        use = (to_itself[tail] != head) & (most > 0)
        if reach is not None:
            use &= metres <= reach
        own = np.flatnonzero(to_itself >= 0)
        return cls(
            np.concatenate([tail[use], own]),
            np.concatenate([head[use], to_itself[own]]),
            np.concatenate([metres[use], np.zeros(len(own), np.int64)]),
            np.concatenate([most[use], np.full(len(own), AS_MUCH_AS_THERE_IS)]),
        )
