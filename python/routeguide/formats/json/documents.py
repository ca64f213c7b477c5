"""The JSON form of the RouteGuide tutorials, as domain.database has it, of any length."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from routeguide.domain.database import Record
from routeguide.formats.base import text
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source
from routeguide.formats.json import geojson
from routeguide.formats.json.json_list import ListReader

_SPACES = b" \t\r\n"


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """A list is the documents' form; an object is GeoJSON."""
    pieces = text.pieces(source, options.encoding)
    line = 1
    for piece in pieces:
        begun = piece.lstrip(_SPACES)
        line += piece.count(b"\n", 0, len(piece) - len(begun))
        if begun.startswith(b"["):
            reader = ListReader(source.name, Record, pieces, begun[1:], line, reject)
            yield from _batches(reader)
            if reader.rest().strip(_SPACES):
                raise SourceError(source.name, "not JSON: there is more after the list")
            return
        if begun.startswith((b"{", geojson.RECORD_SEPARATOR)):
            yield from geojson.read_pieces(source, pieces, begun, line, options, reject)
            return
        if begun:
            raise SourceError(source.name, "neither a list of features nor GeoJSON")
    raise SourceError(source.name, "the file is empty")


def _batches(reader: ListReader[Record]) -> Iterator[Batch]:
    for run in reader.runs():
        records = run.records
        yield Batch(
            array("i", [record.location.latitude for record in records]),
            array("i", [record.location.longitude for record in records]),
            [record.name for record in records],
            len(records),
        )
