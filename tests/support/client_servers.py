"""Servers for the tests of the typed clients."""

from collections.abc import Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceServicer
from routeguide.rpc.listening import NO_SHARED_PORT, listen
from routeguide.rpc.registration import add_feature_service, add_route_guide

from routeguide_c import FeatureIndex
from support.feature_serving import feature_servicer_of
from support.serving import servicer_of

EVERYTHING = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000)


class Answering(FeatureServiceServicer):
    """Answers every call with one message of `fields`, and keeps the requests."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self.requests: list[Any] = []

    def BatchGetFeatures(self, request: Any, context: Any) -> pb.BatchGetFeaturesResponse:
        return pb.BatchGetFeaturesResponse(**self._fields)

    def NearestFeatures(self, request: Any, context: Any) -> pb.NearestFeaturesResponse:
        self.requests.append(request)
        return pb.NearestFeaturesResponse(**self._fields)

    def SearchFeatures(self, request: Any, context: Any) -> Iterator[pb.SearchFeaturesResponse]:
        self.requests.append(request)
        if not request.page_token:
            yield pb.SearchFeaturesResponse(**self._fields)

    def FeaturesAlongRoute(
        self, request: Any, context: Any
    ) -> Iterator[pb.FeaturesAlongRouteResponse]:
        yield pb.FeaturesAlongRouteResponse(**self._fields)


@contextmanager
def served(
    features: FeatureServiceServicer,
    index: FeatureIndex | None = None,
    interceptors: Sequence[grpc.ServerInterceptor] = (),
) -> Iterator[str]:
    """Run a threaded server of FeatureService, and of RouteGuide if there is an index."""
    with futures.ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, interceptors=[*interceptors], options=NO_SHARED_PORT)
        add_feature_service(features, server)
        if index is not None:
            add_route_guide(servicer_of("threads", index), server)
        address = listen(server, "localhost:0")
        server.start()
        yield address
        server.stop(None).wait()


class Trouble(grpc.ServerInterceptor):
    """Keeps the metadata of calls, and fails the first `failures` calls of each method."""

    def __init__(self, failures: int = 0) -> None:
        self._failures = failures
        self.metadata: dict[str, list[dict[str, str]]] = {}

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        method = handler_call_details.method.rpartition("/")[2]
        metadata = dict(handler_call_details.invocation_metadata)
        self.metadata.setdefault(method, []).append(metadata)
        handler = continuation(handler_call_details)
        if len(self.metadata[method]) > self._failures:
            return handler

        def fail(request: object, context: grpc.ServicerContext) -> Any:
            context.abort(grpc.StatusCode.UNAVAILABLE, "in trouble")

        field = {
            (False, False): "unary_unary",
            (False, True): "unary_stream",
            (True, False): "stream_unary",
            (True, True): "stream_stream",
        }[handler.request_streaming, handler.response_streaming]
        return handler._replace(**{field: fail})


@contextmanager
def troubled(
    dataset: Dataset, trouble: Trouble, features: FeatureServiceServicer | None = None
) -> Iterator[str]:
    """Run a threaded server of both services behind `trouble`; yields its address."""
    features = features or feature_servicer_of("threads", Datasets(dataset))
    with served(features, dataset.index, (trouble,)) as address:
        yield address
