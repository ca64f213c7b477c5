"""haversine_many against 50 digits, and against haversine."""

import array
import os
import subprocess
import sys
from collections.abc import Sequence
from random import Random
from typing import Any

import mpmath
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.oracle import EARTH_RADIUS_M, INT32_MAX, INT32_MIN, Point, Rectangle
from support.strategies import MAX_LAT_E7, MAX_LON_E7, on_earth, trials

from routeguide_c import haversine, haversine_many

RELATIVE_ERROR = 1e-10

places = st.tuples(st.integers(-MAX_LAT_E7, MAX_LAT_E7), st.integers(-MAX_LON_E7, MAX_LON_E7))

Columns = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int]]


def columns(pairs: list[Rectangle]) -> Columns:
    lats1, lons1, lats2, lons2 = (array.array("i", [pair[i] for pair in pairs]) for i in range(4))
    return lats1, lons1, lats2, lons2


def true_distance_m(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """Return the angle between two vectors, with enough digits for neighbors and antipodes."""
    with mpmath.workdps(50):

        def vector(lat_e7: int, lon_e7: int) -> list[mpmath.mpf]:
            lat, lon = (mpmath.radians(mpmath.mpf(e7) / 10**7) for e7 in (lat_e7, lon_e7))
            cosine = mpmath.cos(lat)
            return [cosine * mpmath.cos(lon), cosine * mpmath.sin(lon), mpmath.sin(lat)]

        (x1, y1, z1), (x2, y2, z2) = vector(lat1_e7, lon1_e7), vector(lat2_e7, lon2_e7)
        cross = [y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2]
        sine, cosine = mpmath.norm(cross), x1 * x2 + y1 * y2 + z1 * z2
        return float(EARTH_RADIUS_M * mpmath.atan2(sine, cosine))


def wrapped(lat_e7: int, lon_e7: int) -> Point:
    """Return the same place with a longitude in range and the latitude clamped."""
    lon_e7 = (lon_e7 + MAX_LON_E7) % (2 * MAX_LON_E7) - MAX_LON_E7
    return max(-MAX_LAT_E7, min(MAX_LAT_E7, lat_e7)), lon_e7


def close_pairs(random: Random, count: int) -> list[Rectangle]:
    """Draw pairs a unit to a radian apart: anywhere, at the poles, across the antimeridian."""
    pairs = []
    for start in on_earth(random, count):
        lat_e7 = random.choice((start[0], start[0], MAX_LAT_E7, -MAX_LAT_E7))
        lon_e7 = random.choice((start[1], start[1], MAX_LON_E7, -MAX_LON_E7))
        reach_e7 = 10 ** random.uniform(0, 8.8)
        ends = [
            wrapped(
                round(lat_e7 + random.uniform(-reach_e7, reach_e7)),
                round(lon_e7 + random.uniform(-reach_e7, reach_e7)),
            )
            for _ in range(2)
        ]
        pairs.append((*ends[0], *ends[1]))
    return pairs


def across(pairs: list[Rectangle]) -> list[Rectangle]:
    """Turn pairs next to each other into pairs next to antipodes."""
    return [(lat1, lon1, *wrapped(-lat2, lon2 + MAX_LON_E7)) for lat1, lon1, lat2, lon2 in pairs]


def random_pairs(random: Random, count: int) -> list[Rectangle]:
    starts, ends = on_earth(random, count), on_earth(random, count)
    return [(*start, *end) for start, end in zip(starts, ends, strict=True)]


def all_kinds_of_pairs(seed: int, count: int) -> list[Rectangle]:
    random = Random(seed)
    near = close_pairs(random, count)
    edges = [(*wrapped(*start), *wrapped(*end)) for start in CORNERS for end in CORNERS]
    return [*random_pairs(random, count), *near, *across(near), *edges, *across(edges)]


CORNERS = [
    (lat_e7 + lat_step, lon_e7 + lon_step)
    for lat_e7 in (-MAX_LAT_E7, 0, MAX_LAT_E7)
    for lon_e7 in (-MAX_LON_E7, -MAX_LON_E7 // 2, 0, MAX_LON_E7)
    for lat_step in (-1, 0, 1)
    for lon_step in (-1, 0, 1)
]


# --- distances ---


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 127, 128, 129, 255, 256, 257, 1025])
def test_all_lengths_and_one_point_to_many(count: int) -> None:
    pairs = random_pairs(Random(2), count)
    lats1, lons1, lats2, lons2 = columns(pairs)
    singly = [haversine_many([a], [b], [c], [d])[0] for a, b, c, d in pairs]
    assert haversine_many(lats1, lons1, lats2, lons2).tolist() == singly
    origin = (123456789, -987654321)
    alike = haversine_many([origin[0]] * count, [origin[1]] * count, lats2, lons2)
    assert haversine_many(*origin, lats2, lons2).tolist() == alike.tolist()


@trials(100)
@given(st.lists(st.tuples(places, places), max_size=20))
def test_any_places(pairs: list[tuple[Point, Point]]) -> None:
    """Next to antipodes the formula of haversine loses half of its digits."""
    flat = [(*start, *end) for start, end in pairs]
    for got, pair in zip(haversine_many(*columns(flat)), flat, strict=True):
        expected = haversine(*pair)
        assert got == pytest.approx(expected, rel=RELATIVE_ERROR, abs=1e-6) or (
            expected > 1.9e7 and got == pytest.approx(expected, abs=0.2)
        )


def test_distances_are_a_buffer_of_double() -> None:
    distances = haversine_many([0, 1], [0, 1], [5, 5], [5, 5])
    array_of = numpy.asarray(distances)
    assert array_of.dtype == numpy.float64
    expected = [haversine(0, 0, 5, 5), haversine(1, 1, 5, 5)]
    assert array_of.tolist() == pytest.approx(expected, rel=RELATIVE_ERROR)
    assert memoryview(distances).readonly


# Prints the distances of the pairs on standard input, both as they are in memory.
DISTANCES = """
import sys, array
from routeguide_c import haversine_many
numbers = array.array("i", sys.stdin.buffer.read())
columns = [numbers[number::4] for number in range(4)]
sys.stdout.buffer.write(haversine_many(*columns))
"""


def distances(pairs: list[Rectangle], **environment: str) -> Any:
    """Compute them in a new process: the instructions are chosen once per process."""
    ended = subprocess.run(
        [sys.executable, "-c", DISTANCES],
        input=array.array("i", [e7 for pair in pairs for e7 in pair]).tobytes(),
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        check=True,
    )
    return numpy.frombuffer(ended.stdout)


def test_the_error_is_below_its_bound_with_and_without_vector_instructions() -> None:
    pairs = all_kinds_of_pairs(3, 3000)
    expected = numpy.array([true_distance_m(*pair) for pair in pairs])
    apart = expected > 1e-20  # less is one pole written in two ways
    for environment in ({}, {"ROUTEGUIDE_SIMD": "scalar"}):
        got = distances(pairs, **environment)
        assert not got[~apart].any()
        error = numpy.abs(got[apart] / expected[apart] - 1)
        worst = int(error.argmax())
        assert error[worst] < RELATIVE_ERROR, (environment, numpy.array(pairs)[apart][worst])


def test_a_point_is_zero_from_itself() -> None:
    lats, lons, _, _ = columns(all_kinds_of_pairs(4, 1000))
    assert not any(haversine_many(lats, lons, lats, lons))


def test_coordinates_off_the_earth_are_angles() -> None:
    random = numpy.random.default_rng(6)
    pairs = random.integers(INT32_MIN, INT32_MAX, (10_000, 4), endpoint=True).tolist()
    got = numpy.asarray(haversine_many(*columns(pairs)))
    expected = numpy.array([oracle.haversine(*pair) for pair in pairs])
    assert numpy.abs(got - expected).max() < 0.5


# --- refusals ---


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="lats1_e7 and lons1_e7 differ in length: 2 and 1"):
        haversine_many([1, 2], [1], [1, 2], [1, 2])
    with pytest.raises(ValueError, match="lats2_e7 and lons2_e7 differ in length: 1 and 2"):
        haversine_many([1], [1], [1], [1, 2])
    with pytest.raises(ValueError, match="lats1_e7 and lats2_e7 differ in length: 1 and 2"):
        haversine_many([1], [1], [1, 2], [1, 2])


@pytest.mark.parametrize("position", range(4))
def test_wrong_columns_are_refused(position: int) -> None:
    refused: list[tuple[object, type[Exception]]] = [
        (numpy.zeros((1, 2), dtype=numpy.int32), TypeError),
        (numpy.array([0.5, 0]), ValueError),
        ([0.5, 0], ValueError),
        ([0], ValueError),
        ([2**31, 0], OverflowError),
        (None, TypeError),
    ]
    for argument, error in refused:
        arguments: list[object] = [[1, 2], [1, 2], [1, 2], [1, 2]]
        arguments[position] = argument
        with pytest.raises(error, match=("lats1_e7", "lons1_e7", "lats2_e7", "lons2_e7")[position]):
            haversine_many(*arguments)  # type: ignore[arg-type]


def test_one_point_is_two_ints() -> None:
    two: Any = numpy.array([1, 2], dtype=numpy.int32)
    scalars = two[0], two[1]
    assert haversine_many(*scalars, two, two).tolist() == haversine_many(1, 2, two, two).tolist()
    with pytest.raises(TypeError, match="lats1"):
        haversine_many(1, [1, 2], [1, 2], [1, 2])
    with pytest.raises(TypeError, match="lats2"):
        haversine_many([1, 2], [1, 2], 1, 2)  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        haversine_many(2**31, 0, [1], [1])


def test_parameters_may_be_named() -> None:
    named = haversine_many(lats1_e7=[1], lons1_e7=[2], lats2_e7=[9], lons2_e7=[4])
    assert named == haversine_many([1], [2], [9], [4])
    with pytest.raises(TypeError):
        haversine_many([1], [1], [1], [1], True)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        haversine_many([1], [1], [1], [1], faster=True)  # type: ignore[call-arg]
