"""The formats by name, and which of them a file has."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from routeguide.common import extras
from routeguide.formats.base.model import Reader, Writer

COMPRESSED = ".gz"


class Format(NamedTuple):
    name: str
    endings: tuple[str, ...]
    what: str
    reader: str = ""  # "module:function" within this package; "" where it cannot be read
    writer: str = ""
    extra: str = ""  # of the package, that it needs


FORMATS = (
    Format(
        "json",
        (".json",),
        "the tutorials' JSON; GeoJSON is told apart when it is read",
        "json.documents:read",
        "json.json_writing:write_documents",
    ),
    Format(
        "geojson",
        (".geojson",),
        "GeoJSON, a FeatureCollection",
        "json.geojson:read",
        "json.json_writing:write_geojson",
    ),
    Format(
        "geojsonl",
        (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"),
        "GeoJSON, one feature a line, or a sequence (RFC 8142); plain objects are told apart",
        "json.geojson:read_lines",
        "json.json_writing:write_geojson_lines",
    ),
    Format(
        "csv",
        (".csv",),
        "values separated by commas, semicolons, tabs or bars",
        "delimited.csv_reading:read_csv",
        "delimited.csv_writing:write_csv",
    ),
    Format(
        "tsv",
        (".tsv", ".tab"),
        "values separated by tabs",
        "delimited.csv_reading:read_tsv",
        "delimited.csv_writing:write_tsv",
    ),
    Format(
        "txt",
        (".txt",),
        "GeoNames' dump or CSV, as the first line has it",
        "delimited.geonames:read_text",
    ),
    Format("geonames", (), "the dump format of GeoNames", "delimited.geonames:read"),
    Format(
        "parquet",
        (".parquet", ".geoparquet"),
        "Parquet; of GeoParquet, the points",
        "arrow.arrow_files:read_parquet",
        "arrow.arrow_writing:write_parquet",
        extra="arrow",
    ),
    Format(
        "arrow",
        (".arrow", ".arrows", ".feather", ".ipc"),
        "Apache Arrow's files and streams",
        "arrow.arrow_files:read_ipc",
        "arrow.arrow_writing:write_ipc",
        extra="arrow",
    ),
    Format(
        "gdal",
        (".gpkg", ".shp", ".fgb", ".kml", ".kmz", ".gml", ".gpx", ".sqlite", ".pbf", ".gdb"),
        "whatever GDAL reads, on any reference system",
        "arrow.gdal:read",
        extra="gdal",
    ),
)
READABLE = {format.name: format for format in FORMATS if format.reader}
WRITABLE = {format.name: format for format in FORMATS if format.writer}


class FormatError(Exception):
    """The format of a file is not known; the text is one line that names it."""


def format_of(path: str, given: str, among: dict[str, Format]) -> Format:
    """The format that was given or that the ending says. Raises FormatError."""
    if given:
        return among[given]
    lowered = path.lower().removesuffix(COMPRESSED)
    for format in among.values():
        if lowered.endswith(format.endings):
            return format
    if path == "-":
        raise FormatError("-: say what it is with --format")
    known = ", ".join(ending for format in among.values() for ending in format.endings)
    raise FormatError(f"{path}: its ending is none of {known}: say what it is with --format")


def writer_of(format: Format) -> Writer:
    """Raises FormatError where the package lacks an extra."""
    writer: Writer = _function(format, format.writer)
    return writer


def reader_of(format: Format) -> Reader:
    """Raises FormatError where the package lacks an extra."""
    reader: Reader = _function(format, format.reader)
    return reader


def _function(format: Format, place: str) -> Any:
    module, _, function = place.partition(":")
    try:
        return getattr(importlib.import_module(f"routeguide.formats.{module}"), function)
    except ModuleNotFoundError as error:
        if not format.extra:
            raise
        text = extras.missing(f"format {format.name}", str(error.name), format.extra)
        raise FormatError(text) from error
