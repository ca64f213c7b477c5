"""What the extension has to answer, written to be read: linear scans and the documents' formula.

A point is a latitude and a longitude in E7, a rectangle two opposite corners, a feature's id its
position. Nothing here is fast, and nothing here comes from the extension.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from routeguide.pb import route_guide_pb2

Point = tuple[int, int]
Rectangle = tuple[int, int, int, int]

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1

E7 = 10000000.0
EARTH_RADIUS_M = 6371000


def find(points: Sequence[Point], lat_e7: int, lon_e7: int) -> int | None:
    """The first feature at exactly this point."""
    for feature, point in enumerate(points):
        if point == (lat_e7, lon_e7):
            return feature
    return None


def query(points: Sequence[Point], rectangle: Rectangle) -> list[int]:
    """The features in the rectangle, edges inside, in database order."""
    south, north = sorted(rectangle[0::2])
    west, east = sorted(rectangle[1::2])
    return [
        feature
        for feature, (lat_e7, lon_e7) in enumerate(points)
        if south <= lat_e7 <= north and west <= lon_e7 <= east
    ]


def bounds(points: Sequence[Point]) -> Rectangle | None:
    """The tightest south, west, north, east; None without points."""
    if not points:
        return None
    lats_e7, lons_e7 = zip(*points, strict=True)
    return min(lats_e7), min(lons_e7), max(lats_e7), max(lons_e7)


def encoded(name: str, point: Point) -> bytes:
    """The feature as protobuf itself writes it."""
    location = route_guide_pb2.Point(latitude=point[0], longitude=point[1])
    return route_guide_pb2.Feature(name=name, location=location).SerializeToString()


def haversine_a(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """The haversine of the angle between two points: from 0 to 1, but for rounding.

    The angles are differences of degrees turned into radians, not differences of radians, and
    the squares are the built-in pow: both differ from their look-alikes in the last bit.
    """
    lat1, lon1, lat2, lon2 = lat1_e7 / E7, lon1_e7 / E7, lat2_e7 / E7, lon2_e7 / E7
    of_latitude = pow(math.sin(math.radians(lat2 - lat1) / 2), 2)
    of_longitude = pow(math.sin(math.radians(lon2 - lon1) / 2), 2)
    cosines = math.cos(math.radians(lat1)) * math.cos(math.radians(lat2))
    return of_latitude + cosines * of_longitude


def haversine(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """Great-circle metres by the documents' formula, completed where its roots have no value."""
    a = haversine_a(lat1_e7, lon1_e7, lat2_e7, lon2_e7)
    if a > 1:
        return EARTH_RADIUS_M * math.pi
    if a < 0:
        return 0.0
    return EARTH_RADIUS_M * (2 * math.atan2(math.sqrt(a), math.sqrt(1 - a)))


def path_length(points: Sequence[Point]) -> float:
    """The legs added one by one; sum() would compensate for rounding since Python 3.12."""
    length_m = 0.0
    for start, end in pairwise(points):
        length_m += haversine(*start, *end)
    return length_m


@dataclass
class Trip:
    """Points visited one after the other, and what that amounts to."""

    points: Sequence[Point]
    point_count: int = 0
    feature_count: int = 0
    distance_m: float = 0.0
    last: Point | None = None

    def visit(self, lat_e7: int, lon_e7: int) -> None:
        self.point_count += 1
        if find(self.points, lat_e7, lon_e7) is not None:
            self.feature_count += 1
        if self.last is not None:
            self.distance_m += haversine(*self.last, lat_e7, lon_e7)
        self.last = (lat_e7, lon_e7)


def is_place(lat_e7: int, lon_e7: int) -> bool:
    return abs(lat_e7) <= 900_000_000 and abs(lon_e7) <= 1_800_000_000


def place_distance(start: Point, end: Point) -> float:
    """haversine, but -180 and +180 degrees are one longitude, and a pole has any."""
    (lat1_e7, lon1_e7), (lat2_e7, lon2_e7) = (
        (lat_e7, abs(lon_e7) if lon_e7 == -1_800_000_000 else lon_e7)
        for lat_e7, lon_e7 in (start, end)
    )
    if 900_000_000 in (abs(lat1_e7), abs(lat2_e7)):
        lon2_e7 = lon1_e7
    return haversine(lat1_e7, lon1_e7, lat2_e7, lon2_e7)


def nearest(
    points: Sequence[Point], centre: Point, k: int, max_distance_m: float = math.inf
) -> tuple[list[int], list[float]]:
    """The k nearest places and their distances: all of them measured, sorted and cut."""
    measured = sorted(
        (place_distance(centre, point), feature)
        for feature, point in enumerate(points)
        if is_place(*point)
    )
    hits = [hit for hit in measured if hit[0] <= max_distance_m][:k]
    return [feature for _, feature in hits], [distance_m for distance_m, _ in hits]


def query_box(points: Sequence[Point], south: int, west: int, north: int, east: int) -> list[int]:
    """Coordinates as they are, in the box that runs eastward from west to east."""

    def inside(lon_e7: int) -> bool:
        if west <= east:
            return west <= lon_e7 <= east
        return west <= lon_e7 <= 1_800_000_000 or -1_800_000_000 <= lon_e7 <= east

    return [
        feature
        for feature, (lat_e7, lon_e7) in enumerate(points)
        if south <= lat_e7 <= north and inside(lon_e7)
    ]
