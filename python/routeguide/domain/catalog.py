"""The features of an index, encoded as the calls answer with them."""

from collections.abc import Iterator

from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle
from routeguide_c import FeatureIndex


class Catalog:
    """Answers with encoded features: decoding them for gRPC to encode them again would be most of
    the work. Immutable, like the index: any number of threads may ask."""

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index

    def find(self, point: Point) -> bytes | None:
        """The first feature in database order at exactly `point`, or None."""
        feature_id = self._index.find(point.latitude, point.longitude)
        return None if feature_id is None else self._index.encoded(feature_id)

    def feature_at(self, point: Point) -> bytes:
        """As `find`; where no feature is: one without a name at that point."""
        feature = self.find(point)
        return nameless_at(point) if feature is None else feature

    def features_in(self, rectangle: Rectangle) -> Iterator[bytes]:
        """Every feature between two opposite corners, edges included, in database order.

        The search is done at the first step, each feature is read when it is asked for:
        whoever stops asking stops the work.
        """
        lo, hi = rectangle.lo, rectangle.hi
        ids = self._index.query(lo.latitude, lo.longitude, hi.latitude, hi.longitude)
        yield from map(self._index.encoded, ids)


def nameless_at(point: Point) -> bytes:
    """What the calls answer for a point without a feature."""
    return Feature(location=point).SerializeToString()
