"""Feature databases: the JSON form of the RouteGuide tutorials, read into an index.

    [{"location": {"latitude": 407838351, "longitude": -746143763}, "name": "Patriots Path"}, ...]

Coordinates are E7 integers on Earth, edges included. A missing name means unnamed, as "" does;
any other member of a record is ignored. Locations may repeat.
"""

import os
from array import array
from importlib import resources
from typing import Annotated

import msgspec

from routeguide.common import endless_files
from routeguide.common.wording import printable
from routeguide.domain.database_faults import explain
from routeguide.domain.earth import LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide_c import FeatureIndex

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class DatabaseError(Exception):
    """A database that cannot be used.

    The text is one line that says which file, record (counted from 1) and field, and why.
    """

    def __init__(self, file_name: str, fault: str) -> None:
        super().__init__(printable(f"{file_name}: {fault}"))


class Location(msgspec.Struct, gc=False):
    latitude: Annotated[int, msgspec.Meta(ge=-LAT_LIMIT_E7, le=LAT_LIMIT_E7)]
    longitude: Annotated[int, msgspec.Meta(ge=-LON_LIMIT_E7, le=LON_LIMIT_E7)]


class Record(msgspec.Struct, gc=False):
    location: Location
    name: str = ""


def load(path: str | os.PathLike[str]) -> FeatureIndex:
    """The features of the file at `path`, in its order.

    Raises DatabaseError, whose text is one line, for a file that cannot be read or holds
    anything but such a list.
    """
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            if endless_files.is_endless(file.fileno()):
                raise DatabaseError(name, endless_files.FAULT)
            text = file.read()
    except OSError as error:
        raise DatabaseError(name, error.strerror or str(error)) from error
    return parse(text, name)


def load_packaged() -> FeatureIndex:
    """The 100 features that come with the package."""
    name = "route_guide_db.json"
    return parse((resources.files("routeguide") / "data" / name).read_bytes(), name)


def parse(text: bytes, name: str) -> FeatureIndex:
    """The features in `text`. Raises as `load` does; `name` is what an error calls the file."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        if not text.isascii():
            text.decode()  # the decoder below does not look inside members that it ignores
        records = msgspec.json.decode(text, type=list[Record])
    except (ValueError, RecursionError) as error:
        raise DatabaseError(name, explain(text, error, Record)) from error
    return FeatureIndex(
        array("i", [record.location.latitude for record in records]),
        array("i", [record.location.longitude for record in records]),
        [record.name for record in records],
    )
