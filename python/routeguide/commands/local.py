"""The client's questions, answered from a snapshot in this process: no server, no gRPC."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from routeguide.client.features import (
    Feature,
    NearbyFeature,
    RouteFeature,
    RouteSummary,
    Side,
)
from routeguide_c import FeatureIndex, Trip, Vector

Item = TypeVar("Item")

_SIDES: dict[int, Side] = {-1: "left", 0: "on", 1: "right"}


class Found(Generic[Item]):
    """Features of an index by their ids, with the other columns of a query's answer.

    Iterating makes an `Item` of each, as the client's answers do; `columns` makes none.
    """

    def __init__(
        self,
        item: Callable[..., Item],
        index: FeatureIndex,
        ids: Vector[int],
        **beside: Vector[float] | list[Side],
    ) -> None:
        """`beside` may have more than there are ids."""
        self._item = item
        self._index = index
        self._ids = ids
        self._beside = beside

    def __iter__(self) -> Iterator[Item]:
        for columns in self.columns(1000):
            names, lats_e7, lons_e7, *beside = columns.values()
            features: Iterator[Any] = map(Feature, names, lats_e7, lons_e7)
            yield from map(self._item, features, *beside) if beside else features

    def columns(self, step: int) -> Iterator[dict[str, Sequence[Any]]]:
        """So many at a time, as the fields of Feature and those beside it, each a column."""
        name = self._index.name
        lat_e7, lon_e7 = self._index.latitudes, self._index.longitudes
        for start in range(0, len(self._ids), step):
            ids = self._ids[start : start + step].tolist()
            yield {
                "name": [*map(name, ids)],
                "lat_e7": [*map(lat_e7.__getitem__, ids)],
                "lon_e7": [*map(lon_e7.__getitem__, ids)],
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

    def list_features(
        self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int
    ) -> Found[Feature]:
        return Found(Feature, self._index, self._index.query(lat1_e7, lon1_e7, lat2_e7, lon2_e7))

    def search(
        self,
        south_e7: int,
        west_e7: int,
        north_e7: int,
        east_e7: int,
        *,
        named_only: bool = False,
        limit: int | None = None,
    ) -> Found[Feature]:
        ids = self._index.query_box(south_e7, west_e7, north_e7, east_e7)
        if named_only:
            ids = self._index.named(ids)
        return Found(Feature, self._index, ids[:limit])

    def nearest(
        self, lat_e7: int, lon_e7: int, k: int, max_distance_m: float = math.inf
    ) -> Found[NearbyFeature]:
        ids, distances_m = self._index.nearest(lat_e7, lon_e7, k, max_distance_m)
        return Found(NearbyFeature, self._index, ids, distance_m=distances_m)

    def within(
        self, lat_e7: int, lon_e7: int, radius_m: float, *, limit: int | None = None
    ) -> Found[NearbyFeature]:
        ids, distances_m = self._index.within(lat_e7, lon_e7, radius_m)
        return Found(NearbyFeature, self._index, ids[:limit], distance_m=distances_m)

    def along(
        self,
        lats_e7: Sequence[int],
        lons_e7: Sequence[int],
        half_width_m: float,
        *,
        limit: int | None = None,
    ) -> Found[RouteFeature]:
        ids, along_m, offset_m, sides = self._index.along(lats_e7, lons_e7, half_width_m)
        named = [*map(_SIDES.__getitem__, sides[:limit])]
        return Found(
            RouteFeature, self._index, ids[:limit], along_m=along_m, offset_m=offset_m, side=named
        )

    def record_route(self, points: Iterable[tuple[int, int]]) -> RouteSummary:
        """The figures of a server's RecordRoute; it takes no time to send the points."""
        trip = Trip(self._index)
        for point in points:
            trip.visit(*point)
        return RouteSummary(trip.point_count, trip.feature_count, int(trip.distance_m), 0)

    def _feature(self, feature_id: int) -> Feature:
        return Feature(self._index.name(feature_id), *self._index.location(feature_id))
