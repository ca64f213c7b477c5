"""Columns of Apache Arrow as batches. Needs pyarrow, which the extra `arrow` installs.

The results are those of Coordinates and the csv module row by row; tests compare them.
"""

from __future__ import annotations

import importlib
from typing import Any

import pyarrow as pa

from routeguide.domain.earth import LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide.formats.base.coordinates import LAT_LIMIT_DEG, LON_LIMIT_DEG, TURN_E7, Coordinates
from routeguide.formats.base.faults import Refusal
from routeguide.formats.base.model import Batch, Utf8
from routeguide_c import e7_from_latitudes, e7_from_longitudes

_TYPECODES = {pa.int32(): "i", pa.float64(): "d"}


def _compute() -> Any:
    """Import pyarrow.compute, which is slow to import and not needed for long CSV files.

    Its first call with a Python number also imports pandas, if that is installed.
    """
    return importlib.import_module("pyarrow.compute")


def of_most_lines(names: Any) -> str:
    """Return the name with the most lines, the first of several; "" if there is none."""
    return max(names.to_pylist(), key=lambda name: name.count("\n"), default="")


def unnamed(rows: int) -> Any:
    """Return an array of empty names."""
    offsets = pa.py_buffer(bytes(4 * rows + 4))
    return pa.Array.from_buffers(pa.string(), rows, [None, offsets, pa.py_buffer(b"")])


def batch(lats: Any, lons: Any, names: Any, coordinates: Coordinates) -> Batch:
    """Convert doubles or, for E7, 64-bit integers, and strings without nulls. Raises ValueError if
    any place is not on Earth."""
    if lats.null_count or lons.null_count:
        raise ValueError("a coordinate is missing")
    convert = _from_e7 if coordinates.is_e7 else _from_degrees
    return Batch(*convert(lats, lons, coordinates), _utf8(names), len(lats))


def _from_degrees(lats: Any, lons: Any, coordinates: Coordinates) -> tuple[Any, Any]:
    return (
        e7_from_latitudes(_values(lats)),
        e7_from_longitudes(_values(lons), wrap=coordinates.wrap),
    )


def _from_e7(lats: Any, lons: Any, coordinates: Coordinates) -> tuple[Any, Any]:
    pc = _compute()
    if pc.all(_valid(lats, lons, coordinates)).as_py() is False:
        raise ValueError("a coordinate is not on Earth")
    if coordinates.wrap:
        turned = pc.subtract(lons, TURN_E7)
        lons = pc.if_else(pc.greater(lons, LON_LIMIT_E7), turned, lons)
    return _values(lats.cast(pa.int32())), _values(lons.cast(pa.int32()))


def _values(numbers: Any) -> memoryview[Any]:
    data = memoryview(numbers.buffers()[1] or b"").cast("b")
    view: memoryview[Any] = data.cast(_TYPECODES[numbers.type])  # type: ignore[call-overload]
    return view[numbers.offset : numbers.offset + len(numbers)]


def _utf8(names: Any) -> Utf8:
    wide = pa.types.is_large_string(names.type)
    _, offsets, data = names.buffers()
    view = memoryview(offsets).cast("b").cast("q" if wide else "i")
    return Utf8(view[names.offset : names.offset + len(names) + 1], data or b"")


def _valid(lats: Any, lons: Any, coordinates: Coordinates) -> Any:
    """Return whether each place is on Earth; false for nulls and NaN."""
    pc = _compute()
    e7 = coordinates.is_e7
    lat_limit, lon_limit = (LAT_LIMIT_E7, LON_LIMIT_E7) if e7 else (LAT_LIMIT_DEG, LON_LIMIT_DEG)
    lat_valid, lon_valid = _within(lats, lat_limit), _within(lons, lon_limit)
    if coordinates.wrap:
        east = pc.and_(pc.greater(lons, 0), pc.less_equal(lons, 2 * lon_limit))
        lon_valid = pc.or_(lon_valid, east)
    return pc.fill_null(pc.and_(lat_valid, lon_valid), False)


def _within(numbers: Any, limit: int) -> Any:
    pc = _compute()
    # Not by pc.abs: the absolute value of the least integer is negative.
    return pc.and_(pc.greater_equal(numbers, -limit), pc.less_equal(numbers, limit))


def checked_batch(
    lats: Any,
    lons: Any,
    names: Any,
    coordinates: Coordinates,
    refusals: dict[int, Refusal],
) -> Batch:
    """Convert any numbers. Leaves out the positions in `refusals`, to which it adds those of places
    that are not on Earth."""
    pc = _compute()
    valid = _valid(lats, lons, coordinates)
    if refusals:
        others = [position not in refusals for position in range(len(lats))]
        valid = pc.and_(valid, pa.array(others, pa.bool_()))
    if pc.all(valid).as_py() is False:
        for position in pc.indices_nonzero(pc.invert(valid)).to_pylist():
            if position not in refusals:
                place = lats[position].as_py(), lons[position].as_py()
                refusals[position] = _refusal(*place, coordinates)
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
