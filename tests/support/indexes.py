"""Build an index for tests of the extension."""

import array

from routeguide_c import FeatureIndex
from routeguide_c._core import _encode_each
from support.oracle import Point


def index_of(points: list[Point], names: list[str] | None = None) -> FeatureIndex:
    """Return an index of the points, unnamed by default."""
    lats_e7 = [lat_e7 for lat_e7, _ in points]
    lons_e7 = [lon_e7 for _, lon_e7 in points]
    return FeatureIndex(lats_e7, lons_e7, names or [""] * len(points))


def encoded(index: FeatureIndex, id: int) -> bytes:
    """The feature as a protocol buffer message."""
    [message] = _encode_each(index, array.array("I", [id]), 0, 1)
    return message
