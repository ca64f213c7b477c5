"""A spatial index of point features and great-circle distances, in C.

Coordinates are E7 integers, degrees times ten million, unless a name says degrees; latitude comes
before longitude.
"""

from routeguide_c._core import (
    DegreesWarning,
    FeatureIndex,
    FeatureIndexBuilder,
    SnapshotError,
    Trip,
    Vector,
    e7_from_latitudes,
    e7_from_longitudes,
    haversine,
    haversine_many,
    path_length,
)

__all__ = [
    "DegreesWarning",
    "FeatureIndex",
    "FeatureIndexBuilder",
    "SnapshotError",
    "Trip",
    "Vector",
    "e7_from_latitudes",
    "e7_from_longitudes",
    "haversine",
    "haversine_many",
    "path_length",
]
