"""Build an index for tests of the extension."""

from routeguide_c import FeatureIndex
from support.oracle import Point


def index_of(points: list[Point], names: list[str] | None = None) -> FeatureIndex:
    """Return an index of the points, unnamed by default."""
    lats_e7 = [lat_e7 for lat_e7, _ in points]
    lons_e7 = [lon_e7 for _, lon_e7 in points]
    return FeatureIndex(lats_e7, lons_e7, names or [""] * len(points))
