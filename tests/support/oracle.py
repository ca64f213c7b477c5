"""The answers of the extension, computed to be read: linear scans and the documents' formula.

A point is a latitude and a longitude in E7, a rectangle two opposite corners, a feature's id its
position. Nothing here is fast, and nothing comes from the extension except the distances of
`nearest`, which test_haversine_many compares with 50 digits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mpmath import mp, mpf
from routeguide.pb import route_guide_pb2

from routeguide_c import haversine_many

Point = tuple[int, int]
Rectangle = tuple[int, int, int, int]

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1

E7 = 10000000.0
EARTH_RADIUS_M = 6371000


def find(points: Sequence[Point], lat_e7: int, lon_e7: int) -> int | None:
    """Return the first feature at exactly this point."""
    for feature, point in enumerate(points):
        if point == (lat_e7, lon_e7):
            return feature
    return None


def query(points: Sequence[Point], rectangle: Rectangle) -> list[int]:
    """Return the features in the rectangle, edges included, in database order."""
    south, north = sorted(rectangle[0::2])
    west, east = sorted(rectangle[1::2])
    return [
        feature
        for feature, (lat_e7, lon_e7) in enumerate(points)
        if south <= lat_e7 <= north and west <= lon_e7 <= east
    ]


def bounds(points: Sequence[Point]) -> Rectangle | None:
    """Return the smallest south, west, north, east; None without points."""
    if not points:
        return None
    lats_e7, lons_e7 = zip(*points, strict=True)
    return min(lats_e7), min(lons_e7), max(lats_e7), max(lons_e7)


def encoded(name: str, point: Point) -> bytes:
    """Return the feature as protobuf encodes it."""
    location = route_guide_pb2.Point(latitude=point[0], longitude=point[1])
    return route_guide_pb2.Feature(name=name, location=location).SerializeToString()


def haversine_a(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """Return the haversine of the angle between two points: 0 to 1, except for rounding.

    The difference is taken in degrees and then converted to radians, and squares use the built-in
    pow: the alternatives differ in the last bit.
    """
    lat1, lon1, lat2, lon2 = lat1_e7 / E7, lon1_e7 / E7, lat2_e7 / E7, lon2_e7 / E7
    of_latitude = pow(math.sin(math.radians(lat2 - lat1) / 2), 2)
    of_longitude = pow(math.sin(math.radians(lon2 - lon1) / 2), 2)
    cosines = math.cos(math.radians(lat1)) * math.cos(math.radians(lat2))
    return of_latitude + cosines * of_longitude


def haversine(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """Return meters by the tutorials' formula, extended to where its roots are undefined."""
    a = haversine_a(lat1_e7, lon1_e7, lat2_e7, lon2_e7)
    if a > 1:
        return EARTH_RADIUS_M * math.pi
    if a < 0:
        return 0.0
    return EARTH_RADIUS_M * (2 * math.atan2(math.sqrt(a), math.sqrt(1 - a)))


def path_length(points: Sequence[Point]) -> float:
    """Add the legs one by one; since Python 3.12 sum() would compensate for rounding."""
    length_m = 0.0
    for start, end in pairwise(points):
        length_m += haversine(*start, *end)
    return length_m


@dataclass
class Trip:
    """The running summary of points visited in order."""

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


def place_distances(start: Point, ends: Sequence[Point]) -> list[float]:
    """Meters by haversine_many, with -180 and +180 degrees as one longitude, and any at a pole."""
    lat1_e7, lon1_e7 = start
    lon1_e7 = 1_800_000_000 if lon1_e7 == -1_800_000_000 else lon1_e7
    at_pole = {900_000_000, -900_000_000}
    lons2_e7 = [
        lon1_e7
        if lat1_e7 in at_pole or lat2_e7 in at_pole
        else (1_800_000_000 if lon2_e7 == -1_800_000_000 else lon2_e7)
        for lat2_e7, lon2_e7 in ends
    ]
    lats2_e7 = [lat2_e7 for lat2_e7, _ in ends]
    return list(haversine_many(lat1_e7, lon1_e7, lats2_e7, lons2_e7))


def nearest(
    points: Sequence[Point], center: Point, k: int, max_distance_m: float = math.inf
) -> tuple[list[int], list[float]]:
    """The k nearest places and their distances: all of them measured, sorted and cut."""
    places = [feature for feature, point in enumerate(points) if is_place(*point)]
    distances_m = place_distances(center, [points[feature] for feature in places])
    measured = sorted(zip(distances_m, places, strict=True))
    hits = [hit for hit in measured if hit[0] <= max_distance_m][:k]
    return [feature for _, feature in hits], [distance_m for distance_m, _ in hits]


def query_box(points: Sequence[Point], south: int, west: int, north: int, east: int) -> list[int]:
    """Return the features in the box that extends eastward from west to east."""

    def inside(lon_e7: int) -> bool:
        if west <= east:
            return west <= lon_e7 <= east
        return west <= lon_e7 <= 1_800_000_000 or -1_800_000_000 <= lon_e7 <= east

    return [
        feature
        for feature, (lat_e7, lon_e7) in enumerate(points)
        if south <= lat_e7 <= north and inside(lon_e7)
    ]


# --- routes, in arbitrary precision ---

Vector = tuple[mpf, mpf, mpf]


@dataclass(frozen=True)
class Nearest:
    """The nearest place of a part of a route to a point, in meters.

    `side` is the side of the point; 0 if unspecified.
    """

    offset_m: mpf
    along_m: mpf
    side: int
    vertex: int | None = None  # the nearest place, if it is a vertex


def vector(point: Point) -> Vector:
    lat, lon = (mp.mpf(e7) * mp.pi / 1_800_000_000 for e7 in point)
    return mp.cos(lat) * mp.cos(lon), mp.cos(lat) * mp.sin(lon), mp.sin(lat)


def cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dot(a: Vector, b: Vector) -> mpf:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def angle(a: Vector, b: Vector) -> mpf:
    across = cross(a, b)
    return mp.atan2(mp.sqrt(dot(across, across)), dot(a, b))


def sign_of(left: mpf) -> int:
    """Return -1 for the left and +1 for the right; 0 within a nanometer."""
    return 0 if abs(left) * EARTH_RADIUS_M < 1e-9 else -1 if left > 0 else 1


class Route:
    """The shorter arcs between vertices; repeated vertices are dropped."""

    def __init__(self, vertices: Sequence[Point]) -> None:
        with mp.workdps(40):
            found: list[Vector] = []
            for vertex in map(vector, vertices):
                if not found or angle(found[-1], vertex) > mp.mpf(10) ** -25:
                    found.append(vertex)
            self.vertices = found
            self.normals: list[Vector] = []
            self.starts_m = [mp.mpf(0)]
            for start, end in pairwise(found):
                normal = cross(start, end)
                size = mp.sqrt(dot(normal, normal))
                self.normals.append((normal[0] / size, normal[1] / size, normal[2] / size))
                self.starts_m.append(self.starts_m[-1] + EARTH_RADIUS_M * angle(start, end))

    def nearest_on_leg(self, leg: int, point: Vector) -> Nearest:
        start, end, left = self.vertices[leg], self.vertices[leg + 1], self.normals[leg]
        side = sign_of(dot(left, point))
        if dot(cross(left, start), point) > 0 and dot(cross(end, left), point) > 0:
            height = dot(left, point)
            foot = (
                point[0] - height * left[0],
                point[1] - height * left[1],
                point[2] - height * left[2],
            )
            offset_m = EARTH_RADIUS_M * mp.atan2(abs(height), mp.sqrt(dot(foot, foot)))
            return Nearest(offset_m, self.starts_m[leg] + EARTH_RADIUS_M * angle(start, foot), side)
        from_start, from_end = angle(start, point), angle(end, point)
        vertex = leg if from_start <= from_end else leg + 1
        return self.at_vertex(vertex, point)

    def at_vertex(self, vertex: int, point: Vector) -> Nearest:
        """Points near a corner are on its outer side.

        If the route goes straight on or straight back, the side is that of the way there.
        """
        place = self.vertices[vertex]
        arriving = self.normals[vertex - 1] if vertex > 0 else None
        departing = self.normals[vertex] if vertex < len(self.normals) else None
        side = 0
        if arriving and departing:
            turn = dot(place, cross(arriving, departing))  # positive to the left
            side = 1 if turn > 0 else -1
            if dot(arriving, departing) < 0 and 1e-10 < abs(turn) < 1e-8:
                side = 0  # almost straight back: unspecified
            elif abs(turn) < 1e-8:
                side = sign_of(dot(arriving, point))
        elif arriving or departing:
            side = sign_of(dot(arriving or departing or place, point))
        offset_m = EARTH_RADIUS_M * angle(place, point)
        return Nearest(offset_m, self.starts_m[vertex], side, vertex)

    def at_vertices(self, point: Point) -> list[Nearest]:
        with mp.workdps(40):
            place = vector(point)
            return [self.at_vertex(vertex, place) for vertex in range(len(self.vertices))]

    def passes(self, point: Point) -> list[Nearest]:
        """Return the local minima of the distance to a point, in the order of the route."""
        with mp.workdps(40):
            place = vector(point)
            if len(self.vertices) == 1:
                return [self.at_vertex(0, place)]
            legs = [self.nearest_on_leg(leg, place) for leg in range(len(self.normals))]
            found: list[Nearest] = []
            for leg, near in enumerate(legs):
                led_on = near.vertex == leg + 1 and leg + 1 < len(legs)
                came_from = near.vertex == leg and leg > 0
                if led_on and legs[leg + 1].offset_m < near.offset_m:
                    continue
                if came_from and legs[leg - 1].offset_m < near.offset_m:
                    continue
                found.append(near)
            return found
