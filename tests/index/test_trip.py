"""Trip against the oracle."""

import gc
import struct
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.indexes import index_of
from support.oracle import INT32_MAX, INT32_MIN, Point
from support.strategies import Field, any_point, point_lists, trials

from routeguide_c import FeatureIndex, Trip


def check_same(trip: Trip, expected: oracle.Trip) -> None:
    assert trip.point_count == expected.point_count
    assert trip.feature_count == expected.feature_count
    assert struct.pack("d", trip.distance_m) == struct.pack("d", expected.distance_m)


@trials(200)
@given(data=st.data(), features=point_lists)
def test_trip_matches_oracle_after_every_visit(data: st.DataObject, features: list[Point]) -> None:
    stops = st.one_of(st.sampled_from(features), any_point) if features else any_point
    trip, expected = Trip(index_of(features)), oracle.Trip(features)
    check_same(trip, expected)
    for stop in data.draw(st.lists(stops, max_size=30)):
        trip.visit(*stop)
        expected.visit(*stop)
        check_same(trip, expected)


def test_trip_counts_each_visit_to_a_feature() -> None:
    """Count named and unnamed features, duplicates, and features visited before."""
    index = FeatureIndex([0, 0, 7], [0, 0, 7], ["", "named", "other"])
    trip = Trip(index)
    for stop in [(0, 0), (0, 0), (7, 7), (7, 0)]:
        trip.visit(*stop)
    assert (trip.point_count, trip.feature_count) == (4, 3)


def test_long_trip_adds_its_legs_in_order() -> None:
    features = Field("on_earth", count=500, seed=8).points
    stops = Random(9).choices(features, k=3000)
    trip, expected = Trip(index_of(features)), oracle.Trip(features)
    for stop in stops:
        trip.visit(*stop)
        expected.visit(*stop)
    check_same(trip, expected)


def test_trips_on_one_index_are_independent() -> None:
    index = index_of([(1, 1)])
    one, other = Trip(index), Trip(index)
    one.visit(1, 1)
    assert (one.point_count, one.feature_count) == (1, 1)
    assert (other.point_count, other.feature_count) == (0, 0)


def test_trip_keeps_its_index_alive() -> None:
    features = Field("on_earth", count=5000, seed=10).points
    trip = Trip(index_of(features))
    gc.collect()
    for feature in features:
        trip.visit(*feature)
    assert trip.feature_count == 5000


@pytest.mark.parametrize("bad", [(INT32_MAX + 1, 0), (0, INT32_MIN - 1)])
def test_visit_out_of_range_leaves_the_trip_as_it_was(bad: Point) -> None:
    trip = Trip(index_of([(0, 0)]))
    trip.visit(0, 0)
    with pytest.raises(OverflowError, match="32 bits"):
        trip.visit(*bad)
    assert (trip.point_count, trip.feature_count, trip.distance_m) == (1, 1, 0.0)


@pytest.mark.parametrize("bad", [None, object(), [], FeatureIndex])
def test_a_trip_needs_an_index(bad: Any) -> None:
    with pytest.raises(TypeError, match="FeatureIndex"):
        Trip(bad)


def test_trip_arguments_are_counted() -> None:
    index: Any = index_of([])
    trip: Any = Trip
    for arguments in [(), (index, index)]:
        with pytest.raises(TypeError, match="argument"):
            trip(*arguments)
    with pytest.raises(TypeError, match="takes 2 positional arguments but 1"):
        trip(index).visit(1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'latitude'"):
        trip(index).visit(latitude=1, lon_e7=2)


def test_trip_arguments_have_names() -> None:
    trip = Trip(index=index_of([(1, 2)]))
    trip.visit(lon_e7=2, lat_e7=1)
    assert (trip.point_count, trip.feature_count) == (1, 1)


@pytest.mark.parametrize("attribute", ["point_count", "feature_count", "distance_m", "other"])
def test_only_visits_change_a_trip(attribute: str) -> None:
    trip = Trip(index_of([]))
    with pytest.raises(AttributeError):
        setattr(trip, attribute, 1)
    with pytest.raises(TypeError, match="immutable"):
        setattr(Trip, attribute, 1)
