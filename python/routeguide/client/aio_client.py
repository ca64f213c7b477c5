"""The typed client on an asyncio channel."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, TypeVar

import grpc
import grpc.aio

from routeguide.client import messages
from routeguide.client.connection import OPTIONS, checked_timeout, with_defaults
from routeguide.client.dataset_info import DatasetInfo
from routeguide.client.features import (
    Feature,
    NearbyFeature,
    Note,
    RouteFeature,
    RouteSummary,
)
from routeguide.pb.feature_service_pb2 import GetDatasetRequest
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from routeguide.pb.route_guide_pb2_grpc import RouteGuideStub
from routeguide.rpc.call_error import call_error
from routeguide.rpc.channels import Option, Pem, Security, open_aio_channel

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Several = Iterable[Item] | AsyncIterable[Item]


class Client:
    """Features of a server, as Python values, for asyncio.

        async with routeguide.aio.Client("localhost:50051") as client:
            async for feature in client.search(south, west, north, east):
                print(feature.name, feature.latitude_e7, feature.longitude_e7)

    All is as in `routeguide.Client`, but awaited. To be made and used in one running event loop.
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
        self._channel = open_aio_channel(address, security, with_defaults(OPTIONS, options))
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

    async def get_features(self, points: Iterable[tuple[int, int]]) -> list[Feature | None]:
        """The first feature at each point, None where there is none, in the order of the points.

        Points are latitude and longitude, E7. They go out 1,000 a call.
        """
        return [
            feature
            for request in messages.batches(points)
            for feature in messages.looked_up(
                await self._ask(self._features.BatchGetFeatures, request)
            )
        ]

    def search(
        self,
        south: int,
        west: int,
        north: int,
        east: int,
        *,
        named_only: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[Feature]:
        """The features in a box, edges inside, in database order.

        Edges are E7. Where west is greater than east the box crosses the antimeridian. `page_size`
        is how many features come in a message, as the server likes it for None.
        """
        request = messages.search_request(south, west, north, east, named_only, limit, page_size)
        return self._each(self._features.SearchFeatures, request, messages.found)

    async def nearest(
        self, lat_e7: int, lon_e7: int, k: int, max_distance_m: float = math.inf
    ) -> list[NearbyFeature]:
        """The k features nearest to a place, within a distance of it in metres; nearest first."""
        request = messages.nearest_request(lat_e7, lon_e7, k, max_distance_m)
        return list(messages.nearby(await self._ask(self._features.NearestFeatures, request)))

    def within(
        self,
        lat_e7: int,
        lon_e7: int,
        radius_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[NearbyFeature]:
        """The features within a distance of a place, that distance inside; nearest first."""
        request = messages.within_request(lat_e7, lon_e7, radius_m, limit, page_size)
        return self._each(self._features.FeaturesWithin, request, messages.nearby)

    def along(
        self,
        latitudes: Iterable[int],
        longitudes: Iterable[int],
        half_width_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[RouteFeature]:
        """The features within a distance of a route, that distance inside, in order along it.

        The route has its vertices at `latitudes` and `longitudes`, E7.
        """
        request = messages.along_request(latitudes, longitudes, half_width_m, limit, page_size)
        return self._each(self._features.FeaturesAlongRoute, request, messages.on_route)

    async def dataset(self) -> DatasetInfo:
        """What the server serves."""
        return messages.dataset(await self._ask(self._features.GetDataset, GetDatasetRequest()))

    # The documented service.

    async def get_feature(self, lat_e7: int, lon_e7: int) -> Feature:
        """GetFeature: the first feature at a point; one without a name where there is none."""
        request = messages.route_point((lat_e7, lon_e7))
        return messages.route_feature(await self._ask(self._routes.GetFeature, request))

    def list_features(
        self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int
    ) -> AsyncIterator[Feature]:
        """ListFeatures: the features between two opposite corners, in database order.

        It sends each feature on its own, so `search` is many times as fast, and does not resume.
        `timeout_s` is for all of it.
        """
        request = messages.rectangle(lat1_e7, lon1_e7, lat2_e7, lon2_e7)
        timeout_s = self._timeout_s
        return self._stream(self._routes.ListFeatures, request, timeout_s, messages.route_feature)

    async def record_route(
        self, points: Several[tuple[int, int]], timeout_s: float | None = None
    ) -> RouteSummary:
        """RecordRoute: visit the points in turn; takes as long as they do, or `timeout_s`.

        Points are latitude and longitude. What `points` raises ends the call, and is raised.
        """
        requests = _Outgoing(messages.route_point, points)
        return messages.summary(await self._answer(self._routes.RecordRoute, requests, timeout_s))

    def chat(
        self, notes: Several[Note | tuple[str, int, int]], timeout_s: float | None = None
    ) -> AsyncIterator[Note]:
        """RouteChat: leave notes, and get those that were left at their places before.

        Notes are taken from `notes` as fast as they come. Ends when they do, and all answers are
        in. What `notes` raises ends the call, and is raised.
        """
        requests = _Outgoing(messages.route_note, notes)
        return self._stream(self._routes.RouteChat, requests, timeout_s, messages.note)

    async def _ask(self, call: Callable[..., Any], request: Any) -> Any:
        return await self._answer(call, request, self._timeout_s)

    async def _answer(self, call: Callable[..., Any], request: Any, timeout_s: float | None) -> Any:
        try:
            return await call(request, timeout=timeout_s, metadata=self._metadata)
        except (grpc.RpcError, asyncio.CancelledError) as error:
            failure = self._failure(error, request)
            raise failure from failure.__cause__  # and not from gRPC's own error

    async def _stream(
        self,
        call: Callable[..., Any],
        request: Any,
        timeout_s: float | None,
        item: Callable[[Any], Answer],
    ) -> AsyncIterator[Answer]:
        """The messages of one stream."""
        stream = call(request, timeout=timeout_s, metadata=self._metadata)
        try:
            async for message in stream:
                yield item(message)
        except (grpc.RpcError, asyncio.CancelledError) as error:
            failure = self._failure(error, request)
            raise failure from failure.__cause__  # and not from gRPC's own error
        finally:
            stream.cancel()

    def _failure(
        self, error: grpc.RpcError | asyncio.CancelledError, request: Any
    ) -> BaseException:
        """What to raise for a call that failed. gRPC cancels one whose requests break."""
        broken_by = request.error if isinstance(request, _Outgoing) else None
        if broken_by is not None or isinstance(error, asyncio.CancelledError):
            return broken_by or error
        return call_error(error, self._address)

    async def _each(
        self,
        call: Callable[..., Any],
        request: messages.PagedRequest,
        items: Callable[[Any], Iterator[Answer]],
    ) -> AsyncIterator[Answer]:
        """The items of all pages, over as many streams as it takes."""
        paging = messages.Paging(request, self._address)
        while not paging.done:
            wait_s = 0.0
            stream = call(
                paging.request,
                timeout=self._timeout_s,
                metadata=self._metadata,
            )
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
            await asyncio.sleep(wait_s)


class _Outgoing(AsyncIterator[Any]):
    """A stream of requests. What its making raises gRPC keeps to itself: it stays in `error`."""

    def __init__(self, convert: Callable[[Any], Any], items: Several[Any]) -> None:
        self._messages = _each_as(convert, items)
        self.error: BaseException | None = None

    async def __anext__(self) -> Any:
        try:
            return await anext(self._messages)
        except (StopAsyncIteration, asyncio.CancelledError):  # the latter is how gRPC ends it
            raise
        except BaseException as error:
            self.error = error
            raise


async def _each_as(convert: Callable[[Any], Answer], items: Several[Any]) -> AsyncIterator[Answer]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield convert(item)
    else:
        for item in items:
            yield convert(item)
