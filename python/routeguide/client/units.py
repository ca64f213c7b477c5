"""Check coordinates that are E7 integers, and convert coordinates in degrees to E7.

Errors name the parameters of the public methods.
"""

from __future__ import annotations

import operator
import sys
import warnings
from collections.abc import Iterable, Sequence

from routeguide.domain.earth import E7, looks_like_e7
from routeguide_c import DegreesWarning

Place = tuple[int, int]  # latitude and longitude, E7
Box = tuple[int, int, int, int]  # south, west, north and east, E7


def e7_place(lat_e7: int, lon_e7: int) -> Place:
    """Check a place. Raises TypeError if it is not of integers, ValueError over 32 bits."""
    place = _int32("lat_e7", lat_e7), _int32("lon_e7", lon_e7)
    _warn_of_degrees((place,))
    return place


def e7_places(places: Iterable[tuple[int, int]]) -> list[Place]:
    """Check several places as `e7_place` does one."""
    checked = [(_int32("lat_e7", lat), _int32("lon_e7", lon)) for lat, lon in places]
    _warn_of_degrees(checked)
    return checked


def e7_box(south_e7: int, west_e7: int, north_e7: int, east_e7: int) -> Box:
    """Check a box as `e7_place` does a place."""
    box = (
        _int32("south_e7", south_e7),
        _int32("west_e7", west_e7),
        _int32("north_e7", north_e7),
        _int32("east_e7", east_e7),
    )
    _warn_of_degrees([box[:2], box[2:]])
    return box


def degrees_place(latitude: float, longitude: float) -> Place:
    """Convert a place: degrees times ten million, rounded half to even.

    Raises TypeError for anything but numbers, ValueError for numbers off the Earth.
    """
    return _from_degrees("latitude", latitude, 90), _from_degrees("longitude", longitude, 180)


def degrees_places(places: Iterable[tuple[float, float]]) -> list[Place]:
    """Convert several places as `degrees_place` does one."""
    return [degrees_place(latitude, longitude) for latitude, longitude in places]


def degrees_box(south: float, west: float, north: float, east: float) -> Box:
    """Convert a box as `degrees_place` does a place."""
    return (
        _from_degrees("south", south, 90),
        _from_degrees("west", west, 180),
        _from_degrees("north", north, 90),
        _from_degrees("east", east, 180),
    )


def _int32(name: str, value: int) -> int:
    try:
        number = operator.index(value)  # numpy's integers are not ints
    except TypeError:
        raise TypeError(
            f"{name}: expected E7, degrees times ten million as an int, not {value!r};"
            " the methods of client.degrees take degrees"
        ) from None
    if not -(2**31) <= number < 2**31:
        raise ValueError(f"{name}: {number} does not fit in 32 bits")
    return number


def _from_degrees(name: str, degrees: float, limit: int) -> int:
    try:
        is_inside = bool(abs(degrees) <= limit)
    except TypeError:
        raise TypeError(f"{name}: expected degrees as a number, not {degrees!r}") from None
    if not is_inside:
        hint = "; the client's own methods take E7" if looks_like_e7(degrees) else ""
        raise ValueError(f"{name}: {degrees} is outside of -{limit} to {limit} degrees{hint}")
    return round(float(degrees) * E7)


def _warn_of_degrees(places: Sequence[tuple[int, ...]]) -> None:
    """Warn if all E7 numbers would be valid as degrees, unless all of them are 0."""
    for lat_e7, lon_e7 in places:
        if not (-90 <= lat_e7 <= 90 and -180 <= lon_e7 <= 180):
            return
    if place := next(filter(any, places), None):
        warnings.warn(
            f"{place} as E7 is within 2 m of 0, 0; the methods of client.degrees take degrees",
            DegreesWarning,
            stacklevel=_callers_level(),
        )


def _callers_level() -> int:
    """Return the `stacklevel` of the first frame outside of this package, for the caller."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__package__") == __package__:
        level, frame = level + 1, frame.f_back
    return level
