"""GeoJSON (RFC 7946): collections, one feature a line, and sequences (RFC 8142). Points only.

A position is longitude, latitude and possibly more, which is ignored. Features without a geometry
or with one that is not a Point are rejected. Coordinates are degrees on WGS 84.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Iterable, Iterator
from functools import partial, reduce
from itertools import chain
from typing import Any

import msgspec

from routeguide.common.wording import counted
from routeguide.domain.database_faults import DECODER, record_fault
from routeguide.domain.record_list import RecordList, Run
from routeguide.formats.base import text
from routeguide.formats.base.columns import ColumnError
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.faults import Refusal, SourceError, shortened
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source
from routeguide.formats.json.json_objects import ObjectKeeper
from routeguide.formats.json.keeper import Keeper

RECORD_SEPARATOR = b"\x1e"
_FEATURES = re.compile(rb'"features"[ \t\r\n]*:[ \t\r\n]*\[')
_LONGEST_OPENING = 1024  # bytes that _FEATURES may match, spaces included
_WGS84 = ("CRS84", "4326", "WGS84", "WGS 84")


class Point(msgspec.Struct, tag_field="type", tag=True, gc=False):
    coordinates: list[float]


# Decoded by type alone: of other geometries only the type is of interest.
_OTHERS = (
    msgspec.defstruct(kind, [], tag_field="type", tag=True, gc=False)
    for kind in (
        "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
        "GeometryCollection",
    )
)  # fmt: skip
_Geometry: Any = reduce(operator.or_, _OTHERS, Point | None)

# Members of `properties` that may hold the name, the best first.
NAMES = (
    "name", "Name", "NAME", "title", "Title", "label", "Label", "stop_name", "station_name",
    "display_name",
)  # fmt: skip

# The decoder's words for an object without a geometry.
_NOT_A_FEATURE = ("geometry", "missing")
_NO_PLACE = "neither a GeoJSON feature nor an object with a latitude and a longitude"


class Head(msgspec.Struct):
    """The members of a collection that are read."""

    type: str = ""
    features: list[msgspec.Raw] | None = None
    crs: Any = None


class FeatureKeeper(Keeper):
    """Keeps GeoJSON features with points."""

    def __init__(self, options: ReadOptions, reject: RejectSink) -> None:
        super().__init__(reject)
        self._names = (options.name,) if options.name else NAMES
        self._members = [f"name{number}" for number in range(len(self._names))]
        properties = msgspec.defstruct(
            "Properties",
            [(member, Any, None) for member in self._members],
            rename=dict(zip(self._members, self._names, strict=True)),
            gc=False,
        )
        self.record_type = msgspec.defstruct(
            "Feature", [("geometry", _Geometry), ("properties", properties | None, None)], gc=False
        )
        self._coordinates = Coordinates("degrees", options.wrap, always_degrees=True)

    def _feature(self, record: Any) -> tuple[int, int, str]:
        geometry = record.geometry
        if type(geometry) is not Point:
            kind = "null" if geometry is None else type(geometry).__name__
            raise Refusal("geometry", f"{kind} is not a Point")
        position = geometry.coordinates
        if len(position) < 2:
            numbers = counted(len(position), "number")
            raise Refusal("geometry.coordinates", f"{numbers} instead of two")
        lat_e7, lon_e7 = self._coordinates.from_numbers(position[1], position[0])
        return lat_e7, lon_e7, self._name(record.properties)

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

    def _unnamed(self) -> str:
        given = shortened(self._names[0]) if len(self._names) == 1 else "'name', 'title', 'label'"
        return f"no name in a property {given}: its features are unnamed; see --name"


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read a collection, one feature a line, or a sequence, whichever the text begins as."""
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
    """Read as `read` does, after `begun` has been read, which starts on line `line`."""
    reader = _Reader(source, pieces, begun, line, FeatureKeeper(options, reject), reject)
    if begun.startswith(RECORD_SEPARATOR):
        yield from reader.sequence()
    elif _starts_with_feature_line(begun):
        yield from reader.lines()
    else:
        yield from reader.object()
    source.remark = reader.keeper.remark


def read_lines(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read one feature a line, or one after each record separator."""
    pieces = text.pieces(source, options.encoding)
    begun = next(pieces)
    keeper = _keeper_for_lines(source, begun, options, reject)
    reader = _Reader(source, pieces, begun, 1, keeper, reject)
    is_sequence = begun.startswith(RECORD_SEPARATOR)
    yield from reader.sequence() if is_sequence else reader.lines()
    source.remark = keeper.remark


def _keeper_for_lines(
    source: Source, begun: bytes, options: ReadOptions, reject: RejectSink
) -> Keeper:
    """Plain objects with coordinates are allowed too; the first line decides."""
    try:
        first = msgspec.json.decode(begun.lstrip().partition(b"\n")[0], type=dict[str, Any])
    except (ValueError, RecursionError):
        return FeatureKeeper(options, reject)  # which reports what is wrong
    try:
        if "geometry" not in first:
            return ObjectKeeper(first, options, reject)
    except ColumnError as error:
        if options.lat or options.lon:
            raise SourceError(source.name, f"line 1: {error}") from error
    return FeatureKeeper(options, reject)


def _starts_with_feature_line(begun: bytes) -> bool:
    head = _decoded(begun.partition(b"\n")[0])
    return head is not None and head.type == "Feature"


def _decoded(whole: bytes) -> Head | None:
    try:
        return msgspec.json.decode(whole, type=Head)
    except (ValueError, RecursionError):
        return None


class _Reader:
    """Reads the rest of a text: `begun`, which starts on line `line`, and the pieces after it."""

    def __init__(
        self,
        source: Source,
        pieces: Iterator[bytes],
        begun: bytes,
        line: int,
        keeper: Keeper,
        reject: RejectSink,
    ) -> None:
        self.keeper = keeper
        self._source = source
        self._pieces = pieces
        self._begun = begun
        self._line = line
        self._reject = reject
        self._error = partial(SourceError, source.name)

    def object(self) -> Iterator[Batch]:
        """Read one object: a collection, or a feature spread over lines."""
        head, searched = self._begun, 0
        while True:
            for match in _FEATURES.finditer(head, searched):
                opening = head[: match.end()]
                if (decoded := _decoded(opening + b"]}")) and decoded.features == []:
                    self._check_crs(decoded)
                    line = self._line + opening.count(b"\n")
                    yield from self._collection(head[match.end() :], line)
                    return
            searched = max(0, len(head) - _LONGEST_OPENING)
            if len(head) > text.LINE_LIMIT:
                raise self._error("no features among the first bytes: not a collection")
            piece = next(self._pieces, b"")
            if not piece:
                break
            head += piece
        decoded = _decoded(head)
        if decoded is None or decoded.type != "Feature":
            raise self._not_geojson(head)
        yield self._one_by_one([(self._line, head)])

    def _collection(self, begun: bytes, line: int) -> Iterator[Batch]:
        records = RecordList(
            self.keeper.record_type, self._pieces, begun, line, self._reject, self._error
        )
        for run in records.runs():
            yield self.keeper.batch(run)
        tail = _decoded(b'{"features":[]' + records.rest())
        if tail is None:
            raise self._error("not JSON after the features: it may be truncated")
        self._check_crs(tail)

    def _check_crs(self, head: Head) -> None:
        """Older GeoJSON may name another reference system; the default is WGS 84."""
        named = str(head.crs or _WGS84[0])
        if not any(known in named for known in _WGS84):
            raise self._error(
                "its coordinates are not WGS 84: import it with --format gdal, which converts them"
            )

    def _not_geojson(self, whole: bytes) -> Exception:
        try:
            DECODER.decode(whole.decode())
        except ValueError as error:
            place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            return self._error(f"not JSON: {_words_of(error)}{place}")
        except RecursionError:
            return self._error("nested too deeply")
        return self._error("not GeoJSON: neither a FeatureCollection nor a Feature")

    def lines(self) -> Iterator[Batch]:
        decoder = msgspec.json.Decoder(self.keeper.record_type)
        line = self._line
        for block in text.blocks(self._source.name, chain([self._begun], self._pieces)):
            try:
                if not block.isascii():
                    block.decode()  # msgspec does not check the members that it ignores
                records = decoder.decode_lines(block)
            except (ValueError, RecursionError):
                yield self._one_by_one(_numbered_lines(block, line))
            else:
                yield self.keeper.batch(Run(records, partial(_places_of_lines, block, line)))
            line += block.count(b"\n")

    def sequence(self) -> Iterator[Batch]:
        """Read features that each follow a record separator."""
        line, pieces = self._line, chain([self._begun], self._pieces)
        for block in text.blocks(self._source.name, pieces, RECORD_SEPARATOR):
            texts = []
            for one in block.split(RECORD_SEPARATOR):
                if one.strip():
                    texts.append((line, one))
                line += one.count(b"\n")
            yield self._one_by_one(texts)

    def _one_by_one(self, texts: Iterable[tuple[int, bytes]]) -> Batch:
        """Read records, each with a text of its own and the number of its first line."""
        records, places = [], []
        for line, whole in texts:
            try:
                as_text = whole.decode("utf-8", "surrogateescape")
                fault = record_fault(as_text, self.keeper.record_type)
            except ValueError as error:
                fault = "", f"not JSON: {_words_of(error)}"
            except RecursionError:
                fault = "", "nested too deeply"
            if fault == _NOT_A_FEATURE:
                fault = "", _NO_PLACE
            if fault:
                self._reject(*fault, line)
            else:
                records.append(msgspec.json.decode(whole, type=self.keeper.record_type))
                places.append((line, 0))
        return self.keeper.batch(Run(records, lambda: places))


def _numbered_lines(block: bytes, line: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    return ((number, one) for number, one in enumerate(block.split(b"\n"), line) if one.strip())


def _places_of_lines(block: bytes, line: int) -> list[tuple[int, int]]:
    return [(number, 0) for number, _ in _numbered_lines(block, line)]


def _words_of(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)
