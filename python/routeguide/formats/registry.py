"""The formats by name, and which of them a file has."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from routeguide.formats.faults import SourceError
from routeguide.formats.model import Reader

COMPRESSED = ".gz"


class Format(NamedTuple):
    name: str
    endings: tuple[str, ...]
    reader: str  # "module:function" within this package; "" where it cannot be read
    what: str


FORMATS = (
    Format("csv", (".csv",), "delimited:read_csv", "comma or otherwise separated values"),
    Format("json", (".json",), "documents:read", "the tutorials' JSON; GeoJSON where it is that"),
    Format("geojson", (".geojson",), "geojson:read", "GeoJSON, a FeatureCollection"),
    Format(
        "geojsonl",
        (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"),
        "geojson:read_lines",
        "GeoJSON, one feature a line, or a sequence (RFC 8142)",
    ),
    Format("geonames", (".txt",), "geonames:read", "the dump format of GeoNames"),
    Format("tsv", (".tsv", ".tab"), "delimited:read_tsv", "tab separated values"),
)
BY_NAME = {format.name: format for format in FORMATS}


def format_of(path: str, given: str) -> Format:
    """The format that was given or that the ending says. Raises SourceError."""
    if given:
        return BY_NAME[given]
    lowered = path.lower().removesuffix(COMPRESSED)
    for format in FORMATS:
        if lowered.endswith(format.endings):
            return format
    if path == "-":
        raise SourceError("standard input", "say what it is with --format")
    known = ", ".join(ending for format in FORMATS for ending in format.endings)
    raise SourceError(path, f"its ending is none of {known}: say what it is with --format")


def reader_of(format: Format) -> Reader:
    module, _, function = format.reader.partition(":")
    reader: Reader = getattr(importlib.import_module(f"routeguide.formats.{module}"), function)
    return reader
