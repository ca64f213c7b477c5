"""The named tuples that queries answer with: they unpack as tuples and say what is in them."""

import copy
import gc
import pickle
import sys
from typing import Any

import pytest
from support.indexes import index_of

import routeguide_c
from routeguide_c import (
    AlongResult,
    Bounds,
    DegreesBounds,
    DegreesLocation,
    DegreesLocations,
    IndexedFeature,
    Location,
    Locations,
    NearestResult,
    Vector,
)

INDEX = index_of([(482_000_000, 163_700_000), (-10, -2_000_000)], ["Wien", ""])

ANSWERS: list[tuple[Any, type, tuple[str, ...]]] = [
    (INDEX[0], IndexedFeature, ("lat_e7", "lon_e7", "name")),
    (INDEX.location(0), Location, ("lat_e7", "lon_e7")),
    (INDEX.locations(), Locations, ("lats_e7", "lons_e7")),
    (INDEX.locations([1]), Locations, ("lats_e7", "lons_e7")),
    (INDEX.bounds, Bounds, ("south_e7", "west_e7", "north_e7", "east_e7")),
    (INDEX.nearest(0, 1000, 2), NearestResult, ("ids", "distances_m")),
    (INDEX.within(0, 1000, 1e6), NearestResult, ("ids", "distances_m")),
    (INDEX.along([1000], [0], 1e6), AlongResult, ("ids", "along_m", "offset_m", "sides")),
    (INDEX.degrees.location(0), DegreesLocation, ("latitude", "longitude")),
    (INDEX.degrees.locations(), DegreesLocations, ("latitudes", "longitudes")),
    (INDEX.degrees.bounds, DegreesBounds, ("south", "west", "north", "east")),
]

answers = pytest.mark.parametrize(
    ("answer", "kind", "fields"), ANSWERS, ids=[kind.__name__ for _, kind, _ in ANSWERS]
)


@answers
def test_answers_are_tuples_with_names(answer: Any, kind: type, fields: tuple[str, ...]) -> None:
    assert [kind] == [type(answer)] == [getattr(routeguide_c, kind.__name__)]
    assert issubclass(kind, tuple)
    assert answer._fields == fields
    unpacked = (*answer,)
    assert type(unpacked) is tuple
    assert len(answer) == len(unpacked) == len(fields)
    for position, (field, item) in enumerate(zip(fields, unpacked, strict=True)):
        assert getattr(answer, field) is answer[position] is item
    assert answer == unpacked
    assert answer._asdict() == dict(zip(fields, unpacked, strict=True))
    assert answer == kind(*unpacked)
    assert repr(answer) == repr(kind(*unpacked))
    assert copy.copy(answer) == answer
    assert answer._replace(**{fields[0]: 5})[0] == 5
    assert answer[1:] == unpacked[1:]
    with pytest.raises(AttributeError):
        setattr(answer, fields[0], None)


def test_reprs() -> None:
    assert repr(INDEX[0]) == "IndexedFeature(lat_e7=482000000, lon_e7=163700000, name='Wien')"
    assert repr(INDEX.degrees.location(0)) == "DegreesLocation(latitude=48.2, longitude=16.37)"
    assert repr(INDEX.nearest(-10, -2_000_000, 1)) == (
        "NearestResult(ids=Vector([1]), distances_m=Vector([0.0]))"
    )


@pytest.mark.parametrize(
    "answer", [INDEX[0], INDEX.location(1), INDEX.bounds, INDEX.degrees.bounds], ids=repr
)
def test_answers_of_plain_numbers_can_be_pickled_and_hashed(answer: Any) -> None:
    again = pickle.loads(pickle.dumps(answer))
    assert again == answer
    assert type(again) is type(answer)
    assert hash(again) == hash((*answer,))


def test_answers_match_patterns() -> None:
    match INDEX.nearest(-10, -2_000_000, 1):
        case NearestResult(ids=[id], distances_m=[distance_m]):
            assert (id, distance_m) == (1, 0.0)
        case _:
            raise AssertionError


def test_types_of_items() -> None:
    found = INDEX.along([1000], [0], 1e6)
    assert [memoryview(column).format for column in found] == ["I", "d", "d", "i"]
    assert all(isinstance(column, Vector) for column in found)
    assert [type(item) for item in INDEX[1]] == [int, int, str]


def test_answers_free_what_they_hold() -> None:
    """Made in C or in Python, of a subclass, and nested deeper than the C stack is."""

    class Own(Location):
        pass

    marker = object()
    before = sys.getrefcount(marker)
    made: list[Any] = [
        Location(marker, marker),  # type: ignore[arg-type]
        Own(marker, marker),  # type: ignore[arg-type]
        INDEX.location(0)._replace(lat_e7=marker),  # type: ignore[arg-type]
    ]
    assert sys.getrefcount(marker) == before + 5
    made.clear()
    assert sys.getrefcount(marker) == before
    nested: Any = marker
    for _ in range(300_000):
        nested = Location(nested, 0)
    del nested
    assert sys.getrefcount(marker) == before


def test_cycles_of_answers_are_collected() -> None:
    marker = object()
    before = sys.getrefcount(marker)
    items: list[Any] = [marker]
    items.append(Location(items, 0))  # type: ignore[arg-type]
    del items
    gc.collect()
    assert sys.getrefcount(marker) == before


def test_answers_of_plain_numbers_are_no_work_for_the_collector() -> None:
    """A list of a million of them would be traversed again and again."""
    for answer, _, _ in ANSWERS:
        assert gc.is_tracked(answer) == any(isinstance(item, Vector) for item in answer)
