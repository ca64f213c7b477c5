"""Find the columns of a table: those that options name, else those with common names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from routeguide.formats.base.faults import shortened
from routeguide.formats.base.model import ReadOptions

# The best first. Case does not matter, nor surrounding spaces, nor _ or - instead of a space.
LATITUDES = (
    "latitude", "lat", "lat_e7", "latitude_e7", "stop_lat", "decimallatitude", "latitude_deg",
    "lat_deg", "lat_dd", "geo_lat", "geo_latitude", "y", "y_coord",
)  # fmt: skip
LONGITUDES = (
    "longitude", "lon", "lng", "long", "lon_e7", "longitude_e7", "stop_lon", "decimallongitude",
    "longitude_deg", "lon_deg", "lng_deg", "lon_dd", "geo_lon", "geo_lng", "geo_long",
    "geo_longitude", "x", "x_coord",
)  # fmt: skip
NAMES = (
    "name", "title", "label", "stop_name", "station_name", "place_name", "placename",
    "display_name", "full_name", "city", "place", "asciiname", "name_en",
)  # fmt: skip


_ONE_COLUMN = "latitudes and longitudes cannot both be in column"


class ColumnError(Exception):
    """A column cannot be found; the text says which, and which columns exist."""


class Columns(NamedTuple):
    lat: int
    lon: int
    name: int | None  # None: every feature is unnamed
    units: str  # "degrees" or "e7"


def find(header: Sequence[str], options: ReadOptions) -> Columns:
    """Find the columns in a header. Raises ColumnError."""
    normal = [_normal(title) for title in header]
    lat = _position(options.lat, LATITUDES, header, normal)
    lon = _position(options.lon, LONGITUDES, header, normal)
    if lat is None or lon is None:
        missing, option = ("latitude", "--lat") if lat is None else ("longitude", "--lon")
        raise ColumnError(f"no {missing} column among {_listed(header)}: name it with {option}")
    if lat == lon:
        raise ColumnError(f"{_ONE_COLUMN} {shortened(header[lat])}")
    name = _position(options.name, NAMES, header, normal)
    is_e7 = normal[lat].endswith("e7") and normal[lon].endswith("e7")
    return Columns(lat, lon, name, options.units or ("e7" if is_e7 else "degrees"))


def find_name(header: Sequence[str], options: ReadOptions) -> int | None:
    """Find the column with names; None if there is none. Raises ColumnError if the options name
    one that is missing."""
    return _position(options.name, NAMES, header, [_normal(title) for title in header])


def unnamed(header: Sequence[str]) -> str:
    """Say that `find` or `find_name` found no column with names."""
    return f"no column with names among {_listed(header)}: its features are unnamed; see --name"


def numbered(width: int, options: ReadOptions) -> Columns:
    """Return the columns that the options give as numbers from 1. Raises ColumnError."""
    wanted = {"--lat": options.lat, "--lon": options.lon, "--name": options.name}
    positions: dict[str, int | None] = {}
    for option, text in wanted.items():
        if not text and option == "--name":
            positions[option] = None
        elif text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= width:
            positions[option] = int(text) - 1
        else:
            raise ColumnError(
                f"without a header, {option} is the number of a column from 1 to {width}"
                + (f", not {shortened(text)}" if text else "")
            )
    lat, lon = positions["--lat"], positions["--lon"]
    assert lat is not None
    assert lon is not None
    if lat == lon:
        raise ColumnError(f"{_ONE_COLUMN} {lat + 1}")
    return Columns(lat, lon, positions["--name"], options.units or "degrees")


def _position(
    wanted: str, usual: Sequence[str], header: Sequence[str], normal: Sequence[str]
) -> int | None:
    if not wanted:
        return next((normal.index(name) for name in usual if name in normal), None)
    if wanted in header:
        return header.index(wanted)
    if _normal(wanted) in normal:
        return normal.index(_normal(wanted))
    raise ColumnError(f"no column {shortened(wanted)} among {_listed(header)}")


def _normal(title: str) -> str:
    return title.strip().lower().replace(" ", "_").replace("-", "_")


def _listed(header: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(shortened(title, 30) for title in header[:most])
    return shown + (f" and {len(header) - most} more" if len(header) > most else "")
