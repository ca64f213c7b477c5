"""The queries that a server's client and a local file both answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

from routeguide.client.features import Feature, NearbyFeature, RouteFeature, RouteSummary


class FeatureQueries(Protocol):
    """The methods that `routeguide.Client` and the commands' `LocalFeatures` share.

    Coordinates are E7 integers, latitude before longitude; distances are meters.
    `routeguide.Client` describes each method.
    """

    def get_features(self, points: Iterable[tuple[int, int]], /) -> list[Feature | None]: ...

    def list_features(
        self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int, /
    ) -> Iterable[Feature]: ...

    def search(
        self,
        south_e7: int,
        west_e7: int,
        north_e7: int,
        east_e7: int,
        /,
        *,
        named_only: bool = False,
        limit: int | None = None,
    ) -> Iterable[Feature]: ...

    def nearest(
        self, lat_e7: int, lon_e7: int, k: int, /, max_distance_m: float = math.inf
    ) -> Iterable[NearbyFeature]: ...

    def within(
        self, lat_e7: int, lon_e7: int, radius_m: float, /, *, limit: int | None = None
    ) -> Iterable[NearbyFeature]: ...

    def along(
        self,
        lats_e7: Sequence[int],
        lons_e7: Sequence[int],
        half_width_m: float,
        /,
        *,
        limit: int | None = None,
    ) -> Iterable[RouteFeature]: ...

    def record_route(self, points: Iterable[tuple[int, int]], /) -> RouteSummary: ...
