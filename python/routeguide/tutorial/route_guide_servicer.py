"""The RouteGuide service for a threaded server. Its logic is in catalog, trip and notebook."""

from collections.abc import Iterator

import grpc

from routeguide.domain.catalog import Catalog
from routeguide.domain.notebook import Notebook
from routeguide.domain.trip import TimedTrip
from routeguide.pb import route_guide_pb2_grpc
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote, RouteSummary
from routeguide.rpc.statuses import DOMAIN_ERRORS, status_of
from routeguide_c import FeatureIndex


class RouteGuideServicer(route_guide_pb2_grpc.RouteGuideServicer):
    """Answer the four calls from one index.

    Features are encoded already: register this with `add_route_guide`. When the client goes away
    or the deadline passes, grpcio stops iterating over the answers, and iterating over the
    requests raises.
    """

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index
        self._catalog = Catalog(index)

    def GetFeature(self, request: Point, context: grpc.ServicerContext) -> bytes:
        return self._catalog.feature_at(request)

    def ListFeatures(self, request: Rectangle, context: grpc.ServicerContext) -> Iterator[bytes]:
        return self._catalog.features_in(request)

    def RecordRoute(
        self, request_iterator: Iterator[Point], context: grpc.ServicerContext
    ) -> RouteSummary:
        trip = TimedTrip(self._index)
        for point in request_iterator:
            trip.visit(point)
        try:
            return trip.summary()
        except DOMAIN_ERRORS as error:
            context.abort(*status_of(error))

    def RouteChat(
        self, request_iterator: Iterator[RouteNote], context: grpc.ServicerContext
    ) -> Iterator[RouteNote]:
        notebook = Notebook()
        for note in request_iterator:
            yield from notebook.leave(note)
