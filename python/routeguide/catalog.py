"""The features of an index as messages."""

from collections.abc import Iterator

from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle
from routeguide_c import FeatureIndex


class Catalog:
    """Answers with features. Immutable, like the index: any number of threads may ask."""

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index

    def feature_at(self, point: Point) -> Feature:
        """The first feature in database order at exactly `point`.

        Where none is: a feature without a name at that point.
        """
        feature_id = self._index.find(point.latitude, point.longitude)
        if feature_id is None:
            return Feature(location=point)
        return self._feature(feature_id)

    def features_in(self, rectangle: Rectangle) -> Iterator[Feature]:
        """Every feature between two opposite corners, edges included, in database order.

        The search is done at the first step, each message is made when it is asked for:
        whoever stops asking stops the work.
        """
        lo, hi = rectangle.lo, rectangle.hi
        ids = self._index.query(lo.latitude, lo.longitude, hi.latitude, hi.longitude)
        yield from map(self._feature, ids)

    def _feature(self, feature_id: int) -> Feature:
        return Feature.FromString(self._index.encoded(feature_id))
