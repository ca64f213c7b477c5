"""The values that the clients return. Coordinates are E7 integers, distances are meters.

Every value with a place has it in degrees too, as `latitude` and `longitude`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from routeguide.domain.earth import E7

Side = Literal["left", "right", "on"]


class Feature(NamedTuple):
    """A place with a name, which is "" for an unnamed feature."""

    name: str
    lat_e7: int
    lon_e7: int

    @property
    def latitude(self) -> float:
        """Degrees north of the equator."""
        return self.lat_e7 / E7

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich."""
        return self.lon_e7 / E7


class NearbyFeature(NamedTuple):
    """A feature and its distance from the place of the query."""

    feature: Feature
    distance_m: float

    @property
    def lat_e7(self) -> int:
        return self.feature.lat_e7

    @property
    def lon_e7(self) -> int:
        return self.feature.lon_e7

    @property
    def latitude(self) -> float:
        """Degrees north of the equator."""
        return self.feature.latitude

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich."""
        return self.feature.longitude


class RouteFeature(NamedTuple):
    """A feature, its place along a route, its distance from the route, and its side of it.

    The side is that of a traveller along the route; "on" is for features on the route, straight
    before its start or straight after its end.
    """

    feature: Feature
    along_m: float
    offset_m: float
    side: Side

    @property
    def lat_e7(self) -> int:
        return self.feature.lat_e7

    @property
    def lon_e7(self) -> int:
        return self.feature.lon_e7

    @property
    def latitude(self) -> float:
        """Degrees north of the equator."""
        return self.feature.latitude

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich."""
        return self.feature.longitude


class Bounds(NamedTuple):
    """The tightest box around some features; it does not cross the antimeridian."""

    south_e7: int
    west_e7: int
    north_e7: int
    east_e7: int


class RouteSummary(NamedTuple):
    """The summary of a recorded route; fractions are dropped."""

    point_count: int
    feature_count: int
    distance_m: int
    elapsed_time_s: int


class Note(NamedTuple):
    """A message left at a place."""

    message: str
    lat_e7: int
    lon_e7: int

    @property
    def latitude(self) -> float:
        """Degrees north of the equator."""
        return self.lat_e7 / E7

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich."""
        return self.lon_e7 / E7
