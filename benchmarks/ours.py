"""The index that is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data import Points

from routeguide_c import FeatureIndex

NAME = "routeguide_c"


def index_of(points: Points, names: Sequence[str] | None = None) -> FeatureIndex:
    """Return an index of the points, without names by default: no search reads them."""
    # Any: before Python 3.12 the type system cannot express that an array is a buffer.
    lats_e7: Any = points.lats_e7
    lons_e7: Any = points.lons_e7
    return FeatureIndex(lats_e7, lons_e7, names or [""] * len(points))
