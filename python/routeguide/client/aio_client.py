"""The typed client on an asyncio channel.

tools/blocking_client.py generates the blocking one, client.py, from this file: the text, too, must
read well without `async` and `await`.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

import grpc

from routeguide.client import messages, units
from routeguide.client.aio_calls import (
    OPTIONS,
    Outgoing,
    Several,
    open_channel,
    raising_call_errors,
    sleep,
)
from routeguide.client.connection import checked_timeout, with_defaults
from routeguide.client.dataset_info import DatasetInfo
from routeguide.client.features import (
    Feature,
    NearbyFeature,
    Note,
    RouteFeature,
    RouteSummary,
)
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from routeguide.pb.route_guide_pb2_grpc import RouteGuideStub
from routeguide.rpc.channels import Option, Pem, Security

Answer = TypeVar("Answer")


class Client:
    """Query the features of a server; answers are Python values.

        async with routeguide.aio.Client("localhost:50051") as client:
            async for feature in client.search(south_e7, west_e7, north_e7, east_e7):
                print(feature.name, feature.latitude, feature.longitude)
            for feature, distance_m in await client.degrees.nearest(48.2, 16.37, k=3):
                print(feature.name, distance_m)

    Coordinates are E7 integers, degrees times ten million, latitude before longitude; the methods
    of `degrees` take degrees instead. Floats are a TypeError, and integers that look like degrees
    emit `routeguide_c.DegreesWarning`. Distances are meters.

    A call that fails raises CallError. `timeout_s` limits a call with one answer, and an iterator's
    wait for its next page; None is no limit. Calls that only read are retried up to three times
    if the server is UNAVAILABLE. Iterators fetch pages as they are read, and resume after the last
    page if a stream breaks; if the server no longer has the data that the query began with, they
    raise CallError with ABORTED. To stop early, drop or close the iterator.

    `tls` encrypts; `tls_ca` names the authorities to trust instead of the usual ones; `tls_cert`
    and `tls_key` identify the client. Each is the path of a PEM file or its content, and turns
    `tls` on. `token` is sent with every call; without TLS others can read it, and a warning is
    logged. `options` are gRPC channel options, and replace the client's own. Raises ValueError for
    arguments out of range, and PemError, a ValueError, for unusable PEM files.

    Create and use a client in one running event loop.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float | None = 10.0,
        token: str | None = None,
        tls: bool = False,
        tls_ca: Pem | None = None,
        tls_cert: Pem | None = None,
        tls_key: Pem | None = None,
        options: Sequence[Option] = (),
    ) -> None:
        self._address = address
        self._timeout_s = checked_timeout(timeout_s)
        security = Security(tls, tls_ca, tls_cert, tls_key, token)
        self._metadata = security.metadata
        self._channel = open_channel(address, security, with_defaults(OPTIONS, options))
        self._features = FeatureServiceStub(self._channel)
        self._routes = RouteGuideStub(self._channel)

    async def close(self) -> None:
        """End all calls and the connection."""
        await self._channel.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def degrees(self) -> Degrees:
        """The same queries with coordinates in degrees."""
        return Degrees(self)

    async def get_features(self, points: Iterable[tuple[int, int]]) -> list[Feature | None]:
        """Return the first feature at each point, in the order of the points, or None.

        Points are (latitude, longitude), E7. They are sent 1,000 to a call.
        """
        return await self._looked_up(messages.batches(points, units.e7_places))

    def search(
        self,
        south_e7: int,
        west_e7: int,
        north_e7: int,
        east_e7: int,
        *,
        named_only: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[Feature]:
        """Iterate over the features in a box, edges included, in database order.

        If west exceeds east, the box crosses the antimeridian. `page_size` is the number of
        features in a message; None leaves it to the server.
        """
        box = units.e7_box(south_e7, west_e7, north_e7, east_e7)
        return self._found(messages.search_request(box, named_only, limit, page_size))

    async def nearest(
        self, lat_e7: int, lon_e7: int, k: int, max_distance_m: float = math.inf
    ) -> list[NearbyFeature]:
        """Return the k features nearest to a place, nearest first.

        Features farther than `max_distance_m` are left out; features at that distance are not.
        """
        center = units.e7_place(lat_e7, lon_e7)
        return await self._nearest(messages.nearest_request(center, k, max_distance_m))

    def within(
        self,
        lat_e7: int,
        lon_e7: int,
        radius_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[NearbyFeature]:
        """Iterate over the features within `radius_m` of a place, inclusive, nearest first."""
        center = units.e7_place(lat_e7, lon_e7)
        return self._nearby(messages.within_request(center, radius_m, limit, page_size))

    def along(
        self,
        lats_e7: Iterable[int],
        lons_e7: Iterable[int],
        half_width_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[RouteFeature]:
        """Iterate over the features within `half_width_m` of a route, inclusive, in its order.

        `lats_e7` and `lons_e7` are the vertices of the route; ValueError if they differ in length.
        """
        route = units.e7_places(zip(lats_e7, lons_e7, strict=True))
        return self._on_route(messages.along_request(route, half_width_m, limit, page_size))

    async def dataset(self) -> DatasetInfo:
        """Describe the features that the server has."""
        return messages.dataset(await self._ask(self._features.GetDataset, pb.GetDatasetRequest()))

    # RouteGuide, the documented service.

    async def get_feature(self, lat_e7: int, lon_e7: int) -> Feature:
        """Return the first feature at a point, or one without a name if there is none.

        Calls GetFeature.
        """
        request = messages.route_point((lat_e7, lon_e7))
        return messages.route_feature(await self._ask(self._routes.GetFeature, request))

    def list_features(
        self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int
    ) -> AsyncIterator[Feature]:
        """Iterate over the features between two opposite corners, in database order.

        Calls ListFeatures, which sends a message for each feature: `search` is many times as fast,
        and resumes. `timeout_s` limits the whole call.
        """
        request = messages.rectangle([(lat1_e7, lon1_e7), (lat2_e7, lon2_e7)])
        timeout_s = self._timeout_s
        return self._stream(self._routes.ListFeatures, request, timeout_s, messages.route_feature)

    async def record_route(
        self, points: Several[tuple[int, int]], timeout_s: float | None = None
    ) -> RouteSummary:
        """Visit the points, which are (latitude, longitude), in turn, and return the summary.

        Calls RecordRoute, for as long as the points take, or `timeout_s`. If `points` raises an
        exception, the call ends and the exception is raised.
        """
        requests = Outgoing(messages.route_point, points)
        return messages.summary(await self._answer(self._routes.RecordRoute, requests, timeout_s))

    def chat(
        self, notes: Several[Note | tuple[str, int, int]], timeout_s: float | None = None
    ) -> AsyncIterator[Note]:
        """Leave notes; iterate over the notes that were left at their places before.

        Calls RouteChat. `notes` is read as fast as notes come. The iterator ends when `notes`
        has ended and all answers have come. If `notes` raises an exception, the call ends and the
        exception is raised.
        """
        requests = Outgoing(messages.route_note, notes)
        return self._stream(self._routes.RouteChat, requests, timeout_s, messages.note)

    # Both units.

    async def _looked_up(
        self, requests: Iterable[pb.BatchGetFeaturesRequest]
    ) -> list[Feature | None]:
        return [
            feature
            for request in requests
            for feature in messages.looked_up(
                request, await self._ask(self._features.BatchGetFeatures, request), self._address
            )
        ]

    def _found(self, request: pb.SearchFeaturesRequest) -> AsyncIterator[Feature]:
        return self._pages(self._features.SearchFeatures, request, messages.found)

    async def _nearest(self, request: pb.NearestFeaturesRequest) -> list[NearbyFeature]:
        return list(messages.nearby(await self._ask(self._features.NearestFeatures, request)))

    def _nearby(self, request: pb.FeaturesWithinRequest) -> AsyncIterator[NearbyFeature]:
        return self._pages(self._features.FeaturesWithin, request, messages.nearby)

    def _on_route(self, request: pb.FeaturesAlongRouteRequest) -> AsyncIterator[RouteFeature]:
        items = partial(messages.on_route, address=self._address)
        return self._pages(self._features.FeaturesAlongRoute, request, items)

    # Calls.

    async def _ask(self, call: Callable[..., Any], request: Any) -> Any:
        return await self._answer(call, request, self._timeout_s)

    async def _answer(self, call: Callable[..., Any], request: Any, timeout_s: float | None) -> Any:
        with raising_call_errors(request, self._address):
            return await call(request, timeout=timeout_s, metadata=self._metadata)

    async def _stream(
        self,
        call: Callable[..., Any],
        request: Any,
        timeout_s: float | None,
        item: Callable[[Any], Answer],
    ) -> AsyncIterator[Answer]:
        """The items of one stream, a message each."""
        stream = call(request, timeout=timeout_s, metadata=self._metadata)
        try:
            with raising_call_errors(request, self._address):
                async for message in stream:
                    yield item(message)
        finally:
            stream.cancel()

    async def _pages(
        self,
        call: Callable[..., Any],
        request: messages.PagedRequest,
        items: Callable[[Any], Iterator[Answer]],
    ) -> AsyncIterator[Answer]:
        """The items of all pages, over as many streams as it takes."""
        paging = messages.Paging(request, self._address)
        while not paging.done:
            wait_s = 0.0
            stream = call(paging.request, timeout=self._timeout_s, metadata=self._metadata)
            with raising_call_errors(request, self._address):
                try:
                    async for page in stream:
                        paging.received(page)
                        for item in items(page):
                            yield item
                    paging.ended()
                except grpc.RpcError as error:
                    wait_s = paging.broke(error)
                finally:
                    stream.cancel()
                await sleep(wait_s)


class Degrees:
    """The queries of a client with coordinates in degrees, as floats: `client.degrees`.

        await client.degrees.nearest(48.2, 16.37, k=3)

    Degrees are rounded to E7, half to even. Latitudes are from -90 to 90, longitudes from -180 to
    180; others raise ValueError. Everything else is as in the client's method of the same name.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def get_features(self, points: Iterable[tuple[float, float]]) -> list[Feature | None]:
        """Return the first feature at each (latitude, longitude), or None."""
        return await self._client._looked_up(messages.batches(points, units.degrees_places))

    def search(
        self,
        south: float,
        west: float,
        north: float,
        east: float,
        *,
        named_only: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[Feature]:
        """Iterate over the features in a box, edges included, in database order."""
        box = units.degrees_box(south, west, north, east)
        return self._client._found(messages.search_request(box, named_only, limit, page_size))

    async def nearest(
        self, latitude: float, longitude: float, k: int, max_distance_m: float = math.inf
    ) -> list[NearbyFeature]:
        """Return the k features nearest to a place, nearest first."""
        center = units.degrees_place(latitude, longitude)
        return await self._client._nearest(messages.nearest_request(center, k, max_distance_m))

    def within(
        self,
        latitude: float,
        longitude: float,
        radius_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[NearbyFeature]:
        """Iterate over the features within `radius_m` of a place, inclusive, nearest first."""
        center = units.degrees_place(latitude, longitude)
        return self._client._nearby(messages.within_request(center, radius_m, limit, page_size))

    def along(
        self,
        latitudes: Iterable[float],
        longitudes: Iterable[float],
        half_width_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[RouteFeature]:
        """Iterate over the features within `half_width_m` of a route, inclusive, in its order."""
        route = units.degrees_places(zip(latitudes, longitudes, strict=True))
        return self._client._on_route(messages.along_request(route, half_width_m, limit, page_size))
