"""Features as JSON text: the tutorials' form and GeoJSON, one feature a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any

import msgspec

from routeguide.domain.database import Location, Record
from routeguide.domain.earth import E7
from routeguide_c import FeatureIndex

_STEP = 1 << 13  # features encoded at once


class _Point(msgspec.Struct, tag_field="type", tag="Point", gc=False):
    coordinates: tuple[float, float]


class _Properties(msgspec.Struct, gc=False):
    name: str


class _Feature(msgspec.Struct, tag_field="type", tag="Feature", gc=False):
    geometry: _Point
    properties: _Properties


def _feature(lat_e7: int, lon_e7: int, name: str) -> _Feature:
    # Written as the shortest decimals that give the same double: seven at most.
    return _Feature(_Point((lon_e7 / E7, lat_e7 / E7)), _Properties(name))


def _record(lat_e7: int, lon_e7: int, name: str) -> Record:
    return Record(Location(lat_e7, lon_e7), name)


def write_documents(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    """Write the tutorials' form, which routeguide.domain.database reads."""
    yield from _write(index, file, _record, b"[\n", b",\n", b"\n]\n")


def write_geojson(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    """Write a FeatureCollection."""
    opening = b'{"type":"FeatureCollection","features":[\n'
    yield from _write(index, file, _feature, opening, b",\n", b"\n]}\n")


def write_geojson_lines(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    """Write one feature a line."""
    yield from _write(index, file, _feature, b"", b"\n", b"\n")


def _write(
    index: FeatureIndex,
    file: IO[bytes],
    make: Callable[[int, int, str], Any],
    opening: bytes,
    separator: bytes,
    closing: bytes,
) -> Iterator[int]:
    encode_lines = msgspec.json.Encoder().encode_lines
    lats_e7, lons_e7 = index.lats_e7, index.lons_e7
    file.write(opening)
    for start in range(0, len(index), _STEP):
        stop = min(start + _STEP, len(index))
        names = map(index.name, range(start, stop))
        lines = encode_lines([*map(make, lats_e7[start:stop], lons_e7[start:stop], names)])
        if start:
            file.write(separator)
        # Line ends in strings are escaped, so each one here separates two features.
        file.write(lines.removesuffix(b"\n").replace(b"\n", separator))
        yield stop
    file.write(closing)
