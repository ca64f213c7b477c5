"""haversine against the documents' formula in every bit, path_length within its error."""

import array
import math
import struct
from itertools import pairwise, product
from random import Random

import numpy
import pytest
from hypothesis import given
from support import oracle
from support.oracle import EARTH_RADIUS_M, INT32_MAX, INT32_MIN, Point, Rectangle
from support.strategies import MAX_LAT_E7, MAX_LON_E7, coordinates, point_lists, trials

from routeguide_c import haversine, haversine_many, path_length

HALF_CIRCUMFERENCE_M = EARTH_RADIUS_M * math.pi

# The ten points of the documents' client output.
DOCUMENTED_TRIP = [
    (412856162, -745148837),
    (418465462, -746859398),
    (406589790, -743560121),
    (416851321, -742674555),
    (415301720, -748416257),
    (407033786, -743977337),
    (401012643, -744035134),
    (412144655, -743949739),
    (414638017, -745957854),
    (400273442, -741220915),
]


def same_bits(one: float, other: float) -> bool:
    return struct.pack("d", one) == struct.pack("d", other)


def check_pairs(pairs: list[Rectangle]) -> None:
    """Compare all bits of all results at once, then find the pair that differs."""
    ours = array.array("d", [haversine(*pair) for pair in pairs])
    expected = array.array("d", [oracle.haversine(*pair) for pair in pairs])
    if ours.tobytes() != expected.tobytes():
        differing = [
            (pair, mine.hex(), theirs.hex())
            for pair, mine, theirs in zip(pairs, ours, expected, strict=True)
            if not same_bits(mine, theirs)
        ]
        pytest.fail(f"{len(differing)} of {len(pairs)} pairs differ, the first: {differing[0]}")


def a_values(pairs: list[Rectangle]) -> list[float]:
    return [oracle.haversine_a(*pair) for pair in pairs]


def test_a_million_random_pairs() -> None:
    random = numpy.random.default_rng(20240229)
    lats_e7 = random.integers(-MAX_LAT_E7, MAX_LAT_E7, (2, 1_000_000), endpoint=True).tolist()
    lons_e7 = random.integers(-MAX_LON_E7, MAX_LON_E7, (2, 1_000_000), endpoint=True).tolist()
    check_pairs(list(zip(lats_e7[0], lons_e7[0], lats_e7[1], lons_e7[1], strict=True)))


def test_random_pairs_next_to_each_other() -> None:
    """Use legs of a walk, of which both sines are tiny."""
    random = Random(1)
    pairs = []
    for _ in range(50_000):
        lat_e7, lon_e7 = random.randint(-MAX_LAT_E7, MAX_LAT_E7), random.randint(-(10**9), 10**9)
        reach_e7 = 10 ** random.randint(0, 6)
        step = random.randint(-reach_e7, reach_e7), random.randint(-reach_e7, reach_e7)
        pairs.append((lat_e7, lon_e7, lat_e7 + step[0], lon_e7 + step[1]))
    check_pairs(pairs)


def test_random_pairs_of_any_int32() -> None:
    random = numpy.random.default_rng(3)
    pairs = random.integers(INT32_MIN, INT32_MAX, (100_000, 4), endpoint=True).tolist()
    check_pairs([(pair[0], pair[1], pair[2], pair[3]) for pair in pairs])


@trials(200)
@given(coordinates, coordinates, coordinates, coordinates)
def test_any_pair(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> None:
    pair = (lat1_e7, lon1_e7, lat2_e7, lon2_e7)
    assert same_bits(haversine(*pair), oracle.haversine(*pair))


def test_extremes_poles_and_the_antimeridian() -> None:
    on_both_axes = (INT32_MIN, -MAX_LON_E7, -MAX_LAT_E7, -1, 0, 1, MAX_LAT_E7, MAX_LON_E7)
    axis = (*on_both_axes, INT32_MAX)
    check_pairs(list(product(axis, axis, axis, axis)))


def test_antipodes_and_their_neighbors() -> None:
    """If rounding takes the formula past its domain, the result is half the circumference."""
    random = Random(4)
    pairs = []
    for _ in range(10_000):
        lat_e7, lon_e7 = random.randint(-MAX_LAT_E7, MAX_LAT_E7), random.randint(-MAX_LON_E7, 0)
        antipode = (-lat_e7, lon_e7 + MAX_LON_E7)
        pairs.append((lat_e7, lon_e7, *antipode))
        step = random.randint(-2, 2), random.randint(-2, 2)
        pairs.append((lat_e7, lon_e7, antipode[0] + step[0], antipode[1] + step[1]))
    beyond = [pair for pair, a in zip(pairs, a_values(pairs), strict=True) if a > 1]
    assert len(beyond) > 100, "the data must reach the case"
    assert all(same_bits(haversine(*pair), HALF_CIRCUMFERENCE_M) for pair in beyond)
    check_pairs(pairs)


def test_one_place_with_a_latitude_beyond_the_pole() -> None:
    """Latitudes beyond the poles write a place in two ways: rounding takes some below zero."""
    random = Random(5)
    pairs = []
    for _ in range(20_000):
        lat_e7, lon_e7 = random.randint(-MAX_LAT_E7, MAX_LAT_E7), random.randint(-(10**8), 10**8)
        over_the_pole = (MAX_LON_E7 - lat_e7, lon_e7 + MAX_LON_E7)
        if over_the_pole[0] <= INT32_MAX:
            pairs.append((lat_e7, lon_e7, *over_the_pole))
    below = [pair for pair, a in zip(pairs, a_values(pairs), strict=True) if a < 0]
    assert len(below) > 100, "the data must reach the case"
    assert all(same_bits(haversine(*pair), 0.0) for pair in below)
    check_pairs(pairs)


def test_identical_points_are_zero_apart() -> None:
    random = Random(6)
    for _ in range(2000):
        point = random.randint(INT32_MIN, INT32_MAX), random.randint(INT32_MIN, INT32_MAX)
        assert same_bits(haversine(*point, *point), 0.0)


def test_known_distances() -> None:
    """Compare with arcs whose length is known without the formula."""
    quarter_m = HALF_CIRCUMFERENCE_M / 2
    assert haversine(0, 0, 0, 900_000_000) == pytest.approx(quarter_m, rel=1e-15)
    assert haversine(0, 123, 900_000_000, -456) == pytest.approx(quarter_m, rel=1e-15)
    assert haversine(-900_000_000, 5, 900_000_000, 7) == HALF_CIRCUMFERENCE_M
    assert haversine(0, -1_800_000_000, 0, 1_800_000_000) == pytest.approx(0, abs=1e-8)
    one_degree_m = HALF_CIRCUMFERENCE_M / 180
    assert haversine(100_000_000, 20, 110_000_000, 20) == pytest.approx(one_degree_m, rel=1e-12)


def test_the_documented_trip() -> None:
    lats_e7, lons_e7 = zip(*DOCUMENTED_TRIP, strict=True)
    assert int(path_length(lats_e7, lons_e7)) == 850915


@trials(200)
@given(points=point_lists)
def test_path_length_is_the_sum_of_the_legs(points: list[Point]) -> None:
    lats_e7, lons_e7 = [lat_e7 for lat_e7, _ in points], [lon_e7 for _, lon_e7 in points]
    expected_m = oracle.path_length(points)
    off_earth_m = 0.5 * len(points)  # where the formula loses digits
    assert path_length(lats_e7, lons_e7) == pytest.approx(expected_m, rel=1e-10, abs=off_earth_m)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10_000])
def test_long_paths_are_added_in_order(count: int) -> None:
    """Another order of additions, or a compensated sum, changes the last bits of many legs."""
    random = Random(7)
    points = [
        (random.randint(-MAX_LAT_E7, MAX_LAT_E7), random.randint(-MAX_LON_E7, MAX_LON_E7))
        for _ in range(count)
    ]
    expected_m = 0.0
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        expected_m += haversine_many(lat1, lon1, [lat2], [lon2])[0]
    lats_e7 = array.array("i", [lat_e7 for lat_e7, _ in points])
    lons_e7 = array.array("i", [lon_e7 for _, lon_e7 in points])
    assert same_bits(path_length(lats_e7, lons_e7), expected_m)
    assert same_bits(path_length(lats_e7.tolist(), lons_e7.tolist()), expected_m)
