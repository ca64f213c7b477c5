"""along against every leg in arbitrary precision, against itself backwards, and against within."""

import math
import threading
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.indexes import index_of
from support.oracle import INT32_MAX, INT32_MIN, Point
from support.strategies import MAX_LAT_E7, MAX_LON_E7, Field, fields, on_earth, trials

from routeguide_c import FeatureIndex, haversine, path_length

# The documented bound of the error of distances; and of feet at vertices, next to antipodes.
ERROR_M, ANTIPODAL_M, ANTIPODAL_ERROR_M = 1e-7, 1.9e7, 0.3
TIE_M = 1e-7

DEGREE_M = oracle.EARTH_RADIUS_M * math.pi / 180

Passing = tuple[int, float, float, int]


def along(index: FeatureIndex, route: list[Point], half_width_m: float) -> list[Passing]:
    answer = index.along([lat for lat, _ in route], [lon for _, lon in route], half_width_m)
    return list(zip(*(column.tolist() for column in answer), strict=True))


def error_m(distance_m: float) -> float:
    return ERROR_M if distance_m < ANTIPODAL_M else ANTIPODAL_ERROR_M


def foot_error_m(offset_m: float) -> float:
    """Return how far along the route the distance stays the same within its error."""
    bend = abs(math.tan(offset_m / oracle.EARTH_RADIUS_M))
    return 1e-6 + math.sqrt(2 * bend * oracle.EARTH_RADIUS_M * 4e-8)


def check_passing(
    passing: Passing, passes: list[oracle.Nearest], vertices: list[oracle.Nearest]
) -> None:
    """Check that the foot is one of the nearest, and that none of them is surely earlier."""
    _, along_m, offset_m, side = passing
    least_m = float(min(near.offset_m for near in passes))
    assert offset_m == pytest.approx(least_m, abs=error_m(least_m), rel=0)
    slack_m = foot_error_m(least_m)
    possible = [
        near
        for near in passes + vertices  # passes has one of two ends of a leg that are equally near
        if near.offset_m <= least_m + TIE_M + 2 * error_m(least_m)
        and abs(near.along_m - along_m) <= slack_m
    ]
    assert possible
    if least_m < ANTIPODAL_M:
        sure = [near for near in passes if near.offset_m <= least_m + TIE_M / 2]
        assert along_m <= min(float(near.along_m) for near in sure) + slack_m
    if 1e-6 < offset_m < ANTIPODAL_M and {near.side for near in possible} in ({-1}, {1}):
        assert side in {near.side for near in possible} | {0}


def check(points: list[Point], vertices: list[Point], half_width_m: float) -> None:
    route = oracle.Route(vertices)
    got = along(index_of(points), vertices, half_width_m)
    assert got == sorted(got, key=lambda passing: (passing[1], passing[0]))
    by_id = {passing[0]: passing for passing in got}
    assert len(by_id) == len(got)
    for feature, point in enumerate(points):
        if not oracle.is_place(*point) or not vertices:
            assert feature not in by_id
            continue
        passes = route.passes(point)
        least_m = float(min(near.offset_m for near in passes))
        if abs(least_m - half_width_m) > error_m(least_m):
            assert (feature in by_id) == (least_m < half_width_m)
        if feature in by_id:
            assert by_id[feature][2] <= half_width_m
            check_passing(by_id[feature], passes, route.at_vertices(point))


# --- routes to try ---


def antipode(point: Point) -> Point:
    return -point[0], point[1] - MAX_LON_E7 if point[1] > 0 else point[1] + MAX_LON_E7


def are_antipodes(a: Point, b: Point) -> bool:
    """Compare places, which may be written in several ways."""
    turned = (a[1] - b[1]) % (2 * MAX_LON_E7)
    return a[0] == -b[0] and (turned == MAX_LON_E7 or abs(a[0]) == MAX_LAT_E7)


def moved(point: Point, dlat_e7: int, dlon_e7: int) -> Point:
    """Move a point across the antimeridian, but not across a pole."""
    lat_e7 = max(-MAX_LAT_E7, min(MAX_LAT_E7, point[0] + dlat_e7))
    return lat_e7, (point[1] + dlon_e7 + MAX_LON_E7) % (2 * MAX_LON_E7) - MAX_LON_E7


places = st.one_of(
    st.tuples(
        st.one_of(st.integers(-3, 3), st.integers(-MAX_LAT_E7, MAX_LAT_E7)),
        st.one_of(st.integers(-3, 3), st.integers(-MAX_LON_E7, MAX_LON_E7)),
    ),
    st.tuples(
        st.sampled_from((-MAX_LAT_E7, 1 - MAX_LAT_E7, 0, MAX_LAT_E7 - 5, MAX_LAT_E7)),
        st.sampled_from((-MAX_LON_E7, MAX_LON_E7, MAX_LON_E7 - 1, 0, 900_000_000)),
    ),
)

steps = st.integers(0, 30).flatmap(lambda bits: st.integers(-(2**bits), 2**bits))


@st.composite
def routes(draw: st.DrawFn, most: int = 6) -> list[Point]:
    """Draw steps of all sizes, back to a vertex, of zero length, and almost to the antipode."""
    found: list[Point] = []
    for _ in range(draw(st.integers(0, most))):
        vertex = draw(places)
        kind = draw(st.sampled_from("apsssbo")) if found else "p"
        if kind in "ao":
            vertex = found[-1] if kind == "o" else draw(st.sampled_from(found))
        elif kind == "s":
            vertex = moved(found[-1], draw(steps), draw(steps))
        elif kind == "b":
            vertex = moved(antipode(found[-1]), draw(st.integers(-9, 9)), draw(st.integers(1, 9)))
        if not found or not are_antipodes(found[-1], vertex):
            found.append(vertex)
    return found


@st.composite
def routes_and_points(draw: st.DrawFn) -> tuple[list[Point], list[Point]]:
    """Draw points at vertices, near them, and anywhere."""
    route = draw(routes())
    around = st.sampled_from(route) if route else places
    beside = st.builds(moved, around, steps, steps)
    return route, draw(st.lists(st.one_of(beside, beside, around, places), max_size=8))


half_widths = st.one_of(
    st.sampled_from((0.0, 1.0, math.inf)),
    st.integers(-20, 24).map(lambda exponent: 2.0**exponent),
    st.floats(0, 2.1e7),
)


@trials(250)
@given(both=routes_and_points(), half_width_m=half_widths)
def test_every_leg_in_arbitrary_precision(
    both: tuple[list[Point], list[Point]], half_width_m: float
) -> None:
    route, points = both
    check(points, route, half_width_m)
    check(points, route, math.inf)


@trials(150)
@given(both=routes_and_points())
def test_at_the_boundary_the_returned_distance_decides(
    both: tuple[list[Point], list[Point]],
) -> None:
    route, points = both
    index = index_of(points)
    for feature, _, offset_m, _ in along(index, route, math.inf):
        assert feature in {passing[0] for passing in along(index, route, offset_m)}
        if offset_m > 0:
            below_m = math.nextafter(offset_m, 0)
            assert feature not in {passing[0] for passing in along(index, route, below_m)}


@trials(100)
@given(field=fields, start=places, half_width_m=half_widths, copies=st.integers(1, 3))
def test_one_place_is_a_circle(
    field: Field, start: Point, half_width_m: float, copies: int
) -> None:
    """The features that `within` finds, except on the circle itself: there the two distances of a
    feature, which differ by rounding and next to antipodes by 0.2 m, may be on different sides."""
    index = index_of(field.points)
    everywhere = zip(*index.within(*start, math.inf), strict=True)
    got = along(index, [start] * copies, half_width_m)
    offsets_m = {feature: offset_m for feature, _, offset_m, _ in got}
    assert list(offsets_m) == sorted(offsets_m)
    for feature, distance_m in everywhere:
        error_m = max(0.2 if distance_m > 1.9e7 else 0, distance_m * 1e-10, 1e-7)
        if feature in offsets_m:
            assert offsets_m.pop(feature) == pytest.approx(distance_m, abs=error_m)
        else:
            assert distance_m > half_width_m - error_m
    assert not offsets_m
    assert {(along_m, side) for _, along_m, _, side in got} <= {(0.0, 0)}


@trials(100)
@given(field=fields, route=routes(12), half_width_m=half_widths)
def test_backwards(field: Field, route: list[Point], half_width_m: float) -> None:
    """Distances stay, sides swap, and no foot is nearer the end."""
    index = index_of(field.points)
    there = {passing[0]: passing for passing in along(index, route, half_width_m)}
    back = {passing[0]: passing for passing in along(index, route[::-1], half_width_m)}
    for feature in there.keys() ^ back.keys():
        offset_m = (there.get(feature) or back[feature])[2]
        assert abs(offset_m - half_width_m) <= 2 * error_m(offset_m)
    lats_e7, lons_e7 = [lat for lat, _ in route], [lon for _, lon in route]
    vertices_m = [path_length(lats_e7[:i], lons_e7[:i]) for i in range(1, len(route) + 1)]
    length_m = vertices_m[-1] if route else 0.0
    for feature in there.keys() & back.keys():
        _, along_m, offset_m, side = there[feature]
        _, rest_m, same_m, other_side = back[feature]
        assert offset_m == pytest.approx(same_m, abs=2 * error_m(offset_m), rel=0)
        slack_m = 1 + 2 * foot_error_m(offset_m)
        assert along_m <= length_m - rest_m + slack_m
        once = along_m >= length_m - rest_m - slack_m
        inside = all(abs(along_m - vertex_m) > 10 for vertex_m in vertices_m)
        if once and inside and 1e-3 < offset_m < 1e6:
            assert side == -other_side


# --- routes with known answers ---


def test_a_street_across_the_antimeridian() -> None:
    points = [
        (10_000_000, -MAX_LON_E7),
        (-5_000_000, MAX_LON_E7),
        (0, 1_795_000_000),
        (0, -1_785_000_000),
        (0, 1_780_000_000),
        (20_000_000, MAX_LON_E7),
    ]
    got = along(index_of(points), [(0, 1_790_000_000), (0, -1_790_000_000)], 1.2 * DEGREE_M)
    assert [feature for feature, *_ in got] == [4, 2, 0, 1, 3]
    assert [side for *_, side in got] == [0, 0, -1, 1, 0]
    assert [along_m / DEGREE_M for _, along_m, _, _ in got] == pytest.approx([0, 0.5, 1, 1, 2])
    assert [offset_m / DEGREE_M for *_, offset_m, _ in got] == pytest.approx([1, 0, 1, 0.5, 0.5])


def test_over_the_pole() -> None:
    points = [(MAX_LAT_E7, 77), (890_000_000, 900_000_000), (890_000_000, -900_000_000)]
    got = along(index_of(points), [(880_000_000, 0), (880_000_000, MAX_LON_E7)], 2 * DEGREE_M)
    assert {feature: side for feature, *_, side in got} == {0: 0, 1: 1, 2: -1}
    for _, along_m, *_ in got:
        assert along_m == pytest.approx(2 * DEGREE_M)


def test_there_and_back_passes_on_the_way_there() -> None:
    there = [(i * 1_000_000, i * i * 100_000) for i in range(30)]
    points = on_earth(Random(3), 300) + [(lat + 1_000, lon - 3_000) for lat, lon in there]
    once = along(index_of(points), there, 3e6)
    both_ways = along(index_of(points), there + there[::-1], 3e6)
    assert len(once) > 35
    for (feature, *passed), (same, *passed_first) in zip(once, both_ways, strict=True):
        assert same == feature
        assert passed_first[:2] == pytest.approx(passed[:2], abs=1e-6, rel=0)


def test_vertices_that_repeat_do_not_matter() -> None:
    vertices = on_earth(Random(4), 12)
    points = on_earth(Random(5), 500)
    repeated = [vertex for vertex in vertices for _ in range(3)]
    index = index_of(points)
    assert along(index, repeated, 1e6) == along(index, vertices, 1e6) != []


def test_a_feature_at_a_vertex_is_as_far_as_haversine_says() -> None:
    index = index_of([(523_100_000, 133_900_000)])
    [(_, along_m, offset_m, side)] = along(
        index, [(523_000_000, 134_000_000), (522_000_000, 134_000_000)], 2000
    )
    assert offset_m == haversine(523_000_000, 134_000_000, 523_100_000, 133_900_000)
    assert (along_m, side) == (0.0, 1)


def test_the_end_is_as_far_along_as_the_path_is_long() -> None:
    vertices = [(lat, lon // 2) for lat, lon in on_earth(Random(6), 1000)]
    index = index_of([vertices[-1]])
    [(_, along_m, offset_m, _)] = along(index, vertices, 0)
    assert offset_m == 0
    assert along_m == pytest.approx(oracle.path_length(vertices), rel=1e-14)


def test_a_tangle_of_legs_shorter_than_the_corridor_is_wide() -> None:
    """Compare with the nearest of very many places on the route."""
    random = Random(7)
    vertices = [(480_000_000, 20_000_000)]
    for _ in range(3000):
        vertices.append(moved(vertices[-1], random.randint(-900, 900), random.randint(-900, 1200)))
    points = [
        moved(
            random.choice(vertices),
            random.randint(-(10**6), 10**6),
            random.randint(-(10**6), 10**6),
        )
        for _ in range(200)
    ]
    got = along(index_of(points), vertices, math.inf)
    assert len(got) == 200
    for feature, _, offset_m, _ in got:
        to_vertices = min(oracle.haversine(*points[feature], *vertex) for vertex in vertices)
        assert to_vertices - 15 <= offset_m <= to_vertices + ERROR_M


# --- answers and arguments ---


def test_answers_are_buffers() -> None:
    index = index_of([(0, i) for i in range(1000)])
    for route in ([], [(0, 0), (0, 5000)]):
        answer = index.along([lat for lat, _ in route], [lon for _, lon in route], 1.0)
        kinds = [numpy.asarray(column).dtype for column in answer]
        assert kinds == [numpy.uint32, numpy.float64, numpy.float64, numpy.int32]
        assert {len(column) for column in answer} == {1000 if route else 0}


def test_buffers_and_sequences_give_the_same() -> None:
    index = index_of([(5, 5)])
    lats_e7: Any = numpy.array([0, 10], dtype=numpy.int32)
    lons_e7: Any = numpy.array([0, 10], dtype=numpy.int32)
    of_buffers, of_sequences = index.along(lats_e7, lons_e7, 1), index.along([0, 10], (0, 10), 1.0)
    assert [column.tolist() for column in of_buffers] == [
        column.tolist() for column in of_sequences
    ]


def test_without_vertices_or_features() -> None:
    assert along(index_of([]), [(0, 0), (0, 1)], math.inf) == []
    assert along(index_of([(0, 0)]), [], math.inf) == []


def test_features_off_the_earth_are_in_no_answer() -> None:
    points = [(0, 0), (MAX_LAT_E7 + 1, 0), (0, MAX_LON_E7 + 1), (INT32_MIN, INT32_MAX)]
    assert [passing[0] for passing in along(index_of(points), [(0, 0), (1, 1)], math.inf)] == [0]


@pytest.mark.parametrize(
    "vertex", [(MAX_LAT_E7 + 1, 0), (-MAX_LAT_E7 - 1, 0), (0, MAX_LON_E7 + 1), (0, INT32_MIN)]
)
def test_a_vertex_off_the_earth_is_refused(vertex: Point) -> None:
    with pytest.raises(ValueError, match="vertex 2 of the route is not on Earth"):
        along(index_of([(0, 0)]), [(0, 0), (1, 1), vertex], 1)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((0, 0), (0, MAX_LON_E7)),
        ((0, 0), (0, -MAX_LON_E7)),
        ((5, -7), (-5, MAX_LON_E7 - 7)),
        ((MAX_LAT_E7, 3), (-MAX_LAT_E7, 99)),
    ],
)
def test_antipodes_have_no_shorter_arc(start: Point, end: Point) -> None:
    index = index_of([(0, 0)])
    with pytest.raises(ValueError, match="leg 1 of the route, from vertex 1 to 2"):
        along(index, [(1, 1), start, end], 1)
    assert (
        len(along(index, [(1, 1), start, moved(end, 1 if end[0] <= 0 else -1, 0)], math.inf)) == 1
    )


def test_wrong_arguments_are_refused() -> None:
    index = index_of([(0, 0)])
    for half_width_m in (-1.0, -5e-324, math.nan, -math.inf):
        with pytest.raises(ValueError, match="half_width_m must not be negative or NaN"):
            index.along([0], [0], half_width_m)
    with pytest.raises(ValueError, match="lats_e7 and lons_e7 differ in length"):
        index.along([0, 1], [0], 1)
    with pytest.raises(OverflowError):
        index.along([2**31], [0], 1)
    with pytest.raises(ValueError, match=r"expected E7 integers, not 0\.5"):
        index.along([0.5], [0], 1)
    wrong: list[tuple[Any, ...]] = [([0], [0]), ([0], [0], "1"), (0, 0, 1)]
    for arguments in wrong:
        with pytest.raises(TypeError):
            index.along(*arguments)


def test_threads_share_an_index() -> None:
    index = index_of(on_earth(Random(8), 20_000))
    ways = [on_earth(Random(seed), 20) for seed in range(10)]
    expected = [along(index, way, 1e5) for way in ways]
    answers: list[list[list[Passing]]] = []

    def ask() -> None:
        answers.append([along(index, way, 1e5) for way in ways])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4
