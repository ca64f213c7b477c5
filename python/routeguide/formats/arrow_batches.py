"""Columns of Apache Arrow as batches. Needs pyarrow, which comes with the extra `arrow`.

Gives what Coordinates and the csv module give row by row; the tests compare them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from routeguide.earth import E7, LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide.formats.coordinates import (
    LAT_LIMIT_DEG,
    LON_LIMIT_DEG,
    TURN_E7,
    Coordinates,
)
from routeguide.formats.faults import Refusal
from routeguide.formats.model import Batch, Utf8

_LINE_END = pa.scalar(ord("\n"), pa.uint8())
_NO_FRACTION = 1.5 * 2.0**52
RejectAt = Callable[[int, str, str], None]  # position, field, reason


def count_lines(text: bytes) -> int:
    """As text.count(b"\\n"), but without the interpreter's lock, and in half the time."""
    array = pa.UInt8Array.from_buffers(pa.uint8(), len(text), [None, pa.py_buffer(text)])
    ends: int = pc.equal(array, _LINE_END).true_count
    return ends


def all_valid(lats: Any, lons: Any, coordinates: Coordinates) -> bool:
    """Whether there is a place on Earth for every pair of numbers."""
    return pc.all(_valid(lats, lons, coordinates)).as_py() is not False


def _valid(lats: Any, lons: Any, coordinates: Coordinates) -> Any:
    """True or false for each; what is no number is false."""
    e7 = coordinates.is_e7
    lat_limit, lon_limit = (LAT_LIMIT_E7, LON_LIMIT_E7) if e7 else (LAT_LIMIT_DEG, LON_LIMIT_DEG)
    lat_valid, lon_valid = _within(lats, lat_limit), _within(lons, lon_limit)
    if coordinates.wrap:
        east = pc.and_(pc.greater(lons, 0), pc.less_equal(lons, 2 * lon_limit))
        lon_valid = pc.or_(lon_valid, east)
    return pc.fill_null(pc.and_(lat_valid, lon_valid), False)


def _within(numbers: Any, limit: int) -> Any:
    # Not by pc.abs, which leaves the least of all integers as it is.
    return pc.and_(pc.greater_equal(numbers, -limit), pc.less_equal(numbers, limit))


def batch(lats: Any, lons: Any, names: Any, coordinates: Coordinates) -> Batch:
    """Of arrays for which all_valid holds; names are strings without nulls."""
    lats_e7, lons_e7 = _e7(lats, coordinates.is_e7), _e7(lons, coordinates.is_e7)
    if coordinates.wrap:
        turned = pc.subtract(lons_e7, TURN_E7)
        lons_e7 = pc.if_else(pc.greater(lons_e7, LON_LIMIT_E7), turned, lons_e7)
    return Batch(
        _values(pc.cast(lats_e7, pa.int32())),
        _values(pc.cast(lons_e7, pa.int32())),
        _utf8(names),
        len(lats),
    )


def _e7(numbers: Any, is_e7: bool) -> Any:
    if is_e7:
        return pc.cast(numbers, pa.int64())
    # The sum has no bits left for fractions: adding rounds, to the even one of two that are near.
    return pc.cast(
        pc.subtract(pc.add(pc.multiply(numbers, float(E7)), _NO_FRACTION), _NO_FRACTION), pa.int64()
    )


def _values(array: Any) -> memoryview:
    view = memoryview(array.buffers()[1]).cast("b").cast("i")
    return view[array.offset : array.offset + len(array)]


def _utf8(names: Any) -> Utf8:
    wide = pa.types.is_large_string(names.type)
    _, offsets, data = names.buffers()
    view = memoryview(offsets).cast("b").cast("q" if wide else "i")
    return Utf8(view[names.offset : names.offset + len(names) + 1], data or b"")


def checked_batch(
    lats: Any,
    lons: Any,
    names: Any,
    coordinates: Coordinates,
    refused: set[int],
    reject_at: RejectAt,
) -> Batch:
    """Of any numbers: without those at the positions that are refused, and without those that are
    no place on Earth, which `reject_at` is told."""
    valid = _valid(lats, lons, coordinates)
    if refused:
        others = [position not in refused for position in range(len(lats))]
        valid = pc.and_(valid, pa.array(others, pa.bool_()))
    if pc.all(valid).as_py() is False:
        for position in pc.indices_nonzero(pc.invert(valid)).to_pylist():
            if position not in refused:
                refusal = _refusal(lats[position].as_py(), lons[position].as_py(), coordinates)
                reject_at(position, refusal.field, refusal.reason)
        lats, lons, names = lats.filter(valid), lons.filter(valid), names.filter(valid)
    return batch(lats, lons, names, coordinates)


def _refusal(lat: float | None, lon: float | None, coordinates: Coordinates) -> Refusal:
    if lat is None or lon is None:
        return Refusal("latitude" if lat is None else "longitude", "missing")
    try:
        coordinates.from_numbers(lat, lon)
    except Refusal as refusal:
        return refusal
    raise AssertionError(f"{lat}, {lon} is a place")
