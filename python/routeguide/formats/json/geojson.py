"""GeoJSON (RFC 7946): collections, one feature a line, and sequences (RFC 8142). Points only.

A position is longitude, latitude and what else may follow, which is ignored. Features of other
geometries, or without one, are rejected. Longitudes are degrees on WGS 84.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import msgspec

from routeguide.common.wording import counted
from routeguide.domain.database_faults import DECODER, record_fault
from routeguide.formats.base import text
from routeguide.formats.base.columns import ColumnError
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.faults import Refusal, SourceError, shortened
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink, Rows
from routeguide.formats.base.sources import Source
from routeguide.formats.json.json_list import ListReader
from routeguide.formats.json.json_objects import PlaceKeeper

RECORD_SEPARATOR = b"\x1e"
_FEATURES = re.compile(rb'"features"[ \t\r\n]*:[ \t\r\n]*\[')
_LONGEST_OPENING = 1024  # bytes that _FEATURES may match, spaces and all
_WGS84 = ("CRS84", "4326", "WGS84", "WGS 84")


class Point(msgspec.Struct, tag_field="type", tag="Point", gc=False):
    coordinates: list[float]


class LineString(msgspec.Struct, tag_field="type", tag="LineString", gc=False):
    pass


class Polygon(msgspec.Struct, tag_field="type", tag="Polygon", gc=False):
    pass


class MultiPoint(msgspec.Struct, tag_field="type", tag="MultiPoint", gc=False):
    pass


class MultiLineString(msgspec.Struct, tag_field="type", tag="MultiLineString", gc=False):
    pass


class MultiPolygon(msgspec.Struct, tag_field="type", tag="MultiPolygon", gc=False):
    pass


class GeometryCollection(msgspec.Struct, tag_field="type", tag="GeometryCollection", gc=False):
    pass


Geometry = (
    Point | LineString | Polygon | MultiPoint | MultiLineString | MultiPolygon | GeometryCollection
)


# Members of `properties` that may hold the name, the best first.
NAMES = (
    "name", "Name", "NAME", "title", "Title", "label", "Label", "stop_name", "station_name",
    "display_name",
)  # fmt: skip


# How the decoder says of an object that it has no geometry.
_NO_FEATURE = ("", "Object missing required field geometry")


class Head(msgspec.Struct):
    """What stands around the features of a collection, as far as it matters."""

    type: str = ""
    features: list[msgspec.Raw] | None = None
    crs: Any = None


class Keeper:
    """Turns decoded features into batches and rejects those that are no points."""

    def __init__(self, options: ReadOptions, reject: RejectSink) -> None:
        names = (options.name,) if options.name else NAMES
        members = [f"name{number}" for number in range(len(names))]
        properties = msgspec.defstruct(
            "Properties",
            [(member, Any, None) for member in members],
            rename=dict(zip(members, names, strict=True)),
            gc=False,
        )
        self.record_type: type[Any] = msgspec.defstruct(
            "Feature",
            [("geometry", Geometry | None), ("properties", properties | None, None)],
            gc=False,
        )
        self._members = members
        self._names = names
        self._coordinates = Coordinates("degrees", options.wrap, always_degrees=True)
        self._reject = reject
        self._kept = self._named = False  # any feature

    def batch(self, records: Sequence[Any], place: Callable[[int], tuple[int, int]]) -> Batch:
        """`place` tells line and number of a record by its position, 0 for what it has not."""
        rows = Rows()
        for position, record in enumerate(records):
            try:
                rows.add(*self._location(record.geometry), self._name(record.properties))
            except Refusal as refusal:
                self._reject(refusal.field, refusal.reason, *place(position))
        self._kept = self._kept or bool(rows.names)
        self._named = self._named or any(rows.names)
        return rows.take()

    @property
    def remark(self) -> str:
        """What to say of all that was read."""
        if self._named or not self._kept:
            return ""
        given = shortened(self._names[0]) if len(self._names) == 1 else "'name', 'title', 'label'"
        return f"no name in a property {given}: its features are unnamed; see --name"

    def _location(self, geometry: Any) -> tuple[int, int]:
        if type(geometry) is not Point:
            kind = "null" if geometry is None else type(geometry).__name__
            raise Refusal("geometry", f"{kind} is not a Point")
        position = geometry.coordinates
        if len(position) < 2:
            raise Refusal(
                "geometry.coordinates", f"{counted(len(position), 'number')} instead of two"
            )
        return self._coordinates.from_numbers(position[1], position[0])

    def _name(self, properties: Any) -> str:
        if properties is None:
            return ""
        for member, title in zip(self._members, self._names, strict=True):
            value = getattr(properties, member)
            if type(value) is str:
                return value
            if value is not None:
                if isinstance(value, int | float):
                    return str(value)
                raise Refusal(f"properties.{title}", "neither text nor a number")
        return ""


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """A collection, features one a line, or a sequence: as the text begins."""
    pieces = text.pieces(source, options.encoding)
    yield from read_pieces(source, pieces, next(pieces), 1, options, reject)


def read_pieces(
    source: Source,
    pieces: Iterator[bytes],
    begun: bytes,
    line: int,
    options: ReadOptions,
    reject: RejectSink,
) -> Iterator[Batch]:
    """As `read`, where some of the text, `begun`, was read; it begins on line `line`."""
    keeper = Keeper(options, reject)
    if begun.startswith(RECORD_SEPARATOR):
        yield from _read_sequence(source, chain([begun], pieces), line, keeper, reject)
    elif _is_line_of_lines(begun):
        yield from _read_lines(source, chain([begun], pieces), line, keeper, reject)
    else:
        yield from _read_object(source, pieces, begun, line, keeper, reject)
    source.remark = keeper.remark


def read_lines(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """One feature on each line, or each after a record separator."""
    pieces = text.pieces(source, options.encoding)
    begun = next(pieces)
    read = _read_sequence if begun.startswith(RECORD_SEPARATOR) else _read_lines
    keeper = _keeper_of_lines(source, begun, options, reject)
    yield from read(source, chain([begun], pieces), 1, keeper, reject)
    source.remark = keeper.remark


def _keeper_of_lines(
    source: Source, begun: bytes, options: ReadOptions, reject: RejectSink
) -> Keeper | PlaceKeeper:
    """Lines may be plain objects with coordinates, too; the first one tells."""
    try:
        first = msgspec.json.decode(begun.lstrip().partition(b"\n")[0], type=dict[str, Any])
    except (ValueError, RecursionError):
        return Keeper(options, reject)  # which has words for it
    try:
        if "geometry" not in first:
            return PlaceKeeper(first, options, reject)
    except ColumnError as error:
        if options.lat or options.lon:
            raise SourceError(source.name, f"line 1: {error}") from error
    return Keeper(options, reject)


def _is_line_of_lines(begun: bytes) -> bool:
    """Whether the first line is a feature by itself."""
    try:
        return msgspec.json.decode(begun.partition(b"\n")[0], type=Head).type == "Feature"
    except (ValueError, RecursionError):
        return False


# --- one object: a collection, or a feature spread over lines ---


def _read_object(
    source: Source,
    pieces: Iterator[bytes],
    text_begun: bytes,
    line: int,
    keeper: Keeper,
    reject: RejectSink,
) -> Iterator[Batch]:
    head, tried = text_begun, 0
    while True:
        for match in _FEATURES.finditer(head, tried):
            opening = head[: match.end()]
            if (decoded := _decoded(opening + b"]}")) and decoded.features == []:
                _check_crs(source, decoded)
                begun = head[match.end() :]
                line += opening.count(b"\n")
                yield from _read_collection(source, pieces, begun, line, keeper, reject)
                return
        tried = max(0, len(head) - _LONGEST_OPENING)
        if len(head) > text.LINE_LIMIT:
            raise SourceError(source.name, "no features among the first bytes: not a collection")
        piece = next(pieces, b"")
        if not piece:
            break
        head += piece
    yield from _read_one(source, head, line, keeper, reject)


def _decoded(whole: bytes) -> Head | None:
    try:
        return msgspec.json.decode(whole, type=Head)
    except (ValueError, RecursionError):
        return None


def _read_collection(
    source: Source,
    pieces: Iterator[bytes],
    begun: bytes,
    line: int,
    keeper: Keeper,
    reject: RejectSink,
) -> Iterator[Batch]:
    reader = ListReader(source.name, keeper.record_type, pieces, begun, line, reject)
    for run in reader.runs():
        yield keeper.batch(run.records, run.place)
    tail = _decoded(b'{"features":[]' + reader.rest())
    if tail is None:
        raise SourceError(source.name, "not JSON after the features: it may be truncated")
    _check_crs(source, tail)


def _check_crs(source: Source, head: Head) -> None:
    """Older GeoJSON may name another reference system. What it does not name is WGS 84."""
    named = str(head.crs or _WGS84[0])
    if not any(known in named for known in _WGS84):
        fault = "its coordinates are not WGS 84: import it with --format gdal, which converts them"
        raise SourceError(source.name, fault)


def _read_one(
    source: Source, whole: bytes, line: int, keeper: Keeper, reject: RejectSink
) -> Iterator[Batch]:
    head = _decoded(whole)
    if head is not None and head.type == "Feature":
        yield from _take_texts([(line, whole)], keeper, reject)
        return
    try:
        DECODER.decode(whole.decode())
    except ValueError as error:
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(source.name, f"not JSON: {fault_of(error)}{place}") from error
    except RecursionError as error:
        raise SourceError(source.name, "nested too deeply") from error
    raise SourceError(source.name, "not GeoJSON: neither a FeatureCollection nor a Feature")


# --- many texts: lines and sequences ---


def _read_lines(
    source: Source,
    pieces: Iterable[bytes],
    line: int,
    keeper: Keeper | PlaceKeeper,
    reject: RejectSink,
) -> Iterator[Batch]:
    decoder = msgspec.json.Decoder(keeper.record_type)
    for block in text.blocks(source.name, pieces):
        try:
            if not block.isascii():
                block.decode()  # the decoder does not look inside members that it ignores
            records = decoder.decode_lines(block)
        except (ValueError, RecursionError):
            yield from _take_texts(_numbered(block.split(b"\n"), line), keeper, reject)
        else:
            yield keeper.batch(records, _RecordLines(block, line).place)
        line += block.count(b"\n")


class _RecordLines:
    """Which lines of a block hold something, found out when somebody asks."""

    def __init__(self, block: bytes, line: int) -> None:
        self._block = block
        self._line = line

    @cached_property
    def _numbers(self) -> list[int]:
        return [line for line, _ in _numbered(self._block.split(b"\n"), self._line)]

    def place(self, position: int) -> tuple[int, int]:
        return self._numbers[position], 0


def _numbered(lines: Iterable[bytes], line: int) -> Iterator[tuple[int, bytes]]:
    return ((number, one) for number, one in enumerate(lines, line) if one.strip())


def _read_sequence(
    source: Source,
    pieces: Iterable[bytes],
    line: int,
    keeper: Keeper | PlaceKeeper,
    reject: RejectSink,
) -> Iterator[Batch]:
    for block in text.blocks(source.name, pieces, RECORD_SEPARATOR):
        texts = []
        for one in block.split(RECORD_SEPARATOR):
            if one.strip():
                texts.append((line, one))
            line += one.count(b"\n")
        yield from _take_texts(texts, keeper, reject)


def _take_texts(
    texts: Iterable[tuple[int, bytes]], keeper: Keeper | PlaceKeeper, reject: RejectSink
) -> Iterator[Batch]:
    """Features that each have a text of their own, with the line it begins on."""
    records, lines = [], []
    for line, whole in texts:
        as_text = whole.decode("utf-8", "surrogateescape")
        try:
            fault = record_fault(as_text, keeper.record_type)
        except ValueError as error:
            fault = "", f"not JSON: {fault_of(error)}"
        except RecursionError:
            fault = "", "nested too deeply"
        if fault == _NO_FEATURE:
            fault = "", "neither a GeoJSON feature nor an object with a latitude and a longitude"
        if fault:
            reject(*fault, line)
        else:
            records.append(msgspec.json.decode(whole, type=keeper.record_type))
            lines.append(line)
    yield keeper.batch(records, lambda position: (lines[position], 0))


def fault_of(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)
