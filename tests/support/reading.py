"""Read a file of places in this process."""

from __future__ import annotations

from pathlib import Path

from routeguide.formats import registry
from routeguide.formats.model import Batch, ReadOptions, Reject, Utf8
from routeguide.formats.sources import Source

Feature = tuple[int, int, str]


def names_of(batch: Batch) -> list[str]:
    if not isinstance(batch.names, Utf8):
        return list(batch.names)
    offsets = memoryview(batch.names.offsets).tolist()
    data = bytes(batch.names.data)
    return [data[offsets[i] : offsets[i + 1]].decode() for i in range(batch.rows)]


def read(
    path: Path, format_name: str = "", options: ReadOptions | None = None
) -> tuple[list[Feature], list[Reject]]:
    """Return the features that a reader keeps, and its rejects, whose source is "".

    Raises SourceError.
    """
    features: list[Feature] = []
    rejects: list[Reject] = []

    def reject(field: str, reason: str, line: int = 0, record: int = 0) -> None:
        rejects.append(Reject("", line, record, field, reason))

    format = registry.format_of(str(path), format_name, registry.READABLE)
    with Source(str(path)) as source:
        for batch in registry.reader_of(format)(source, options or ReadOptions(), reject):
            lats_e7 = memoryview(batch.lats_e7).tolist()
            lons_e7 = memoryview(batch.lons_e7).tolist()
            assert len(lats_e7) == len(lons_e7) == batch.rows
            features += zip(lats_e7, lons_e7, names_of(batch), strict=True)
    return features, rejects
