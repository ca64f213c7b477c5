"""Parquet, GeoParquet and Arrow's own files. Needs pyarrow, which the extra `arrow` installs.

GeoParquet (geoparquet.org, version 1.1): points on WGS 84, in WKB or as structs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from routeguide.formats.arrow.arrow_tables import TableReader
from routeguide.formats.base.faults import SourceError, shortened
from routeguide.formats.base.model import BATCH_ROWS, Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source

_FILE_MAGIC = b"ARROW1"
_PIECE = 1 << 24
_MOST_IN_MEMORY = 1 << 31  # bytes from a pipe or gzip
_WGS84 = (("OGC", "CRS84"), ("EPSG", "4326"))


class _Identity(msgspec.Struct):
    authority: str = ""
    code: str | int = ""


class _System(msgspec.Struct):
    """A coordinate reference system in PROJJSON."""

    name: str = ""
    id: _Identity = msgspec.field(default_factory=_Identity)


class _GeometryColumn(msgspec.Struct):
    encoding: str
    crs: _System | None = None  # absent: WGS 84; null: unknown, read as WGS 84


class _GeoMetadata(msgspec.Struct):
    primary_column: str
    columns: dict[str, _GeometryColumn]


def read_parquet(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read columns of numbers, found as in CSV; of GeoParquet, the points."""
    with _faults(source):
        file = pa.parquet.ParquetFile(_input(source))
        geometry = "" if options.lat or options.lon else _geometry(source, file.schema_arrow)
        reader = TableReader(source, file.schema_arrow, options, reject, geometry)
        done, count = 0, file.metadata.num_rows
        for rows in file.iter_batches(BATCH_ROWS, columns=reader.wanted):
            done += rows.num_rows
            if source.size is not None:
                source.passed = source.size * done // max(count, 1)
            yield from reader.batches(rows)


def read_ipc(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read Arrow's files (Feather version 2) and streams; columns are found as in CSV."""
    with _faults(source):
        data = _input(source)
        is_file = data.read(len(_FILE_MAGIC)) == _FILE_MAGIC
        data.seek(0)
        if is_file:
            file = pa.ipc.open_file(data)
            batches = map(file.get_batch, range(file.num_record_batches))
        else:
            file = pa.ipc.open_stream(data)
            batches = iter(file)
        geometry = "" if options.lat or options.lon else _geometry(source, file.schema)
        reader = TableReader(source, file.schema, options, reject, geometry)
        for rows in batches:
            source.passed = data.tell() if source.is_plain_file else None
            yield from reader.batches(rows)


def _input(source: Source) -> Any:
    """Return something that pyarrow can seek in: the file, or everything that the source holds."""
    if source.is_plain_file:
        return pa.OSFile(os.fsencode(source.path))
    whole = bytearray()
    while piece := source.read(_PIECE):
        whole += piece
        if len(whole) > _MOST_IN_MEMORY:
            fault = f"over {_MOST_IN_MEMORY >> 30} GiB from gzip or a pipe: unpack it into a file"
            raise SourceError(source.name, fault)
    return pa.BufferReader(whole)


@contextmanager
def _faults(source: Source) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        line = (str(error).splitlines() or ["cannot be read"])[0]
        raise SourceError(source.name, line) from error


def _geometry(source: Source, schema: Any) -> str:
    """Return the column of points, "" if there is none. Raises SourceError if it cannot be read."""
    metadata = (schema.metadata or {}).get(b"geo")
    if metadata is None:
        return ""
    geo = msgspec.json.decode(metadata, type=_GeoMetadata)
    column = geo.columns.get(geo.primary_column)
    if column is None or schema.names.count(geo.primary_column) != 1:
        fault = f"no column {shortened(geo.primary_column)}, which should hold points"
        raise SourceError(source.name, fault)
    if column.encoding not in ("WKB", "point"):
        raise SourceError(source.name, f"its geometries are {column.encoding}, not points")
    system = column.crs
    if system is not None and (system.id.authority, str(system.id.code)) not in _WGS84:
        fault = f"its coordinates are {system.name}, not WGS 84: import it with --format gdal"
        raise SourceError(source.name, fault)
    return geo.primary_column
