"""A spatial index of point features and great-circle distances, in C.

Coordinates are E7 integers, degrees times ten million, latitude before longitude;
`FeatureIndex.from_degrees` and `FeatureIndex.degrees` take degrees.
"""

from collections.abc import Sequence

from routeguide_c._core import (
    DegreesView,
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
from routeguide_c.answers import (
    AlongResult,
    Bounds,
    DegreesBounds,
    DegreesLocation,
    DegreesLocations,
    IndexedFeature,
    Location,
    Locations,
    NearestResult,
)

Sequence.register(Vector)

__all__ = [
    "AlongResult",
    "Bounds",
    "DegreesBounds",
    "DegreesLocation",
    "DegreesLocations",
    "DegreesView",
    "DegreesWarning",
    "FeatureIndex",
    "FeatureIndexBuilder",
    "IndexedFeature",
    "Location",
    "Locations",
    "NearestResult",
    "SnapshotError",
    "Trip",
    "Vector",
    "e7_from_latitudes",
    "e7_from_longitudes",
    "haversine",
    "haversine_many",
    "path_length",
]
