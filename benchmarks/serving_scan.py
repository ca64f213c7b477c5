"""GetFeature as the tutorials implement it: each call scans a list of features.

The peer that `serving.py` measures; nothing in the package works like this.
"""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from routeguide.pb import route_guide_pb2, route_guide_pb2_grpc


class ScanServicer(route_guide_pb2_grpc.RouteGuideServicer):
    def __init__(self, features: Sequence[route_guide_pb2.Feature]) -> None:
        self._features = features

    def GetFeature(
        self, request: route_guide_pb2.Point, context: grpc.ServicerContext
    ) -> route_guide_pb2.Feature:
        for feature in self._features:
            if feature.location == request:
                return feature
        return route_guide_pb2.Feature(name="", location=request)
