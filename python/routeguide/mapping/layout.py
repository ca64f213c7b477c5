"""The contents of a map and their positions, for both the page and the picture."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routeguide.domain.earth import DEGREE_M, E7
from routeguide_c import FeatureIndex, path_length

Degrees = tuple[float, float]

MERCATOR_LIMIT = 85.0  # degrees of latitude; Mercator maps have no poles
_STEP_DEGREES = 1.0  # the longest straight piece of a leg that is drawn as an arc


@dataclass(frozen=True)
class Corridor:
    """A route and the features along it, as found by FeatureIndex.along."""

    latitudes: Sequence[int]  # E7, of the route's vertices
    longitudes: Sequence[int]
    half_width_m: float
    ids: Sequence[int]
    offset_m: Sequence[float]  # of each feature from the route

    @property
    def length_m(self) -> float:
        return path_length(self.latitudes, self.longitudes)

    def line(self) -> list[Degrees]:
        """Return the route in degrees: legs as great-circle arcs, no jump at +-180 degrees.

        Consecutive points differ: a route of one place, however often repeated, is one point.
        """
        vertices = [
            (lat / E7, lon / E7) for lat, lon in zip(self.latitudes, self.longitudes, strict=True)
        ]
        points = vertices[:1]
        for start, end in pairwise(vertices):
            points += list(arc(start, end))
        return [point for point, _ in itertools.groupby(_without_jumps(points))]


def arc(start: Degrees, end: Degrees) -> Iterator[Degrees]:
    """Yield points on the shorter great-circle arc, without its start and with its end.

    By linear combination of the two unit vectors (slerp). Antipodes have no shorter arc and give
    only the end.
    """
    a, b = _unit(start), _unit(end)
    cross = math.hypot(
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    )
    angle = math.atan2(cross, sum(x * y for x, y in zip(a, b, strict=True)))
    pieces = max(1, math.ceil(math.degrees(angle) / _STEP_DEGREES)) if cross > 1e-12 else 1
    for piece in range(1, pieces):
        along = piece / pieces
        p, q = math.sin((1 - along) * angle) / cross, math.sin(along * angle) / cross
        x, y, z = (p * u + q * v for u, v in zip(a, b, strict=True))
        yield math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
    yield end


def _unit(place: Degrees) -> tuple[float, float, float]:
    lat, lon = math.radians(place[0]), math.radians(place[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _without_jumps(points: Sequence[Degrees]) -> Iterator[Degrees]:
    """Yield the points with longitudes that continue beyond +-180 degrees."""
    turn = 0.0
    before = None
    for lat, lon in points:
        if before is not None:
            turn += 360.0 * round((before - lon - turn) / 360.0)
        before = lon + turn
        yield lat, before


def _bounds_along(corridor: Corridor) -> tuple[float, float, float, float]:
    """Return south, west, north, east of a corridor in degrees, at most 360 of longitude."""
    margin = corridor.half_width_m / DEGREE_M
    lats, lons = zip(*corridor.line(), strict=True)
    south, north = min(lats) - margin, max(lats) + margin
    wide = [margin / math.cos(math.radians(drawn_at(lat))) for lat in lats]
    west, east = min(map(operator.sub, lons, wide)), max(map(operator.add, lons, wide))
    if east - west > 360:
        west = (min(lons) + max(lons)) / 2 - 180
        east = west + 360
    return south, west, north, east


def drawn_at(lat: float) -> float:
    """Clamp a latitude to what a Mercator map can show."""
    return max(-MERCATOR_LIMIT, min(MERCATOR_LIMIT, lat))


def bounds_of(
    index: FeatureIndex, corridor: Corridor | None
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the south-west and north-east corners that the map opens on, longitude first; those
    of the world if there is nothing to show."""
    if corridor is not None and len(corridor.latitudes):
        south, west, north, east = _bounds_along(corridor)
    elif index.bounds is not None:
        south, west, north, east = (value / E7 for value in index.bounds)
    else:
        south, west, north, east = -60.0, -180.0, 75.0, 180.0
    return (west, drawn_at(south)), (east, drawn_at(north))
