"""nearest, within and query_box against the oracle, which measures and sorts all features."""

import math
import os
import subprocess
import sys
import threading
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.oracle import INT32_MAX, INT32_MIN, Point
from support.strategies import (
    LAYOUTS,
    MAX_LAT_E7,
    MAX_LON_E7,
    Field,
    Layout,
    coordinates,
    fields,
    on_earth,
    point_lists,
    trials,
)

from routeguide_c import FeatureIndex

HALF_CIRCUMFERENCE_M = oracle.EARTH_RADIUS_M * math.pi

Answer = tuple[list[int], list[float]]

places = st.tuples(
    st.one_of(
        st.integers(-3, 3),
        st.integers(-MAX_LAT_E7, MAX_LAT_E7),
        st.sampled_from((-MAX_LAT_E7, MAX_LAT_E7)),
    ),
    st.one_of(
        st.integers(-3, 3),
        st.integers(-MAX_LON_E7, MAX_LON_E7),
        st.sampled_from((-MAX_LON_E7, MAX_LON_E7)),
    ),
)

limits = st.one_of(
    st.just(math.inf), st.floats(0, 1), st.floats(0, HALF_CIRCUMFERENCE_M), st.just(0.0)
)


def index_of(points: list[Point]) -> FeatureIndex:
    return FeatureIndex([lat for lat, _ in points], [lon for _, lon in points], [""] * len(points))


def lists(answer: Any) -> Answer:
    ids, distances_m = answer
    return ids.tolist(), distances_m.tolist()


def check(points: list[Point], centers: list[Point], seed: int) -> None:
    """Compare answers of all sizes, some with a radius that is exactly a feature's distance."""
    index, random = index_of(points), Random(seed)
    for center in centers:
        everything = oracle.nearest(points, center, len(points))
        assert lists(index.nearest(*center, len(points) + 1)) == everything
        k = random.choice((1, 2, 10, 100))
        assert lists(index.nearest(*center, k)) == (everything[0][:k], everything[1][:k])
        if everything[1]:
            radius_m = random.choice(everything[1])
            for reach_m in (radius_m, math.nextafter(radius_m, 0), radius_m * random.random()):
                hits = oracle.nearest(points, center, len(points), reach_m)
                assert lists(index.within(*center, reach_m)) == hits
                assert lists(index.nearest(*center, k, reach_m)) == (hits[0][:k], hits[1][:k])


def centers_for(random: Random, points: list[Point]) -> list[Point]:
    """Return a place anywhere, a feature, a place near one, its antipode, a pole, and +-180."""
    [anywhere] = on_earth(random, 1)
    on_features = [point for point in points if oracle.is_place(*point)] or [anywhere]
    lat_e7, lon_e7 = random.choice(on_features)
    reach_e7 = int(10 ** random.uniform(0, 8))
    return [
        anywhere,
        random.choice(on_features),
        (
            max(-MAX_LAT_E7, min(MAX_LAT_E7, lat_e7 + random.randint(-reach_e7, reach_e7))),
            max(-MAX_LON_E7, min(MAX_LON_E7, lon_e7 + random.randint(-reach_e7, reach_e7))),
        ),
        (-lat_e7, lon_e7 - MAX_LON_E7 if lon_e7 > 0 else lon_e7 + MAX_LON_E7),
        (random.choice((-MAX_LAT_E7, MAX_LAT_E7)), random.randint(-MAX_LON_E7, MAX_LON_E7)),
        (lat_e7, random.choice((-MAX_LON_E7, MAX_LON_E7))),
    ]


@trials(200)
@given(points=point_lists, center=places, k=st.integers(0, 90), limit_m=limits)
def test_a_few_points(points: list[Point], center: Point, k: int, limit_m: float) -> None:
    index = index_of(points)
    assert lists(index.nearest(*center, k)) == oracle.nearest(points, center, k)
    assert lists(index.nearest(*center, k, limit_m)) == oracle.nearest(points, center, k, limit_m)
    assert lists(index.within(*center, limit_m)) == oracle.nearest(points, center, 90, limit_m)


@trials(60)
@given(field=fields)
def test_all_layouts(field: Field) -> None:
    check(field.points, centers_for(Random(field.seed), field.points)[:3], field.seed)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hard_centers(layout: Layout) -> None:
    random = Random(11)
    points = layout(random, 3000)
    check(points, centers_for(random, points), 12)


@pytest.mark.parametrize("center", [(MAX_LAT_E7, 0), (-MAX_LAT_E7, 5), (0, MAX_LON_E7)])
def test_points_around_poles_and_the_antimeridian(center: Point) -> None:
    random = Random(13)
    for reach_e7 in (100, 10**5, 10**8):
        points = [
            (
                max(-MAX_LAT_E7, min(MAX_LAT_E7, center[0] + random.randint(-reach_e7, reach_e7))),
                random.choice((-1, 1)) * (MAX_LON_E7 - random.randint(0, reach_e7))
                if center[0] == 0
                else random.randint(-MAX_LON_E7, MAX_LON_E7),
            )
            for _ in range(2000)
        ]
        check(points, [center, *centers_for(random, points)], 14)


def test_without_vector_instructions() -> None:
    here = f"{__name__}.test_hard_centers({__name__}.on_earth)"
    subprocess.run(
        [sys.executable, "-c", f"import {__name__}; {here}"],
        cwd=os.path.dirname(__file__),
        env={
            **os.environ,
            "ROUTEGUIDE_SIMD": "scalar",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        check=True,
    )


# --- places ---


def test_the_antimeridian_is_one_longitude() -> None:
    points = [(10, MAX_LON_E7), (10, -MAX_LON_E7), (10, MAX_LON_E7 - 1), (10, 1 - MAX_LON_E7)]
    index = index_of(points)
    for lon_e7 in (MAX_LON_E7, -MAX_LON_E7):
        ids, distances_m = lists(index.nearest(10, lon_e7, 4))
        assert (ids[:2], distances_m[:2]) == ([0, 1], [0.0, 0.0])
        assert distances_m[2:] == pytest.approx([0.01112] * 2, abs=1e-5)


def test_a_pole_is_one_place() -> None:
    points = [(MAX_LAT_E7, 5), (MAX_LAT_E7 - 1, 7), (MAX_LAT_E7, -MAX_LON_E7)]
    ids, distances_m = lists(index_of(points).nearest(MAX_LAT_E7, 123, 3))
    assert (ids, distances_m[:2]) == ([0, 2, 1], [0.0, 0.0])


def test_features_off_the_earth_are_in_no_answer() -> None:
    points = [(0, 0), (MAX_LAT_E7 + 1, 0), (0, MAX_LON_E7 + 1), (INT32_MIN, INT32_MIN)]
    assert lists(index_of(points).nearest(1, 1, 9))[0] == [0]
    assert len(index_of(points[1:]).within(1, 1, math.inf)[0]) == 0


@pytest.mark.parametrize(
    "center", [(MAX_LAT_E7 + 1, 0), (-MAX_LAT_E7 - 1, 0), (0, MAX_LON_E7 + 1), (0, -MAX_LON_E7 - 1)]
)
def test_a_center_off_the_earth_is_refused(center: Point) -> None:
    index = index_of([(0, 0)])
    with pytest.raises(ValueError, match=f"not on Earth: lat_e7 {center[0]}, lon_e7 {center[1]}"):
        index.nearest(*center, 1)
    with pytest.raises(ValueError, match="not on Earth"):
        index.within(*center, 1.0)


# --- crowds ---


def test_a_million_duplicates() -> None:
    count = 1_000_000
    here: Any = numpy.full(count, 123456789, dtype=numpy.int32)
    index = FeatureIndex(here, here, [""] * count)
    for center in ((123456789, 123456789), (123456789, 123456790), (-123456789, -1676543211)):
        ids, distances_m = lists(index.nearest(*center, 10))
        assert ids == list(range(10))
        assert distances_m == oracle.place_distances(center, [(123456789, 123456789)]) * 10
    ids, distances_m = lists(index.within(0, 0, math.inf))
    assert ids == list(range(count))
    assert len(set(distances_m)) == 1


def test_a_circle_around_the_pole() -> None:
    """All features are equally far by their exact distances, so the lowest ids are the answer."""
    lons_e7 = numpy.random.default_rng(1).integers(-MAX_LON_E7, MAX_LON_E7, 20_000).tolist()
    index = FeatureIndex([800_000_000] * 20_000, lons_e7, [""] * 20_000)
    ids, distances_m = lists(index.nearest(MAX_LAT_E7, 0, 50))
    assert ids == list(range(50))
    assert set(distances_m) == set(oracle.place_distances((MAX_LAT_E7, 0), [(800_000_000, 0)]))


# --- answers and arguments ---


def test_answers_are_buffers() -> None:
    index = index_of([(0, i) for i in range(1000)])
    for count in (0, 1, 10, 1000):
        ids, distances_m = index.nearest(0, 0, count)
        assert numpy.asarray(ids).dtype == numpy.uint32
        assert numpy.asarray(distances_m).dtype == numpy.float64
        assert len(ids) == len(distances_m) == count


def test_an_empty_index() -> None:
    assert lists(index_of([]).nearest(0, 0, 3)) == ([], [])
    assert lists(index_of([]).within(0, 0, math.inf)) == ([], [])
    assert index_of([]).query_box(0, 1, 1, 0).tolist() == []


def test_arguments_by_position_and_by_name() -> None:
    index = index_of([(0, 0), (0, 1000)])
    assert lists(index.nearest(0, 0, 5, 1.0)) == ([0], [0.0])
    assert lists(index.nearest(0, 0, 5, max_distance_m=1)) == ([0], [0.0])
    assert lists(index.nearest(0, 0, k=5, max_distance_m=1)) == ([0], [0.0])
    assert lists(index.nearest(k=1, lon_e7=1000, lat_e7=0)) == ([1], [0.0])
    assert lists(index.within(0, 0, radius_m=1)) == ([0], [0.0])
    wrong: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((0, 0), {}),
        ((0, 0, 1, 1.0, 1), {}),
        ((0, 0, 1, 1.0), {"max_distance_m": 1.0}),
        ((0, 0, 1), {"max_distance": 1.0}),
        ((0, 0, 1, "1"), {}),
        ((0, 0, 1.0), {}),
        ((0.0, 0, 1), {}),
    ]
    for arguments, named in wrong:
        with pytest.raises(TypeError):
            index.nearest(*arguments, **named)
    with pytest.raises(TypeError):
        index.within(0, 0)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        index.within(0, 0, None)  # type: ignore[arg-type]


def test_numbers_out_of_range() -> None:
    index = index_of([(0, 0)])
    with pytest.raises(ValueError, match="k must not be negative: -1"):
        index.nearest(0, 0, -1)
    for distance_m in (-1.0, math.nan, -math.inf):
        with pytest.raises(ValueError, match="max_distance_m must not be negative or NaN"):
            index.nearest(0, 0, 1, distance_m)
        with pytest.raises(ValueError, match="radius_m must not be negative or NaN"):
            index.within(0, 0, distance_m)
    with pytest.raises(OverflowError):
        index.nearest(2**31, 0, 1)
    for k in (2**31, 2**63 - 1, 10**30):
        assert lists(index.nearest(0, 0, k)) == ([0], [0.0])
    assert lists(index.nearest(0, 0, 0)) == ([], [])


def test_threads_share_an_index() -> None:
    points = on_earth(Random(15), 20_000)
    index = index_of(points)
    centers = on_earth(Random(16), 20)
    expected = [lists(index.nearest(*center, 300)) for center in centers]
    answers: list[list[Answer]] = []

    def ask() -> None:
        answers.append([lists(index.nearest(*center, 300)) for center in centers])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4


# --- boxes across the antimeridian ---


@trials(300)
@given(points=point_lists, lats=st.tuples(coordinates, coordinates), west=coordinates,
       east=coordinates)  # fmt: skip
def test_boxes(points: list[Point], lats: tuple[int, int], west: int, east: int) -> None:
    south, north = sorted(lats)
    got = index_of(points).query_box(south, west, north, east)
    assert got.tolist() == oracle.query_box(points, south, west, north, east)


def test_large_boxes_across_the_antimeridian() -> None:
    random = Random(17)
    points = on_earth(random, 20_000)
    index = index_of(points)
    for _ in range(50):
        [west, east] = sorted((lon for _, lon in on_earth(random, 2)), reverse=True)
        [south, north] = sorted(lat for lat, _ in on_earth(random, 2))
        got = index.query_box(south, west, north, east).tolist()
        assert got == oracle.query_box(points, south, west, north, east)


def test_longitudes_of_the_antimeridian_are_compared_as_they_are() -> None:
    index = index_of([(0, MAX_LON_E7), (0, -MAX_LON_E7), (0, 0), (0, MAX_LON_E7 + 1)])
    assert index.query_box(0, 1700000000, 0, MAX_LON_E7).tolist() == [0]
    assert index.query_box(0, 1700000000, 0, -MAX_LON_E7).tolist() == [0, 1]
    assert index.query_box(0, MAX_LON_E7, 0, -MAX_LON_E7).tolist() == [0, 1]
    assert index.query_box(0, 1, 0, 0).tolist() == [0, 1, 2]
    assert index.query_box(0, INT32_MAX, 0, INT32_MIN).tolist() == []


def test_south_must_not_exceed_north() -> None:
    with pytest.raises(ValueError, match="south must not exceed north"):
        index_of([(0, 0)]).query_box(1, 0, 0, 0)
    with pytest.raises(TypeError):
        index_of([(0, 0)]).query_box(0, 0, 0)  # type: ignore[call-arg]
