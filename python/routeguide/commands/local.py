"""Queries answered from an index in this process: no server, no gRPC."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from routeguide.client.features import Feature, NearbyFeature, RouteFeature, RouteSummary, Side
from routeguide_c import FeatureIndex, Trip, Vector

Item = TypeVar("Item")

_SIDES: dict[int, Side] = {-1: "left", 0: "on", 1: "right"}
_STEP = 1000


class Found(Generic[Item]):
    """The answer of a query: features by their ids, with columns of what else it found.

    Iterating makes an `Item` for each; `columns` makes none, and takes two thirds of the time when
    a million are printed.
    """

    def __init__(
        self,
        item: Callable[..., Item],
        index: FeatureIndex,
        ids: Vector[int],
        **added: Vector[float] | list[Side],
    ) -> None:
        """The columns `added` may be longer than `ids`."""
        self._item = item
        self._index = index
        self._ids = ids
        self._added = added

    def __iter__(self) -> Iterator[Item]:
        for columns in self.columns(_STEP):
            names, lats_e7, lons_e7, *added = columns.values()
            features: Iterator[Any] = map(Feature, names, lats_e7, lons_e7)
            yield from map(self._item, features, *added) if added else features

    def columns(self, step: int) -> Iterator[dict[str, Sequence[Any]]]:
        """Yield `step` rows at a time: the fields of Feature, then the other columns."""
        name = self._index.name
        lat_e7, lon_e7 = self._index.lats_e7, self._index.lons_e7
        for start in range(0, len(self._ids), step):
            ids = self._ids[start : start + step].tolist()
            yield {
                "name": [*map(name, ids)],
                "lat_e7": [*map(lat_e7.__getitem__, ids)],
                "lon_e7": [*map(lon_e7.__getitem__, ids)],
                **{
                    title: [*values[start : start + len(ids)]]
                    for title, values in self._added.items()
                },
            }


class LocalFeatures:
    """Implement `FeatureQueries` with an index; `routeguide.Client` describes each method."""

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index

    def get_features(self, points: Iterable[tuple[int, int]]) -> list[Feature | None]:
        ids = [self._index.find(*point) for point in points]
        return [None if id_ is None else self._feature(id_) for id_ in ids]

    def _feature(self, feature_id: int) -> Feature:
        return Feature(self._index.name(feature_id), *self._index.location(feature_id))

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
        side = [*map(_SIDES.__getitem__, sides[:limit])]
        added: dict[str, Any] = {"along_m": along_m, "offset_m": offset_m, "side": side}
        return Found(RouteFeature, self._index, ids[:limit], **added)

    def record_route(self, points: Iterable[tuple[int, int]]) -> RouteSummary:
        """Summarize a trip as a server does; the elapsed time is 0."""
        trip = Trip(self._index)
        for point in points:
            trip.visit(*point)
        return RouteSummary(trip.point_count, trip.feature_count, int(trip.distance_m), 0)
