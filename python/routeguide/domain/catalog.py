"""The features of an index as the encoded messages that calls answer with."""

from collections.abc import Iterator
from itertools import chain

from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle
from routeguide_c import FeatureIndex
from routeguide_c._core import _encode_each, _encoded_at

_STEP = 64  # features encoded at once: few enough to stop soon after the caller does


class Catalog:
    """Encoded features by point and by box: to decode them for gRPC to encode them again would be
    most of the work. Immutable, like the index: any number of threads may use one."""

    def __init__(self, index: FeatureIndex) -> None:
        self._index = index

    def find(self, point: Point) -> bytes | None:
        """Return the first feature in database order at exactly `point`, or None."""
        return _encoded_at(self._index, point.latitude, point.longitude)

    def feature_at(self, point: Point) -> bytes:
        """Return what `find` does; if there is no feature, one without a name at that point."""
        feature = self.find(point)
        return unnamed_feature(point) if feature is None else feature

    def features_in(self, rectangle: Rectangle) -> Iterator[bytes]:
        """Iterate over the features between two opposite corners, edges included, in order of id.

        The search is done by this call. Features are encoded a few at a time when they are asked
        for: a caller that stops iterating stops the work.
        """
        lo, hi = rectangle.lo, rectangle.hi
        ids = self._index.query(lo.latitude, lo.longitude, hi.latitude, hi.longitude)
        return chain.from_iterable(
            _encode_each(self._index, ids, start, start + _STEP)
            for start in range(0, len(ids), _STEP)
        )


def unnamed_feature(point: Point) -> bytes:
    """Encode GetFeature's answer for a point without a feature."""
    return Feature(location=point).SerializeToString()
