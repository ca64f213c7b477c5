"""What the clients answer with. Coordinates are E7 integers, distances metres."""

from __future__ import annotations

from typing import Literal, NamedTuple

Side = Literal["left", "right", "on"]


class Feature(NamedTuple):
    """Something with a place and, perhaps, a name: "" where it has none."""

    name: str
    latitude_e7: int
    longitude_e7: int


class NearbyFeature(NamedTuple):
    """A feature and how far it is from the place that was asked for."""

    feature: Feature
    distance_m: float


class RouteFeature(NamedTuple):
    """A feature, where along the route it is, how far off it, and on which side."""

    feature: Feature
    along_m: float
    offset_m: float
    side: Side


class Bounds(NamedTuple):
    """The tightest box around some features; it does not cross the antimeridian."""

    south_e7: int
    west_e7: int
    north_e7: int
    east_e7: int


class RouteSummary(NamedTuple):
    """What a recorded route amounts to; fractions are dropped."""

    point_count: int
    feature_count: int
    distance_m: int
    elapsed_time_s: int


class Note(NamedTuple):
    """A message left at a place."""

    message: str
    latitude_e7: int
    longitude_e7: int
