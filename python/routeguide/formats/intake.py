"""Read sources one after another into one index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from routeguide.common.snapshot_files import is_snapshot
from routeguide.common.wording import printable
from routeguide.formats import registry
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import Batch, ReadOptions, Reject, Utf8
from routeguide.formats.base.sources import Source
from routeguide_c import FeatureIndex, FeatureIndexBuilder


@dataclass
class Counts:
    kept: int = 0
    rejected: int = 0
    remarks: list[str] = field(default_factory=list)  # a line for each source that has one

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
) -> tuple[FeatureIndex, Counts]:
    """Read the features of all sources, in their order, and count them.

    `report` is called for each rejected row, `progress` after every batch; an exception from either
    ends the reading. Raises SourceError and FormatError.
    """
    counts = Counts()
    builder = FeatureIndexBuilder()
    # All before the first is read: an unknown format or a missing package should show at once.
    readers = [(path, registry.reader_of(_format_of(path, format_name))) for path in paths]
    for path, read in readers:
        with Source(path) as source:

            def reject(
                field: str, reason: str, line: int = 0, record: int = 0, name: str = source.name
            ) -> None:
                counts.rejected += 1
                report(Reject(name, line, record, field, reason))

            for batch in read(source, options, reject):
                _add(builder, batch, source)
                counts.kept += batch.rows
                progress(source, counts)
            if source.remark:
                counts.remarks.append(printable(f"{source.name}: {source.remark}"))
    return builder.build(), counts


def _format_of(path: str, given: str) -> registry.Format:
    if os.path.isdir(path):
        raise SourceError(path, "a folder; name the files in it")
    try:
        return registry.format_of(path, given, registry.READABLE)
    except registry.FormatError:
        with suppress(OSError):  # the error about the format is enough
            if is_snapshot(path):
                fault = "it is a snapshot; `routeguide export` converts it"
                raise SourceError(path, fault) from None
        raise


def _add(builder: FeatureIndexBuilder, batch: Batch, source: Source) -> None:
    try:
        if isinstance(batch.names, Utf8):
            builder.extend(batch.lats_e7, batch.lons_e7, *batch.names)
        else:
            builder.extend_names(batch.lats_e7, batch.lons_e7, batch.names)
    except ValueError as error:  # a name is too long, or there are too many features
        raise SourceError(source.name, str(error)) from error
