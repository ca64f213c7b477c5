"""FeatureService for a threaded server. Its logic is in queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NoReturn, TypeVar

import grpc

from routeguide.domain.dataset import Datasets
from routeguide.feature_service.queries import Paged, Queries, Unary
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceServicer
from routeguide.rpc.statuses import DOMAIN_ERRORS, details_of, status_of

Context = grpc.ServicerContext
Request = TypeVar("Request")


class FeatureServicer(FeatureServiceServicer):
    """Answer calls from the current dataset, each in a thread of the server.

    Answers are encoded already: register this with `add_feature_service`. When the client goes
    away or the deadline passes, grpcio stops iterating over the pages.
    """

    def __init__(
        self,
        datasets: Datasets,
        limits: RequestLimits | None = None,
        returned: Callable[[int], object] | None = None,
    ) -> None:
        self._queries = Queries(datasets, limits, returned)

    def BatchGetFeatures(self, request: pb.BatchGetFeaturesRequest, context: Context) -> bytes:
        return self._answer(self._queries.batch_get, request, context)

    def SearchFeatures(
        self, request: pb.SearchFeaturesRequest, context: Context
    ) -> Iterator[bytes]:
        return self._pages(self._queries.search, request, context)

    def NearestFeatures(self, request: pb.NearestFeaturesRequest, context: Context) -> bytes:
        return self._answer(self._queries.nearest, request, context)

    def FeaturesWithin(
        self, request: pb.FeaturesWithinRequest, context: Context
    ) -> Iterator[bytes]:
        return self._pages(self._queries.within, request, context)

    def FeaturesAlongRoute(
        self, request: pb.FeaturesAlongRouteRequest, context: Context
    ) -> Iterator[bytes]:
        return self._pages(self._queries.along, request, context)

    def GetDataset(self, request: pb.GetDatasetRequest, context: Context) -> bytes:
        return self._answer(self._queries.dataset, request, context)

    def _answer(
        self, prepare: Callable[[Request], Unary], request: Request, context: Context
    ) -> bytes:
        try:
            work = prepare(request)
            context.set_trailing_metadata(work.dataset.trailing_metadata)
            return work.run()
        except DOMAIN_ERRORS as error:
            self._refuse(error, context)

    def _pages(
        self, prepare: Callable[[Request], Paged], request: Request, context: Context
    ) -> Iterator[bytes]:
        try:
            work = prepare(request)
            context.set_trailing_metadata(work.dataset.trailing_metadata)
            yield from work.run()
        except DOMAIN_ERRORS as error:
            self._refuse(error, context)

    def _refuse(self, error: Exception, context: Context) -> NoReturn:
        metadata = self._queries.current.trailing_metadata
        context.set_trailing_metadata((*metadata, *details_of(error)))
        context.abort(*status_of(error))
