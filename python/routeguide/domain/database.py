"""Feature databases: the JSON form of the RouteGuide tutorials, read into an index.

    [{"location": {"latitude": 407838351, "longitude": -746143763}, "name": "Patriots Path"}, ...]

Coordinates are E7 integers on Earth, edges included. A missing name means unnamed, as "" does;
any other member of a record is ignored. Locations may repeat.
"""

import os
from array import array
from collections.abc import Iterator
from functools import partial
from importlib import resources
from itertools import chain
from typing import Annotated

import msgspec

from routeguide.common import endless_files, snapshot_files
from routeguide.common.wording import printable
from routeguide.domain.earth import LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide.domain.record_list import SPACES, MakeError, RecordList, Reject, opened
from routeguide_c import FeatureIndex

_PIECE = 1 << 20  # bytes read at once
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP_MAGIC = b"\x1f\x8b"


class DatabaseError(Exception):
    """A database that cannot be used.

    The text is one line: the file, the record (counted from 1) and field, and what is wrong.
    """

    def __init__(self, file_name: str, fault: str) -> None:
        super().__init__(printable(f"{file_name}: {fault}"))


class Location(msgspec.Struct, gc=False):
    latitude: Annotated[int, msgspec.Meta(ge=-LAT_LIMIT_E7, le=LAT_LIMIT_E7)]
    longitude: Annotated[int, msgspec.Meta(ge=-LON_LIMIT_E7, le=LON_LIMIT_E7)]


class Record(msgspec.Struct, gc=False):
    location: Location
    name: str = ""


Columns = tuple["array[int]", "array[int]", list[str]]  # latitudes, longitudes (E7) and names


def load(path: str | os.PathLike[str]) -> FeatureIndex:
    """Read the features of a file, in its order.

    Raises DatabaseError for a file that cannot be read, and for the first record that is not valid.
    """
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            if endless_files.is_endless(file.fileno()):
                raise DatabaseError(name, endless_files.FAULT)
            return _index_of(iter(partial(file.read, _PIECE), b""), name)
    except OSError as error:
        raise DatabaseError(name, error.strerror or str(error)) from error


def load_packaged() -> FeatureIndex:
    """Read the 100 features that come with the package."""
    name = "route_guide_db.json"
    text = (resources.files("routeguide") / "data" / name).read_bytes()
    return _index_of(iter([text]), name)


def read_columns(
    pieces: Iterator[bytes], begun: bytes, line: int, reject: Reject, error: MakeError
) -> Iterator[Columns]:
    """Read the records after the bracket that opens the list, some at a time, and the end of the
    text. The parameters are those of RecordList."""
    records = RecordList(Record, pieces, begun, line, reject, error)
    for run in records.runs():
        yield (
            array("i", [record.location.latitude for record in run.records]),
            array("i", [record.location.longitude for record in run.records]),
            [record.name for record in run.records],
        )
    if records.rest().strip(SPACES):
        raise error("not JSON: there is more after the list")


def _index_of(pieces: Iterator[bytes], name: str) -> FeatureIndex:
    def refuse(field: str, reason: str, line: int, number: int) -> None:
        raise DatabaseError(name, ": ".join(filter(None, (f"record {number}", field, reason))))

    first = next(pieces, b"").removeprefix(_BYTE_ORDER_MARK)
    begun, line = opened(chain([first], pieces))
    fault = ""
    if not begun:
        fault = "the file is empty"
    elif begun.startswith(_GZIP_MAGIC):
        fault = "compressed by gzip: unpack it, or import it if it is not a snapshot"
    elif first.startswith(snapshot_files.MAGIC):
        fault = "a snapshot, not a list of features; `routeguide serve --db` serves snapshots"
    elif not begun.startswith(b"["):
        fault = "not a list of features; `routeguide import` reads other formats"
    if fault:
        raise DatabaseError(name, fault)
    lats_e7, lons_e7, names = array("i"), array("i"), []
    for more in read_columns(pieces, begun[1:], line, refuse, partial(DatabaseError, name)):
        lats_e7 += more[0]
        lons_e7 += more[1]
        names += more[2]
    return FeatureIndex(lats_e7, lons_e7, names)
