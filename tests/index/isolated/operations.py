"""Calls of every function of the extension, with each result and error, for the other scripts.

An operation always ends the same way: with the same answer or
with the same exception. A new function of the extension gets a line in `operations` for its
answer and one for each of its errors.
"""

import array
import copy
import io
import os
import tempfile
import warnings
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow
from support.arrow_by_hand import Column, ints, numbers

import routeguide_c
from routeguide_c import (
    FeatureIndex,
    FeatureIndexBuilder,
    Trip,
    _core,
    e7_from_latitudes,
    e7_from_longitudes,
    haversine,
    haversine_many,
    path_length,
)

warnings.simplefilter("ignore", routeguide_c.DegreesWarning)

COUNT = 300  # more ids than fit into a vector's own room

TOO_BIG = 2**40
NAMES = [f"feature {i}, with a name of more than a few letters: café" for i in range(COUNT)]


@dataclass(frozen=True)
class Operation:
    name: str
    call: Callable[[], object]
    answer: object  # of call(), in plain types, where it does not raise
    error: type[Exception] | None


def plain(answer: Any) -> object:
    """Convert an answer to plain types that can be compared."""
    if isinstance(answer, FeatureIndex):
        return [(answer.location(i), answer.name(i)) for i in range(len(answer))]
    if isinstance(answer, Trip):
        return (answer.point_count, answer.feature_count, answer.distance_m)
    if isinstance(answer, routeguide_c.Vector | memoryview):
        return answer.tolist()
    if isinstance(answer, pyarrow.Table):
        return answer.to_pylist()
    if type(answer).__name__ == "PyCapsule":
        return repr(answer).split()[2]  # its name
    if isinstance(answer, tuple):
        return tuple(plain(each) for each in answer)
    return answer


class Fails:
    """An item whose __index__ raises in C, without a frame or an exception object."""

    __index__ = iter(()).__next__


class OnlyArray:
    """Offers `__array__` alone."""

    def __init__(self, items: "array.array[int]") -> None:
        self.items = items

    def __array__(self) -> "array.array[int]":
        return self.items


class Arrow:
    """Gives the same capsules each time; the column keeps its structs."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.capsules = column.__arrow_c_array__()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self.capsules


class NeverEqual:
    """An object whose comparison raises: from C, without a frame."""

    __eq__ = len  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


def in_memory() -> str | None:
    """Return a folder in memory if there is one: thousands of files are flushed."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Objects:
    """The arguments of the operations, shared so that their references can be counted."""

    def __init__(self) -> None:
        self.lats_e7 = array.array("i", range(100_000, 100_000 + COUNT))
        self.lons_e7 = array.array("i", range(-200_000, -200_000 + COUNT))
        self.lat_list = self.lats_e7.tolist()
        self.lon_list = self.lons_e7.tolist()
        self.names = list(NAMES)
        self.index = FeatureIndex(self.lats_e7, self.lons_e7, self.names)
        self.trip = Trip(self.index)
        self.vector = self.index.query(0, -(10**6), 10**6, 0)
        self.folder = tempfile.TemporaryDirectory(dir=in_memory())
        self.path = os.path.join(self.folder.name, "index")
        self.index.save(self.path, b"some bytes that are kept beside the features")
        self.opened = FeatureIndex.open(self.path)
        self.no_snapshot = os.path.join(self.folder.name, "no snapshot")
        Path(self.no_snapshot).write_bytes(b"something else" * 1000)
        self.nowhere = os.path.join(self.folder.name, "no folder", "no file")
        self.big = TOO_BIG
        self.number = 100_007
        self.other_number = -199_993
        self.wrong_text = "a str in place of something else"
        self.bad_list = [*range(5), Fails()]
        self.raises = NeverEqual()
        self.seven = Fraction(7)
        self.numbers = [*range(COUNT)]
        self.doubles = array.array("d", [1.5] * COUNT)
        self.wide_doubles = array.array("d", [200.5] * COUNT)
        self.id_array = array.array("i", range(COUNT))
        self.name_offsets = array.array("q", range(0, 3 * COUNT + 1, 3))
        self.name_bytes = "né".encode() * COUNT
        self.two_dimensions = memoryview(bytes(64)).cast("i", [4, 4])
        self.with_gaps = memoryview(self.lats_e7)[::2]
        self.wide = array.array("q", self.lats_e7)
        self.whole_doubles = array.array("d", self.lats_e7)
        self.only_array = OnlyArray(self.wide)
        self.arrow = Arrow(numbers(*self.lat_list))
        self.arrow_with_null = Arrow(Column(b"i", 1, [b"\0", ints(7)], null_count=1))
        self.malformed = Arrow(numbers(7, offset=-1))
        self.arrow_names = Arrow(
            Column(b"u", COUNT, [None, ints(*range(0, 3 * COUNT + 1, 3)), "né".encode() * COUNT])
        )
        self.malformed_names = Arrow(Column(b"u", 1, [None, ints(2, 1), b"ab"]))
        self.content: Any = self.index.__reduce__()[1]
        self.misaligned = memoryview(bytes(4 * COUNT + 1))[1:].cast("i")

    def all(self) -> Iterable[object]:
        yield from vars(self).values()
        yield from (
            FeatureIndex,
            FeatureIndexBuilder,
            Trip,
            routeguide_c.Vector,
            routeguide_c.SnapshotError,
            None,
        )
        yield from (self.names[0], self.lat_list[0], self.bad_list[-1])


def operations(of: Objects) -> list[Operation]:
    index, trip, vector, number = of.index, of.trip, of.vector, of.number
    wrong: Any = of.wrong_text
    wrong_path: Any = of.number
    bad_list: Any = of.bad_list
    untyped: Any = routeguide_c
    lons = of.lon_list

    def visits() -> Trip:
        new = Trip(index)
        new.visit(number, of.other_number)
        new.visit(number, number)
        return new

    def build(lats: Any, lons: Any, names: Any) -> Callable[[], object]:
        return lambda: FeatureIndex(lats, lons, names)

    def extended(lats: Any, lons: Any, offsets: list[int], names: Any) -> Callable[[], object]:
        return lambda: FeatureIndexBuilder().extend(lats, lons, array.array("i", offsets), names)

    def pieces() -> FeatureIndex:
        builder = FeatureIndexBuilder()
        for _ in range(2):
            builder.extend(of.lats_e7, of.lons_e7, of.name_offsets, of.name_bytes)
        builder.extend_names(of.lats_e7, of.lon_list, of.names)
        return builder.build()

    def extended_by_name() -> FeatureIndex:
        builder = FeatureIndexBuilder()
        builder.extend_names(names=of.names, lons_e7=of.lon_list, lats_e7=of.lats_e7)
        return builder.build()

    def warned_of() -> FeatureIndex:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return FeatureIndex([48], [16])

    calls: dict[str, Callable[[], object]] = {
        "build from buffers": build(of.lats_e7, of.lons_e7, of.names),
        "build from sequences": build(of.lat_list, tuple(of.lon_list), tuple(of.names)),
        "build from iterators": lambda: FeatureIndex(
            iter(of.lat_list),
            iter(of.lon_list),
            iter(of.names),
        ),
        "build from a misaligned buffer": build(of.misaligned, of.lons_e7, of.names),
        "build from new names": lambda: FeatureIndex(
            [number] * 3, [number] * 3, [f"näme {number * i}" for i in range(3)]
        ),
        "build of nothing": build([], [], []),
        "build without names": build(of.lats_e7, of.lons_e7, None),
        "build from 64 bits": build(of.wide, of.wide, of.names),
        "build from whole floats": build(of.whole_doubles, of.wide, of.names),
        "build from gaps": build(of.with_gaps, of.with_gaps, of.names[: COUNT // 2]),
        "build from Arrow": build(of.arrow, of.arrow, of.arrow_names),
        "build from __array__": build(of.only_array, of.lats_e7, of.names),
        "build of some without names": build(of.lats_e7, of.lons_e7, [None, *of.names[1:]]),
        "build: like degrees": warned_of,
        "build: missing": build([number, None], [1, 2], None),
        "build: missing in Arrow": build(of.arrow_with_null, of.arrow_with_null, None),
        "build: malformed Arrow": build(of.malformed, [1], None),
        "build: names of malformed Arrow": build([number], [1], of.malformed_names),
        "build: fraction": build([number, 1.5], [1, 2], None),
        "from_degrees": lambda: FeatureIndex.from_degrees(of.doubles, of.doubles, of.names),
        "from_degrees of a list": lambda: FeatureIndex.from_degrees([1, 1.5], (2, 2.5), ["a", "b"]),
        "from_degrees: count": lambda: untyped.FeatureIndex.from_degrees(of.doubles),
        "from_degrees: outside": lambda: FeatureIndex.from_degrees(of.wide_doubles, of.doubles),
        "from_degrees: lengths": lambda: FeatureIndex.from_degrees(of.doubles, [1.5]),
        "reduced": index.__reduce__,
        "reduced, of an opened index": of.opened.__reduce__,
        "from content": lambda: untyped._core._index_from_content(*of.content),
        "from content: damaged": lambda: untyped._core._index_from_content(*of.content[:3], b"a"),
        "from content: lengths": lambda: untyped._core._index_from_content(b"", *of.content[1:]),
        "from content: type": lambda: untyped._core._index_from_content(number, *of.content[1:]),
        "copies": lambda: [copy.copy(index), copy.deepcopy(index)] == [index, index],
        "weak reference": lambda: weakref.ref(FeatureIndex([number], [number]))() is None,
        "build: count": lambda: untyped.FeatureIndex(of.lats_e7),
        "build: keyword": lambda: untyped.FeatureIndex(of.lats_e7, names=of.names),
        "build: not a sequence": build(of.lats_e7, number, of.names),
        "build: format": build(of.lats_e7, of.doubles, of.names),
        "build: dimensions": build(of.two_dimensions, lons, of.names),
        "build: gaps": build(of.lats_e7, of.with_gaps, of.names),
        "build: lengths": build(of.lats_e7, [], of.names),
        "build: lengths of names": build(of.lats_e7, of.lons_e7, of.names[1:]),
        "build: out of range": build([number, of.big], lons, of.names),
        "build: type of item": build(of.lat_list, [number, of.wrong_text], of.names),
        "build: item raises": build(of.lat_list, bad_list, of.names),
        "build: names not a sequence": build(of.lats_e7, of.lons_e7, number),
        "build: names one str": build(of.lats_e7, of.lons_e7, of.wrong_text),
        "build: type of name": build(of.lats_e7, of.lons_e7, [*of.names[1:], number]),
        "build: surrogate": build(of.lats_e7, of.lons_e7, [*of.names[1:], "\udcff"]),
        "builder": pieces,
        "builder: expected": lambda: FeatureIndexBuilder(-1),
        "builder: too many": lambda: FeatureIndexBuilder(of.big),
        "builder: type": lambda: FeatureIndexBuilder(wrong),
        "builder of nothing": lambda: FeatureIndexBuilder().build(),
        "builder repr": lambda: repr(FeatureIndexBuilder(expected_count=5)),
        "builder length": lambda: len(FeatureIndexBuilder()),
        "extend: count": lambda: untyped.FeatureIndexBuilder().extend([1], [2]),
        "extend: lengths": extended([1], [2, 3], [0, 1], b"a"),
        "extend: offsets": extended([1], [2], [0, 2], b"a"),
        "extend: number of offsets": extended([1], [2], [0], b"a"),
        "extend: not UTF-8": extended([1], [2], [0, 1], b"\xff"),
        "extend: format": lambda: FeatureIndexBuilder().extend([1], [2], of.doubles, b"a"),
        "extend: type of names": extended([1], [2], [0, 1], wrong),
        "extend_names by name": extended_by_name,
        "extend_names of Arrow": lambda: FeatureIndexBuilder().extend_names(
            of.arrow, of.arrow, of.arrow_names
        ),
        "extend_names: keyword": lambda: untyped.FeatureIndexBuilder().extend_names([1], lon=[2]),
        "extend_names: count": lambda: untyped.FeatureIndexBuilder().extend_names([1]),
        "extend_names: surrogate": lambda: FeatureIndexBuilder().extend_names([1], [2], ["\udcff"]),
        "extend_names: lengths": lambda: FeatureIndexBuilder().extend_names([1], [2], of.names),
        "len": lambda: len(index),
        "repr": lambda: repr(index),
        "find": lambda: index.find(number, of.other_number),
        "find nothing": lambda: index.find(number, number),
        "find: count": lambda: untyped.FeatureIndex.find(index, number),
        "find: out of range": lambda: index.find(number, of.big),
        "find: type": lambda: index.find(wrong, number),
        "find_many": lambda: index.find_many(of.lats_e7, of.lons_e7),
        "find_many of few": lambda: index.find_many([number, 0], [of.other_number, 0]),
        "find_many: count": lambda: untyped.FeatureIndex.find_many(index, of.lats_e7),
        "find_many: lengths": lambda: index.find_many(of.lats_e7, []),
        "find_many: format": lambda: index.find_many(of.lats_e7, of.doubles),
        "query": lambda: index.query(0, -(10**6), 10**6, 0),
        "query of few": lambda: index.query(number, -(10**6), number + 5, 0),
        "query of none": lambda: index.query(0, 0, 0, 0),
        "query: count": lambda: untyped.FeatureIndex.query(index, number),
        "query: out of range": lambda: index.query(number, number, number, of.big),
        "query: type": lambda: index.query(number, number, number, wrong),
        "along": lambda: index.along(of.lats_e7, of.lons_e7, 1000.0),
        "along of few": lambda: index.along([number], (of.other_number,), 0.02),
        "along nothing": lambda: index.along([], [], 1.0),
        "along: count": lambda: untyped.FeatureIndex.along(index, of.lats_e7),
        "along: lengths": lambda: index.along(of.lats_e7, [], 1.0),
        "along: type": lambda: index.along(of.lats_e7, of.lons_e7, wrong),
        "along: half width": lambda: index.along(of.lats_e7, of.lons_e7, -1.0),
        "along: off the Earth": lambda: index.along([2**30], [number], 1.0),
        "along: antipodes": lambda: index.along([0, 0], [0, 1_800_000_000], 1.0),
        "query_count": lambda: index.query_count(0, -(10**6), 10**6, 0),
        "query_count: count": lambda: untyped.FeatureIndex.query_count(index, number),
        "query_count: out of range": lambda: index.query_count(number, number, number, of.big),
        "query_box": lambda: index.query_box(0, -(10**6), 10**6, 0),
        "query_box across": lambda: index.query_box(0, -199_900, 10**6, -199_950),
        "query_box of an opened index": lambda: of.opened.query_box(0, -199_900, 10**6, -199_950),
        "query_box: count": lambda: untyped.FeatureIndex.query_box(index, number),
        "query_box: upside down": lambda: index.query_box(10**6, 0, 0, 0),
        "query_box: type": lambda: index.query_box(number, number, wrong, number),
        "nearest": lambda: index.nearest(number, number, COUNT),
        "nearest of few": lambda: index.nearest(number, number, 3, max_distance_m=1e9),
        "nearest of an opened index": lambda: of.opened.nearest(number, number, COUNT),
        "nearest: count": lambda: untyped.FeatureIndex.nearest(index, number),
        "nearest: keyword": lambda: untyped.FeatureIndex.nearest(index, 1, 2, 3, most_m=4),
        "nearest: off the Earth": lambda: index.nearest(2 * 10**9, number, 3),
        "nearest: type of k": lambda: index.nearest(number, number, wrong),
        "nearest: negative k": lambda: index.nearest(number, number, -3),
        "nearest: distance": lambda: index.nearest(number, number, 3, -1.0),
        "within": lambda: index.within(number, number, 1e9),
        "within of few": lambda: index.within(number, of.other_number, 1.0),
        "within: count": lambda: untyped.FeatureIndex.within(index, number),
        "within: distance": lambda: index.within(number, number, float("nan")),
        "within: type of distance": lambda: index.within(number, number, wrong),
        "unnamed_count": lambda: index.unnamed_count(),
        "duplicate_count": lambda: index.duplicate_count(),
        "named": lambda: index.named(vector),
        "named of an array": lambda: index.named(of.id_array),
        "named: type": lambda: index.named(wrong),
        "named: format": lambda: index.named(of.doubles),
        "named: no feature": lambda: index.named(of.lats_e7),
        "page bytes": lambda: _core._page_bytes(index, vector, 5, 50),
        "page bytes: count": lambda: untyped._core._page_bytes(index, vector),
        "page bytes: type": lambda: _core._page_bytes(index, wrong, 0, 1),
        "page bytes: no feature": lambda: _core._page_bytes(index, of.lats_e7, 0, 1),
        "page bytes: negative": lambda: _core._page_bytes(index, of.id_array, 0, -1),
        "page": lambda: _core._encode_page(index, vector, 5, 50),
        "page of an array": lambda: _core._encode_page(index, of.id_array, 5, 50),
        "page of none": lambda: _core._encode_page(index, vector, 50, 5),
        "page: count": lambda: untyped._core._encode_page(index, vector),
        "page: type": lambda: _core._encode_page(index, wrong, 0, 1),
        "page: type of index": lambda: untyped._core._encode_page(wrong, vector, 0, 1),
        "page: no feature": lambda: _core._encode_page(index, of.lats_e7, 0, 1),
        "page: negative": lambda: _core._encode_page(index, of.id_array, 0, -1),
        "page: type of stop": lambda: _core._encode_page(index, of.id_array, 0, wrong),
        "lookups": lambda: _core._encode_lookups(index, vector),
        "lookups of an array": lambda: _core._encode_lookups(index, of.id_array),
        "lookups: type": lambda: _core._encode_lookups(index, wrong),
        "lookups: no feature": lambda: _core._encode_lookups(index, of.lats_e7),
        "nearby page": lambda: _core._encode_nearby_page(index, vector, of.doubles, 0, COUNT),
        "nearby page: lengths": lambda: _core._encode_nearby_page(
            index, vector[1:], of.doubles, 0, 1
        ),
        "nearby page: format": lambda: _core._encode_nearby_page(index, vector, vector, 0, 1),
        "nearby page: no feature": lambda: _core._encode_nearby_page(
            index, of.lats_e7, of.doubles, 0, 1
        ),
        "route page": lambda: _core._encode_route_page(
            index, of.id_array, of.doubles, of.doubles, of.lats_e7, 0, COUNT
        ),
        "route page: format": lambda: _core._encode_route_page(
            index, of.id_array, of.doubles, of.doubles, of.doubles, 0, COUNT
        ),
        "fingerprint": lambda: index.fingerprint,
        "fingerprint of a new index": lambda: FeatureIndex([1], [2], ["new"]).fingerprint,
        "name": lambda: index.name(7),
        "name: none": lambda: index.name(of.big),
        "name: type": lambda: index.name(wrong),
        "location": lambda: index.location(7),
        "location: none": lambda: index.location(COUNT),
        "name by keyword": lambda: index.name(id=7),
        "name: keyword": lambda: untyped.FeatureIndex.name(index, key=7),
        "names": lambda: index.names(),
        "names of some": lambda: index.names(of.id_array),
        "names: no feature": lambda: index.names(of.lats_e7),
        "names: type": lambda: index.names(wrong),
        "locations": lambda: index.locations(),
        "locations of some": lambda: index.locations([1, 2]),
        "locations of many": lambda: index.locations(of.id_array),
        "locations: no feature": lambda: index.locations(of.lats_e7),
        "item": lambda: index[-1],
        "item: none": lambda: index[COUNT],
        "item: type": lambda: untyped.FeatureIndex.__getitem__(index, wrong),
        "iteration": lambda: list(index),
        "geo interface": lambda: index.__geo_interface__,
        "table": lambda: index.to_arrow(),
        "stream": lambda: index.__arrow_c_stream__(),
        "stream: count": lambda: untyped.FeatureIndex.__arrow_c_stream__(index, 1, 2),
        "view": lambda: repr(index.degrees),
        "view: made": lambda: untyped.DegreesView(),
        "view find": lambda: index.degrees.find(0.0100007, -0.0199993),
        "view find by keyword": lambda: index.degrees.find(longitude=5, latitude=5),
        "view find: count": lambda: untyped.DegreesView.find(index.degrees, 1),
        "view find: keyword": lambda: untyped.DegreesView.find(index.degrees, 1, lon_e7=1),
        "view find: type": lambda: index.degrees.find(wrong, 5),
        "view find: outside": lambda: index.degrees.find(5, of.number),
        "view find_many": lambda: index.degrees.find_many(of.doubles, of.doubles),
        "view find_many: outside": lambda: index.degrees.find_many(of.wide_doubles, of.doubles),
        "view query": lambda: index.degrees.query(0, -1, 1, 0),
        "view query: outside": lambda: index.degrees.query(0, -1, 100, 0),
        "view query_count": lambda: index.degrees.query_count(0, -1, 1, 0),
        "view query_box": lambda: index.degrees.query_box(0, -1, 1, 0),
        "view query_box: upside down": lambda: index.degrees.query_box(1, 0, 0, 0),
        "view nearest": lambda: index.degrees.nearest(0.01, 0.02, 3),
        "view nearest: type of k": lambda: index.degrees.nearest(0.01, 0.02, wrong),
        "view within": lambda: index.degrees.within(0.01, 0.02, radius_m=1e9),
        "view within: distance": lambda: index.degrees.within(0.01, 0.02, -1.0),
        "view along": lambda: index.degrees.along([0.01, 0.02], [0.03, 0.01], 1e6),
        "view along: lengths": lambda: index.degrees.along([0.01, 0.02], [0.03], 1e6),
        "view location": lambda: index.degrees.location(7),
        "view location: none": lambda: index.degrees.location(COUNT),
        "view locations": lambda: index.degrees.locations(),
        "view locations: no feature": lambda: index.degrees.locations(of.lats_e7),
        "view bounds": lambda: index.degrees.bounds,
        "each": lambda: _core._encode_each(index, vector, 5, 50),
        "each: count": lambda: untyped._core._encode_each(index, vector),
        "each: no feature": lambda: _core._encode_each(index, of.lats_e7, 0, 1),
        "encoded at: out of range": lambda: _core._encoded_at(index, number, of.big),
        "encoded at: type of index": lambda: untyped._core._encoded_at(wrong, number, number),
        "encoded at": lambda: _core._encoded_at(index, number, of.other_number),
        "encoded at nothing": lambda: _core._encoded_at(index, number, number),
        "lats_e7": lambda: index.lats_e7,
        "lons_e7": lambda: index.lons_e7,
        "bounds": lambda: index.bounds,
        "nbytes": lambda: index.nbytes,
        "sections": lambda: index.sections,
        "metadata": lambda: of.opened.metadata,
        "save": lambda: index.save(of.path, b"some bytes"),
        "save again": lambda: of.opened.save(of.path),
        "save: no folder": lambda: index.save(of.nowhere),
        "save: metadata": lambda: index.save(of.path, bytes(2**16 + 1)),
        "save: type of metadata": lambda: index.save(of.path, wrong),
        "save: type of path": lambda: index.save(wrong_path),
        "open": lambda: FeatureIndex.open(of.path),
        "open unverified": lambda: FeatureIndex.open(of.path, verify=False),
        "open in memory": lambda: FeatureIndex.open(os.fsencode(of.path), map=False),
        "open: no file": lambda: FeatureIndex.open(of.nowhere),
        "open: no snapshot": lambda: FeatureIndex.open(of.no_snapshot),
        "open: type of path": lambda: FeatureIndex.open(wrong_path),
        "trip": visits,
        "trip: count": lambda: untyped.Trip(),
        "trip by keyword": lambda: Trip(index=index),
        "trip: keyword": lambda: untyped.Trip(features=index),
        "trip: type": lambda: untyped.Trip(number),
        "visit: count": lambda: untyped.Trip.visit(trip, number),
        "visit: out of range": lambda: trip.visit(number, of.big),
        "vector item": lambda: vector[-1],
        "vector item: outside": lambda: vector[COUNT],
        "vector item: type": lambda: vector[wrong],
        "vector slice": lambda: vector[::-1],
        "vector slice of few": lambda: vector[1:7:2],
        "vector slice: step": lambda: vector[::0],
        "vector list": lambda: vector.tolist(),
        "vector iteration": lambda: list(vector),
        "vector repr": lambda: repr(vector),
        "vector repr of few": lambda: repr(vector[:3]),
        "vector index": lambda: vector.index(COUNT - 1),
        "vector index between": lambda: vector.index(of.seven, 1, -1),
        "vector index: none": lambda: vector.index(COUNT),
        "vector index: count": lambda: untyped.Vector.index(vector),
        "vector index: type of start": lambda: vector.index(1, wrong),
        "vector count": lambda: vector.count(7.0),
        "vector count: item raises": lambda: vector.count(of.raises),
        "vector contains": lambda: of.number in vector,
        "vector equals": lambda: vector == vector[:],
        "vector equals list": lambda: vector == of.numbers,
        "vector equals no sequence": lambda: vector == of.number,
        "vector equals: item raises": lambda: vector == [of.raises] * COUNT,
        "vector hash: none": lambda: hash(vector),
        "vector schema": lambda: vector.__arrow_c_schema__(),
        "vector array": lambda: vector.__arrow_c_array__(),
        "vector array: count": lambda: untyped.Vector.__arrow_c_array__(vector, 1, 2),
        "vector view": lambda: memoryview(vector),
        "vector view: writable": lambda: io.BytesIO(b"bytes").readinto(vector),
        "vector: made": lambda: untyped.Vector([1]),
        "vector annotation": lambda: untyped.Vector[int],
        "haversine": lambda: haversine(number, number, of.other_number, number),
        "haversine: count": lambda: untyped.haversine(number),
        "haversine: out of range": lambda: haversine(number, number, number, of.big),
        "haversine: type": lambda: haversine(number, number, wrong, number),
        "haversine_many": lambda: haversine_many(of.lats_e7, of.lon_list, of.lats_e7, of.lons_e7),
        "haversine_many from one": lambda: haversine_many(number, 0, of.lats_e7, of.lons_e7),
        "haversine_many: count": lambda: untyped.haversine_many(of.lats_e7),
        "haversine_many: keyword": lambda: untyped.haversine_many([1], [1], [1], [1], slow=True),
        "haversine_many: lengths": lambda: haversine_many(of.lats_e7, lons, [number], [number]),
        "haversine_many: one and many": lambda: haversine_many(number, lons, of.lats_e7, lons),
        "haversine_many: out of range": lambda: haversine_many(number, of.big, lons, lons),
        "haversine_many: format": lambda: haversine_many(of.lats_e7, lons, of.doubles, lons),
        "haversine_many: item raises": lambda: haversine_many(lons, bad_list, lons, lons),
        "latitudes in degrees": lambda: e7_from_latitudes(of.doubles),
        "latitudes in degrees: outside": lambda: e7_from_latitudes(of.wide_doubles),
        "latitudes in degrees: format": lambda: e7_from_latitudes(of.lats_e7),
        "longitudes in degrees": lambda: e7_from_longitudes(of.wide_doubles, wrap=True),
        "longitudes in degrees: count": lambda: untyped.e7_from_longitudes(),
        "longitudes in degrees: keyword": lambda: untyped.e7_from_longitudes(of.doubles, turn=1),
        "longitudes in degrees: outside": lambda: e7_from_longitudes(of.wide_doubles),
        "longitudes in degrees: format": lambda: e7_from_longitudes(of.lats_e7),
        "count_byte": lambda: _core.count_byte(of.name_bytes, 110),
        "count_byte: count": lambda: untyped._core.count_byte(of.name_bytes),
        "count_byte: no byte": lambda: _core.count_byte(of.name_bytes, number),
        "count_byte: type of byte": lambda: _core.count_byte(of.name_bytes, wrong),
        "count_byte: format": lambda: _core.count_byte(of.doubles, 110),
        "path_length": lambda: path_length(of.lats_e7, of.lon_list),
        "path_length: count": lambda: untyped.path_length(of.lats_e7),
        "path_length: lengths": lambda: path_length(of.lats_e7, [number]),
        "path_length: item raises": lambda: path_length(of.lats_e7, bad_list),
        "path_length: gaps": lambda: path_length(of.with_gaps, of.lon_list),
    }
    return [ending(name, call) for name, call in calls.items()]


def ending(name: str, call: Callable[[], object]) -> Operation:
    """Record the end of a call; a call whose name has a colon has to raise."""
    answer, kind = None, None
    try:
        answer = plain(call())
    except Exception as error:
        kind = type(error)
    if (":" in name) != (kind is not None):
        raise AssertionError(f"{name}: {kind or answer!r:.100}")
    return Operation(name, call, answer, kind)
