"""FeatureIndex against the oracle: find, find_many, query, and the features it holds."""

import array
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.indexes import encoded, index_of
from support.oracle import INT32_MAX, INT32_MIN, Point
from support.strategies import (
    LAYOUTS,
    Field,
    any_name,
    any_point,
    clamped,
    fields,
    point_lists,
    rectangles_on,
    trials,
)

from routeguide_c import FeatureIndex


def check_finds(index: FeatureIndex, points: list[Point]) -> None:
    """Check every point and the four points beside it, which may be others of the index."""
    first = {point: feature for feature, point in reversed(list(enumerate(points)))}
    for lat_e7, lon_e7 in first:
        for step in (-1, 0, 1):
            for near in ((clamped(lat_e7 + step), lon_e7), (lat_e7, clamped(lon_e7 + step))):
                assert index.find(*near) == first.get(near), near


# --- find and query ---


@trials(300)
@given(data=st.data(), points=point_lists)
def test_query_matches_linear_scan(data: st.DataObject, points: list[Point]) -> None:
    index = index_of(points)
    for _ in range(4):
        rectangle = data.draw(rectangles_on(points))
        hits = oracle.query(points, rectangle)
        assert list(index.query(*rectangle)) == hits
        assert index.query_count(*rectangle) == len(hits)


@trials(100)
@given(points=point_lists, other=any_point)
def test_find_matches_linear_scan(points: list[Point], other: Point) -> None:
    index = index_of(points)
    for point in [*points, other]:
        assert index.find(*point) == oracle.find(points, *point)


@trials(150)
@given(field=fields)
def test_layouts_match_linear_scan(field: Field) -> None:
    index = index_of(field.points)
    for rectangle in field.rectangles(12):
        assert list(index.query(*rectangle)) == oracle.query(field.points, rectangle), rectangle
    for point in field.points[:20]:
        assert index.find(*point) == oracle.find(field.points, *point)


@pytest.mark.parametrize("in_order", [False, True], ids=["shuffled", "sorted"])
@pytest.mark.parametrize("layout", [layout.__name__ for layout in LAYOUTS])
def test_many_points_match_linear_scan(layout: str, in_order: bool) -> None:
    """Use enough points for answers of a few, of thousands, of nearly all and of all."""
    field = Field(layout, count=40_000, seed=2024, in_order=in_order)
    index = index_of(field.points)
    for rectangle in field.rectangles(16):
        hits = oracle.query(field.points, rectangle)
        assert index.query(*rectangle).tolist() == hits, rectangle
        assert index.query_count(*rectangle) == len(hits), rectangle


def test_an_index_built_by_two_threads_matches_linear_scan() -> None:
    """A large index builds its parts in parallel."""
    field = Field("clusters", count=150_000, seed=77)
    index = index_of(field.points)
    for rectangle in field.rectangles(6):
        hits = oracle.query(field.points, rectangle)
        assert index.query(*rectangle).tolist() == hits, rectangle
        assert index.query_count(*rectangle) == len(hits), rectangle
    first = {point: feature for feature, point in reversed(list(enumerate(field.points)))}
    ids = [first[point] for point in field.points]
    assert index.find_many(*zip(*field.points, strict=True)).tolist() == ids


@pytest.mark.parametrize("layout", [layout.__name__ for layout in LAYOUTS])
def test_every_one_of_many_points_is_found(layout: str) -> None:
    field = Field(layout, count=30_000, seed=4711)
    check_finds(index_of(field.points), field.points)


@trials(100)
@given(features=point_lists, others=st.lists(any_point, max_size=80))
def test_find_many_matches_linear_scan(features: list[Point], others: list[Point]) -> None:
    index, points = index_of(features), features[::-1] + others
    found = index.find_many([lat for lat, _ in points], [lon for _, lon in points])
    expected = [oracle.find(features, *point) for point in points]
    assert list(found) == [-1 if feature is None else feature for feature in expected]


@pytest.mark.parametrize("layout", [layout.__name__ for layout in LAYOUTS])
def test_find_many_matches_find(layout: str) -> None:
    """Alternate hits and misses, in batches that end at any place of a group."""
    field = Field(layout, count=5000, seed=31)
    index = index_of(field.points)
    points = [p for lat, lon in field.points for p in ((lat, lon), (clamped(lat + 1), lon))]
    expected = [index.find(*point) for point in points]
    ids = [-1 if feature is None else feature for feature in expected]
    lats_e7 = array.array("i", [lat for lat, _ in points])
    lons_e7 = array.array("i", [lon for _, lon in points])
    assert index.find_many(lats_e7, lons_e7).tolist() == ids
    for count in range(70):
        assert index.find_many(lats_e7[:count], lons_e7[:count]).tolist() == ids[:count]


def test_find_returns_the_first_of_duplicates() -> None:
    points = [(1, 1), (0, 5), (1, 1), (0, 5), (5, 0)]
    index = index_of(points)
    assert [index.find(*point) for point in points] == [0, 1, 0, 1, 4]
    assert index.find(5, 5) is None


@trials(150)
@given(features=st.lists(st.tuples(any_point, st.sampled_from(["", "a", "é" * 70])), max_size=60))
def test_counts_of_duplicates_and_unnamed(features: list[tuple[Point, str]]) -> None:
    points, names = [point for point, _ in features], [name for _, name in features]
    index = index_of(points * 2, names * 2)
    assert index.duplicate_count() == 2 * len(points) - len(set(points))
    assert index.unnamed_count() == 2 * names.count("")


@pytest.mark.parametrize("layout", [layout.__name__ for layout in LAYOUTS])
def test_duplicates_of_many_points(layout: str) -> None:
    points = Field(layout, count=20_000, seed=77).points
    assert index_of(points).duplicate_count() == len(points) - len(set(points))


def test_latitude_and_longitude_are_not_swapped() -> None:
    index = index_of([(1, 2)])
    assert index.find(1, 2) == 0
    assert index.find(2, 1) is None
    assert list(index.query(1, 2, 1, 2)) == [0]
    assert list(index.query(2, 1, 2, 1)) == []


def test_all_four_edges_are_inside() -> None:
    square = [(lat_e7, lon_e7) for lat_e7 in range(-2, 3) for lon_e7 in range(-2, 3)]
    index = index_of(square)
    inside = [i for i, (lat_e7, lon_e7) in enumerate(square) if max(abs(lat_e7), abs(lon_e7)) < 2]
    for corners in ((-1, -1, 1, 1), (1, 1, -1, -1), (-1, 1, 1, -1), (1, -1, -1, 1)):
        assert list(index.query(*corners)) == inside


def test_the_antimeridian_is_not_crossed() -> None:
    """A rectangle runs from the lesser longitude to the greater, even from -170 to +170 degrees."""
    points = [(0, -1_800_000_000), (0, 1_800_000_000), (0, 0)]
    index = index_of(points)
    assert list(index.query(0, 1_700_000_000, 0, -1_700_000_000)) == [2]
    assert index.find(0, -1_800_000_000) == 0
    assert index.find(0, 1_800_000_000) == 1


def test_the_least_and_greatest_coordinates_are_valid_points() -> None:
    points = [(lat, lon) for lat in (INT32_MIN, INT32_MAX) for lon in (INT32_MIN, INT32_MAX)]
    index = index_of(points)
    assert [index.find(*point) for point in points] == [0, 1, 2, 3]
    assert index.bounds == (INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX)
    assert list(index.query(INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX)) == [0, 1, 2, 3]
    assert list(index.query(INT32_MIN + 1, INT32_MIN, INT32_MAX - 1, INT32_MAX)) == []
    assert list(index.query(INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX)) == [3]


def test_index_without_features() -> None:
    index = FeatureIndex([], [], [])
    assert len(index) == 0
    assert index.bounds is None
    assert index.find(0, 0) is None
    assert list(index.query(INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX)) == []
    assert index.nbytes > 0


# --- features ---


@trials(100)
@given(features=st.lists(st.tuples(any_point, any_name), max_size=60))
def test_names_locations_and_messages(features: list[tuple[Point, str]]) -> None:
    points, names = [point for point, _ in features], [name for _, name in features]
    index = index_of(points, names)
    assert len(index) == len(features)
    assert index.bounds == oracle.bounds(points)
    for feature, (point, name) in enumerate(features):
        assert index.location(feature) == point
        assert index.name(feature) == name
        assert encoded(index, feature) == oracle.encoded(name, point)


@pytest.mark.parametrize(
    "size", [0, 1, 127, 128, 129, 16383, 16384, 16385, 2**21 - 1, 2**21, 2**21 + 1]
)
@pytest.mark.parametrize("letter", ["a", "é", "€", "🜨"])  # 1 to 4 bytes each
def test_names_around_the_sizes_where_the_encoding_grows(size: int, letter: str) -> None:
    width = len(letter.encode())
    name = "." * (size % width) + letter * (size // width)
    assert len(name.encode()) == size
    index = index_of([(1, 1), (-1, 0), (0, 0)], ["before", name, "after"])
    assert [index.name(feature) for feature in range(3)] == ["before", name, "after"]
    assert encoded(index, 1) == oracle.encoded(name, (-1, 0))


@pytest.mark.parametrize(
    "e7", [sign * (2**bits + step) for bits in range(31) for step in (-1, 0) for sign in (-1, 1)]
)
def test_coordinates_around_the_sizes_where_the_encoding_grows(e7: int) -> None:
    points = [(e7, 0), (0, e7), (e7, e7), (e7, -e7)]
    index = index_of(points)
    for feature, point in enumerate(points):
        assert encoded(index, feature) == oracle.encoded("", point)
        assert index.location(feature) == point


def test_every_character_survives() -> None:
    """Unicode without the surrogates, in names of 4,096 characters."""
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    names = ["".join(characters[at : at + 4096]) for at in range(0, len(characters), 4096)]
    index = index_of([(0, 0)] * len(names), names)
    assert [index.name(feature) for feature in range(len(names))] == names
    assert encoded(index, 0) == oracle.encoded(names[0], (0, 0))


@pytest.mark.parametrize("last", ["\x7f", "\xff", "\u07ff", "\uffff", "\U0010ffff"])
def test_names_of_every_width_of_a_str(last: str) -> None:
    """CPython stores a str in one, two or four bytes a character, by its widest one."""
    step = max(1, ord(last) // 256)
    letters = "".join(chr(at) for at in range(1, ord(last), step) if not 0xD800 <= at <= 0xDFFF)
    names = [letters, letters[::-1], last, last * 1000, last + "a", "a" + last]
    index = index_of([(0, 0)] * len(names), names)
    assert [encoded(index, i) for i in range(len(names))] == [
        oracle.encoded(name, (0, 0)) for name in names
    ]


def test_long_and_short_names_alternate() -> None:
    """Sizes of features differ by orders of magnitude within a group of offsets."""
    names = ["x" * ((i * 7919) % 10_000 if i % 3 else 0) for i in range(1500)]
    index = index_of([(i, -i) for i in range(1500)], names)
    assert [index.name(i) for i in range(1500)] == names
    assert [encoded(index, i) for i in range(1500)] == [
        oracle.encoded(name, (i, -i)) for i, name in enumerate(names)
    ]


@trials(60)
@given(features=st.lists(st.tuples(any_point, any_name), max_size=40))
def test_an_index_is_its_features(features: list[tuple[Point, str]]) -> None:
    points, names = [point for point, _ in features], [name for _, name in features]
    index = index_of(points, names)
    rows = [(*point, name) for point, name in features]
    assert [*index] == rows
    assert [*reversed(index)] == rows[::-1]
    assert [index[i] for i in range(-len(rows), len(rows))] == rows * 2
    assert index.names() == names
    for outside in (len(rows), -len(rows) - 1, 2**70, -(2**70)):
        with pytest.raises(IndexError):
            index[outside]


def test_an_index_is_subscripted_by_an_int() -> None:
    index: Any = index_of([(1, 2)])
    assert index[np.int64(0)] == (1, 2, "")
    for key in (1.0, "0", None, slice(0, 1)):
        with pytest.raises(TypeError, match="integer"):
            index[key]


@trials(60)
@given(data=st.data(), points=point_lists.filter(bool))
def test_columns_of_some_features(data: st.DataObject, points: list[Point]) -> None:
    names = [f"naïve {i}" * (i % 3) for i in range(len(points))]
    index = index_of(points, names)
    ids = data.draw(st.lists(st.integers(0, len(points) - 1), max_size=60))
    for column in (ids, array.array("I", ids), np.array(ids, np.int64), index.find_many([], [])):
        wanted = ids if len(column) else []
        assert index.names(column) == [names[id] for id in wanted]
        lats_e7, lons_e7 = index.locations(column)
        assert lats_e7 == [points[id][0] for id in wanted]
        assert lons_e7 == [points[id][1] for id in wanted]
        assert index.named(column) == [id for id in wanted if names[id]]
    assert [*zip(*index.locations(), strict=True)] == points
    for lats_e7 in (index.locations().lats_e7, index.locations(None).lats_e7):
        assert np.shares_memory(np.asarray(lats_e7), np.asarray(index.lats_e7))


def test_columns_of_many_features() -> None:
    """So many ids are gathered without the interpreter's lock."""
    points = Field("clusters", count=20_000, seed=5).points
    index = index_of(points)
    ids = [*range(19_999, -1, -1)]
    assert [*zip(*index.locations(ids), strict=True)] == points[::-1]
    in_degrees = index.degrees.locations(ids)
    assert in_degrees.latitudes == [lat_e7 / 1e7 for lat_e7, _ in reversed(points)]


@pytest.mark.parametrize("bad", [-1, 3, 2**31, 2**32 - 1])
def test_columns_of_unknown_features_are_refused(bad: int) -> None:
    index = index_of([(1, 1)] * 3)
    for call in (index.names, index.locations, index.named, index.degrees.locations):
        with pytest.raises(IndexError, match="no feature"):
            call([0, bad])
        with pytest.raises(TypeError, match="ids"):
            call("012")  # type: ignore[arg-type]


def test_geo_interface() -> None:
    index = index_of([(482_000_000, 163_700_000), (-10, 0)], ["Wien", ""])
    collection = index.__geo_interface__
    assert collection["type"] == "FeatureCollection"
    assert collection["features"] == [
        {
            "type": "Feature",
            "id": 0,
            "geometry": {"type": "Point", "coordinates": (16.37, 48.2)},
            "properties": {"name": "Wien"},
        },
        {
            "type": "Feature",
            "id": 1,
            "geometry": {"type": "Point", "coordinates": (0.0, -1e-06)},
            "properties": {"name": ""},
        },
    ]


def test_the_geo_interface_of_many_features_is_refused() -> None:
    zeros: Any = np.zeros(100_001, dtype=np.int32)
    with pytest.raises(ValueError, match=r"100,001 features are more than 100,000; to_arrow\(\)"):
        _ = FeatureIndex(zeros, zeros).__geo_interface__


def test_columns_are_the_coordinates_without_a_copy() -> None:
    latitudes = array.array("i", [3, -5, INT32_MAX])
    longitudes = array.array("i", [INT32_MIN, 0, 7])
    index = FeatureIndex(latitudes, longitudes, ["a", "", "c"])
    assert (list(index.lats_e7), list(index.lons_e7)) == (list(latitudes), list(longitudes))
    first, again = memoryview(index.lats_e7), memoryview(index.lats_e7)
    assert (first.format, first.readonly, first.nbytes) == ("i", True, 12)
    assert np.shares_memory(np.asarray(first), np.asarray(again))
    del index  # the vector keeps the memory
    assert first.tolist() == list(latitudes)
    assert list(FeatureIndex([], [], []).lats_e7) == []


def test_nbytes_grows_with_features_and_names() -> None:
    """Twice as many features with names twice as long take over twice the bytes."""
    small = index_of([(i, i) for i in range(2000)], ["n" * 50] * 2000)
    large = index_of([(i, i) for i in range(4000)], ["n" * 100] * 4000)
    assert small.nbytes > 2000 * (8 + 50)
    assert large.nbytes > 2 * small.nbytes
