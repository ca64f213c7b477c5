"""GetFeature as a reader of the tutorial writes it: a list of features that each call goes through.

The peer that `serving.py` measures. Not how anything in the package works.
"""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from routeguide.pb import route_guide_pb2, route_guide_pb2_grpc


def get_feature(
    feature_db: Sequence[route_guide_pb2.Feature], point: route_guide_pb2.Point
) -> route_guide_pb2.Feature | None:
    for feature in feature_db:
        if feature.location == point:
            return feature
    return None


class SlowServicer(route_guide_pb2_grpc.RouteGuideServicer):
    def __init__(self, feature_db: Sequence[route_guide_pb2.Feature]) -> None:
        self.db = feature_db

    def GetFeature(
        self, request: route_guide_pb2.Point, context: grpc.ServicerContext
    ) -> route_guide_pb2.Feature:
        feature = get_feature(self.db, request)
        if feature is None:
            return route_guide_pb2.Feature(name="", location=request)
        return feature
