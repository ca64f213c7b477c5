"""The part of the clients without I/O: requests from arguments, values from answers, and paging."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

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
from routeguide.client.units import Box, Place, e7_place, e7_places
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb import route_guide_pb2
from routeguide.rpc.call_error import call_error, protocol_error

Number = TypeVar("Number", int, float)
PagedRequest = pb.SearchFeaturesRequest | pb.FeaturesWithinRequest | pb.FeaturesAlongRouteRequest
Page = pb.SearchFeaturesResponse | pb.FeaturesWithinResponse | pb.FeaturesAlongRouteResponse

# Far below the default limit of servers, so that servers with a lower one accept it too.
BATCH_POINTS = 1_000

_SIDES: dict[int, Side] = {
    pb.SIDE_UNSPECIFIED: "on",  # from servers that are older than SIDE_ON
    pb.SIDE_LEFT: "left",
    pb.SIDE_RIGHT: "right",
    pb.SIDE_ON: "on",
}

# --- requests ---


def batches(
    points: Iterable[tuple[Number, Number]],
    places_of: Callable[[Iterable[tuple[Number, Number]]], list[Place]],
) -> Iterator[pb.BatchGetFeaturesRequest]:
    """Yield requests of up to BATCH_POINTS points, which `places_of` checks or converts."""
    rest = iter(points)
    while batch := places_of(islice(rest, BATCH_POINTS)):
        yield pb.BatchGetFeaturesRequest(points=_points(batch))


def search_request(
    box: Box, named_only: bool, limit: int | None, page_size: int | None
) -> pb.SearchFeaturesRequest:
    south, west, north, east = box
    return pb.SearchFeaturesRequest(
        box=pb.Box(south_e7=south, west_e7=west, north_e7=north, east_e7=east),
        named_only=named_only,
        limit=_limit(limit),
        page_size=page_size or 0,
    )


def nearest_request(center: Place, k: int, max_distance_m: float) -> pb.NearestFeaturesRequest:
    [point] = _points([center])
    request = pb.NearestFeaturesRequest(center=point, k=k)
    if max_distance_m != math.inf:
        request.max_distance_m = max_distance_m
    return request


def within_request(
    center: Place, radius_m: float, limit: int | None, page_size: int | None
) -> pb.FeaturesWithinRequest:
    [point] = _points([center])
    return pb.FeaturesWithinRequest(
        center=point, radius_m=radius_m, limit=_limit(limit), page_size=page_size or 0
    )


def along_request(
    route: Iterable[Place], half_width_m: float, limit: int | None, page_size: int | None
) -> pb.FeaturesAlongRouteRequest:
    return pb.FeaturesAlongRouteRequest(
        route=_points(route),
        half_width_m=half_width_m,
        limit=_limit(limit),
        page_size=page_size or 0,
    )


def _points(places: Iterable[Place]) -> list[pb.Point]:
    return [pb.Point(latitude_e7=lat_e7, longitude_e7=lon_e7) for lat_e7, lon_e7 in places]


def route_point(point: tuple[int, int]) -> route_guide_pb2.Point:
    lat_e7, lon_e7 = e7_place(*point)
    return route_guide_pb2.Point(latitude=lat_e7, longitude=lon_e7)


def rectangle(corners: Iterable[tuple[int, int]]) -> route_guide_pb2.Rectangle:
    lo, hi = (route_guide_pb2.Point(latitude=lat, longitude=lon) for lat, lon in e7_places(corners))
    return route_guide_pb2.Rectangle(lo=lo, hi=hi)


def route_note(note: Note | tuple[str, int, int]) -> route_guide_pb2.RouteNote:
    message, lat_e7, lon_e7 = note
    return route_guide_pb2.RouteNote(message=message, location=route_point((lat_e7, lon_e7)))


def _limit(limit: int | None) -> int:
    """Convert a limit for the wire, where 0 is no limit. Refuses 0, which a caller may mean."""
    if limit is not None and limit < 1:
        raise ValueError(f"limit: expected a number from 1, or None for all, not {limit}")
    return limit or 0


# --- answers ---


def feature(message: pb.Feature) -> Feature:
    location = message.location
    return Feature(message.name, location.latitude_e7, location.longitude_e7)


def looked_up(
    request: pb.BatchGetFeaturesRequest, answer: pb.BatchGetFeaturesResponse, address: str
) -> Iterator[Feature | None]:
    """Yield the feature at each point of the request, or None.

    Raises CallError if the answer is for more or fewer points: they could not be paired.
    """
    asked, answered = len(request.points), len(answer.lookups)
    if answered != asked:
        raise protocol_error(f"answered {answered} of {asked} points", address)
    for lookup in answer.lookups:
        yield feature(lookup.feature) if lookup.HasField("feature") else None


def found(page: pb.SearchFeaturesResponse) -> Iterator[Feature]:
    return map(feature, page.features)


def nearby(
    answer: pb.NearestFeaturesResponse | pb.FeaturesWithinResponse,
) -> Iterator[NearbyFeature]:
    for each in answer.nearby:
        yield NearbyFeature(feature(each.feature), each.distance_m)


def on_route(page: pb.FeaturesAlongRouteResponse, address: str) -> Iterator[RouteFeature]:
    """Yield the features of a page. Raises CallError for a side that this client does not know."""
    for each in page.features:
        side = _SIDES.get(each.side)
        if side is None:
            raise protocol_error(f"unknown side {each.side}; update this client", address)
        yield RouteFeature(feature(each.feature), each.along_m, each.offset_m, side)


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
    """A query whose pages come in one stream, or in several if one breaks.

    `request` is the next to send, until `done`. A stream is resumed after the last page if it
    becomes UNAVAILABLE, or ends or reaches its deadline after it has brought a page: the deadline
    is for a server that is silent, not for a reader that is slow.
    """

    def __init__(self, request: PagedRequest, address: str) -> None:
        """`address` is the server's, for errors."""
        self.request = request
        self._address = address
        self.done = False
        self._failures = 0  # since the last page
        self._has_moved = False  # in this stream

    def received(self, page: Page) -> None:
        """Note a page, after which the query can be resumed."""
        self.request.page_token = page.next_page_token
        self.done = not page.next_page_token
        self._failures = 0
        self._has_moved = True

    def ended(self) -> None:
        """Note a stream's end with OK. Raises CallError if it was resumed and brought no page."""
        if not self.request.page_token:  # the last page has come, or nothing was found
            self.done = True
        elif not self._has_moved:
            raise protocol_error("the stream ended before its last page", self._address)
        self._has_moved = False

    def broke(self, error: grpc.RpcError) -> float:
        """Note the failure of a stream, and return the seconds to wait before the next one.

        Raises CallError if the query cannot be resumed.
        """
        if self.done:
            return 0.0
        failure = call_error(error, self._address)
        broken_off = failure.is_unavailable or (failure.is_late and self._has_moved)
        if not broken_off:
            raise failure from None
        # Without a page yet, gRPC has retried the call already.
        if not self.request.page_token or self._failures == _ATTEMPTS:
            raise failure from None
        wait_s = self._failures and _BACKOFF_S * 2**self._failures
        self._failures += 1
        self._has_moved = False
        return wait_s
