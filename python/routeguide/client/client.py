"""The typed client on a blocking channel."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, TypeVar

import grpc

from routeguide.client import messages
from routeguide.client.connection import SYNC_OPTIONS, checked_timeout, with_defaults
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
from routeguide.rpc.channels import Option, Pem, Security, open_channel

Answer = TypeVar("Answer")


class Client:
    """Features of a server, as Python values.

        with routeguide.Client("localhost:50051") as client:
            for feature in client.search(south, west, north, east):
                print(feature.name, feature.latitude_e7, feature.longitude_e7)

    Coordinates are E7 integers, degrees times ten million, latitude before longitude; distances
    are metres. A call that fails raises CallError. `timeout_s` is how long a call may take, and
    an iterator be without a new page; None for no end. Calls that only read are tried again
    where the server is UNAVAILABLE. Iterators fetch pages as they are read, and go on after the
    last page when a stream breaks; should the server meanwhile serve other data, and have let go
    of the old, they raise CallError with ABORTED. To stop early, drop or `close` one.

    `tls` encrypts; `tls_ca` names who is trusted to certify the server, in place of the usual
    authorities; `tls_cert` and `tls_key` show who the client is. All three are paths of PEM files
    or the content of such; any of them turns `tls` on. `token` goes along with every call: over
    a connection without TLS others can read it, of which a warning is logged. `options` are gRPC
    channel options and come before those of the client. Raises ValueError for arguments that
    cannot be, and PemError, which is one, for files that cannot be used.

    Any number of threads may use one client.
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
        self._channel = open_channel(address, security, with_defaults(SYNC_OPTIONS, options))
        self._features = FeatureServiceStub(self._channel)
        self._routes = RouteGuideStub(self._channel)

    def close(self) -> None:
        """End all calls and the connection."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def get_features(self, points: Iterable[tuple[int, int]]) -> list[Feature | None]:
        """The first feature at each point, None where there is none, in the order of the points.

        Points are latitude and longitude, E7. They go out 1,000 a call.
        """
        return [
            feature
            for request in messages.batches(points)
            for feature in messages.looked_up(self._ask(self._features.BatchGetFeatures, request))
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
    ) -> Iterator[Feature]:
        """The features in a box, edges inside, in database order.

        Edges are E7. Where west is greater than east the box crosses the antimeridian. `page_size`
        is how many features come in a message, as the server likes it for None.
        """
        request = messages.search_request(south, west, north, east, named_only, limit, page_size)
        return self._each(self._features.SearchFeatures, request, messages.found)

    def nearest(
        self, lat_e7: int, lon_e7: int, k: int, max_distance_m: float = math.inf
    ) -> list[NearbyFeature]:
        """The k features nearest to a place, within a distance of it in metres; nearest first."""
        request = messages.nearest_request(lat_e7, lon_e7, k, max_distance_m)
        return list(messages.nearby(self._ask(self._features.NearestFeatures, request)))

    def within(
        self,
        lat_e7: int,
        lon_e7: int,
        radius_m: float,
        *,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> Iterator[NearbyFeature]:
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
    ) -> Iterator[RouteFeature]:
        """The features within a distance of a route, that distance inside, in order along it.

        The route has its vertices at `latitudes` and `longitudes`, E7.
        """
        request = messages.along_request(latitudes, longitudes, half_width_m, limit, page_size)
        return self._each(self._features.FeaturesAlongRoute, request, messages.on_route)

    def dataset(self) -> DatasetInfo:
        """What the server serves."""
        return messages.dataset(self._ask(self._features.GetDataset, GetDatasetRequest()))

    # The documented service.

    def get_feature(self, lat_e7: int, lon_e7: int) -> Feature:
        """GetFeature: the first feature at a point; one without a name where there is none."""
        request = messages.route_point((lat_e7, lon_e7))
        return messages.route_feature(self._ask(self._routes.GetFeature, request))

    def list_features(
        self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int
    ) -> Iterator[Feature]:
        """ListFeatures: the features between two opposite corners, in database order.

        It sends each feature on its own, so `search` is many times as fast, and does not resume.
        `timeout_s` is for all of it.
        """
        request = messages.rectangle(lat1_e7, lon1_e7, lat2_e7, lon2_e7)
        timeout_s = self._timeout_s
        return map(
            messages.route_feature, self._stream(self._routes.ListFeatures, request, timeout_s)
        )

    def record_route(
        self, points: Iterable[tuple[int, int]], timeout_s: float | None = None
    ) -> RouteSummary:
        """RecordRoute: visit the points in turn; takes as long as they do, or `timeout_s`.

        Points are latitude and longitude. What `points` raises ends the call, and is raised.
        """
        requests = _Outgoing(messages.route_point, points)
        return messages.summary(self._answer(self._routes.RecordRoute, requests, timeout_s))

    def chat(
        self, notes: Iterable[Note | tuple[str, int, int]], timeout_s: float | None = None
    ) -> Iterator[Note]:
        """RouteChat: leave notes, and get those that were left at their places before.

        Notes are taken from `notes`, in a thread, as fast as they come. Ends when they do, and
        all answers are in. What `notes` raises ends the call, and is raised.
        """
        requests = _Outgoing(messages.route_note, notes)
        return map(messages.note, self._stream(self._routes.RouteChat, requests, timeout_s))

    def _ask(self, call: Callable[..., Any], request: Any) -> Any:
        return self._answer(call, request, self._timeout_s)

    def _answer(self, call: Callable[..., Any], request: Any, timeout_s: float | None) -> Any:
        try:
            return call(request, timeout=timeout_s, metadata=self._metadata)
        except grpc.RpcError as error:
            failure = self._failure(error, request)
            raise failure from failure.__cause__  # and not from gRPC's own error

    def _stream(
        self, call: Callable[..., Any], request: Any, timeout_s: float | None
    ) -> Iterator[Any]:
        """The messages of one stream."""
        stream = call(request, timeout=timeout_s, metadata=self._metadata)
        try:
            yield from stream
        except grpc.RpcError as error:
            failure = self._failure(error, request)
            raise failure from failure.__cause__  # and not from gRPC's own error
        finally:
            stream.cancel()

    def _failure(self, error: grpc.RpcError, request: Any) -> BaseException:
        """What to raise for a call that failed."""
        broken_by = request.error if isinstance(request, _Outgoing) else None
        return broken_by or call_error(error, self._address)

    def _each(
        self,
        call: Callable[..., Any],
        request: messages.PagedRequest,
        items: Callable[[Any], Iterator[Answer]],
    ) -> Iterator[Answer]:
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
                for page in stream:
                    paging.received(page)
                    yield from items(page)
                paging.ended()
            except grpc.RpcError as error:
                wait_s = paging.broke(error)
            finally:
                stream.cancel()
            time.sleep(wait_s)


class _Outgoing(Iterator[Any]):
    """A stream of requests. What its making raises gRPC keeps to itself: it stays in `error`."""

    def __init__(self, convert: Callable[[Any], Any], items: Iterable[Any]) -> None:
        self._messages = map(convert, items)
        self.error: BaseException | None = None

    def __next__(self) -> Any:
        try:
            return next(self._messages)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            # Of what is no Exception gRPC's thread would end, and the call would wait for ever.
            raise RuntimeError("the requests of this call broke off") from error
