"""The client's questions, answered from a snapshot in this process: no server, no gRPC."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from routeguide.client.features import Feature, RouteSummary, Side
from routeguide_c import FeatureIndex, Trip, Vector

_SIDES: dict[int, Side] = {-1: "left", 0: "on", 1: "right"}


class Found:
    """Features of an index by their ids, and what a query tells beside each."""

    def __init__(
        self, index: FeatureIndex, ids: Vector[int], **beside: Vector[float] | list[Side]
    ) -> None:
        """`beside` may have more than there are ids."""
        self._index = index
        self._ids = ids
        self._beside = beside

    def columns(self, step: int) -> Iterator[dict[str, Sequence[Any]]]:
        """So many at a time, as the fields of Feature and those beside it, each a column."""
        name = self._index.name
        latitude_e7, longitude_e7 = self._index.lats_e7, self._index.lons_e7
        for start in range(0, len(self._ids), step):
            ids = self._ids[start : start + step].tolist()
            yield {
                "name": [*map(name, ids)],
                "latitude_e7": [*map(latitude_e7.__getitem__, ids)],
                "longitude_e7": [*map(longitude_e7.__getitem__, ids)],
                **{
                    title: [*values[start : start + len(ids)]]
                    for title, values in self._beside.items()
                },
            }


class LocalFeatures:
    """As routeguide.Client, of which it has the methods that a command asks for.

    What the client iterates over is Found here: no object is made for each of many features.
    """

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index

    def get_features(self, points: Iterable[tuple[int, int]]) -> list[Feature | None]:
        found = (self._index.find(*point) for point in points)
        return [None if feature_id is None else self._feature(feature_id) for feature_id in found]

    def list_features(self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> Found:
        return Found(self._index, self._index.query(lat1_e7, lon1_e7, lat2_e7, lon2_e7))

    def search(
        self,
        south: int,
        west: int,
        north: int,
        east: int,
        *,
        named_only: bool = False,
        limit: int | None = None,
    ) -> Found:
        ids = self._index.query_box(south, west, north, east)
        if named_only:
            ids = self._index.named(ids)
        return Found(self._index, ids[:limit])

    def nearest(self, lat_e7: int, lon_e7: int, k: int, max_distance_m: float = math.inf) -> Found:
        ids, distances_m = self._index.nearest(lat_e7, lon_e7, k, max_distance_m)
        return Found(self._index, ids, distance_m=distances_m)

    def within(
        self, lat_e7: int, lon_e7: int, radius_m: float, *, limit: int | None = None
    ) -> Found:
        ids, distances_m = self._index.within(lat_e7, lon_e7, radius_m)
        return Found(self._index, ids[:limit], distance_m=distances_m)

    def along(
        self,
        latitudes: Sequence[int],
        longitudes: Sequence[int],
        half_width_m: float,
        *,
        limit: int | None = None,
    ) -> Found:
        ids, along_m, offset_m, sides = self._index.along(latitudes, longitudes, half_width_m)
        named = [*map(_SIDES.__getitem__, sides[:limit])]
        return Found(self._index, ids[:limit], along_m=along_m, offset_m=offset_m, side=named)

    def record_route(self, points: Iterable[tuple[int, int]]) -> RouteSummary:
        """The figures of a server's RecordRoute; it takes no time to send the points."""
        trip = Trip(self._index)
        for point in points:
            trip.visit(*point)
        return RouteSummary(trip.point_count, trip.feature_count, int(trip.distance_m), 0)

    def _feature(self, feature_id: int) -> Feature:
        return Feature(self._index.name(feature_id), *self._index.location(feature_id))
