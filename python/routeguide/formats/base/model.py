"""Types that readers take and return, and that writers take."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol

from routeguide.common.wording import printable
from routeguide.formats.base.sources import Source
from routeguide_c import FeatureIndex

if TYPE_CHECKING:
    from typing_extensions import Buffer

BATCH_ROWS = 1 << 16


class Reject(NamedTuple):
    """A row that was rejected. Lines and records count from 1; 0 if the format has none."""

    source: str
    line: int
    record: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        place += [f"record {self.record}"] if self.record else []
        words = (self.source, ", ".join(place), self.field, self.reason)
        return printable(": ".join(filter(None, words)))


@dataclass(frozen=True)
class ReadOptions:
    """Properties of the sources that the caller knows; "" leaves the choice to the reader."""

    lat: str = ""  # the column with latitudes: its name or, without a header, its number from 1
    lon: str = ""
    name: str = ""  # the column or property with names
    units: str = ""  # "degrees" or "e7"
    wrap: bool = False  # longitudes from 180 to 360 mean -180 to 0
    header: bool = True  # the first row of delimited text names the columns
    delimiter: str = ""
    quoted: bool = True  # quotes around a field are not part of it
    decimal_comma: bool = False  # in coordinates of delimited text
    encoding: str = "utf-8"
    layer: str = ""  # of a file that GDAL reads


class Utf8(NamedTuple):
    """Names in one buffer: name i is data[offsets[i]:offsets[i + 1]]; offsets are int32."""

    offsets: Buffer
    data: Buffer


class Batch(NamedTuple):
    """Some features in the order of their source: E7 columns of equal length, and their names."""

    lats_e7: Buffer
    lons_e7: Buffer
    names: Sequence[str] | Utf8
    rows: int


class RejectSink(Protocol):
    """Receives each row that is rejected."""

    def __call__(self, field: str, reason: str, line: int = 0, record: int = 0) -> None: ...


# Yields batches and passes the rows that it rejects to the sink. Raises SourceError.
Reader = Callable[[Source, ReadOptions, RejectSink], Iterator[Batch]]

# Writes all features; yields now and then how many are written.
Writer = Callable[[FeatureIndex, IO[bytes]], Iterator[int]]


@dataclass(slots=True)
class Rows:
    """Collects features one by one for a batch."""

    lats_e7: array[int] = field(default_factory=lambda: array("i"))
    lons_e7: array[int] = field(default_factory=lambda: array("i"))
    names: list[str] = field(default_factory=list)

    def add(self, lat_e7: int, lon_e7: int, name: str) -> None:
        self.lats_e7.append(lat_e7)
        self.lons_e7.append(lon_e7)
        self.names.append(name)

    def full(self) -> bool:
        return len(self.names) >= BATCH_ROWS

    def take(self) -> Batch:
        """Return everything collected so far and start a new batch."""
        batch = Batch(self.lats_e7, self.lons_e7, self.names, len(self.names))
        self.lats_e7, self.lons_e7, self.names = array("i"), array("i"), []
        return batch
