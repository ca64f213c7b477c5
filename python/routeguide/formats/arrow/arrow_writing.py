"""Features as Parquet and Arrow files: columns latitude and longitude, in degrees, and name.

Needs pyarrow, which the extra `arrow` installs. E7 divided by 1e7 as a double rounds back to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet

from routeguide.domain.earth import E7
from routeguide_c import FeatureIndex

_STEP = 1 << 17  # features in a row group or record batch
_SCHEMA = pa.schema(
    [
        pa.field("latitude", pa.float64(), nullable=False),
        pa.field("longitude", pa.float64(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
    ]
)


def write_parquet(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    with pa.parquet.ParquetWriter(file, _SCHEMA) as writer:
        yield from _write(index, writer)


def write_ipc(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    """Arrow's file format."""
    with pa.ipc.new_file(file, _SCHEMA) as writer:
        yield from _write(index, writer)


def _write(index: FeatureIndex, writer: Any) -> Iterator[int]:
    columns = [
        pa.Array.from_buffers(pa.int32(), len(index), [None, pa.py_buffer(memoryview(column))])
        for column in (index.lats_e7, index.lons_e7)
    ]
    for start in range(0, len(index), _STEP):
        stop = min(start + _STEP, len(index))
        names = pa.array(map(index.name, range(start, stop)), pa.string(), size=stop - start)
        degrees = [pc.divide(column[start:stop].cast(pa.float64()), E7) for column in columns]
        writer.write_batch(pa.record_batch([*degrees, names], schema=_SCHEMA))
        yield stop
