"""The named tuples that queries answer with. They unpack as plain tuples do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from routeguide_c._core import Vector


class IndexedFeature(NamedTuple):
    """A feature: `index[id]`. The name is "" for an unnamed one."""

    lat_e7: int
    lon_e7: int
    name: str


class Location(NamedTuple):
    """The location of a feature, E7."""

    lat_e7: int
    lon_e7: int


class Locations(NamedTuple):
    """The locations of many features, E7, as two columns of 32-bit integers."""

    lats_e7: Vector[int]
    lons_e7: Vector[int]


class Bounds(NamedTuple):
    """The tightest box around all features, E7."""

    south_e7: int
    west_e7: int
    north_e7: int
    east_e7: int


class NearestResult(NamedTuple):
    """The features near a place: ids and meters, nearest first."""

    ids: Vector[int]
    distances_m: Vector[float]


class AlongResult(NamedTuple):
    """The features along a route, in order along it.

    `along_m` is how many meters from the start of the route the feature is passed, `offset_m` its
    distance from the route there, and `sides` the side it is on: -1 left, +1 right, 0 neither.
    """

    ids: Vector[int]
    along_m: Vector[float]
    offset_m: Vector[float]
    sides: Vector[int]


class DegreesLocation(NamedTuple):
    """The location of a feature in degrees."""

    latitude: float
    longitude: float


class DegreesLocations(NamedTuple):
    """The locations of many features in degrees, as two columns of 64-bit floats."""

    latitudes: Vector[float]
    longitudes: Vector[float]


class DegreesBounds(NamedTuple):
    """The tightest box around all features, in degrees."""

    south: float
    west: float
    north: float
    east: float
