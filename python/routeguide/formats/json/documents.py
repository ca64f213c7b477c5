"""The JSON form of the RouteGuide tutorials (see domain.database), of any length."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from routeguide.domain import database, record_list
from routeguide.formats.base import text
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source
from routeguide.formats.json import geojson


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read the tutorials' form if the text is a list, GeoJSON if it is an object."""
    pieces = text.pieces(source, options.encoding)
    begun, line = record_list.opened(pieces)
    if begun.startswith(b"["):
        fail = partial(SourceError, source.name)
        for columns in database.read_columns(pieces, begun[1:], line, reject, fail):
            yield Batch(*columns, len(columns[2]))
    elif begun.startswith((b"{", geojson.RECORD_SEPARATOR)):
        yield from geojson.read_pieces(source, pieces, begun, line, options, reject)
    else:
        fault = "neither a list of features nor GeoJSON" if begun else "the file is empty"
        raise SourceError(source.name, fault)
