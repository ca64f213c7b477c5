"""What the two clients share: requests from arguments, answers from messages, and what to do when
a stream of pages breaks."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from itertools import islice

import grpc

from routeguide.client.dataset_info import DatasetInfo
from routeguide.client.features import (
    Bounds,
    Feature,
    NearbyFeature,
    Note,
    RouteFeature,
    RouteSummary,
    Side,
)
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb import route_guide_pb2
from routeguide.rpc.call_error import call_error

Coordinates = tuple[int, int]
PagedRequest = pb.SearchFeaturesRequest | pb.FeaturesWithinRequest | pb.FeaturesAlongRouteRequest
Page = pb.SearchFeaturesResponse | pb.FeaturesWithinResponse | pb.FeaturesAlongRouteResponse

# Far below the limit that servers have, so that one with a lower limit will do.
BATCH_POINTS = 1_000

_SIDES: dict[int, Side] = {
    pb.SIDE_UNSPECIFIED: "on",
    pb.SIDE_LEFT: "left",
    pb.SIDE_RIGHT: "right",
}

# --- requests ---


def batches(points: Iterable[Coordinates]) -> Iterator[pb.BatchGetFeaturesRequest]:
    """The points in as many requests as it takes."""
    rest = iter(points)
    while batch := list(islice(rest, BATCH_POINTS)):
        yield pb.BatchGetFeaturesRequest(points=[_place(*point) for point in batch])


def search_request(
    south: int,
    west: int,
    north: int,
    east: int,
    named_only: bool,
    limit: int | None,
    page_size: int | None,
) -> pb.SearchFeaturesRequest:
    box = pb.Box(
        south_e7=_e7("south", south),
        west_e7=_e7("west", west),
        north_e7=_e7("north", north),
        east_e7=_e7("east", east),
    )
    return pb.SearchFeaturesRequest(
        box=box, named_only=named_only, limit=_limit(limit), page_size=page_size or 0
    )


def nearest_request(
    lat_e7: int, lon_e7: int, k: int, max_distance_m: float
) -> pb.NearestFeaturesRequest:
    request = pb.NearestFeaturesRequest(center=_place(lat_e7, lon_e7), k=k)
    if max_distance_m != math.inf:
        request.max_distance_m = max_distance_m
    return request


def within_request(
    lat_e7: int, lon_e7: int, radius_m: float, limit: int | None, page_size: int | None
) -> pb.FeaturesWithinRequest:
    return pb.FeaturesWithinRequest(
        center=_place(lat_e7, lon_e7),
        radius_m=radius_m,
        limit=_limit(limit),
        page_size=page_size or 0,
    )


def along_request(
    latitudes: Iterable[int],
    longitudes: Iterable[int],
    half_width_m: float,
    limit: int | None,
    page_size: int | None,
) -> pb.FeaturesAlongRouteRequest:
    route = [_place(*vertex) for vertex in zip(latitudes, longitudes, strict=True)]
    return pb.FeaturesAlongRouteRequest(
        route=route, half_width_m=half_width_m, limit=_limit(limit), page_size=page_size or 0
    )


def route_point(point: Coordinates) -> route_guide_pb2.Point:
    lat_e7, lon_e7 = point
    return route_guide_pb2.Point(
        latitude=_e7("latitude", lat_e7), longitude=_e7("longitude", lon_e7)
    )


def rectangle(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> route_guide_pb2.Rectangle:
    return route_guide_pb2.Rectangle(
        lo=route_point((lat1_e7, lon1_e7)), hi=route_point((lat2_e7, lon2_e7))
    )


def route_note(note: Note | tuple[str, int, int]) -> route_guide_pb2.RouteNote:
    message, lat_e7, lon_e7 = note
    return route_guide_pb2.RouteNote(message=message, location=route_point((lat_e7, lon_e7)))


def _place(lat_e7: int, lon_e7: int) -> pb.Point:
    return pb.Point(latitude_e7=_e7("latitude", lat_e7), longitude_e7=_e7("longitude", lon_e7))


def _e7(name: str, value: int) -> int:
    """The value as an int, of which numpy has kinds of its own; degrees are refused."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"{name}: expected E7, degrees times ten million as an int, not {value!r}"
        ) from None
    if not -(2**31) <= number < 2**31:
        raise ValueError(f"{name}: {number} does not fit in 32 bits")
    return number


def _limit(limit: int | None) -> int:
    """On the wire 0 is no limit; here it would be an answer without features."""
    if limit is not None and limit < 1:
        raise ValueError(f"limit: expected a number from 1, or None for all, not {limit}")
    return limit or 0


# --- answers ---


def feature(message: pb.Feature) -> Feature:
    location = message.location
    return Feature(message.name, location.latitude_e7, location.longitude_e7)


def looked_up(answer: pb.BatchGetFeaturesResponse) -> Iterator[Feature | None]:
    for lookup in answer.lookups:
        yield feature(lookup.feature) if lookup.HasField("feature") else None


def found(page: pb.SearchFeaturesResponse) -> Iterator[Feature]:
    return map(feature, page.features)


def nearby(
    answer: pb.NearestFeaturesResponse | pb.FeaturesWithinResponse,
) -> Iterator[NearbyFeature]:
    for each in answer.nearby:
        yield NearbyFeature(feature(each.feature), each.distance_m)


def on_route(page: pb.FeaturesAlongRouteResponse) -> Iterator[RouteFeature]:
    for each in page.features:
        yield RouteFeature(
            feature(each.feature), each.along_m, each.offset_m, _SIDES.get(each.side, "on")
        )


def dataset(message: pb.Dataset) -> DatasetInfo:
    bounds = None
    if message.HasField("bounds"):
        box = message.bounds
        bounds = Bounds(box.south_e7, box.west_e7, box.north_e7, box.east_e7)
    return DatasetInfo(
        message.feature_count, bounds, message.generation, message.source, message.attribution
    )


def route_feature(message: route_guide_pb2.Feature) -> Feature:
    return Feature(message.name, message.location.latitude, message.location.longitude)


def summary(message: route_guide_pb2.RouteSummary) -> RouteSummary:
    return RouteSummary(
        message.point_count, message.feature_count, message.distance, message.elapsed_time
    )


def note(message: route_guide_pb2.RouteNote) -> Note:
    return Note(message.message, message.location.latitude, message.location.longitude)


# --- streams of pages ---

_ATTEMPTS = 4
_BACKOFF_S = 0.1


class Paging:
    """A query whose pages come in one stream, or in several where one breaks.

    `request` is what to ask for next, until `done`. A stream that becomes UNAVAILABLE is
    resumed after the last page, and so is one that ran into its deadline after it had brought a
    page: the deadline is for a server that is silent, not for a reader that takes its time.
    """

    def __init__(self, request: PagedRequest, address: str) -> None:
        """`address` is what an error names as the server."""
        self.request = request
        self._address = address
        self.done = False
        self._failures = 0  # since the last page
        self._has_moved = False  # in this stream

    def received(self, page: Page) -> None:
        self.request.page_token = page.next_page_token
        self.done = not page.next_page_token
        self._failures = 0
        self._has_moved = True

    def ended(self) -> None:
        """The stream has come to its end, and so has the query."""
        self.done = True

    def broke(self, error: grpc.RpcError) -> float:
        """Seconds to wait before the next stream. Raises CallError where there shall be none."""
        if self.done:
            return 0.0
        failure = call_error(error, self._address)
        broken_off = failure.is_unavailable or (failure.is_late and self._has_moved)
        if not broken_off:
            raise failure from None
        # A first stream that broke at once was tried several times already, by gRPC.
        if not self.request.page_token or self._failures == _ATTEMPTS:
            raise failure from None
        wait_s = self._failures and _BACKOFF_S * 2**self._failures
        self._failures += 1
        self._has_moved = False
        return wait_s
