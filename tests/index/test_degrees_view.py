"""index.degrees: the same answers as the index gives for the same places in E7."""

import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.indexes import index_of
from support.oracle import Point
from support.strategies import MAX_LAT_E7, MAX_LON_E7, on_earth, trials

from routeguide_c import (
    DegreesBounds,
    DegreesLocation,
    DegreesLocations,
    DegreesView,
    DegreesWarning,
    FeatureIndex,
    Trip,
    haversine,
    path_length,
)

POINTS = on_earth(Random(31), 2000)
INDEX = index_of(POINTS, [f"feature {i}" for i in range(2000)])

lats_e7 = st.integers(-MAX_LAT_E7, MAX_LAT_E7)
lons_e7 = st.integers(-MAX_LON_E7, MAX_LON_E7)
places = st.one_of(st.tuples(lats_e7, lons_e7), st.sampled_from(POINTS))


def degrees(point: Point) -> tuple[float, float]:
    return point[0] / 1e7, point[1] / 1e7


# --- the same answers ---


@trials(200)
@given(place=places, k=st.integers(0, 20), reach_m=st.floats(0, 1e6))
def test_around_a_place(place: Point, k: int, reach_m: float) -> None:
    view = INDEX.degrees
    assert view.find(*degrees(place)) == INDEX.find(*place)
    assert view.nearest(*degrees(place), k) == INDEX.nearest(*place, k)
    assert view.nearest(*degrees(place), k, reach_m) == INDEX.nearest(*place, k, reach_m)
    assert view.within(*degrees(place), reach_m) == INDEX.within(*place, reach_m)


@trials(200)
@given(corner=places, other=places)
def test_boxes(corner: Point, other: Point) -> None:
    view, corners = INDEX.degrees, (*degrees(corner), *degrees(other))
    assert view.query(*corners) == INDEX.query(*corner, *other)
    assert view.query_count(*corners) == INDEX.query_count(*corner, *other)
    (south, west), (north, east) = sorted((corner, other))
    box = (*degrees((south, west)), *degrees((north, east)))
    assert view.query_box(*box) == INDEX.query_box(south, west, north, east)


def test_columns() -> None:
    latitudes, longitudes = zip(*map(degrees, POINTS), strict=True)
    assert INDEX.degrees.find_many(latitudes, longitudes) == range(2000)
    lats, lons = zip(*POINTS[:5], strict=True)
    found = INDEX.along(lats, lons, 50_000.0)
    assert len(found.ids) > 5
    some: Any = (latitudes[:5], longitudes[:5])
    assert INDEX.degrees.along(some[0], some[1], 50_000.0) == found
    as_arrays: Any = [numpy.asarray(column) for column in some]
    assert INDEX.degrees.along(as_arrays[0], as_arrays[1], 50_000.0) == found


def test_every_feature_is_found_where_it_is_said_to_be() -> None:
    view = INDEX.degrees
    assert [*zip(*view.locations(), strict=True)] == [*map(degrees, POINTS)]
    for id, point in enumerate(POINTS):
        assert view.location(id) == degrees(point)
        assert view.find(*view.location(id)) == id


def test_answers_have_names() -> None:
    view = index_of([(10_000_000, -20_000_000), (30_000_000, 40_000_000)]).degrees
    assert isinstance(view.location(0), DegreesLocation)
    assert (view.location(0).latitude, view.location(0).longitude) == (1.0, -2.0)
    bounds = view.bounds
    assert isinstance(bounds, DegreesBounds)
    assert (bounds.south, bounds.west, bounds.north, bounds.east) == (1.0, -2.0, 3.0, 4.0)
    columns = view.locations([1])
    assert isinstance(columns, DegreesLocations)
    assert (columns.latitudes.tolist(), columns.longitudes.tolist()) == ([3.0], [4.0])
    assert memoryview(columns.latitudes).format == "d"
    assert FeatureIndex([], []).degrees.bounds is None
    assert [*map(list, FeatureIndex([], []).degrees.locations())] == [[], []]


@pytest.mark.parametrize("number", [float, Fraction, Decimal, numpy.float64, numpy.float32, int,
                                    numpy.int16, str], ids=lambda kind: kind.__name__)  # fmt: skip
def test_degrees_may_be_any_number(number: Callable[[int], Any]) -> None:
    view = index_of([(480_000_000, 160_000_000)]).degrees
    if number is str:
        with pytest.raises(TypeError, match="longitude: expected degrees, not str"):
            view.find(48, "16")  # type: ignore[arg-type]
    else:
        assert view.find(number(48), number(16)) == 0
        assert view.find(latitude=number(48), longitude=number(17)) is None


def test_degrees_are_rounded_to_the_nearest_e7() -> None:
    view = index_of([(3, -3)]).degrees
    for latitude in (2.51e-7, 3e-7, 3.49e-7):
        assert view.find(latitude, -latitude) == 0
    for latitude in (2.49e-7, 3.51e-7):
        assert view.find(latitude, -3e-7) is None


# --- what is refused ---

WRONG = [-90.00000001, 91, math.inf, -math.inf, math.nan, 482_000_000]


@pytest.mark.parametrize("wrong", WRONG)
def test_latitudes_off_the_earth_are_refused_by_name(wrong: float) -> None:
    view = INDEX.degrees
    calls: list[tuple[str, Callable[[], object]]] = [
        ("latitude", lambda: view.find(wrong, 0)),
        ("latitude", lambda: view.nearest(wrong, 0, 1)),
        ("latitude", lambda: view.within(wrong, 0, 1.0)),
        ("latitude1", lambda: view.query(wrong, 0, 0, 0)),
        ("latitude2", lambda: view.query_count(0, 0, wrong, 0)),
        ("south", lambda: view.query_box(wrong, 0, 0, 0)),
        ("north", lambda: view.query_box(0, 0, wrong, 0)),
    ]
    for name, call in calls:
        with pytest.raises(ValueError, match=f"^{name}: expected degrees between -90 and 90, not"):
            call()
    for column in (view.find_many, lambda lats, lons: view.along(lats, lons, 1.0)):
        with pytest.raises(ValueError, match=r"^latitudes"):
            column([0, wrong], [0, 0])


def test_longitudes_off_the_earth_are_refused_by_name() -> None:
    view = INDEX.degrees
    for wrong in (*WRONG[2:], 180.00000001):
        with pytest.raises(ValueError, match=r"^longitude: expected degrees between"):
            view.find(0, wrong)
        with pytest.raises(ValueError, match=r"^east: expected degrees between -180 and 180"):
            view.query_box(0, 0, 0, wrong)
    assert view.find(90, 180) is None
    assert view.find(-90, -180) is None


def test_other_wrong_arguments() -> None:
    view: Any = INDEX.degrees
    with pytest.raises(ValueError, match="south must not exceed north"):
        view.query_box(1, 0, 0, 0)
    with pytest.raises(ValueError, match="k must not be negative"):
        view.nearest(0, 0, -1)
    with pytest.raises(ValueError, match="radius_m must not be negative"):
        view.within(0, 0, math.nan)
    with pytest.raises(ValueError, match="half_width_m must not be negative"):
        view.along([0], [0], -1)
    with pytest.raises(ValueError, match="antipodes"):
        view.along([0, 0], [0, 180], 1)
    with pytest.raises(IndexError, match="no feature"):
        view.location(2000)
    with pytest.raises(TypeError, match="unexpected keyword argument 'lat_e7'"):
        view.find(lat_e7=1, longitude=2)
    with pytest.raises(TypeError, match="takes 2 positional arguments but 1 were given"):
        view.find(1)


def test_the_view_cannot_be_made_or_changed() -> None:
    make: Any = DegreesView
    with pytest.raises(TypeError, match="cannot create"):
        make()
    with pytest.raises(AttributeError):
        INDEX.degrees.bounds = None  # type: ignore[misc]
    assert repr(INDEX.degrees) == "<FeatureIndex of 2000 features>.degrees"


def test_the_view_keeps_the_index() -> None:
    view = index_of([(10_000_000, 20_000_000)], ["alone"]).degrees
    assert view.find(1, 2) == 0


# --- degrees where E7 is expected ---


def test_floats_are_refused_with_the_way_out() -> None:
    index: Any = INDEX
    calls: list[tuple[str, Callable[[], object]]] = [
        ("lat_e7: expected an E7 integer, not 48.2", lambda: index.find(48.2, 16)),
        ("lon_e7: expected an E7 integer, not 16.37", lambda: index.nearest(48, 16.37, 1)),
        ("lat_e7: expected an E7 integer, not 48.0", lambda: index.within(48.0, 16.0, 1)),
        ("lat2_e7: expected an E7 integer, not 49.5", lambda: index.query(48, 16, 49.5, 17)),
        ("west_e7: expected an E7 integer, not 1.5", lambda: index.query_box(1, 1.5, 2, 2)),
    ]
    for message, call in calls:
        with pytest.raises(TypeError, match=f"^{message}; index.degrees takes degrees$"):
            call()


def e7_calls(lat: int, lon: int) -> list[Callable[[], object]]:
    return [
        lambda: INDEX.find(lat, lon),
        lambda: INDEX.nearest(lat, lon, 1),
        lambda: INDEX.within(lat, lon, 1.0),
        lambda: INDEX.query(0, 0, lat, lon),
        lambda: INDEX.query_count(lat, lon, 0, 0),
        lambda: INDEX.query_box(-90, -180, lat, lon),
        lambda: Trip(INDEX).visit(lat, lon),
        lambda: haversine(lat, lon, 0, 0),
        lambda: INDEX.find_many([lat, 0], [lon, 0]),
        lambda: INDEX.along([lat], [lon], 1.0),
        lambda: path_length([lat, 0], [lon, 0]),
    ]


@pytest.mark.parametrize("point", [(48, 16), (0, 1), (-1, 0), (90, 180), (-90, -180)])
def test_whole_degrees_are_warned_of(point: Point) -> None:
    for call in e7_calls(*point):
        with pytest.warns(DegreesWarning, match="within 0.000018 degrees of 0, 0"):
            call()
        with warnings.catch_warnings():
            warnings.simplefilter("error", DegreesWarning)
            with pytest.raises(DegreesWarning):
                call()


@pytest.mark.parametrize("point", [(91, 0), (0, 181), (48, -181), (482_000_000, 16)])
def test_other_places_are_not_warned_of(point: Point) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DegreesWarning)
        for call in e7_calls(*point):
            call()


def test_the_origin_is_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DegreesWarning)
        INDEX.find(0, 0)
        INDEX.query(0, 0, 0, 0)
        INDEX.degrees.nearest(1, 1, 1)


SERVED = """
from routeguide.domain.catalog import Catalog
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.domain.trip import TimedTrip
from routeguide.feature_service.queries import Queries
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.route_guide_pb2 import Point, Rectangle
from routeguide_c import FeatureIndex

index = FeatureIndex([400_000_000], [-750_000_000], ["x"])
here, place = Point(latitude=1, longitude=2), pb.Point(latitude_e7=1, longitude_e7=2)
catalog, queries = Catalog(index), Queries(Datasets(Dataset(index, Origin())))
catalog.feature_at(here)
list(catalog.features_in(Rectangle(lo=here, hi=here)))
TimedTrip(index).visit(here)
queries.nearest(pb.NearestFeaturesRequest(center=place, k=1)).run()
list(queries.within(pb.FeaturesWithinRequest(center=place, radius_m=1.0)).run())
box = pb.Box(south_e7=1, west_e7=1, north_e7=2, east_e7=2)
list(queries.search(pb.SearchFeaturesRequest(box=box)).run())
try:
    index.find(1, 2)
except Warning as warning:
    print(type(warning).__name__)
"""


def test_a_clients_small_coordinates_do_not_warn_the_server() -> None:
    """The warning is for code that calls the index, not for what a request asks."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", SERVED], capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("DegreesWarning\n", "")
