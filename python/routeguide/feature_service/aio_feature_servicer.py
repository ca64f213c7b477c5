"""FeatureService for an asyncio server. Its logic is in queries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn, TypeVar

import grpc.aio

from routeguide.domain.dataset import Datasets
from routeguide.feature_service.queries import Paged, Queries, Unary, Work
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceServicer
from routeguide.rpc.statuses import DOMAIN_ERRORS, details_of, status_of

Context = grpc.aio.ServicerContext[Any, bytes]
Request = TypeVar("Request")
Result = TypeVar("Result")


class FeatureServicer(FeatureServiceServicer):
    """Answer calls from the current dataset, in one event loop.

    Answers are encoded already: register this with `add_feature_service`. Work that may take over
    a millisecond runs in the loop's default executor. When the client goes away or the deadline
    passes, grpcio cancels the task of the call, which takes effect at the next page.
    """

    def __init__(
        self,
        datasets: Datasets,
        limits: RequestLimits | None = None,
        returned: Callable[[int], object] | None = None,
    ) -> None:
        self._queries = Queries(datasets, limits, returned)

    async def BatchGetFeatures(
        self, request: pb.BatchGetFeaturesRequest, context: Context
    ) -> bytes:
        return await self._answer(self._queries.batch_get, request, context)

    async def SearchFeatures(
        self, request: pb.SearchFeaturesRequest, context: Context
    ) -> AsyncIterator[bytes]:
        async for page in self._pages(self._queries.search, request, context):
            yield page

    async def NearestFeatures(self, request: pb.NearestFeaturesRequest, context: Context) -> bytes:
        return await self._answer(self._queries.nearest, request, context)

    async def FeaturesWithin(
        self, request: pb.FeaturesWithinRequest, context: Context
    ) -> AsyncIterator[bytes]:
        async for page in self._pages(self._queries.within, request, context):
            yield page

    async def FeaturesAlongRoute(
        self, request: pb.FeaturesAlongRouteRequest, context: Context
    ) -> AsyncIterator[bytes]:
        async for page in self._pages(self._queries.along, request, context):
            yield page

    async def GetDataset(self, request: pb.GetDatasetRequest, context: Context) -> bytes:
        return await self._answer(self._queries.dataset, request, context)

    async def _answer(
        self, prepare: Callable[[Request], Unary], request: Request, context: Context
    ) -> bytes:
        try:
            work = prepare(request)
            context.set_trailing_metadata(work.dataset.trailing_metadata)
            return await run(work)
        except DOMAIN_ERRORS as error:
            await self._refuse(error, context)

    async def _pages(
        self, prepare: Callable[[Request], Paged], request: Request, context: Context
    ) -> AsyncIterator[bytes]:
        try:
            work = prepare(request)
            context.set_trailing_metadata(work.dataset.trailing_metadata)
            for page in await run(work):
                yield page
        except DOMAIN_ERRORS as error:
            await self._refuse(error, context)

    async def _refuse(self, error: Exception, context: Context) -> NoReturn:
        metadata = self._queries.current.trailing_metadata
        context.set_trailing_metadata((*metadata, *details_of(error)))
        await context.abort(*status_of(error))


async def run(work: Work[Result]) -> Result:
    """Run the work and return its result; long work runs in another thread."""
    if not work.is_long:
        return work.run()
    return await asyncio.get_running_loop().run_in_executor(None, work.run)
