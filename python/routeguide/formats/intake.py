"""From sources to an index: reads them one after the other, and keeps count."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from routeguide.formats import duplicates, registry
from routeguide.formats.model import ReadOptions, Reject, Utf8
from routeguide.formats.sources import Source
from routeguide_c import FeatureIndex


@dataclass
class Counts:
    kept: int = 0
    rejected: int = 0

    @property
    def read(self) -> int:
        return self.kept + self.rejected


RejectReport = Callable[[Reject], None]
Progress = Callable[[Source, Counts], None]


def gather(
    paths: Iterable[str],
    format_name: str,
    options: ReadOptions,
    report: RejectReport,
    progress: Progress,
) -> tuple[FeatureIndex, Counts, int]:
    """The features of all sources, in their order; counts; how many repeat a location.

    Each row that is not kept goes to `report`, whose exceptions end it all. `progress` is told
    after every batch. Raises SourceError and FormatError.
    """
    counts = Counts()
    lats_e7, lons_e7, names = array("i"), array("i"), list[str]()
    for path in paths:
        format = registry.format_of(path, format_name, registry.READABLE)
        with Source(path) as source:

            def reject(
                field: str, reason: str, line: int = 0, record: int = 0, name: str = source.name
            ) -> None:
                counts.rejected += 1
                report(Reject(name, line, record, field, reason))

            for batch in registry.reader_of(format)(source, options, reject):
                lats_e7.frombytes(memoryview(batch.lats_e7).cast("B"))
                lons_e7.frombytes(memoryview(batch.lons_e7).cast("B"))
                assert not isinstance(batch.names, Utf8)
                names.extend(batch.names)
                counts.kept += batch.rows
                progress(source, counts)
    index = FeatureIndex(lats_e7, lons_e7, names)
    return index, counts, duplicates.count(index)
