"""The RouteGuide service for an asyncio server. Its logic is in catalog, trip and notebook."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import grpc.aio

from routeguide.domain.catalog import Catalog
from routeguide.domain.notebook import Notebook, converse
from routeguide.domain.trip import TimedTrip, travel
from routeguide.pb import route_guide_pb2_grpc
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote, RouteSummary
from routeguide.rpc.statuses import DOMAIN_ERRORS, status_of
from routeguide_c import FeatureIndex


class RouteGuideServicer(route_guide_pb2_grpc.RouteGuideServicer):
    """Answer the four calls from one index.

    Features are encoded already: register this with `add_route_guide`. When the client goes away
    or the deadline passes, grpcio cancels the task of the call.
    """

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index
        self._catalog = Catalog(index)

    async def GetFeature(
        self, request: Point, context: grpc.aio.ServicerContext[Point, bytes]
    ) -> bytes:
        return self._catalog.feature_at(request)

    async def ListFeatures(
        self, request: Rectangle, context: grpc.aio.ServicerContext[Rectangle, bytes]
    ) -> AsyncIterator[bytes]:
        for feature in self._catalog.features_in(request):
            yield feature

    async def RecordRoute(
        self,
        request_iterator: AsyncIterator[Point],
        context: grpc.aio.ServicerContext[Point, RouteSummary],
    ) -> RouteSummary:
        try:
            return await travel(TimedTrip(self._index), request_iterator)
        except DOMAIN_ERRORS as error:
            await context.abort(*status_of(error))

    async def RouteChat(
        self,
        request_iterator: AsyncIterator[RouteNote],
        context: grpc.aio.ServicerContext[RouteNote, RouteNote],
    ) -> AsyncIterator[RouteNote]:
        async with aclosing(converse(Notebook(), request_iterator)) as answers:
            async for note in answers:
                yield note
