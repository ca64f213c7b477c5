"""Points and rectangles for tests of the index.

hypothesis draws small sets item by item, so that they shrink well. For larger sets it draws a
layout, a size and a seed, from which a generator makes the points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from support.oracle import INT32_MAX, INT32_MIN, Point, Rectangle

MAX_LAT_E7, MAX_LON_E7 = 900_000_000, 1_800_000_000

EXTREMES = (INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX)

# --- layouts: distributions of points that are difficult for an index ---


def clamped(e7: float) -> int:
    return max(INT32_MIN, min(INT32_MAX, int(e7)))


def on_earth(random: Random, count: int) -> list[Point]:
    return [
        (random.randint(-MAX_LAT_E7, MAX_LAT_E7), random.randint(-MAX_LON_E7, MAX_LON_E7))
        for _ in range(count)
    ]


def full_range(random: Random, count: int) -> list[Point]:
    """Over all of int32; half of the coordinates are at or next to an end or zero."""

    def coordinate() -> int:
        return random.choice((random.choice(EXTREMES), random.randint(INT32_MIN, INT32_MAX)))

    return [(coordinate(), coordinate()) for _ in range(count)]


def one_location(random: Random, count: int) -> list[Point]:
    return on_earth(random, 1) * count


def one_cell(random: Random, count: int) -> list[Point]:
    """Nine neighboring places: only duplicates and their immediate neighbors."""
    [(lat_e7, lon_e7)] = on_earth(random, 1)
    return [(lat_e7 + random.randint(0, 2), lon_e7 + random.randint(0, 2)) for _ in range(count)]


def one_row(random: Random, count: int) -> list[Point]:
    [(lat_e7, _)] = on_earth(random, 1)
    return [(lat_e7, lon_e7) for _, lon_e7 in on_earth(random, count)]


def one_column(random: Random, count: int) -> list[Point]:
    [(_, lon_e7)] = on_earth(random, 1)
    return [(lat_e7, lon_e7) for lat_e7, _ in on_earth(random, count)]


def diagonal(random: Random, count: int) -> list[Point]:
    return [(lat_e7, 2 * lat_e7) for lat_e7, _ in on_earth(random, count)]


def lattice(random: Random, count: int) -> list[Point]:
    """Evenly spaced and in order, so that points lie on the borders of cells."""
    side = max(1, round(count**0.5))
    step = random.choice((1, 2, 1000, 2**20))
    return [(i // side * step, i % side * step) for i in range(count)]


def clusters(random: Random, count: int) -> list[Point]:
    centers = on_earth(random, 1 + count // 100)

    def near(center: Point) -> Point:
        return clamped(random.gauss(center[0], 5e4)), clamped(random.gauss(center[1], 5e4))

    return [near(random.choice(centers)) for _ in range(count)]


def dense_spot(random: Random, count: int) -> list[Point]:
    """All within a few meters, except outliers at two corners of the range."""
    spot = [(random.randint(0, 999), random.randint(0, 999)) for _ in range(count)]
    return [(INT32_MIN, INT32_MIN), *spot, (INT32_MAX, INT32_MAX)][:count]


def nested(random: Random, count: int) -> list[Point]:
    """Half of the points in half of the range, recursively: dense at every scale."""

    def coordinate(scale: int) -> int:
        return clamped(random.uniform(-1, 1) * 2.0**scale)

    scales = [random.randint(0, 31) for _ in range(count)]
    return [(coordinate(scale), coordinate(scale)) for scale in scales]


def places_and_duplicates(random: Random, count: int) -> list[Point]:
    """Few places, some with hundreds of features."""
    places = on_earth(random, 1 + count // 20)
    return [places[int(len(places) * random.random() ** 3)] for _ in range(count)]


Layout = Callable[[Random, int], list[Point]]

LAYOUTS: tuple[Layout, ...] = (
    on_earth,
    full_range,
    one_location,
    one_cell,
    one_row,
    one_column,
    diagonal,
    lattice,
    clusters,
    dense_spot,
    nested,
    places_and_duplicates,
)


@dataclass(frozen=True)
class Field:
    """Points of a layout. Its repr is the call that makes them again."""

    layout: str
    count: int
    seed: int
    in_order: bool = False  # sorted, as an index may store them

    @cached_property
    def points(self) -> list[Point]:
        layouts = {layout.__name__: layout for layout in LAYOUTS}
        points = layouts[self.layout](Random(self.seed), self.count)
        return sorted(points) if self.in_order else points

    def rectangles(self, count: int) -> list[Rectangle]:
        """Return rectangles of all sizes on and around the points, often with points on edges."""
        random = Random(self.seed + 1)
        return [self._rectangle(random) for _ in range(count)]

    def _rectangle(self, random: Random) -> Rectangle:
        if not self.points:
            return *random.choice(on_earth(random, 2)), *random.choice(on_earth(random, 2))
        kind = random.choice(("corners", "corners", "center", "center", "point", "range"))
        lat_e7, lon_e7 = random.choice(self.points)
        if kind == "range":
            return random.choice(
                (
                    (INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX),
                    (INT32_MIN, lon_e7, INT32_MAX, INT32_MAX),
                    (INT32_MAX, INT32_MIN, lat_e7, INT32_MAX),
                    (INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX),
                    (INT32_MIN, INT32_MIN, INT32_MIN, INT32_MAX),
                )
            )
        if kind == "point":
            other = (lat_e7, lon_e7)
        elif kind == "corners":
            other = random.choice(self.points)
        else:
            reach_e7 = 2.0 ** random.uniform(0, 31)
            ratio = 2.0 ** random.uniform(-4, 4)
            other = (clamped(lat_e7 - reach_e7), clamped(lon_e7 - reach_e7 * ratio))
            lat_e7, lon_e7 = clamped(lat_e7 + reach_e7), clamped(lon_e7 + reach_e7 * ratio)
        corners = (*other, lat_e7, lon_e7)
        south, west, north, east = (
            clamped(corner + random.choice((-1, 0, 0, 1))) for corner in corners
        )
        return random.choice(((south, west, north, east), (north, west, south, east)))


# --- strategies ---


def trials(count: int) -> settings:
    """Return settings for `count` examples, without a time limit: the machine may be busy."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


coordinates = st.one_of(
    st.integers(-3, 3),
    st.integers(-MAX_LON_E7, MAX_LON_E7),
    st.integers(INT32_MIN, INT32_MAX),
    st.sampled_from(EXTREMES),
)

any_point = st.tuples(coordinates, coordinates)

# Few distinct coordinates, for many duplicates, shared rows and points on edges.
point_lists = st.one_of(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=80),
    st.lists(any_point, max_size=80),
)

sizes = st.one_of(
    st.sampled_from((0, 1, 2, 7, 8, 9, 63, 64, 65, 66, 255, 256, 257, 512)),
    st.integers(0, 3000),
)

fields = st.builds(
    Field,
    layout=st.sampled_from([layout.__name__ for layout in LAYOUTS]),
    count=sizes,
    seed=st.integers(0, 2**32),
    in_order=st.booleans(),
)

# No lone surrogates; NUL characters are included.
any_name = st.text(max_size=40)


@st.composite
def rectangles_on(draw: st.DrawFn, points: list[Point]) -> Rectangle:
    """Edges through points, next to them or anywhere; corners in any order."""
    lats_e7, lons_e7 = {lat_e7 for lat_e7, _ in points}, {lon_e7 for _, lon_e7 in points}

    def edges(of_points: set[int]) -> st.SearchStrategy[int]:
        beside = {clamped(e7 + step) for e7 in of_points for step in (-1, 0, 1)}
        return st.one_of(st.sampled_from(sorted(beside)), coordinates) if beside else coordinates

    lat, lon = edges(lats_e7), edges(lons_e7)
    return draw(lat), draw(lon), draw(lat), draw(lon)
