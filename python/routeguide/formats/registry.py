"""All formats by name, and how to choose one for a file."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from routeguide.common import extras
from routeguide.formats.base.model import Reader, Writer

COMPRESSED = ".gz"


class Format(NamedTuple):
    name: str
    endings: tuple[str, ...]
    reader: str = ""  # "module:function" in this package; "" if it cannot be read
    writer: str = ""
    extra: str = ""  # the extra of this package that installs what it needs


FORMATS = (
    Format("json", (".json",), "json.documents:read", "json.json_writing:write_documents"),
    Format("geojson", (".geojson",), "json.geojson:read", "json.json_writing:write_geojson"),
    Format(
        "geojsonl",
        (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"),
        "json.geojson:read_lines",
        "json.json_writing:write_geojson_lines",
    ),
    Format("csv", (".csv",), "delimited.csv_reading:read_csv", "delimited.csv_writing:write_csv"),
    Format(
        "tsv", (".tsv", ".tab"), "delimited.csv_reading:read_tsv", "delimited.csv_writing:write_tsv"
    ),
    Format("txt", (".txt",), "delimited.geonames:read_text"),
    Format("geonames", (), "delimited.geonames:read"),
    Format(
        "parquet",
        (".parquet", ".geoparquet"),
        "arrow.arrow_files:read_parquet",
        "arrow.arrow_writing:write_parquet",
        extra="arrow",
    ),
    Format(
        "arrow",
        (".arrow", ".arrows", ".feather", ".ipc"),
        "arrow.arrow_files:read_ipc",
        "arrow.arrow_writing:write_ipc",
        extra="arrow",
    ),
    Format(
        "gdal",
        (".gpkg", ".shp", ".fgb", ".kml", ".kmz", ".gml", ".gpx", ".sqlite", ".pbf", ".gdb"),
        "arrow.gdal:read",
        extra="gdal",
    ),
)
READABLE = {format.name: format for format in FORMATS if format.reader}
WRITABLE = {format.name: format for format in FORMATS if format.writer}


class FormatError(Exception):
    """A format is unknown or cannot be used; the text is one line that says why."""


def format_of(path: str, given: str, among: dict[str, Format]) -> Format:
    """Return the format that is given, else the one of the file's ending. Raises FormatError."""
    if given:
        return among[given]
    lowered = path.lower().removesuffix(COMPRESSED)
    for format in among.values():
        if lowered.endswith(format.endings):
            return format
    if path == "-":
        raise FormatError("-: name its format with --format")
    known = ", ".join(ending for format in among.values() for ending in format.endings)
    raise FormatError(f"{path}: its ending is none of {known}: name its format with --format")


def reader_of(format: Format) -> Reader:
    """Import the function that reads a format. Raises FormatError if its extra is not installed."""
    reader: Reader = _function(format, format.reader)
    return reader


def writer_of(format: Format) -> Writer:
    """Import the function that writes a format. Raises FormatError as reader_of does."""
    writer: Writer = _function(format, format.writer)
    return writer


def _function(format: Format, place: str) -> Any:
    module, _, function = place.partition(":")
    try:
        return getattr(importlib.import_module(f"routeguide.formats.{module}"), function)
    except ModuleNotFoundError as error:
        if not format.extra:
            raise
        text = extras.missing(f"format {format.name}", str(error.name), format.extra)
        raise FormatError(text) from error
