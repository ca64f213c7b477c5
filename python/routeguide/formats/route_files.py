"""Routes from files: GPX, GeoJSON, or lines of coordinates.

A route is a polyline: its vertices' latitudes and longitudes, E7, in the order of the file.
"""

from __future__ import annotations

import array
import csv
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from routeguide.common import extras
from routeguide.domain.earth import E7
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.sources import STANDARD_INPUT, Source
from routeguide.formats.registry import COMPRESSED

Route = tuple["array.array[int]", "array.array[int]"]


_LONGEST_LINE = 100_000  # of text; below the default limit of the csv module for a field


def read_route(path: Path) -> Route:
    """Read a route: .gpx, .geojson or .json by its ending, else text with a latitude and a
    longitude in degrees on each line, between them a comma, semicolon, tab or blanks. Unpacks gzip.
    The format of standard input, `-`, is guessed from its first character.

    GPX: the points of all tracks, or of all routes if there is no track. GeoJSON: every LineString
    and MultiLineString. Raises SourceError.
    """
    with Source(os.fspath(path)) as source:
        name, data = source.name, source.read()
    latitudes, longitudes = array.array("i"), array.array("i")
    try:
        text = data.decode("utf-8-sig")
        for number, (latitude, longitude) in enumerate(_reader_of(path, text)(text), 1):
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                fault = f"vertex {number}: {latitude}, {longitude} is not on Earth"
                raise SourceError(name, fault)
            latitudes.append(round(latitude * E7))
            longitudes.append(round(longitude * E7))
    except UnicodeDecodeError as error:
        raise SourceError(name, "not a text file in UTF-8") from error
    except ValueError as error:
        raise SourceError(name, " ".join(str(error).split())) from error
    if not latitudes:
        raise SourceError(name, "there is no route in it")
    return latitudes, longitudes


def _reader_of(path: Path, text: str) -> Callable[[str], Iterator[tuple[float, float]]]:
    name = path.name.lower().removesuffix(COMPRESSED)
    begins = text.lstrip()[:1] if name == STANDARD_INPUT else ""
    if name.endswith(".gpx") or begins == "<":
        return _from_gpx
    if name.endswith((".geojson", ".json")) or begins == "{":
        return _from_geojson
    return _from_text


def _from_gpx(text: str) -> Iterator[tuple[float, float]]:
    try:
        import gpxpy
    except ModuleNotFoundError as error:
        raise ValueError(extras.missing("reading GPX", "gpxpy", "cli")) from error
    try:
        gpx = gpxpy.parse(text)
    except gpxpy.gpx.GPXException as error:
        raise ValueError(f"not a GPX file: {error}") from error
    tracked = [point for track in gpx.tracks for part in track.segments for point in part.points]
    routed = [point for route in gpx.routes for point in route.points]
    for point in tracked or routed:
        yield point.latitude, point.longitude


# Longitude, latitude, and optionally an altitude.
_Position = Annotated[list[float], msgspec.Meta(min_length=2)]


class _GeoJSON(msgspec.Struct):
    """Any GeoJSON object."""

    type: Literal[
        "FeatureCollection", "Feature", "LineString", "MultiLineString", "GeometryCollection",
        "Point", "MultiPoint", "Polygon", "MultiPolygon",
    ]  # fmt: skip
    coordinates: msgspec.Raw = msgspec.Raw(b"null")
    geometry: _GeoJSON | None = None
    features: list[_GeoJSON] = []
    geometries: list[_GeoJSON] = []


def _from_geojson(text: str) -> Iterator[tuple[float, float]]:
    try:
        found = msgspec.json.decode(text, type=_GeoJSON)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    for position in _positions(found):
        yield position[1], position[0]


def _positions(found: _GeoJSON) -> Iterator[list[float]]:
    if found.type == "LineString":
        yield from msgspec.json.decode(found.coordinates, type=list[_Position])
    elif found.type == "MultiLineString":
        for line in msgspec.json.decode(found.coordinates, type=list[list[_Position]]):
            yield from line
    for part in (found.geometry, *found.features, *found.geometries):
        if part is not None:
            yield from _positions(part)


def _from_text(text: str) -> Iterator[tuple[float, float]]:
    """A header without digits may come first; # begins a comment."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    first = next((number for number, line in enumerate(lines) if line), 0)
    if lines and not any(character.isdigit() for character in lines[first]):
        lines[first] = ""
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            latitude, longitude, *_ = _numbers(line)
        except (ValueError, csv.Error) as error:
            raise ValueError(f"line {number}: expected a latitude and a longitude") from error
        yield latitude, longitude


def _numbers(line: str) -> Iterable[float]:
    if len(line) > _LONGEST_LINE:
        raise ValueError("too long")
    for delimiter in ",;\t":
        if delimiter in line:
            return map(_number, next(csv.reader([line], delimiter=delimiter))[:2])
    return map(_number, line.split()[:2])


def _number(text: str) -> float:
    if "_" in text or not text.isascii():  # which only Python accepts in numbers
        raise ValueError(text)
    return float(text)
