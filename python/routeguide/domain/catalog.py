"""The features of an index, encoded as RouteGuide's answers."""

from collections.abc import Iterator

from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle
from routeguide_c import FeatureIndex


class Catalog:
    """Find features and return them encoded: decoding them only for gRPC to encode them again would
    be most of the work. Immutable, like the index: any number of threads may use one."""

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index

    def find(self, point: Point) -> bytes | None:
        """Return the first feature in database order at exactly `point`, or None."""
        feature_id = self._index.find(point.latitude, point.longitude)
        return None if feature_id is None else self._index.encoded(feature_id)

    def feature_at(self, point: Point) -> bytes:
        """Return what `find` does, or a feature without a name at `point` instead of None."""
        feature = self.find(point)
        return unnamed_feature(point) if feature is None else feature

    def features_in(self, rectangle: Rectangle) -> Iterator[bytes]:
        """Iterate over the features between two opposite corners, edges included, in database
        order. The search is done first, and each feature encoded when it is asked for."""
        lo, hi = rectangle.lo, rectangle.hi
        ids = self._index.query(lo.latitude, lo.longitude, hi.latitude, hi.longitude)
        return map(self._index.encoded, ids)


def unnamed_feature(point: Point) -> bytes:
    """Encode GetFeature's answer for a point without a feature."""
    return Feature(location=point).SerializeToString()
